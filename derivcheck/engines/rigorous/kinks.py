"""Functions with kinks and jumps: a comparison of germs decides, value first, then slope."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, fmpq, fmpz

from derivcheck.engines.rigorous.elementary import apply_unary
from derivcheck.engines.rigorous.order import order, real_value, strict_order
from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Dual,
    Mode,
    Poison,
    Scalar,
    Undecided,
    conjugate,
    divide,
    is_exact_zero,
    is_flat,
    parts,
)


def absolute(x: Scalar, mode: Mode) -> Scalar:
    """|x|; of a complex number sqrt(re² + im²)."""
    re, im = parts(x)
    if not is_exact_zero(im):
        return euclid([re, im], mode)
    if isinstance(re, (fmpq, arb)):
        return abs(re)
    return re if order(re, mode) >= 0 else -re


def larger(a: Scalar, b: Scalar, mode: Mode) -> Scalar:
    """max(a, b); germs that agree to all kept orders may be swapped."""
    if not isinstance(a, Dual) and not isinstance(b, Dual):
        a, b = real_value(a), real_value(b)
        if isinstance(a, arb) or isinstance(b, arb):
            return arb(a).max(arb(b))
    return a if order(a - b, mode) >= 0 else b


def relu(x: Scalar, mode: Mode) -> Scalar:
    """max(x, 0)."""
    return larger(x, ZERO, mode)


def sign(x: Scalar, mode: Mode) -> Scalar:
    """-1, 0, 1; complex: x/|x|, 0 at 0."""
    if is_exact_zero(parts(x)[1]):
        return fmpq(strict_order(x, mode))
    return divide(x, absolute(x, mode))


def heaviside(x: Scalar, mode: Mode) -> Scalar:
    return (ZERO, HALF, ONE)[strict_order(x, mode) + 1]


def floor(x: Scalar, mode: Mode) -> Scalar:
    """The largest integer <= x; just below an integer n the germ n - ε falls to n - 1."""
    if isinstance(x, Dual):
        inner = floor(x.value, mode)
        rest = x - inner
        if is_exact_zero(_base(rest)):
            return inner if strict_order(rest, mode) > 0 else inner - ONE
        return inner
    x = real_value(x)
    if isinstance(x, fmpq):
        return fmpq(x.floor())
    low, high = x.lower().floor().unique_fmpz(), x.upper().floor().unique_fmpz()
    if low is None or low != high:
        raise Undecided("floor of a ball around an integer")
    return fmpq(fmpz(low))


def _base(x: Scalar) -> Scalar:
    while isinstance(x, Dual):
        x = x.value
    return x


def ceil(x: Scalar, mode: Mode) -> Scalar:
    return -floor(-x, mode)


def euclid(entries: list[Scalar], mode: Mode) -> Scalar:
    """sqrt(Σ x²) of real germs.

    Where all values are exactly 0 the norm of x = bε is |ε|·‖b‖: for ε > 0 the germ ‖b‖·ε, and
    the level is noted, so that the derivative is compared with that from the other side.
    """
    entries = [x for x in entries if not is_exact_zero(x)]
    if not entries:
        return ZERO
    if len(entries) == 1:
        return absolute(entries[0], mode)
    total: Scalar = ZERO
    for x in entries:
        total = total + x * x
    if not is_exact_zero(_base(total)):
        return apply_unary("sqrt", total, mode)
    level = max(x.level for x in entries if isinstance(x, Dual))
    if all(is_flat(x) for x in entries):
        return Dual(level, ZERO, ZERO)
    if any(not isinstance(x, Dual) or x.level != level or isinstance(x.value, Dual)
           for x in entries):  # fmt: skip
        raise Undecided("a norm tied to higher order")
    slopes = [x.slope for x in entries]
    for slope in slopes:
        if isinstance(slope, Poison):
            return Dual(level, ZERO, slope)
    mode.ties[level] = mode.operator
    return Dual(level, ZERO, euclid(slopes, mode))


PLAIN_UNARY: dict[str, Callable[[Scalar, Mode], Scalar]] = {
    "neg": lambda x, mode: -x,
    "conj": lambda x, mode: conjugate(x),
    "real": lambda x, mode: parts(x)[0],
    "imag": lambda x, mode: parts(x)[1],
    "abs": absolute,
    "relu": relu,
    "sign": sign,
    "heaviside": heaviside,
    "floor": floor,
    "ceil": ceil,
}
