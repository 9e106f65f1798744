"""The report formats: one module each, with one function `render(report, view) -> str`.

The table holds module names, so that a command which reports nothing does not load them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from derivcheck.report.model import Report
from derivcheck.report.view import View

FORMATS: dict[str, str] = {
    "terminal": "derivcheck.report.terminal",
    "json": "derivcheck.report.json",
    "findings": "derivcheck.report.findings",
}


class Format(Protocol):
    """What each module of the table provides."""

    def render(self, report: Report, view: View) -> str:
        """The whole report as text that ends in a line break."""


def render(name: str, report: Report, view: View) -> str:
    """The report in a format of the table. Raises KeyError for another name."""
    return cast("Format", import_module(FORMATS[name])).render(report, view)
