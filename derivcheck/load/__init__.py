"""Spec files to claims, with positions, all errors of a file at once.

`select` reads the files without parsing a formula, enough for a list; `load` parses what was
selected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcheck.load.selection import Selection, select
from derivcheck.text import Diagnostic

if TYPE_CHECKING:
    from derivcheck.load.assembling import Assembled

__all__ = ["Loaded", "Selection", "load", "select"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The claims selected, in the order of the files, and every error met on the way."""

    files: tuple[str, ...]
    claims: tuple[Assembled, ...]
    diagnostics: tuple[Diagnostic, ...]


def load(selection: Selection) -> Loaded:
    """Parse the formulas of the selected claims."""
    from derivcheck.load.assembling import assemble  # the parser: not needed by `select`

    claims: list[Assembled] = []
    found = list(selection.diagnostics)
    order = {chosen.file.path: i for i, chosen in enumerate(selection.files)}
    for chosen in selection.files:
        assembled, diagnostics = assemble(chosen.file, chosen.claims)
        claims += assembled
        found += [one for one in diagnostics if one not in found]

    def place(diagnostic: Diagnostic) -> tuple[int, int]:
        span = diagnostic.span
        return (order.get(span.source.name, -1), span.start) if span else (-1, -1)

    return Loaded(tuple(order), tuple(claims), tuple(sorted(found, key=place)))
