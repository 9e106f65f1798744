"""The terminal report: a table for each file, then what there is to say about single claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derivcheck.report.blocks import claim_block
from derivcheck.report.model import (
    Entry,
    Report,
    exceptions_of,
    id_of,
    is_as_expected,
    place_of,
    verdict_of,
)  # fmt: skip
from derivcheck.report.teeth import mutants_block
from derivcheck.report.versions import versions
from derivcheck.report.view import View
from derivcheck.report.words import summary
from derivcheck.text import visible
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
_MOST_EXCEPTIONS = 2
_FIXED = {"mark": 1, "verdict": len("undecided"), "line": 4, "points": 6, "digits": 6}


def render(report: Report, view: View) -> str:
    shown = [e for e in report.entries if view.verbosity > _QUIET or not is_as_expected(e)]
    parts: list[RenderableType] = [*_tables(shown, view.width)]
    for entry in shown:
        if view.verbosity >= _FULL or _needs_words(entry):
            parts += [claim_block(entry, is_full=view.verbosity >= _FULL), Text()]
    if report.count(Verdict.CONFLICT):
        parts += [_conflict_note(report), Text()]
    if report.mutants is not None:
        parts += [mutants_block(report.mutants), Text()]
    parts.append(_summary(report))
    return view.draw(*parts)


def _needs_words(entry: Entry) -> bool:
    """A match as expected is told by its row; all else has a witness, a reason or an error."""
    return not is_as_expected(entry) or not verdict_of(entry).is_match


def _tables(entries: Sequence[Entry], width: int) -> Iterator[RenderableType]:
    ids, methods = _flexible_widths(entries, width)
    for file, group in groupby(entries, key=lambda entry: place_of(entry)[0]):
        rows, name = list(group), Text(visible(file), style="bold")
        yield Group(name, _table(rows, ids, methods), *_exceptions(rows), Text())


def _exceptions(entries: Iterable[Entry]) -> Iterator[RenderableType]:
    """Under a table: where a side of a matching claim is undefined, in the fewest words."""
    for entry in entries:
        if (
            isinstance(entry, Outcome)
            and entry.verdict.is_match
            and (named := exceptions_of(entry))
        ):
            shown = sorted(named, key=len)[:_MOST_EXCEPTIONS]
            more = f"; {len(named) - len(shown)} more" if len(named) > len(shown) else ""
            text = Text(f"exceptions of {entry.claim.id}: {'; '.join(shown)}{more}")
            yield Padding(text, (0, 0, 0, 3), style="dim")


def _flexible_widths(entries: Sequence[Entry], width: int) -> tuple[int, int]:
    """Of the columns for ids and methods: the same in every table, and within the view."""
    free = max(24, width - sum(_FIXED.values()) - _GAP * (len(_FIXED) + 1))
    longest_id = max((len(id_of(entry)) for entry in entries), default=0)
    longest_method = max((len(_method(entry)) for entry in entries), default=0)
    ids = max(5, min(longest_id, free - min(longest_method, free // 2)))
    return ids, free - ids


def _table(entries: Iterable[Entry], id_width: int, method_width: int) -> Table:
    """A long id or method is folded, never cut."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("", width=_FIXED["mark"])
    table.add_column("verdict", width=_FIXED["verdict"])
    table.add_column("claim", width=id_width, overflow="fold")
    table.add_column("line", justify="right", width=_FIXED["line"])
    table.add_column("how", width=method_width, overflow="fold")
    table.add_column("points", justify="right", width=_FIXED["points"])
    table.add_column("digits", justify="right", width=_FIXED["digits"])
    for entry in entries:
        table.add_row(*_row(entry, id_width))
    return table


def _method(entry: Entry) -> str:
    """The method up to the first comma of its description; of an open claim, what stopped it."""
    link = entry.decisive if isinstance(entry, Outcome) else None
    if link is None:
        return ""
    if link.verdict is Verdict.UNDECIDED:
        return link.reason.partition(":")[0]
    return link.method.partition(",")[0]


def _row(entry: Entry, id_width: int) -> tuple[Text, ...]:
    verdict, is_fine = verdict_of(entry), is_as_expected(entry)
    mark = Text("✓", style="green") if is_fine else Text("✗", style="bold red")
    link = entry.decisive if isinstance(entry, Outcome) else None
    return (
        mark,
        Text(verdict.value, style=STYLES[verdict]),
        Text(_folded(id_of(entry), id_width)),
        Text(str(place_of(entry)[1]), style="dim"),
        Text(_method(entry)),
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


def _conflict_note(report: Report) -> Text:
    running = ", ".join(f"{name} {version}" for name, version in versions().items())
    return Text(
        "A conflict is a bug of derivcheck. Please report it with what is printed above and: "
        f"seed {report.seed}, {running}",
        style="bold red",
    )


def _summary(report: Report) -> Text:
    is_fine = report.as_expected == len(report.entries) and not report.diagnostics
    return Text(summary(report), style="bold green" if is_fine and report.entries else "bold red")
