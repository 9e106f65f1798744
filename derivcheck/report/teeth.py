"""Mutants in the terminal report: a row for each claim, and every survivor in full."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derivcheck.report.words import plural
from derivcheck.verdict import Fate, Mutant


def mutants_block(mutants: Sequence[Mutant]) -> RenderableType:
    """The table, the survivors, and a line that sums up."""
    survivors = [mutant for mutant in mutants if mutant.fate is Fate.SURVIVED]
    parts: list[RenderableType] = [Text("mutants", style="bold"), _table(mutants)]
    for mutant in survivors:
        parts.append(Text(f"survived: {mutant.claim}: {mutant.change}", style="bold red"))
        parts.append(Padding(Text(mutant.text), (0, 0, 0, 3)))
        parts.append(Padding(Text(mutant.reason, style="dim"), (0, 0, 0, 3)))
    return Group(*parts, _summary(mutants))


def _table(mutants: Sequence[Mutant]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("claim", overflow="fold")
    for fate in Fate:
        table.add_column(fate.value, justify="right")
    for claim, group in groupby(mutants, key=lambda mutant: mutant.claim):
        fates = [mutant.fate for mutant in group]
        counts = [str(fates.count(fate) or "") for fate in Fate]
        table.add_row(claim, *counts, style="red" if Fate.SURVIVED in fates else "")
    return table


def _summary(mutants: Sequence[Mutant]) -> Text:
    """`80 mutants: 77 refuted, 3 equivalent, 0 survived`."""
    counts = {fate: sum(mutant.fate is fate for mutant in mutants) for fate in Fate}
    told = ", ".join(f"{count} {fate.value}" for fate, count in counts.items())
    style = "bold red" if counts[Fate.SURVIVED] else "bold green"
    return Text(f"{plural(len(mutants), 'mutant')}: {told}", style=style)
