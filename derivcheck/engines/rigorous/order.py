"""Which of two germs is larger."""

from __future__ import annotations

from derivcheck.engines.rigorous.scalars import (
    Dual,
    Mode,
    Poison,
    Scalar,
    Tied,
    Undecided,
    Undefined,
    is_exact_zero,
    is_flat,
    may_vanish,
    parts,
)


def real_value(x: Scalar) -> Scalar:
    """A plain number that must be real, for comparisons."""
    re, im = parts(x)
    if is_exact_zero(im):
        return re
    if may_vanish(im):
        raise Undecided("a number that may not be real")
    raise Undefined("order of numbers that are not real", thin=False)


def order(x: Scalar, mode: Mode) -> int:
    """The sign of a real germ for ε → 0+; 0 when it is exactly 0 or vanishes to all kept orders.

    Lexicographic: the value decides, then, where it is exactly 0, the slope; the level is noted
    in `mode.ties`. With two infinitesimals the squares of the larger one are not kept and could
    dominate the smaller one, so only a value that does not contain the larger one lets it decide.
    """
    if not isinstance(x, Dual):
        x = real_value(x)
        if x > 0:
            return 1
        if x < 0:
            return -1
        if is_exact_zero(x):
            return 0
        raise Undecided("the sign of a ball around 0")
    sign = order(x.value, mode)
    if sign or is_flat(x):
        return sign
    if isinstance(x.value, Dual) or isinstance(x.slope, Poison):
        raise Undecided("a comparison tied to higher order")
    sign = order(x.slope, mode)
    if sign:
        mode.ties[x.level] = mode.operator
    return sign


def strict_order(x: Scalar, mode: Mode) -> int:
    """As `order`, for functions that jump: a germ that is 0 to all kept orders decides nothing."""
    sign = order(x, mode)
    if sign == 0 and isinstance(x, Dual):
        raise Tied("a comparison tied to higher order")
    return sign
