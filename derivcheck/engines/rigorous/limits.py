"""Limits, estimated from values far out at high precision; never a certificate."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from flint import acb, arb, ctx, fmpq

from derivcheck.engines.rigorous.environment import Environment
from derivcheck.engines.rigorous.scalars import (
    ONE,
    Dual,
    Matrix,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    is_exact,
    may_vanish,
    to_ball,
)
from derivcheck.expr.nodes import Limit

if TYPE_CHECKING:
    from derivcheck.engines.rigorous.evaluate import Evaluator

FAR = (120, 170, 240, 340)
NEAR = tuple(range(1, 8))
BITS = 2000


def limit_of(evaluator: Evaluator, node: Limit, env: Environment) -> Matrix:
    """Values at point ± 2^-k (or ± 2^k at ±oo); two sides that differ: undefined."""
    evaluator.mode.heuristic = True
    # nothing remembered at fewer bits may enter: a fresh environment without a parent
    env = Environment(env.values, env.indices, level=env.level)
    point = to_ball(evaluator.scalar(node.point, env))
    if isinstance(point, acb):
        raise Unsupported("a limit at a complex point")
    if isinstance(point, arb) and not point.is_finite():
        return _one_side(evaluator, node, env, None, 1 if point > 0 else -1)
    exact = evaluator.scalar(node.point, env)
    sides = {"+": (1,), "-": (-1,), "": (1, -1)}[node.side]
    found: list[Matrix] = []
    failed: list[Undefined] = []
    for side in sides:
        try:
            found.append(_one_side(evaluator, node, env, exact, side))
        except Undefined as reason:
            failed.append(reason)
    if not found:
        raise failed[0]
    if len(found) == 2 and not all(
        _overlap(a, b) for rows in zip(*found, strict=True) for a, b in zip(*rows, strict=True)
    ):
        raise Undefined("a two-sided limit whose sides differ")
    return found[0]


def _overlap(a: Scalar, b: Scalar) -> bool:
    if isinstance(a, Dual) or isinstance(b, Dual):
        return True
    left, right = to_ball(a), to_ball(b)
    if not left.is_finite() or not right.is_finite():
        return str(left) == str(right)
    return may_vanish(left - right)


def _one_side(
    evaluator: Evaluator, node: Limit, env: Environment, point: Scalar | None, side: int
) -> Matrix:
    """First far out (where all but logarithmic convergence is over), else nearer, extrapolated."""
    before = ctx.prec
    try:
        ctx.prec = max(before, BITS)
        try:
            terms = [_value(evaluator, node, env, point, side, k) for k in FAR]
            return _entrywise(terms, _settled)
        except (Unsupported, Undecided):
            terms = [_value(evaluator, node, env, point, side, k) for k in NEAR]
            return _entrywise(terms, _extrapolated)
    finally:
        ctx.prec = before


def difference_quotient(
    function: Callable[[Environment], Matrix],
    env: Environment,
    name: str,
    row: int,
    col: int,
    direction: Scalar,
) -> Matrix:
    """The limit of (f(x + h·direction) - f(x))/h from both sides, where a formula for f breaks
    down at x itself (0/0) but f has a value there. An estimate, like every limit."""

    def at(shift: Scalar) -> Matrix:
        value = [list(r) for r in env.values[name]]
        value[row][col] = value[row][col] + shift * direction
        return function(Environment({**env.values, name: value}, env.indices, level=env.level))

    def quotient(h: Scalar) -> Matrix:
        return [[(x - y) * (ONE / h) for x, y in zip(*rows, strict=True)]
                for rows in zip(at(h), here, strict=True)]  # fmt: skip

    before = ctx.prec
    try:
        ctx.prec = max(before, BITS)
        here = at(fmpq(0))
        right, left = (
            _entrywise([quotient(fmpq(side, 2**k)) for k in FAR], _settled) for side in (1, -1)
        )
    finally:
        ctx.prec = before
    for rows in zip(right, left, strict=True):
        for a, b in zip(*rows, strict=True):
            if not to_ball(a).is_finite() or not _overlap(a, b):
                raise Undefined("derivative where the one-sided slopes differ")
    return right


def _value(
    evaluator: Evaluator, node: Limit, env: Environment, point: Scalar | None, side: int, k: int
) -> Matrix:
    step = fmpq(2) ** k
    at = step * side if point is None else point + (ONE / step) * side
    return evaluator.evaluate(node.body, env.bind({node.variable.name: [[at]]}))


def _entrywise(terms: list[Matrix], accelerate: object) -> Matrix:
    assert callable(accelerate)
    rows, cols = len(terms[0]), len(terms[0][0])
    return [[_through_germs([t[i][j] for t in terms], accelerate) for j in range(cols)]
            for i in range(rows)]  # fmt: skip


def _through_germs(terms: list[Scalar], accelerate: object) -> Scalar:
    """Of germs the limits of value and slope (the two limits are taken to commute)."""
    assert callable(accelerate)
    level = max((x.level for x in terms if isinstance(x, Dual)), default=0)
    if level == 0:
        return accelerate(terms)
    values = [x.value if isinstance(x, Dual) and x.level == level else x for x in terms]
    slopes = [x.slope if isinstance(x, Dual) and x.level == level else fmpq(0) for x in terms]
    return Dual(level, _through_germs(values, accelerate), _through_germs(slopes, accelerate))


def _settled(terms: list[Scalar]) -> Scalar:
    """The last value, with the last change as its error, when the changes die out fast."""
    if all(is_exact(x) for x in terms) and all(may_vanish(x - terms[0]) for x in terms[1:]):
        return terms[-1]
    balls = [to_ball(x) for x in terms]
    if all(isinstance(x, arb) for x in balls):
        infinite = _infinite(balls)
        if infinite is not None:
            return infinite
    changes = [abs(b - a) for a, b in itertools.pairwise(balls)]
    if not all(x.is_finite() for x in changes):
        raise Undecided("a limit without finite values")
    scale = arb(1) + abs(balls[-1])
    if not (changes[-1] < scale * arb(2) ** -60 and changes[-1] <= changes[-2] + scale * _TINY):
        raise Undecided("a limit that is approached slowly")
    return _ball(balls[-1], changes[-1] * 2)


_TINY = fmpq(1, 2**300)
_COARSE = fmpq(1, 10**4)


def _infinite(terms: list[Scalar]) -> Scalar | None:
    """±oo where the values keep one sign and grow by a factor each time."""
    for sign in (1, -1):
        sizes = [x * sign for x in terms]
        if all(x > 1000 for x in sizes) and all(
            b > a * fmpq(5, 4) for a, b in itertools.pairwise(sizes)
        ):
            return arb.pos_inf() if sign > 0 else arb.neg_inf()
    return None


def _ball(middle: Scalar, radius: Scalar) -> Scalar:
    error = arb(0, radius.upper())
    return acb(middle.real + error, middle.imag + error) if isinstance(middle, acb) else (
        middle + error)  # fmt: skip


def _extrapolated(terms: list[Scalar]) -> Scalar:
    """Richardson for an expansion in 2^-k, or the last value where the changes die out faster.

    Few terms bear little weight: the error is taken generously and never below 1e-4.
    """
    row = [to_ball(x) for x in terms]
    changes = [abs(b - a) for a, b in itertools.pairwise(row)]
    last, scale = row[-1], 1 + abs(row[-1])
    if changes[-1] * 100 <= scale * _COARSE and changes[-1] * 4 <= changes[-2] + _TINY:
        return _ball(last, scale * _COARSE)
    diagonal = [last]
    for order in range(1, len(row)):
        factor = 2**order
        row = [(b * factor - a) / (factor - 1) for a, b in itertools.pairwise(row)]
        diagonal.append(row[-1])
    steps = [abs(b - a) for a, b in itertools.pairwise(diagonal)]
    settled = all(b * 3 < a + _TINY for a, b in zip(steps[-4:], steps[-3:], strict=False))
    if not (settled and steps[-1] * 1000 < scale * _COARSE):
        raise Undecided("a limit that is approached slowly")
    return _ball(diagonal[-1], scale * _COARSE)
