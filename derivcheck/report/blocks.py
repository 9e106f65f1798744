"""Parts of a page about one claim, for the terminal report and for `show`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derivcheck.evidence import Finding, Proof, Value, Witness
from derivcheck.load.assembling import BrokenClaim
from derivcheck.report.model import Entry, derived_of, id_of, is_as_expected, place_of, verdict_of
from derivcheck.report.words import (
    entry_name,
    entry_of,
    found,
    gap_text,
    sizes_text,
    statement_text,
    value_text,
    verdict_words,
)  # fmt: skip
from derivcheck.text import visible
from derivcheck.verdict import Fault, LinkOutcome, Outcome, Verdict

Row = tuple[str, str]
_MOST_STEPS = 12


def claim_block(entry: Entry, is_full: bool = False) -> RenderableType:
    """What happened to a claim: its place, text, reason, witness, diagnosis, correction."""
    if isinstance(entry, BrokenClaim):
        errors = (("error", diagnostic.message) for diagnostic in entry.diagnostics)
        return Group(heading(entry), rows((place_row(entry), *errors)))
    parts: list[RenderableType] = [heading(entry), rows(_outcome_rows(entry))]
    if is_full or verdict_of(entry) is Verdict.CONFLICT:
        for link in (*entry.links, *entry.corrected):
            title = [Text(f"  {link.text}", style="dim")] if len(entry.links) > 1 else []
            parts += [*title, findings(link)]
    return Group(*parts)


def heading(entry: Entry) -> Text:
    """`✗ id: refuted (certified)`."""
    is_fine = is_as_expected(entry)
    mark = ("✓ ", "green") if is_fine else ("✗ ", "bold red")
    return Text.assemble(mark, (id_of(entry), "bold"), f": {verdict_words(entry)}")


def place_row(entry: Entry) -> Row:
    """Nothing for a claim that is in no file."""
    file, line = place_of(entry)
    return "where", "" if file.startswith("<") else f"{file}:{line}"


def rows(pairs: Iterable[Row]) -> RenderableType:
    """Labels at the left, texts folded beside them; pairs without a text are left out."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", width=9)
    table.add_column(overflow="fold")
    for label, text in pairs:
        if text:
            table.add_row(Text(label), Text(visible(text)))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _outcome_rows(outcome: Outcome) -> Iterator[Row]:
    link = outcome.decisive
    yield place_row(outcome)
    yield "claim", statement_text(outcome.claim.statement, outcome.claim.is_derivation)
    yield "reason", outcome.reason
    if link is not None:
        is_told = outcome.diagnosis is not None and outcome.diagnosis.kind is Fault.STEP
        if len(outcome.links) > 1 and not outcome.verdict.is_match and not is_told:
            yield "breaks", _broken_link(outcome, link)
        if link.witness is not None:
            yield from witness_rows(link.witness, link.gap)
        yield "derived", derived_of(outcome)
    yield from diagnosis_rows(outcome)


def _broken_link(outcome: Outcome, link: LinkOutcome) -> str:
    """Where a derivation breaks, its lines counted from 1; in a chain, the relation that fails."""
    number = next(i for i, one in enumerate(outcome.links) if one is link)
    if outcome.claim.is_derivation:
        return f"from line {number + 1} to line {number + 2}"
    return link.text


def witness_rows(witness: Witness, gap: str = "") -> Iterator[Row]:
    """Sizes and point, both values, and of two arrays the entries that differ most."""
    yield "sizes", sizes_text(witness.sizes)
    yield "at", "\n".join(f"{name} = {value_text(value)}" for name, value in witness.values)
    yield "left", _side(witness.lhs, witness)
    yield "right", _side(witness.rhs, witness)
    yield "gap", gap_text(gap)
    yield "note", witness.note


def _side(value: Value, witness: Witness) -> str:
    text = value_text(value)
    if witness.entry is None or isinstance(value, str):
        return text
    return f"{text}\nentry {entry_name(value, witness.entry)} is {entry_of(value, witness.entry)}"


def diagnosis_rows(outcome: Outcome) -> Iterator[Row]:
    diagnosis = outcome.diagnosis
    if diagnosis is not None:
        yield "diagnosis", f"{diagnosis.kind.value}: {diagnosis.text}"
        yield "holds", diagnosis.corrected
    if outcome.claim.corrected is not None and outcome.corrected:
        verdicts = ", ".join(dict.fromkeys(link.verdict.value for link in outcome.corrected))
        text = statement_text(outcome.claim.corrected, outcome.claim.is_derivation)
        yield "corrected", f"{text}\n({verdicts})"


def findings(link: LinkOutcome) -> RenderableType:
    """What each engine did and found about one relation."""
    return rows(row for finding in link.findings for row in _finding_rows(finding))


def _finding_rows(finding: Finding) -> Iterator[Row]:
    yield finding.engine, found(finding.evidence)
    if isinstance(finding.evidence, Proof):
        steps = finding.evidence.steps
        more = [f"… {len(steps) - _MOST_STEPS} more"] if len(steps) > _MOST_STEPS else []
        yield "", "\n".join((*steps[:_MOST_STEPS], *more))
    if finding.derived:
        yield "", f"derived {finding.derived}"
    yield "", "\n".join(finding.notes)
