"""Where the branch cuts lie; a ball that may touch a cut counts as on it."""

from __future__ import annotations

from flint import arb

from derivcheck.engines.rigorous.scalars import ONE, Scalar, is_exact_zero, parts, to_ball


def on_real_axis(x: Scalar, low: int | None, high: int | None) -> bool:
    """Whether x may lie on the real axis below `low` or above `high` (ends included)."""
    re, im = parts(to_ball(x))
    if not (is_exact_zero(im) or (isinstance(im, arb) and im.contains(0))):
        return False
    return (low is not None and not re > low) or (high is not None and not re < high)


def negative_axis(x: Scalar) -> bool:
    return on_real_axis(x, 0, None)


def outside_unit(x: Scalar) -> bool:
    return on_real_axis(x, -1, 1)


def inside_unit(x: Scalar) -> bool:
    re, im = parts(to_ball(x))
    return bool(not _excludes(im) and not (arb(re) > 1 or arb(re) < -1))


def _excludes(x: Scalar) -> bool:
    return not (is_exact_zero(x) or (isinstance(x, arb) and x.contains(0)))


def imaginary_beyond_one(x: Scalar) -> bool:
    re, im = parts(to_ball(x))
    return not _excludes(re) and not (abs(arb(im)) < 1)


def imaginary_within_one(x: Scalar) -> bool:
    re, im = parts(to_ball(x))
    return not _excludes(re) and not (abs(arb(im)) > 1)


def within_unit(a: Scalar) -> bool:
    return bool(a >= -1) and bool(a <= 1)


def beyond_unit(a: Scalar) -> bool:
    return bool(a > 1) or bool(a < -1)


def inside_unit_open(x: Scalar) -> bool:
    """The real axis strictly inside the unit interval (for asec, acsc, acoth)."""
    return inside_unit(x) and not is_exact_zero(x - ONE) and not is_exact_zero(x + ONE)
