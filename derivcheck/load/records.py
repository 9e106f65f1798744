"""The content of a spec file before any formula is parsed: cheap enough for `list`."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple, TypeAlias

from derivcheck.load.document import Mapping, Node, Scalar, Sequence
from derivcheck.load.fields import (
    Fields,
    head,
    kind_of,
    read_choice,
    read_entries,
    read_fields,
    read_formula,
    read_formulas,
    read_text,
    read_texts,
)
from derivcheck.load.problems import Problems, start_of
from derivcheck.load.reading import read_source
from derivcheck.load.recovery import Lost, Recovered, read_tree
from derivcheck.text import Diagnostic, Fragment, Source, Span, SpecError

FILE_KEYS = ("title", "source", "variables", "define", "claims")
CLAIM_KEYS = (
    "id", "claim", "steps", "title", "source", "note", "variables", "define", "assume", "expect",
    "corrected", "require", "within", "tags",
)  # fmt: skip
EXPECTATIONS = ("match", "mismatch")
REQUIREMENTS = ("proved", "certified")
ID = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")

Entries: TypeAlias = tuple[tuple[Fragment, Fragment], ...]


class ClaimRecord(NamedTuple):
    """One entry of `claims:`. One with `diagnostics` cannot be judged; `claim` and `steps` may
    then both be missing. `span` is its first line."""

    id: str
    span: Span
    claim: Fragment | None = None
    steps: tuple[Fragment, ...] = ()
    title: str = ""
    source: str = ""
    note: str = ""
    variables: Entries = ()
    define: Entries = ()
    assume: tuple[Fragment, ...] = ()
    expect: str = ""
    corrected: tuple[Fragment, ...] = ()
    require: str = ""
    within: Fragment | None = None
    tags: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class FileRecord(NamedTuple):
    """A spec file. `diagnostics` are all its errors, those of its claims too."""

    path: str
    title: str = ""
    source: str = ""
    variables: Entries = ()
    define: Entries = ()
    claims: tuple[ClaimRecord, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def read_file(path: str) -> FileRecord:
    """Never raises for what is in the file."""
    try:
        source = read_source(path)
    except SpecError as error:
        return FileRecord(path, diagnostics=error.diagnostics)
    return read_record(source)


def read_record(source: Source) -> FileRecord:
    problems = Problems()
    recovered = read_tree(source)
    tree, lost = recovered.tree, recovered.lost
    broken = [_lost_record(one) for one in lost]
    if not isinstance(tree, Mapping):
        if not recovered.errors:
            place = Span(source, 0, 1) if tree is None else head(tree.span)
            message = "nothing but comments" if tree is None else f"a spec file is {kind_of(tree)}"
            problems.add("L020", message, place, "write keys such as `claims:` at the left margin")
        problems.extend(recovered.errors + recovered.misuses)
        return FileRecord(source.name, claims=tuple(broken), diagnostics=problems.in_order())
    fields = read_fields(tree, problems, "a spec file", FILE_KEYS)
    title = read_text(fields, "title", problems)
    reference = read_text(fields, "source", problems)
    variables = read_entries(fields, "variables", problems)
    define = read_entries(fields, "define", problems)
    claims = [*_read_claims(tree, fields, problems, recovered), *broken]
    problems.extend(recovered.errors + recovered.misuses)
    claims.sort(key=lambda claim: claim.span.start)
    return FileRecord(
        source.name, title, reference, variables, define, tuple(claims), problems.in_order()
    )


def _lost_record(lost: Lost) -> ClaimRecord:
    id = lost.id or f"line-{lost.span.line}"
    return ClaimRecord(id, head(lost.span), diagnostics=(lost.diagnostic,))


def _read_claims(
    tree: Mapping, fields: Fields, problems: Problems, recovered: Recovered
) -> list[ClaimRecord]:
    if "claims" not in fields:
        problems.add("L025", "a spec file needs `claims:`", head(tree.span))
        return []
    key, value = fields["claims"]
    if isinstance(value, Scalar) and not value.text and recovered.lost:
        return []
    if not isinstance(value, Sequence):
        hint = "write `- id: …` for each claim"
        problems.add("L020", f"`claims` is {kind_of(value)}, not a list", key.span, hint)
        return []
    if not value.items and not recovered.lost:
        problems.add("L024", "`claims` has no entry", key.span)
    claims = []
    for item in value.items:
        before = len(problems.found)
        record = _read_claim(item, problems)
        first = bisect_left(recovered.misuses, item.span.start, key=start_of)
        last = bisect_left(recovered.misuses, item.span.stop, key=start_of)
        diagnostics = (*problems.since(before), *recovered.misuses[first:last])
        claims.append(record._replace(diagnostics=diagnostics) if diagnostics else record)
    return claims


def _read_claim(node: Node, problems: Problems) -> ClaimRecord:
    if not isinstance(node, Mapping):
        hint = "write `- id: …`, then `claim: …` below it"
        problems.add("L020", f"a claim is {kind_of(node)}", head(node.span), hint)
        return ClaimRecord(f"line-{node.span.line}", head(node.span))
    fields = read_fields(node, problems, "a claim", CLAIM_KEYS)
    place = head(node.span)
    id = _read_id(fields, place, problems)
    claim, steps = _read_body(fields, place, problems)
    assume: tuple[Fragment, ...] = ()
    if "assume" in fields:
        assume = read_formulas(*fields["assume"], problems)
    return ClaimRecord(
        id=id,
        span=place,
        claim=claim,
        steps=steps,
        title=read_text(fields, "title", problems),
        source=read_text(fields, "source", problems),
        note=read_text(fields, "note", problems),
        variables=read_entries(fields, "variables", problems),
        define=read_entries(fields, "define", problems),
        assume=assume,
        expect=read_choice(fields, "expect", EXPECTATIONS, problems),
        corrected=_read_corrected(fields, problems),
        require=read_choice(fields, "require", REQUIREMENTS, problems),
        within=read_formula(*fields["within"], problems) if "within" in fields else None,
        tags=read_texts(fields, "tags", problems),
    )


def _read_id(fields: Fields, place: Span, problems: Problems) -> str:
    """L025: missing; L028: not letters, digits and single - _ . between them."""
    nameless = f"line-{place.line}"
    if "id" not in fields:
        problems.add("L025", "a claim needs an `id`", place, "e.g. `id: sigmoid-derivative`")
        return nameless
    id = read_text(fields, "id", problems)
    if id and (not ID.fullmatch(id) or id == "all"):
        place = fields["id"][1].span
        hint = "letters and digits with - _ . between them, e.g. `sigmoid-derivative`"
        problems.add(
            "L028", f"`{id}` as an id", place, "`all` means every claim" if id == "all" else hint
        )
    return id or nameless


def _read_body(
    fields: Fields, place: Span, problems: Problems
) -> tuple[Fragment | None, tuple[Fragment, ...]]:
    """Exactly one of `claim` and `steps`. L025: neither; L026: both; L031: a single step."""
    if "claim" in fields and "steps" in fields:
        problems.add(
            "L026", "both `claim` and `steps`", fields["steps"][0].span, "keep one of them"
        )
    if "claim" in fields:
        return read_formula(*fields["claim"], problems), ()
    if "steps" not in fields:
        problems.add("L025", "a claim needs `claim` or `steps`", place)
        return None, ()
    key, value = fields["steps"]
    if not isinstance(value, Sequence):
        problems.add(
            "L020", f"`steps` is {kind_of(value)}, not a list", key.span, "one line, one `- …`"
        )
        return None, ()
    before = len(problems.found)
    steps = read_formulas(key, value, problems)
    if len(steps) < 2 and len(problems.found) == before:
        problems.add("L031", "a derivation needs two lines or more", key.span)
    return None, steps


def _read_corrected(fields: Fields, problems: Problems) -> tuple[Fragment, ...]:
    """A claim; next to `steps` also a list of lines."""
    if "corrected" not in fields:
        return ()
    key, value = fields["corrected"]
    if isinstance(value, Sequence) and "steps" in fields:
        return read_formulas(key, value, problems)
    formula = read_formula(key, value, problems)
    return () if formula is None else (formula,)
