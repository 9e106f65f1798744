"""SymPy's form of each elementwise operator: one row a name.

A row takes the reading (which knows signs and whether the claim is on the real line) and SymPy
scalars. Kinks are decided by signs, never left to SymPy's Abs, Max or Heaviside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import sympy as sp

from derivcheck.engines.symbolic.region import Undefined, Unsupported


class Reading(Protocol):
    """What a row may ask."""

    on_real_line: bool

    def sign(self, expr: sp.Expr) -> int: ...

    def conjugate(self, expr: sp.Expr) -> sp.Expr: ...

    def is_real(self, expr: sp.Expr) -> bool: ...


Row = Callable[..., sp.Expr]


def _plain(function: Callable[..., sp.Expr]) -> Row:
    return lambda reading, *args: function(*args)


def _absolute(reading: Reading, value: sp.Expr) -> sp.Expr:
    """|x| = sign(x) x of a real x; |z| = sqrt(z conj(z)) otherwise, factor by factor."""
    if reading.is_real(value):
        return reading.sign(value) * value
    if value.is_Mul:
        return sp.Mul(*(_absolute(reading, factor) for factor in value.args))
    if value.is_Pow and value.args[1].is_integer:
        return _absolute(reading, value.args[0]) ** value.args[1]
    if isinstance(value, sp.exp):
        return sp.exp(_real_part(reading, value.args[0]))
    return sp.sqrt(value * reading.conjugate(value))


def _sign(reading: Reading, value: sp.Expr) -> sp.Expr:
    if reading.is_real(value):
        return sp.Integer(reading.sign(value))
    raise Unsupported("the sign of a complex value")


def _argument(reading: Reading, value: sp.Expr) -> sp.Expr:
    if not reading.is_real(value):
        raise Unsupported("the argument of a complex value")
    sign = reading.sign(value)
    if sign == 0:
        raise Undefined
    return sp.S.Zero if sign > 0 else sp.pi


def _real_part(reading: Reading, value: sp.Expr) -> sp.Expr:
    return (value + reading.conjugate(value)) / 2


def _imaginary_part(reading: Reading, value: sp.Expr) -> sp.Expr:
    return (value - reading.conjugate(value)) / (2 * sp.I)


def _heaviside(reading: Reading, value: sp.Expr) -> sp.Expr:
    return sp.Rational(1 + reading.sign(value), 2)


def _relu(reading: Reading, value: sp.Expr) -> sp.Expr:
    return value if reading.sign(value) > 0 else sp.S.Zero


def maximum(reading: Reading, left: sp.Expr, right: sp.Expr) -> sp.Expr:
    return left if reading.sign(left - right) >= 0 else right


def minimum(reading: Reading, left: sp.Expr, right: sp.Expr) -> sp.Expr:
    return right if reading.sign(left - right) >= 0 else left


def _cube_root(reading: Reading, value: sp.Expr) -> sp.Expr:
    """Real: sign(x) |x|**(1/3)."""
    third = sp.Rational(1, 3)
    if reading.on_real_line:
        sign = reading.sign(value)
        return sign * (sign * value) ** third
    return value**third


def power(reading: Reading, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """On the real line a base that is not positive takes an integer exponent."""
    if base.is_zero and not exponent.is_number:
        raise Unsupported("a power of 0 with a symbolic exponent")
    if reading.on_real_line and base.is_negative and exponent.is_number and not exponent.is_integer:
        raise Undefined
    return base**exponent


def _hypotenuse(reading: Reading, left: sp.Expr, right: sp.Expr) -> sp.Expr:
    return sp.sqrt(left**2 + right**2)


def _angle(reading: Reading, above: sp.Expr, right: sp.Expr) -> sp.Expr:
    """atan2(y, x) by the signs of x and y, as atan of a quotient plus a multiple of pi/2."""
    sign = reading.sign(right)
    if sign > 0:
        return sp.atan(above / right)
    if sign == 0:
        vertical = reading.sign(above)
        if vertical == 0:
            raise Undefined
        return vertical * sp.pi / 2
    turn = 1 if reading.sign(above) >= 0 else -1
    return sp.atan(above / right) + turn * sp.pi


def _binomial(reading: Reading, above: sp.Expr, below: sp.Expr) -> sp.Expr:
    return sp.gamma(above + 1) / (sp.gamma(below + 1) * sp.gamma(above - below + 1))


ELEMENTWISE: dict[str, Row] = {
    "add": _plain(lambda a, b: a + b),
    "sub": _plain(lambda a, b: a - b),
    "mul": _plain(lambda a, b: a * b),
    "div": _plain(lambda a, b: a / b),
    "pow": power,
    "neg": _plain(lambda a: -a),
    "conj": lambda reading, a: reading.conjugate(a),
    "real": _real_part,
    "imag": _imaginary_part,
    "abs": _absolute,
    "arg": _argument,
    "exp": _plain(sp.exp),
    "log": _plain(sp.log),
    "log1p": _plain(lambda a: sp.log(1 + a)),
    "expm1": _plain(lambda a: sp.exp(a) - 1),
    "log2": _plain(lambda a: sp.log(a) / sp.log(2)),
    "log10": _plain(lambda a: sp.log(a) / sp.log(10)),
    "sqrt": _plain(sp.sqrt),
    "cbrt": _cube_root,
    "sin": _plain(sp.sin),
    "cos": _plain(sp.cos),
    "tan": _plain(sp.tan),
    "cot": _plain(sp.cot),
    "sec": _plain(sp.sec),
    "csc": _plain(sp.csc),
    "asin": _plain(sp.asin),
    "acos": _plain(sp.acos),
    "atan": _plain(sp.atan),
    "acot": _plain(sp.acot),
    "asec": _plain(lambda a: sp.acos(1 / a)),
    "acsc": _plain(lambda a: sp.asin(1 / a)),
    "sinh": _plain(sp.sinh),
    "cosh": _plain(sp.cosh),
    "tanh": _plain(sp.tanh),
    "coth": _plain(sp.coth),
    "sech": _plain(sp.sech),
    "csch": _plain(sp.csch),
    "asinh": _plain(sp.asinh),
    "acosh": _plain(sp.acosh),
    "atanh": _plain(sp.atanh),
    "acoth": _plain(lambda a: sp.atanh(1 / a)),
    "sinc": _plain(sp.sinc),
    "sigmoid": _plain(lambda a: 1 / (1 + sp.exp(-a))),
    "logit": _plain(lambda a: sp.log(a / (1 - a))),
    "softplus": _plain(lambda a: sp.log(1 + sp.exp(a))),
    "relu": _relu,
    "sign": _sign,
    "heaviside": _heaviside,
    "floor": _plain(sp.floor),
    "ceil": _plain(sp.ceiling),
    "erf": _plain(sp.erf),
    "erfc": _plain(lambda a: 1 - sp.erf(a)),
    "erfinv": _plain(sp.erfinv),
    "gamma": _plain(sp.gamma),
    "loggamma": _plain(sp.loggamma),
    "digamma": _plain(lambda a: sp.polygamma(0, a)),
    "factorial": _plain(lambda a: sp.gamma(a + 1)),
    "atan2": _angle,
    "hypot": _hypotenuse,
    "polygamma": _plain(sp.polygamma),
    "binomial": _binomial,
    "besselj": _plain(sp.besselj),
    "minimum": minimum,
    "maximum": maximum,
}
