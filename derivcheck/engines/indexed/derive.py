"""The derived closed form of an expression, checked by reading it back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from derivcheck.claim import Context
from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.axes import ORIGIN, Spot
from derivcheck.engines.indexed.clearing import atoms_in, vanishes
from derivcheck.engines.indexed.closed_form import ClosedForm
from derivcheck.engines.indexed.leaves import NoClosedForm
from derivcheck.engines.indexed.lower import Lowering
from derivcheck.engines.indexed.terms import (
    ONE,
    ZERO,
    Function,
    Poly,
    Undefined,
    Unsupported,
    number,
)  # fmt: skip
from derivcheck.engines.indexed.terms import Kind as Factor
from derivcheck.expr.build import parts, transpose
from derivcheck.expr.declarations import Kind
from derivcheck.expr.dims import ONE as ONE_DIM
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Derivative, Expr
from derivcheck.expr.operators import ShapeError
from derivcheck.expr.printing import to_text

PLAIN = frozenset({Kind.REAL, Kind.COMPLEX, Kind.INTEGER, Kind.INDEX, Kind.INVERTIBLE})


def derive(expr: Expr, context: Context, seconds: float = 10.0) -> str:
    """The expression with its derivatives carried out, in the claim language; "" where no closed
    form was found."""
    algebra = Algebra(context, time.monotonic() + seconds)
    found = closed_form(Lowering(algebra), expr)
    return "" if found is None else to_text(found)


def has_derivative(expr: Expr) -> bool:
    return any(isinstance(node, Derivative) for node in parts(expr))


def closed_form(lowering: Lowering, expr: Expr) -> Expr | None:
    """The shortest of a few forms, each of which lowers to the same index expression again."""
    algebra = lowering.algebra
    axes = of_size(algebra, expr.shape.rows), of_size(algebra, expr.shape.cols)
    free = tuple(spot for spot in axes if isinstance(spot, str))
    try:
        poly = lowering.entry(expr, *axes)
    except (Unsupported, Undefined, RecursionError):
        return None
    found: list[tuple[int, Expr]] = []
    for names in spellings(algebra, poly):
        try:
            form = written(lowering, respelled(algebra, poly, names), free, expr)
        except (NoClosedForm, Unsupported, Undefined, ShapeError, RecursionError):
            continue
        if form is not None:
            found.append((penalty(algebra, names) + len(to_text(form)), form))
    for _, form in sorted(found, key=lambda item: item[0]):
        try:
            if same(algebra, lowering.entry(form, *axes), poly):
                return form
        except (Unsupported, Undefined, RecursionError):
            continue
    return None


def of_size(algebra: Algebra, size: Dim) -> Spot:
    return ORIGIN if size == ONE_DIM else algebra.fresh(size)


def written(lowering: Lowering, poly: Poly, free: tuple[str, ...], expr: Expr) -> Expr | None:
    """In matrix notation, of the shape of the expression."""
    algebra = lowering.algebra
    variables = {d.variable.name: d.variable for d in algebra.context.declarations}
    form = ClosedForm(algebra, variables).array(poly, free)
    if form.shape != expr.shape:
        form = transpose(form)
    return form if form.shape == expr.shape else None


def penalty(algebra: Algebra, names: frozenset[str]) -> int:
    """Against other spellings, and against leaving declared facts unused."""
    ignored = "facts" not in names and not PLAIN.issuperset(algebra.kinds.values())
    return 4 * len(names - {"facts"}) + 20 * ignored


def spellings(algebra: Algebra, poly: Poly) -> Iterator[frozenset[str]]:
    """Which functions to write by others: sign, relu and tanh for step, abs and sigmoid; `facts`
    to write entries of structured matrices by what is declared of them."""
    choices = sorted(functions_in(poly) & {"step", "abs", "sigmoid"})
    if not PLAIN.issuperset(algebra.kinds.values()):
        choices.append("facts")
    for flags in product((False, True), repeat=len(choices)):
        yield frozenset(name for name, on in zip(choices, flags, strict=True) if on)


def functions_in(poly: Poly) -> set[str]:
    return {atom.name for atom in atoms_in(poly) if isinstance(atom, Function)}


def respelled(algebra: Algebra, poly: Poly, names: frozenset[str]) -> Poly:
    """step(u) = (1 + sign(u))/2, |u| = 2 relu(u) - u, σ(2 u) = (1 + tanh(u))/2."""
    if "facts" in names:
        return respelled(algebra, settled(algebra, poly), names - {"facts"})
    if not names:
        return poly
    half = Fraction(1, 2)

    def one(atom: Factor) -> Poly:
        match atom:
            case Function("step", (u,)) if "step" in names:
                sign = algebra.plain(algebra.function_atom("sign", again(u)))
                return (ONE + sign).scale(half)
            case Function("abs", (u,)) if "abs" in names:
                inner = again(u)
                return algebra.plain(algebra.function_atom("relu", inner)).scale(2) - inner
            case Function("sigmoid", (u,)) if "sigmoid" in names:
                tanh = algebra.plain(algebra.function_atom("tanh", again(u).scale(half)))
                return (ONE + tanh).scale(half)
        return algebra.rebuild(atom, again)

    def again(inner: Poly) -> Poly:
        return algebra.map_terms(inner, one, again)

    return again(poly)


def settled(algebra: Algebra, poly: Poly) -> Poly:
    """With the facts of constrained variables applied."""
    algebra.final = algebra.keeps_kinks = True
    try:
        return algebra.refreshed(poly)
    finally:
        algebra.final = algebra.keeps_kinks = False


def same(algebra: Algebra, first: Poly, second: Poly) -> bool:
    """Equal by canonical forms, for one choice of the derivative at kinks."""
    for kink in (None, ZERO, ONE, number(Fraction(1, 2))):
        algebra.final, algebra.kink = True, kink
        try:
            if vanishes(algebra, algebra.refreshed(first - second), {}):
                return True
        finally:
            algebra.final, algebra.kink = False, None
    return False
