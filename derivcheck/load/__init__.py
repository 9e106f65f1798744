"""Spec files to claims, with positions, all errors of a file at once.

`select` reads the files without parsing a formula, enough for a list; `load` parses what was
selected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcheck.load.selection import Selection, select

if TYPE_CHECKING:
    from derivcheck.load.assembling import Loaded

__all__ = ["Selection", "load", "select"]


def load(selection: Selection) -> Loaded:
    """Parse the formulas of the selected claims."""
    from derivcheck.load.assembling import assemble_all  # the parser: not needed by `select`

    return assemble_all(selection)
