"""The elementwise rows of the table of operators: a function, where it is undefined, its rounding.

`value` takes float arrays (REAL), complex arrays whose tiny imaginary part carries a derivative
(STEP), or, where no `complex_value` is given, any complex arrays (COMPLEX).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf

import numpy as np

from derivcheck.engines.sampled import special
from derivcheck.engines.sampled.values import Array

Function = Callable[..., Array]


@dataclass(frozen=True, slots=True)
class Elementwise:
    """`undefined`: of the real parts, on the real line; `pole`: of complex arguments.

    `smooth` is False where the function has kinks, jumps or ends of its domain, so a derivative
    looks at both sides. `rounding`: "exact" (no error), "dyadic" (exact when the result is a
    small dyadic number) or "inexact" (exact only at 0); `units` its size in last places,
    `floor` an absolute error.
    """

    value: Function
    undefined: Callable[..., Array] | None = None
    pole: Callable[..., Array] | None = None
    complex_value: Function | None = None
    smooth: bool = True
    rounding: OneOf["exact", "dyadic", "inexact"] = "inexact"
    units: float = 1.0
    floor: float = 0.0


def _positive_side(x: Array) -> Array:
    """The sign of the real part: the analytic branch of abs through which a step passes."""
    return np.asarray(np.sign(x.real))


def _is_zero(x: Array) -> Array:
    return np.asarray(x == 0)


def _is_whole(x: Array) -> Array:
    return np.asarray((x.imag == 0) & (x.real == np.rint(x.real)))


def _divide(a: Array | float, b: Array) -> Array:
    return np.asarray(a / np.where(b == 0, np.nan, b))


def _power(a: Array, b: Array) -> Array:
    """a**b on the real line and along a step: by squaring for a small whole exponent, else
    (-1)**b exp(b log|a|) with the sign only for whole b."""
    if not np.iscomplexobj(a) and not np.iscomplexobj(b) and not _few_whole(b):
        return np.asarray(np.power(a, b))
    negative = a.real < 0
    sign = np.where(negative & (np.mod(b.real, 2.0) == 1.0), -1.0, 1.0)
    return _general_power(np.where(negative, -a, a), b, sign, a)


def _whole_power(a: Array, exponent: int) -> Array:
    result, square, k = np.ones_like(a), a, abs(exponent)
    while k:
        if k & 1:
            result = result * square
        k >>= 1
        if k:
            square = square * square
    return _divide(np.ones_like(a), result) if exponent < 0 else result


def _power_undefined(a: Array, b: Array) -> Array:
    return ((a.real < 0) & ~_is_whole(b)) | (_is_zero(a) & (b.real < 0))


def _power_pole(a: Array, b: Array) -> Array:
    return np.asarray(_is_zero(a) & (b != 0) & (b.real <= 0))


def _complex_power(a: Array, b: Array) -> Array:
    return _general_power(_upper(a), b, np.ones((1, 1, 1)), a)


def _few_whole(b: Array) -> bool:
    return bool(b.size) and bool(_is_whole(b).all()) and bool((b == b.flat[0]).all())


def _general_power(base: Array, b: Array, sign: Array, a: Array) -> Array:
    """sign exp(b log base); where b is whole and small a**b by squaring; 0**b is 0, 0**0 is 1."""
    zero = a == 0
    whole = _is_whole(b) & (np.abs(b) <= 64)
    exponents = np.unique(b.real[whole])
    if len(exponents) > 40:
        exponents, whole = exponents[:0], whole & False
    value = np.zeros(np.broadcast_shapes(a.shape, b.shape)) + 0.0 * (a + b)
    if not whole.all():
        general = sign * np.exp(b * np.log(np.where(zero, 1.0, base)))
        value = np.where(zero, np.where(b == 0, 1.0, 0.0), general)
    for exponent in exponents:
        value = np.where(whole & (b == exponent), _whole_power(a, int(exponent)), value)
    return np.asarray(value)


def _upper(z: Array) -> Array:
    """A zero imaginary part made +0: on a cut a value is the limit from above."""
    return np.asarray(z.real + 1j * (z.imag + 0.0))


def _cut(function: Function) -> Function:
    return lambda z: function(_upper(z))


def _cbrt(x: Array) -> Array:
    if not np.iscomplexobj(x):
        return np.asarray(np.cbrt(x))
    side = _positive_side(x)
    base = np.where(side == 0, 1.0, side * x)
    return np.asarray(side * np.exp(np.log(base) / 3.0))


def _complex_cbrt(z: Array) -> Array:
    return np.where(z == 0, 0.0, np.exp(np.log(_upper(np.where(z == 0, 1.0, z))) / 3.0))


def _atan2(y: Array, x: Array) -> Array:
    """The angle of the real parts, and the analytic angle from there."""
    ry, rx = y.real, x.real
    base = np.arctan2(ry, rx) + 0.0
    if not (np.iscomplexobj(x) or np.iscomplexobj(y)):
        return np.asarray(base)
    along = x * rx + y * ry
    return np.asarray(base + np.arctan((y * rx - x * ry) / np.where(along == 0, np.nan, along)))


def _hypot(a: Array, b: Array) -> Array:
    if not (np.iscomplexobj(a) or np.iscomplexobj(b)):
        return np.asarray(np.hypot(a, b))
    return np.asarray(np.sqrt(a * a + b * b))


def _sigmoid(x: Array) -> Array:
    right = x.real >= 0
    decay = np.exp(np.where(right, -x, x))
    return np.where(right, 1.0 / (1.0 + decay), decay / (1.0 + decay))


def _softplus(x: Array) -> Array:
    right = x.real >= 0
    return np.where(right, x, 0.0) + _log1p(np.exp(np.where(right, -x, x)))


def _complex_softplus(z: Array) -> Array:
    return np.asarray(np.log(_upper(1.0 + np.exp(z))))


def _expm1(x: Array) -> Array:
    """numpy's, and for complex arguments exp(a)(cos b - 1) + (exp(a) - 1) + i exp(a) sin b."""
    if not np.iscomplexobj(x):
        return np.asarray(np.expm1(x))
    a, b = x.real, x.imag
    size = np.exp(a)
    return np.asarray(np.expm1(a) - 2.0 * size * np.sin(b / 2) ** 2 + 1j * size * np.sin(b))


def _log1p(x: Array) -> Array:
    """numpy's; for small complex arguments log|1 + z| is log1p(2 Re z + |z|²)/2."""
    if not np.iscomplexobj(x):
        return np.asarray(np.log1p(x))
    small = np.abs(x) < 0.5
    z = np.where(small, x, 0.0)
    near = 0.5 * np.log1p(z.real * (2.0 + z.real) + z.imag**2)
    return np.where(small, near + 1j * np.arctan2(z.imag, 1.0 + z.real), np.log(1.0 + x))


def _sinc(x: Array) -> Array:
    """sin(x)/x; near 0 the series, which a step passes."""
    small = np.abs(x) < 0.2
    s = np.where(small, x * x, 0.0)
    series = 1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156)))))
    safe = np.where(small, 1.0, x)
    return np.where(small, series, np.sin(safe) / safe)


def _inverse(function: Function) -> Function:
    return lambda x: function(1.0 / np.where(x == 0, np.nan, x))


def _acot(x: Array) -> Array:
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, np.pi / 2, np.arctan(1.0 / safe))


def _larger(a: Array, b: Array) -> Array:
    return np.where(a.real >= b.real, a, b)


def _smaller(a: Array, b: Array) -> Array:
    return np.where(a.real <= b.real, a, b)


def _complex_sign(z: Array) -> Array:
    return np.asarray(z / np.where(z == 0, 1.0, np.abs(z)))


def _never(*x: Array) -> Array:
    return np.zeros(np.broadcast_shapes(*(a.shape for a in x)), bool)


def _sign(x: Array) -> Array:
    return np.asarray(np.sign(x.real))


def _nonpositive_whole(z: Array) -> Array:
    return _is_whole(z) & (z.real <= 0)


def _not_real(*x: Array) -> Array:
    """Arguments off the real line: an order or a Bessel function of them is not offered."""
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*(a.imag != 0 for a in x))))


ELEMENTWISE: dict[str, Elementwise] = {
    "add": Elementwise(lambda a, b: a + b, rounding="dyadic"),
    "sub": Elementwise(lambda a, b: a - b, rounding="dyadic"),
    "mul": Elementwise(lambda a, b: a * b, rounding="dyadic"),
    "div": Elementwise(_divide, lambda a, b: b.real == 0, lambda a, b: b == 0, rounding="dyadic"),
    "pow": Elementwise(
        _power, _power_undefined, _power_pole, _complex_power, smooth=False, rounding="dyadic",
        units=4,
    ),
    "neg": Elementwise(lambda a: -a, rounding="exact"),
    "conj": Elementwise(lambda x: x, None, None, np.conj, rounding="exact"),
    "real": Elementwise(lambda x: x, None, None, lambda z: z.real + 0j, rounding="exact"),
    "imag": Elementwise(lambda x: 0.0 * x, None, None, lambda z: z.imag + 0j, rounding="exact"),
    "abs": Elementwise(
        lambda x: _positive_side(x) * x, None, None, lambda z: np.abs(z) + 0j, smooth=False,
        rounding="dyadic",
    ),
    "arg": Elementwise(
        lambda x: np.where(x.real > 0, 0.0, np.pi), lambda x: x.real == 0, _is_zero,
        lambda z: np.angle(_upper(z)) + 0j, smooth=False,
    ),
    "exp": Elementwise(np.exp),
    "log": Elementwise(np.log, lambda x: x.real <= 0, _is_zero, _cut(np.log)),
    "log1p": Elementwise(
        _log1p, lambda x: x.real <= -1, lambda z: z == -1, lambda z: _log1p(_upper(z))
    ),
    "expm1": Elementwise(_expm1),
    "log2": Elementwise(
        lambda x: np.log(x) / np.log(2.0) if np.iscomplexobj(x) else np.log2(x),
        lambda x: x.real <= 0, _is_zero, lambda z: np.log(_upper(z)) / np.log(2.0),
        rounding="dyadic",
    ),
    "log10": Elementwise(
        lambda x: np.log(x) / np.log(10.0) if np.iscomplexobj(x) else np.log10(x),
        lambda x: x.real <= 0, _is_zero, lambda z: np.log(_upper(z)) / np.log(10.0),
        rounding="dyadic",
    ),
    "sqrt": Elementwise(
        np.sqrt, lambda x: x.real < 0, None, _cut(np.sqrt), smooth=False, rounding="dyadic"
    ),
    "cbrt": Elementwise(_cbrt, None, None, _complex_cbrt, smooth=False, rounding="dyadic"),
    "sin": Elementwise(np.sin),
    "cos": Elementwise(np.cos),
    "tan": Elementwise(np.tan, units=4),
    "cot": Elementwise(lambda x: _divide(np.cos(x), np.sin(x)), lambda x: x.real == 0, _is_zero,
                       units=4),
    "sec": Elementwise(lambda x: 1.0 / np.cos(x), units=4),
    "csc": Elementwise(lambda x: _divide(1.0, np.sin(x)), lambda x: x.real == 0, _is_zero, units=4),
    "asin": Elementwise(np.arcsin, lambda x: abs(x.real) > 1, smooth=False),
    "acos": Elementwise(np.arccos, lambda x: abs(x.real) > 1, smooth=False),
    "atan": Elementwise(np.arctan, None, lambda z: z * z == -1),
    "acot": Elementwise(_acot, None, lambda z: z * z == -1, smooth=False),
    "asec": Elementwise(_inverse(np.arccos), lambda x: abs(x.real) < 1, _is_zero, smooth=False),
    "acsc": Elementwise(_inverse(np.arcsin), lambda x: abs(x.real) < 1, _is_zero, smooth=False),
    "sinh": Elementwise(np.sinh, units=4),
    "cosh": Elementwise(np.cosh, units=4),
    "tanh": Elementwise(np.tanh, units=4),
    "coth": Elementwise(lambda x: _divide(1.0, np.tanh(x)), lambda x: x.real == 0, _is_zero,
                        units=4),
    "sech": Elementwise(lambda x: 1.0 / np.cosh(x), units=4),
    "csch": Elementwise(lambda x: _divide(1.0, np.sinh(x)), lambda x: x.real == 0, _is_zero,
                        units=4),
    "asinh": Elementwise(np.arcsinh, units=4),
    "acosh": Elementwise(np.arccosh, lambda x: x.real < 1, smooth=False, units=4),
    "atanh": Elementwise(
        np.arctanh, lambda x: abs(x.real) >= 1, lambda z: z * z == 1, units=4
    ),
    "acoth": Elementwise(
        _inverse(np.arctanh), lambda x: abs(x.real) <= 1,
        lambda z: _is_zero(z) | (z * z == 1), units=4,
    ),
    "sinc": Elementwise(_sinc, units=4),
    "sigmoid": Elementwise(_sigmoid, units=4),
    "logit": Elementwise(
        lambda x: np.log(x) - _log1p(-x), lambda x: (x.real <= 0) | (x.real >= 1),
        lambda z: (z == 0) | (z == 1), lambda z: np.log(_upper(z / (1.0 - z))),
        floor=2e-16,
    ),
    "softplus": Elementwise(_softplus, None, lambda z: np.exp(z) == -1, _complex_softplus, units=4),
    "relu": Elementwise(
        lambda x: np.where(x.real > 0, x, 0.0 * x), None, None,
        lambda z: np.where(z.imag == 0, np.maximum(z.real, 0.0), np.nan), smooth=False,
        rounding="exact",
    ),
    "sign": Elementwise(_sign, None, None, _complex_sign, smooth=False, rounding="dyadic"),
    "heaviside": Elementwise(
        lambda x: np.heaviside(x.real, 0.5), _never, _not_real, smooth=False, rounding="exact"
    ),
    "floor": Elementwise(
        lambda x: np.floor(x.real), _never, _not_real, smooth=False, rounding="exact"
    ),
    "ceil": Elementwise(
        lambda x: np.ceil(x.real), _never, _not_real, smooth=False, rounding="exact"
    ),
    "erf": Elementwise(special.erf, units=20),
    "erfc": Elementwise(special.erfc, units=50),
    "erfinv": Elementwise(special.erfinv, lambda x: abs(x.real) >= 1, _not_real,
                          units=50),
    "gamma": Elementwise(
        special.gamma, _nonpositive_whole, _nonpositive_whole, rounding="dyadic", units=200,
    ),
    "loggamma": Elementwise(
        special.loggamma, lambda x: x.real <= 0, _nonpositive_whole, units=20,
        floor=3e-14,
    ),
    "digamma": Elementwise(
        special.digamma, _nonpositive_whole, _nonpositive_whole, units=50, floor=1e-14
    ),
    "factorial": Elementwise(
        lambda x: special.gamma(x + 1.0), lambda x: _nonpositive_whole(x + 1.0),
        lambda z: _nonpositive_whole(z + 1.0), rounding="dyadic", units=200,
    ),
    "atan2": Elementwise(
        _atan2, lambda a, b: (a.real == 0) & (b.real == 0), _not_real, smooth=False
    ),
    "hypot": Elementwise(
        _hypot, None, None, lambda a, b: np.sqrt(_upper(a * a + b * b)), smooth=False,
        rounding="dyadic",
    ),
    "polygamma": Elementwise(
        special.polygamma,
        lambda k, x: _nonpositive_whole(x) | ~_is_whole(k) | (k.real < 0),
        lambda k, x: _nonpositive_whole(x) | ~_is_whole(k) | (k.real < 0),
        units=200, floor=1e-14,
    ),
    "binomial": Elementwise(
        special.binomial, lambda a, b: _nonpositive_whole(a + 1.0),
        lambda a, b: _nonpositive_whole(a + 1.0), rounding="dyadic", units=600,
    ),
    "besselj": Elementwise(
        special.besselj, lambda v, x: (x.real < 0) & ~_is_whole(v), _not_real, units=500,
        floor=1e-15,
    ),
    "minimum": Elementwise(_smaller, None, _not_real, smooth=False, rounding="exact"),
    "maximum": Elementwise(_larger, None, _not_real, smooth=False, rounding="exact"),
}  # fmt: skip
