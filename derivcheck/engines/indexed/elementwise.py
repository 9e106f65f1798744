"""Elementwise operators: each is written by few functions that carry relations."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from derivcheck.engines.indexed.terms import ONE, ZERO, Poly, number

if TYPE_CHECKING:
    from derivcheck.engines.indexed.lower import Lowering

HALF = Fraction(1, 2)


def _power(low: Lowering, base: Poly, exponent: Poly) -> Poly:
    return low.algebra.symbolic_power(base, exponent)


def quotient(low: Lowering, above: Poly, below: Poly) -> Poly:
    return low.algebra.multiply(above, low.algebra.power(below, -1))


def _product(low: Lowering, left: Poly, right: Poly) -> Poly:
    return low.algebra.multiply(left, right)


def _tanh(low: Lowering, u: Poly) -> Poly:
    return low.algebra.sigmoid(u.scale(2)).scale(2) - ONE


def _cosh(low: Lowering, u: Poly) -> Poly:
    return (low.algebra.exp(u) + low.algebra.exp(-u)).scale(HALF)


def _sinh(low: Lowering, u: Poly) -> Poly:
    return (low.algebra.exp(u) - low.algebra.exp(-u)).scale(HALF)


def one_over(low: Lowering, u: Poly) -> Poly:
    return low.algebra.power(u, -1)


def absolute(low: Lowering, u: Poly) -> Poly:
    """|z|**2 = z conj(z)."""
    if low.algebra.is_real(u):
        return low.algebra.absolute_value(u)
    return low.algebra.power(low.algebra.multiply(u, low.conjugate(u)), HALF)


def _sign(low: Lowering, u: Poly) -> Poly:
    if not u.terms:
        return ZERO
    return low.algebra.positive(u) - low.algebra.positive(-u)


def _relu(low: Lowering, u: Poly) -> Poly:
    return (u + low.algebra.absolute_value(u)).scale(HALF)


def _maximum(low: Lowering, left: Poly, right: Poly) -> Poly:
    return (left + right + low.algebra.absolute_value(left - right)).scale(HALF)


def _minimum(low: Lowering, left: Poly, right: Poly) -> Poly:
    return (left + right - low.algebra.absolute_value(left - right)).scale(HALF)


def _real(low: Lowering, u: Poly) -> Poly:
    return (u + low.conjugate(u)).scale(HALF)


def _imag(low: Lowering, u: Poly) -> Poly:
    part = (u - low.conjugate(u)).scale(HALF)
    return low.algebra.multiply(part, low.algebra.power(low.algebra.symbol("I"), -1))


def _logit(low: Lowering, u: Poly) -> Poly:
    """log(u/(1-u)); on 0 < u < 1 both parts are positive."""
    return low.algebra.log(u) - low.algebra.log(ONE - u)


def _opaque(name: str) -> Callable[..., Poly]:
    return lambda low, u: low.algebra.apply(name, u)


ELEMENTWISE: dict[str, Callable[..., Poly]] = {
    "add": lambda low, a, b: a + b,
    "sub": lambda low, a, b: a - b,
    "neg": lambda low, a: -a,
    "mul": _product,
    "pow": _power,
    "conj": lambda low, u: low.conjugate(u),
    "real": _real,
    "imag": _imag,
    "abs": absolute,
    "exp": lambda low, u: low.algebra.exp(u),
    "log": lambda low, u: low.algebra.log(u),
    "log1p": lambda low, u: low.algebra.log(ONE + u),
    "expm1": lambda low, u: low.algebra.exp(u) - ONE,
    "log2": lambda low, u: quotient(low, low.algebra.log(u), low.algebra.log(number(2))),
    "log10": lambda low, u: quotient(low, low.algebra.log(u), low.algebra.log(number(10))),
    "sqrt": lambda low, u: low.algebra.power(u, HALF),
    "sin": _opaque("sin"),
    "cos": _opaque("cos"),
    "tan": lambda low, u: quotient(low, low.algebra.apply("sin", u), low.algebra.apply("cos", u)),
    "cot": lambda low, u: quotient(low, low.algebra.apply("cos", u), low.algebra.apply("sin", u)),
    "sec": lambda low, u: one_over(low, low.algebra.apply("cos", u)),
    "csc": lambda low, u: one_over(low, low.algebra.apply("sin", u)),
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": _tanh,
    "coth": lambda low, u: quotient(low, _cosh(low, u), _sinh(low, u)),
    "sech": lambda low, u: one_over(low, _cosh(low, u)),
    "csch": lambda low, u: one_over(low, _sinh(low, u)),
    "sigmoid": lambda low, u: low.algebra.sigmoid(u),
    "softplus": lambda low, u: low.algebra.softplus(u),
    "logit": _logit,
    "relu": _relu,
    "sign": _sign,
    "heaviside": lambda low, u: (_sign(low, u) + ONE).scale(HALF),
    "maximum": _maximum,
    "minimum": _minimum,
    "hypot": lambda low, a, b: low.algebra.power(
        low.algebra.natural_power(a, 2) + low.algebra.natural_power(b, 2), HALF
    ),
    **{
        name: _opaque(name)
        for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh", "erf", "erfinv",
                     "loggamma", "digamma", "gamma", "floor", "ceil")
    },
    "erfc": lambda low, u: ONE - low.algebra.apply("erf", u),
    "factorial": lambda low, u: low.algebra.apply("gamma", u + ONE),
}  # fmt: skip
