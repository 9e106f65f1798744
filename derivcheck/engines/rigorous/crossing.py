"""A point at which `!=` fails, enclosed between two at which the sides differ in opposite order."""

from __future__ import annotations

from flint import arb, ctx, fmpq

from derivcheck.engines.rigorous.descent import Place, exactly
from derivcheck.engines.rigorous.environment import Point
from derivcheck.engines.rigorous.extremes import FAILURES, TOUCHING_BITS, Extremes
from derivcheck.engines.rigorous.scalars import Scalar

HALVINGS = 140


def between(a: Place, b: Place, share: Scalar) -> list[Scalar]:
    return [exactly(x) + share * (exactly(y) - exactly(x)) for x, y in zip(a, b, strict=True)]


def crossing(search: Extremes) -> Point | None:
    """A ball in which the sides are equal somewhere, 2^-140 of a segment wide.

    At its two ends lhs - rhs has certainly opposite signs, and it is enclosed on the whole ball
    without that any operation had to be decided, so it is continuous there and vanishes
    (intermediate values).
    """
    if set(search.signs) != {1, -1}:
        return None
    a, b = search.signs[1], search.signs[-1]
    low, high = fmpq(0), fmpq(1)
    before, ctx.prec = ctx.prec, TOUCHING_BITS
    try:
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            point = search.point_at(between(a, b, middle))
            if not search.source.contains(point):
                return None
            (margin,) = search.margins_at(point)
            if arb(margin) > 0:
                low = middle
            elif arb(margin) < 0:
                high = middle
            else:
                return None
        ends = between(a, b, low), between(a, b, high)
        mode = search.source.evaluator.mode
        mode.hulled = False
        hull = search.point_at([arb(x).union(arb(y)) for x, y in zip(*ends, strict=True)])
        if not search.source.contains(hull):
            return None
        (whole,) = search.margins_at(hull)
        signs = [arb(search.margins_at(search.point_at(end))[0]) for end in ends]
    except FAILURES:
        return None
    finally:
        ctx.prec = before
    if mode.hulled or not arb(whole).is_finite() or not (signs[0] > 0 and signs[1] < 0):
        return None
    return hull
