"""The page of `show`: a claim typeset, its source, what each engine found, sample points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derivcheck.claim import Claim, Comparison, Link, Predicate, Statement
from derivcheck.evidence import Agreement, Sample
from derivcheck.expr.nodes import Expr
from derivcheck.expr.printing import to_text
from derivcheck.expr.unicode import to_unicode
from derivcheck.load.assembling import BrokenClaim
from derivcheck.report.blocks import (
    Row,
    claim_block,
    diagnosis_rows,
    findings,
    heading,
    place_row,
    rows,
    witness_rows,
)  # fmt: skip
from derivcheck.report.differentials import has_derivative, rules
from derivcheck.report.model import Entry
from derivcheck.report.words import declared, duration, sizes_text, typeset, value_text
from derivcheck.verdict import LinkOutcome, Outcome

_MOST_SAMPLES = 8


def page(entry: Entry) -> RenderableType:
    if isinstance(entry, BrokenClaim):
        return claim_block(entry)
    claim = entry.claim
    parts: list[RenderableType] = [heading(entry), rows((place_row(entry), *_about(claim))), Text()]
    parts += [_formulas(claim), Text()]
    parts += [rows(_surroundings(claim)), Text()]
    if steps := rules(*_sides(claim.statement)):
        parts += [rows([("steps", "\n".join(steps))]), Text()]
    if len(entry.links) == 1:
        parts += _link_parts(claim.statement.links[0], entry.links[0])
    else:
        parts += _sections(claim.statement, entry.links, claim.is_derivation)
    if claim.corrected is not None:
        parts += _sections(claim.corrected, entry.corrected, claim.is_derivation, "corrected, ")
    parts += _conclusion(entry)
    return Group(*parts)


def _about(claim: Claim) -> Iterator[Row]:
    yield "title", claim.title
    yield "source", claim.source
    yield "note", claim.note
    yield "tags", ", ".join(claim.tags)


def _formulas(claim: Claim) -> RenderableType:
    """The claim as mathematics: a relation a line, a derivation as a chain of lines."""
    links = claim.statement.links
    if claim.is_derivation:
        relations = [link.relation for link in links]
        sides = [r.lhs for r in relations[:1] if isinstance(r, Comparison)]
        sides += [r.rhs for r in relations if isinstance(r, Comparison)]
        lines = [("  " if i == 0 else "= ") + to_unicode(side) for i, side in enumerate(sides)]
    else:
        lines = [typeset(link.relation) for link in links]
    return Padding(Text("\n".join(lines), style="bold"), (0, 0, 0, 4))


def _sides(statement: Statement) -> Iterator[Expr]:
    for link in statement.links:
        match link.relation:
            case Comparison(_, lhs, rhs):
                yield from (lhs, rhs)
            case Predicate(_, argument):
                yield argument


def _surroundings(claim: Claim) -> Iterator[Row]:
    context = claim.statement.context
    yield "with", "\n".join(f"{name}: {kind}" for name, kind in declared(context))
    yield "define", "\n".join(f"{name} = {body}" for name, body in claim.definitions)
    yield "assuming", "\n".join(to_unicode(condition) for condition in context.assumptions)
    if context.within is not None:
        yield "within", str(context.within)
    if context.dims:
        yield "sizes", f"every {', '.join(context.dims)} from 1"
    if not context.on_real_line:
        yield "numbers", "complex, principal branches"


def _sections(
    statement: Statement, outcomes: Sequence[LinkOutcome], is_derivation: bool, prefix: str = ""
) -> Iterator[RenderableType]:
    """Each relation under its own title; the lines of a derivation are counted from 1."""
    for number, (link, outcome) in enumerate(zip(statement.links, outcomes, strict=True), 1):
        place = f"line {number} to {number + 1}, " if is_derivation else ""
        title = Text(f"{prefix}{place}{outcome.verdict.value}: ").append(link.text, style="bold")
        yield Padding(title, (0, 0, 0, 2))
        yield from _link_parts(link, outcome)


def _link_parts(link: Link, outcome: LinkOutcome) -> Iterator[RenderableType]:
    yield findings(outcome)
    yield Text()
    if outcome.derived:
        yield rows(_beside(link, outcome))
        yield Text()
    if outcome.exceptions:
        yield rows([("except", "\n".join(outcome.exceptions))])
        yield Text()
    if outcome.witness is not None:
        yield rows(witness_rows(outcome.witness, outcome.gap))
        yield Text()
    if samples := _samples(outcome):
        yield _sample_table(samples[:_MOST_SAMPLES])
        yield Text()


def _samples(outcome: LinkOutcome) -> list[Sample]:
    """The points at which the sides agreed, each once, with its most digits."""
    best: dict[object, Sample] = {}
    for finding in outcome.findings:
        if isinstance(finding.evidence, Agreement):
            for sample in finding.evidence.samples:
                point = (sample.sizes, sample.values)
                if point not in best or sample.digits > best[point].digits:
                    best[point] = sample
    return list(best.values())


def _beside(link: Link, outcome: LinkOutcome) -> Iterator[Row]:
    """The claimed side under the derived one, in the same notation."""
    if isinstance(link.relation, Comparison):
        lhs, rhs = link.relation.lhs, link.relation.rhs
        yield "claimed", to_text(lhs if has_derivative(rhs) and not has_derivative(lhs) else rhs)
    yield "derived", outcome.derived


def _sample_table(samples: Sequence[Sample]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("point", overflow="fold", ratio=2)
    table.add_column("left", overflow="fold", ratio=1)
    table.add_column("right", overflow="fold", ratio=1)
    table.add_column("digits", justify="right", width=6)
    for sample in samples:
        point = [f"{name} = {value_text(value)}" for name, value in sample.values]
        point += [sizes_text(sample.sizes)] if not point else []
        table.add_row(
            Text("\n".join(point)),
            Text(value_text(sample.lhs)),
            Text(value_text(sample.rhs)),
            Text(str(sample.digits)),
            end_section=len(point) > 1,
        )
    return Padding(table, (0, 0, 0, 2))


def _conclusion(outcome: Outcome) -> Iterator[RenderableType]:
    closing: list[Row] = [("reason", outcome.reason), *diagnosis_rows(outcome)]
    yield rows(closing)
    yield rows([("took", duration(outcome.seconds))])
