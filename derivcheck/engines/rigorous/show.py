"""Numbers as text: exact rationals exactly, balls with as many digits as are certain and asked."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, localcontext

from flint import acb, arb, fmpq

from derivcheck.engines.rigorous.scalars import Gauss, Matrix, Scalar
from derivcheck.evidence import Value

LONGEST_EXACT, LONGEST_EXPONENT = 40, 3000


def number_text(x: Scalar, digits: int = 15, exact: bool = False) -> str:
    """An exact rational where it is short (or `exact`), else a decimal."""
    match x:
        case fmpq():
            text = str(x)
            return text if exact or len(text) <= LONGEST_EXACT else _decimal(arb(x), digits)
        case Gauss():
            return _complex(
                number_text(x.re, digits, exact), number_text(x.im, digits, exact), x.re == 0
            )
        case acb():
            if x.imag.is_zero():
                return _decimal(x.real, digits)
            return _complex(_decimal(x.real, digits), _decimal(x.imag, digits), x.real.is_zero())
        case arb():
            return _decimal(x, digits)
    return str(x)


def _decimal(x: Scalar, digits: int) -> str:
    if x.is_zero():
        return "0"
    if not x.is_finite():
        return "oo" if x > 0 else "-oo" if x < 0 else "undefined"
    text = str(x.str(digits, radius=False))
    if text.startswith("0e"):
        return "0"
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text


def _complex(re: str, im: str, imaginary: bool) -> str:
    unit = "I" if im == "1" else "-I" if im == "-1" else f"{im}*I"
    if imaginary:
        return unit
    return f"{re} - {unit[1:]}" if unit.startswith("-") else f"{re} + {unit}"


def value_text(a: Matrix, digits: int = 15, exact: bool = False) -> Value:
    """A scalar for 1×1, else rows."""
    if len(a) == 1 and len(a[0]) == 1:
        return number_text(a[0][0], digits, exact)
    return tuple(tuple(number_text(x, digits, exact) for x in row) for row in a)


def gap_text(gap: arb) -> str:
    """A short decimal that is not larger than the gap: the further digits are cut off."""
    mantissa, exponent = (int(x) for x in gap.lower().man_exp())
    if mantissa <= 0:
        return "0"
    if abs(exponent) > LONGEST_EXPONENT:
        return str(gap.str(3, radius=False))
    with localcontext() as decimals:
        decimals.rounding = ROUND_DOWN
        decimals.prec = 50
        exact = Decimal(mantissa) * Decimal(2) ** exponent
        decimals.prec = 3
        plain = Decimal("0.0001") <= exact < 10**6
        return format((+exact).normalize(), "f" if plain else "e")
