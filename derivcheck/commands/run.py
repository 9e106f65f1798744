"""`derivcheck run`: judge the selected claims and report."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from derivcheck.commands.judging import judge
from derivcheck.commands.mutating import mutate
from derivcheck.commands.request import Output, Wanted, outputs
from derivcheck.commands.stream import complain, write, write_file
from derivcheck.exits import ExitCode
from derivcheck.load import load, select
from derivcheck.report.formats import render
from derivcheck.report.model import Report
from derivcheck.report.view import View
from derivcheck.run import Options


def run(
    wanted: Wanted,
    options: Options,
    formats: Sequence[Output] = (),
    verbosity: int = 0,
    with_mutants: bool = False,
) -> ExitCode:
    loaded = load(select(wanted.paths, wanted.keyword, wanted.tags))
    complain(loaded.diagnostics)
    report = judge(loaded, options, show_progress=verbosity >= 0)
    if with_mutants:
        report = mutate(report, options, show_progress=verbosity >= 0)
    if not report.selected and not report.diagnostics:
        write("no claim selected: `derivcheck list` shows every claim\n", sys.stderr)
    deliver(report, outputs(formats), verbosity)
    return report.exit_code


def deliver(report: Report, formats: Sequence[Output], verbosity: int = 0) -> None:
    """Every format asked for, the files first: a closed pipe does not lose them."""
    view = View.of_stream(sys.stdout, verbosity)
    for output in sorted(formats, key=lambda output: not output.path):
        if output.path:
            write_file(output.path, render(output.format, report, view.for_file()))
        elif report.selected or output.format != "terminal":
            write(render(output.format, report, view))


def unwritable(path: str) -> str:
    """Why a report cannot be written to a path, before any work is done; empty when it can."""
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path):
        return f"{path} is a directory"
    if not os.path.isdir(folder):
        return f"there is no directory {folder}"
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):
        return f"{path} cannot be written"
    return ""
