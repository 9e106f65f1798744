"""Changed domains: an assumption added, an assumption dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

from derivcheck.claim import Context
from derivcheck.expr import build
from derivcheck.expr.declarations import Bound, Declaration, Domain, Kind
from derivcheck.expr.dims import ONE, SCALAR, Shape
from derivcheck.expr.names import NamedExpression, Names
from derivcheck.expr.nodes import Variable
from derivcheck.text import Fragment

_WEAKER = {
    Kind.SPD: Kind.SYMMETRIC, Kind.SYMMETRIC: Kind.REAL, Kind.SKEW: Kind.REAL,
    Kind.DIAGONAL: Kind.REAL, Kind.ORTHOGONAL: Kind.REAL, Kind.STIEFEL: Kind.REAL,
    Kind.ONEHOT: Kind.REAL, Kind.SIMPLEX: Kind.REAL, Kind.UNIT: Kind.REAL,
    Kind.HPD: Kind.HERMITIAN, Kind.HERMITIAN: Kind.COMPLEX, Kind.UNITARY: Kind.COMPLEX,
}  # fmt: skip
_SQUARE = (Kind.REAL, Kind.INVERTIBLE)


@dataclass(frozen=True, slots=True)
class Restated:
    """The names and further assumptions of a claim whose formulas stay as they are.

    `border` is where the claim may hold besides: with x > 0, at x == 0. `outside` is the rest of
    the domain without that border: "only" is said of a part where the claim fails throughout it.
    """

    text: str
    names: Names
    assume: tuple[Fragment, ...]
    border: Fragment | None = None
    outside: Fragment | None = None


Restrict: TypeAlias = Callable[[Context, Names, tuple[Fragment, ...]], Iterator[Restated]]


def signs(context: Context, names: Names, assume: tuple[Fragment, ...]) -> Iterator[Restated]:
    """x != 0, x > 0, x < 0 for each real variable without bounds."""
    for declaration in context.declarations:
        domain, name = declaration.domain, declaration.variable.name
        if domain.kind not in (Kind.REAL, Kind.INTEGER) or domain.lower or domain.upper:
            continue
        bound = Bound(build.ZERO, True)
        for relation, opposite, new in (
            ("!=", "==", replace(domain, excluded=(*domain.excluded, build.ZERO))),
            (">", "<", replace(domain, lower=bound)),
            ("<", ">", replace(domain, upper=bound)),
        ):
            text = f"holds for {name} {relation} 0"
            changed = _redeclared(names, declaration.variable, new)
            border = Fragment.whole(f"{name} == 0") if relation != "!=" else None
            outside = Fragment.whole(f"{name} {opposite} 0")
            is_scalar = declaration.variable.shape.is_scalar
            yield Restated(text, changed, assume, border, outside if is_scalar else None)


def symmetric(context: Context, names: Names, assume: tuple[Fragment, ...]) -> Iterator[Restated]:
    """Q symmetric, for each square real matrix."""
    yield from _of_kind(context, names, assume, Kind.SYMMETRIC, "symmetric")


def diagonal(context: Context, names: Names, assume: tuple[Fragment, ...]) -> Iterator[Restated]:
    """D diagonal, for each square real or complex matrix."""
    yield from _of_kind(context, names, assume, Kind.DIAGONAL, "diagonal")
    for declaration in context.declarations:
        variable, domain = declaration.variable, declaration.domain
        if domain.kind is Kind.COMPLEX and variable.shape.is_square and variable.shape != SCALAR:
            name = f"{variable.name}_diagonal"
            column = Variable(name, Shape(variable.shape.rows, ONE), True)
            changed = names.copy()
            changed.entries[name] = Declaration(column, domain)
            body = Fragment.whole(f"diag({name})")
            changed.entries[variable.name] = NamedExpression(variable.name, body)
            yield Restated(f"holds only if {variable.name} is diagonal", changed, assume)


def skew(context: Context, names: Names, assume: tuple[Fragment, ...]) -> Iterator[Restated]:
    """K = -K.T, for each square real matrix."""
    yield from _of_kind(context, names, assume, Kind.SKEW, "skew")


def _of_kind(
    context: Context, names: Names, assume: tuple[Fragment, ...], kind: Kind, word: str
) -> Iterator[Restated]:
    for declaration in context.declarations:
        variable, domain = declaration.variable, declaration.domain
        if domain.kind in _SQUARE and variable.shape.is_square and not variable.shape.is_scalar:
            text = f"holds only if {variable.name} is {word}"
            yield Restated(text, _redeclared(names, variable, replace(domain, kind=kind)), assume)


def real(context: Context, names: Names, assume: tuple[Fragment, ...]) -> Iterator[Restated]:
    """All complex variables real; each of them real."""
    found = [d for d in context.declarations if d.domain.kind is Kind.COMPLEX]
    groups = [(one,) for one in found]
    for group in groups if len(found) < 2 else [*groups, tuple(found)]:
        changed = names
        for one in group:
            variable = Variable(one.variable.name, one.variable.shape)
            changed = _redeclared(changed, variable, replace(one.domain, kind=Kind.REAL))
        shown = ", ".join(one.variable.name for one in group)
        yield Restated(f"holds only for real {shown}", changed, assume)


def ranges(context: Context, names: Names, assume: tuple[Fragment, ...]) -> Iterator[Restated]:
    """abs(x) < 1, abs(x) <= 1 for each real scalar."""
    for declaration in context.declarations:
        variable, domain = declaration.variable, declaration.domain
        if domain.kind is Kind.REAL and variable.shape.is_scalar:
            outside = Fragment.whole(f"abs({variable.name}) > 1")
            for text in (f"abs({variable.name}) <= 1", f"abs({variable.name}) < 1"):
                inside = _assumed(f"holds for {text}", text, names, assume)
                yield replace(inside, outside=outside)


def sizes(context: Context, names: Names, assume: tuple[Fragment, ...]) -> Iterator[Restated]:
    """n == 1 for each size, and m == n for two of them."""
    for dim in context.dims:
        yield _assumed(f"holds only for {dim} = 1", f"{dim} == 1", names, assume)
    for one, two in combinations(context.dims, 2):
        yield _assumed(f"holds only for {one} = {two}", f"{one} == {two}", names, assume)


def dropped(context: Context, names: Names, assume: tuple[Fragment, ...]) -> Iterator[Restated]:
    """The claim without its assumptions, all at once: one alone may follow from the others.

    What is said of integers stays: it tells which entries and counts there are.
    """
    said: list[str] = []
    integers = {
        d.variable.name for d in context.declarations if d.domain.kind in (Kind.INTEGER, Kind.INDEX)
    }
    kept = tuple(c for c in assume if integers & set(re.findall(r"\w+", c.text)))
    said += [condition.text for condition in assume if condition not in kept]
    for declaration in context.declarations:
        variable, domain = declaration.variable, declaration.domain
        free = domain
        if (domain.lower or domain.upper or domain.excluded) and variable.name not in integers:
            free = Domain(domain.kind, extent=domain.extent)
            said.append(f"the bounds of {variable.name}")
        if domain.kind in _WEAKER:
            free = replace(free, kind=_WEAKER[domain.kind])
            said.append(f"{variable.name} {domain.kind}")
        if free != domain:
            names = _redeclared(names, variable, free)
    if said:
        yield Restated(f"without {', '.join(said)}", names, kept)


def _assumed(text: str, condition: str, names: Names, assume: tuple[Fragment, ...]) -> Restated:
    return Restated(text, names, (*assume, Fragment.whole(condition)))


def _redeclared(names: Names, variable: Variable, domain: Domain) -> Names:
    changed = names.copy()
    changed.entries[variable.name] = Declaration(variable, domain)
    return changed
