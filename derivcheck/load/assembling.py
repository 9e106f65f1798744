"""Records to claims: formulas are parsed here, and every error of a file is collected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias, cast

from derivcheck.claim import Claim, Expectation, Reading, Statement
from derivcheck.expr.scope import Scope
from derivcheck.load.problems import Problems, failure
from derivcheck.load.records import ClaimRecord, Entries, FileRecord
from derivcheck.load.selection import Selection
from derivcheck.load.sharing import kept_variables, mentioned, name_of, own_names
from derivcheck.load.statements import read_claim, read_steps
from derivcheck.text import Diagnostic, Fragment, Span, SpecError

Requirement: TypeAlias = Literal["", "proved", "certified"]
_TOLERANCE = re.compile(
    r"(?:\d{1,99}(?:\.\d{0,99})?|\.\d{1,99})(?:[eE][+-]?\d{1,3})?|\d{1,99}/\d{1,99}"
)


@dataclass(frozen=True, slots=True)
class BrokenClaim:
    """A claim that could not be read; its verdict is `error`."""

    id: str
    span: Span
    diagnostics: tuple[Diagnostic, ...]
    title: str = ""
    source: str = ""
    expect: Expectation = Expectation.MATCH
    tags: tuple[str, ...] = ()


Assembled: TypeAlias = Claim | BrokenClaim


@dataclass(frozen=True, slots=True)
class Loaded:
    """The claims selected, in the order of the files, and every error met on the way."""

    files: tuple[str, ...]
    claims: tuple[Assembled, ...]
    diagnostics: tuple[Diagnostic, ...]


def assemble_all(selection: Selection) -> Loaded:
    """The selected claims; errors are sorted by place, those without a place first."""
    claims: list[Assembled] = []
    found = list(selection.diagnostics)
    order = {chosen.file.path: i for i, chosen in enumerate(selection.files)}
    for chosen in selection.files:
        assembled, diagnostics = assemble(chosen.file, chosen.claims)
        claims += assembled
        found += diagnostics

    def place(diagnostic: Diagnostic) -> tuple[int, int]:
        span = diagnostic.span
        return (order.get(span.source.name, -1), span.start) if span else (-1, -1)

    return Loaded(tuple(order), tuple(claims), tuple(sorted(found, key=place)))


def assemble(
    file: FileRecord, chosen: Iterable[ClaimRecord] | None = None
) -> tuple[tuple[Assembled, ...], tuple[Diagnostic, ...]]:
    """The claims of a file, all or the chosen ones, and the errors met in parsing them.

    What the file declares is read again in the scope of each claim, so that a claim's own `x`
    is the `x` of the file's definitions too. An error there is reported once, and breaks only
    the claims that use it.
    """
    found = Problems()
    scope, failed = Scope(), _Failed()
    _fill(scope, file.variables, file.define, failed)
    local = {name for claim in file.claims for name in own_names(claim)}
    for diagnostic in (*failed.all(), *scope.check()):
        if diagnostic.code != "P003" or _text_at(diagnostic) not in local:
            found.extend([diagnostic])
    claims: list[Assembled] = []
    known = {*found.found, *file.diagnostics}
    for record in file.claims if chosen is None else chosen:
        claim = _assemble_one(record, file, scope, failed)
        claims.append(claim)
        if isinstance(claim, BrokenClaim):
            found.extend(one for one in claim.diagnostics if one not in known)
            known.update(claim.diagnostics)
    return tuple(claims), found.in_order()


class _Failed:
    """The names whose declaration or definition could not be read, and why."""

    def __init__(self, names: dict[str, tuple[Diagnostic, ...]] | None = None) -> None:
        self.names = dict(names or {})

    def add(self, name: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.names[name] = self.names.get(name, ()) + diagnostics

    def all(self) -> Iterator[Diagnostic]:
        for diagnostics in self.names.values():
            yield from diagnostics

    def explain(self, diagnostic: Diagnostic) -> tuple[Diagnostic, ...]:
        """The true reason for an unknown name: the error in its declaration."""
        if diagnostic.code == "P003":
            return self.names.get(_text_at(diagnostic), (diagnostic,))
        return (diagnostic,)


def _fill(scope: Scope, variables: Entries, define: Entries, failed: _Failed) -> None:
    for put, entries in ((scope.declare, variables), (scope.define, define)):
        for key, body in entries:
            try:
                put(key, body)
            except SpecError as error:
                failed.add(name_of(key), error.diagnostics)


def _assemble_one(
    record: ClaimRecord, file: FileRecord, shared: Scope, shared_failed: _Failed
) -> Assembled:
    expect = Expectation(record.expect or "match")
    found: list[Diagnostic] = list(record.diagnostics)
    definitions, names = mentioned(record, file.define)
    kept = kept_variables(record, file.variables, names)
    if len(kept) < len(file.variables):
        shared = Scope()
        _fill(shared, kept, file.define, _Failed())
    scope, failed = shared.child(), _Failed(shared_failed.names)
    own = _Failed()
    _fill(scope, record.variables, record.define, own)
    failed.names.update(own.names)
    found += own.all()
    found += [reason for one in scope.check() for reason in failed.explain(one)]

    def attempt(read: Callable[[], Statement]) -> Statement | None:
        try:
            return read()
        except SpecError as error:
            found.extend(reason for one in error.diagnostics for reason in failed.explain(one))
            return None

    def statement(lines: tuple[Fragment, ...], is_derivation: bool) -> Statement:
        if is_derivation:
            return read_steps(lines, scope, record.assume, within)
        return read_claim(lines[0], scope, record.assume, within)

    within = None
    try:
        within = tolerance(record.within)
    except SpecError as error:
        found.extend(error.diagnostics)
    body, corrected = None, None
    if lines := record.steps or ((record.claim,) if record.claim else ()):
        body = attempt(lambda: statement(lines, bool(record.steps)))
    if body is None and record.assume:  # the assumptions have errors of their own
        attempt(lambda: read_claim(Fragment.whole("0 == 0"), scope, record.assume))
    if record.corrected:
        corrected = attempt(lambda: statement(record.corrected, len(record.corrected) > 1))
    if found or body is None:
        diagnostics = tuple(dict.fromkeys(found))
        return BrokenClaim(
            record.id, record.span, diagnostics, record.title, record.source, expect, record.tags
        )
    return Claim(
        id=record.id,
        statement=body,
        span=record.span,
        lines=tuple(line.text for line in record.steps),
        title=record.title,
        source=record.source,
        note=record.note,
        expect=expect,
        corrected=corrected,
        require=cast("Requirement", record.require),
        tags=record.tags,
        definitions=tuple((key.text, formula.text) for key, formula in definitions),
        reading=Reading(scope.names, record.assume),
    )


def tolerance(text: Fragment | None) -> Fraction | None:
    """L032: `within` is a positive decimal or quotient, of bounded length, read exactly."""
    if text is None:
        return None
    value = Fraction(0)
    if _TOLERANCE.fullmatch(text.text) and not re.search(r"/0+$", text.text):
        value = Fraction(text.text)
    if not value:
        hint = "a positive number such as 1e-6, 0.5 or 1/1000"
        raise failure("L032", f"`{text.text}` as `within`", text.span(), hint)
    return value


def _text_at(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    return span.source.text[span.start : span.stop] if span else ""
