"""The terminal report: a table for each file, then what there is to say about single claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from derivcheck.report.blocks import claim_block
from derivcheck.report.model import (
    Entry,
    Report,
    id_of,
    is_as_expected,
    place_of,
    verdict_of,
)  # fmt: skip
from derivcheck.report.view import View
from derivcheck.report.words import summary
from derivcheck.verdict import Outcome, Verdict

STYLES = {
    Verdict.PROVED: "green",
    Verdict.SUPPORTED: "cyan",
    Verdict.REFUTED: "magenta",
    Verdict.UNDECIDED: "yellow",
    Verdict.CONFLICT: "bold red",
    Verdict.ERROR: "bold red",
}
_QUIET, _FULL = -1, 1
_GAP = 2


def render(report: Report, view: View) -> str:
    shown = [e for e in report.entries if view.verbosity > _QUIET or not is_as_expected(e)]
    parts: list[RenderableType] = [*_tables(shown, view.width)]
    for entry in shown:
        if view.verbosity >= _FULL or _needs_words(entry):
            parts += [claim_block(entry, is_full=view.verbosity >= _FULL), Text()]
    parts.append(_summary(report))
    return view.draw(*parts)


def _needs_words(entry: Entry) -> bool:
    """A match as expected is told by its row; all else has a witness, a reason or an error."""
    return not is_as_expected(entry) or not verdict_of(entry).is_match


def _tables(entries: Sequence[Entry], width: int) -> Iterator[RenderableType]:
    longest = max((len(id_of(entry)) for entry in entries), default=0)
    for file, group in groupby(entries, key=lambda entry: place_of(entry)[0]):
        yield Group(Text(file, style="bold"), _table(group, width, longest), Text())


def _table(entries: Iterable[Entry], width: int, longest: int) -> Table:
    """Columns as wide in every file; a long id or method is folded, never cut."""
    fixed = {"": 1, "verdict": len("undecided"), "line": 4, "points": 6, "digits": 6}
    gaps = _GAP * (len(fixed) + 1)
    free = max(24, width - sum(fixed.values()) - gaps)
    id_width = max(10, min(longest, free * 2 // 3))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("", width=fixed[""])
    table.add_column("verdict", width=fixed["verdict"])
    table.add_column("claim", width=id_width, overflow="fold")
    table.add_column("line", justify="right", width=fixed["line"])
    table.add_column("how", width=free - id_width, overflow="fold")
    table.add_column("points", justify="right", width=fixed["points"])
    table.add_column("digits", justify="right", width=fixed["digits"])
    for entry in entries:
        table.add_row(*_row(entry, id_width))
    return table


def _row(entry: Entry, id_width: int) -> tuple[Text, ...]:
    verdict, is_fine = verdict_of(entry), is_as_expected(entry)
    mark = Text("✓", style="green") if is_fine else Text("✗", style="bold red")
    link = entry.decisive if isinstance(entry, Outcome) else None
    how = Text(link.method.partition(",")[0] if link else "")
    if isinstance(entry, Outcome) and verdict.is_match:
        for exception in dict.fromkeys(e for one in entry.links for e in one.exceptions):
            how.append(("\n" if how.plain else "") + f"except {exception}", style="dim")
    return (
        mark,
        Text(verdict.value, style=STYLES[verdict]),
        Text(_folded(id_of(entry), id_width)),
        Text(str(place_of(entry)[1]), style="dim"),
        how,
        Text(str(link.points) if link and link.points else ""),
        Text(str(link.digits) if link and link.digits else ""),
    )


def _folded(id: str, width: int) -> str:
    """An id in lines that end at a hyphen where that is possible."""
    lines = [""]
    for part in re.findall(r"[^-]*-|[^-]+", id):
        if len(lines[-1]) + len(part) > width and lines[-1]:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _summary(report: Report) -> Text:
    is_fine = report.as_expected == len(report.entries) and not report.diagnostics
    return Text(summary(report), style="bold green" if is_fine and report.entries else "bold red")
