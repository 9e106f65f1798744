"""`derivcheck show`: everything about single claims."""

from __future__ import annotations

import sys
from dataclasses import replace

from derivcheck.commands.judging import judge
from derivcheck.commands.request import Wanted
from derivcheck.commands.stream import complain, write
from derivcheck.exits import ExitCode
from derivcheck.load import load, select
from derivcheck.report.model import Report
from derivcheck.report.page import page
from derivcheck.report.view import View
from derivcheck.run import Options


def show(wanted: Wanted, options: Options) -> ExitCode:
    """Asks every engine, also those that a run leaves out once the verdict is clear."""
    loaded = load(select(wanted.paths))
    complain(loaded.diagnostics)
    report = judge(loaded, replace(options, all_engines=True), show_progress=True)
    write_pages(report)
    return report.exit_code


def write_pages(report: Report) -> None:
    """A page a claim, a line between two."""
    view = View.of_stream(sys.stdout)
    for number, entry in enumerate(report.entries):
        rule = "─" * view.width + "\n" if number else ""
        write(rule + view.draw(page(entry)))
