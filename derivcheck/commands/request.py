"""What the user asked for: which claims, judged how, reported where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Wanted(NamedTuple):
    """Which claims: selectors as typed, a `-k` expression, tags, and where specs are looked for."""

    selectors: tuple[str, ...] = ()
    keyword: str = ""
    tags: tuple[str, ...] = ()
    specs: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The selectors with `--specs` put in front of those that name no path of their own."""
        from derivcheck.load.selection import read_selector

        if not self.specs:
            return self.selectors
        placed = []
        for text in self.selectors or ("all",):
            selector = read_selector(text)
            if selector.path is not None:
                placed.append(text)
            else:
                placed.append(
                    self.specs if selector.pattern == "*" else f"{self.specs}::{selector.pattern}"
                )
        return tuple(placed)


class Output(NamedTuple):
    """A report format, and the file it goes to; an empty path is standard output."""

    format: str
    path: str = ""


def outputs(wanted: Sequence[Output]) -> tuple[Output, ...]:
    """The outputs asked for; a terminal report where nothing else goes to standard output."""
    if any(not output.path for output in wanted):
        return tuple(wanted)
    return (Output("terminal"), *wanted)
