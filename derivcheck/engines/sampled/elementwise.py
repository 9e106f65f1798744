"""The elementwise rows of the table of operators: a function, where it is undefined, its rounding.

`value` takes float arrays (REAL), complex arrays whose tiny imaginary part carries a derivative
(STEP), or, where no `complex_value` is given, any complex arrays (COMPLEX).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf

import numpy as np

from derivcheck.engines.sampled import scalars, special
from derivcheck.engines.sampled.scalars import Function
from derivcheck.engines.sampled.values import Array


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


ELEMENTWISE: dict[str, Elementwise] = {
    "add": Elementwise(lambda a, b: a + b, rounding="dyadic"),
    "sub": Elementwise(lambda a, b: a - b, rounding="dyadic"),
    "mul": Elementwise(lambda a, b: a * b, rounding="dyadic"),
    "div": Elementwise(scalars.divide, lambda a, b: b.real == 0, lambda a, b: b == 0,
        rounding="dyadic"),
    "pow": Elementwise(
        scalars.power, scalars.power_undefined, scalars.power_pole, scalars.complex_power,
        smooth=False, rounding="dyadic",
        units=4,
    ),
    "neg": Elementwise(lambda a: -a, rounding="exact"),
    "conj": Elementwise(lambda x: x, None, None, np.conj, rounding="exact"),
    "real": Elementwise(lambda x: x, None, None, lambda z: z.real + 0j, rounding="exact"),
    "imag": Elementwise(lambda x: 0.0 * x, None, None, lambda z: z.imag + 0j, rounding="exact"),
    "abs": Elementwise(
        lambda x: scalars.positive_side(x) * x, None, None, lambda z: np.abs(z) + 0j, smooth=False,
        rounding="dyadic",
    ),
    "arg": Elementwise(
        lambda x: np.where(x.real > 0, 0.0, np.pi), lambda x: x.real == 0, scalars.is_zero,
        lambda z: np.angle(scalars.upper(z)) + 0j, smooth=False,
    ),
    "exp": Elementwise(np.exp),
    "log": Elementwise(np.log, lambda x: x.real <= 0, scalars.is_zero, scalars.cut(np.log)),
    "log1p": Elementwise(
        scalars.log1p, lambda x: x.real <= -1, lambda z: z == -1,
        lambda z: scalars.log1p(scalars.upper(z))
    ),
    "expm1": Elementwise(scalars.expm1),
    "log2": Elementwise(
        lambda x: np.log(x) / np.log(2.0) if np.iscomplexobj(x) else np.log2(x),
        lambda x: x.real <= 0, scalars.is_zero, lambda z: np.log(scalars.upper(z)) / np.log(2.0),
        rounding="dyadic",
    ),
    "log10": Elementwise(
        lambda x: np.log(x) / np.log(10.0) if np.iscomplexobj(x) else np.log10(x),
        lambda x: x.real <= 0, scalars.is_zero, lambda z: np.log(scalars.upper(z)) / np.log(10.0),
        rounding="dyadic",
    ),
    "sqrt": Elementwise(
        np.sqrt, lambda x: x.real < 0, None, scalars.cut(np.sqrt), smooth=False, rounding="dyadic"
    ),
    "cbrt": Elementwise(scalars.cbrt, None, None, scalars.complex_cbrt, smooth=False,
        rounding="dyadic"),
    "sin": Elementwise(np.sin),
    "cos": Elementwise(np.cos),
    "tan": Elementwise(np.tan, units=4),
    "cot": Elementwise(lambda x: scalars.divide(np.cos(x), np.sin(x)), lambda x: x.real == 0,
        scalars.is_zero,
        units=4),
    "sec": Elementwise(lambda x: 1.0 / np.cos(x), units=4),
    "csc": Elementwise(lambda x: scalars.divide(1.0, np.sin(x)), lambda x: x.real == 0,
        scalars.is_zero, units=4),
    "asin": Elementwise(np.arcsin, lambda x: abs(x.real) > 1, smooth=False),
    "acos": Elementwise(np.arccos, lambda x: abs(x.real) > 1, smooth=False),
    "atan": Elementwise(np.arctan, None, lambda z: z * z == -1),
    "acot": Elementwise(scalars.acot, None, lambda z: z * z == -1, smooth=False),
    "asec": Elementwise(scalars.inverse(np.arccos), lambda x: abs(x.real) < 1, scalars.is_zero,
        smooth=False),
    "acsc": Elementwise(scalars.inverse(np.arcsin), lambda x: abs(x.real) < 1, scalars.is_zero,
        smooth=False),
    "sinh": Elementwise(np.sinh, units=4),
    "cosh": Elementwise(np.cosh, units=4),
    "tanh": Elementwise(np.tanh, units=4),
    "coth": Elementwise(lambda x: scalars.divide(1.0, np.tanh(x)), lambda x: x.real == 0,
        scalars.is_zero,
        units=4),
    "sech": Elementwise(lambda x: 1.0 / np.cosh(x), units=4),
    "csch": Elementwise(lambda x: scalars.divide(1.0, np.sinh(x)), lambda x: x.real == 0,
        scalars.is_zero,
        units=4),
    "asinh": Elementwise(np.arcsinh, units=4),
    "acosh": Elementwise(np.arccosh, lambda x: x.real < 1, smooth=False, units=4),
    "atanh": Elementwise(
        np.arctanh, lambda x: abs(x.real) >= 1, lambda z: z * z == 1, units=4
    ),
    "acoth": Elementwise(
        scalars.inverse(np.arctanh), lambda x: abs(x.real) <= 1,
        lambda z: scalars.is_zero(z) | (z * z == 1), units=4,
    ),
    "sinc": Elementwise(scalars.sinc, units=4),
    "sigmoid": Elementwise(scalars.sigmoid, units=4),
    "logit": Elementwise(
        lambda x: np.log(x) - scalars.log1p(-x), lambda x: (x.real <= 0) | (x.real >= 1),
        lambda z: (z == 0) | (z == 1), lambda z: np.log(scalars.upper(z / (1.0 - z))),
        floor=2e-16,
    ),
    "softplus": Elementwise(scalars.softplus, None, lambda z: np.exp(z) == -1,
        scalars.complex_softplus, units=4),
    "relu": Elementwise(
        lambda x: np.where(x.real > 0, x, 0.0 * x), None, None,
        lambda z: np.where(z.imag == 0, np.maximum(z.real, 0.0), np.nan), smooth=False,
        rounding="exact",
    ),
    "sign": Elementwise(scalars.sign, None, None, scalars.complex_sign, smooth=False,
        rounding="dyadic"),
    "heaviside": Elementwise(
        lambda x: np.heaviside(x.real, 0.5), scalars.never, scalars.not_real, smooth=False,
        rounding="exact"
    ),
    "floor": Elementwise(
        lambda x: np.floor(x.real), scalars.never, scalars.not_real, smooth=False, rounding="exact"
    ),
    "ceil": Elementwise(
        lambda x: np.ceil(x.real), scalars.never, scalars.not_real, smooth=False, rounding="exact"
    ),
    "erf": Elementwise(special.erf, units=20),
    "erfc": Elementwise(special.erfc, units=50),
    "erfinv": Elementwise(special.erfinv, lambda x: abs(x.real) >= 1, scalars.not_real,
        units=50),
    "gamma": Elementwise(
        special.gamma, scalars.nonpositive_whole, scalars.nonpositive_whole, rounding="dyadic",
        units=200,
    ),
    "loggamma": Elementwise(
        special.loggamma, lambda x: x.real <= 0, scalars.nonpositive_whole, units=20,
        floor=3e-14,
    ),
    "digamma": Elementwise(
        special.digamma, scalars.nonpositive_whole, scalars.nonpositive_whole, units=50, floor=1e-14
    ),
    "factorial": Elementwise(
        lambda x: special.gamma(x + 1.0), lambda x: scalars.nonpositive_whole(x + 1.0),
        lambda z: scalars.nonpositive_whole(z + 1.0), rounding="dyadic", units=200,
    ),
    "atan2": Elementwise(
        scalars.atan2, lambda a, b: (a.real == 0) & (b.real == 0), scalars.not_real, smooth=False
    ),
    "hypot": Elementwise(
        scalars.hypot, None, None, lambda a, b: np.sqrt(scalars.upper(a * a + b * b)), smooth=False,
        rounding="dyadic",
    ),
    "polygamma": Elementwise(
        special.polygamma,
        lambda k, x: scalars.nonpositive_whole(x) | ~scalars.is_whole(k) | (k.real < 0),
        lambda k, x: scalars.nonpositive_whole(x) | ~scalars.is_whole(k) | (k.real < 0),
        units=200, floor=1e-14,
    ),
    "binomial": Elementwise(
        special.binomial, lambda a, b: scalars.nonpositive_whole(a + 1.0),
        lambda a, b: scalars.nonpositive_whole(a + 1.0), rounding="dyadic", units=600,
    ),
    "besselj": Elementwise(
        special.besselj, lambda v, x: (x.real < 0) & ~scalars.is_whole(v), scalars.not_real,
        units=500,
        floor=1e-15,
    ),
    "minimum": Elementwise(scalars.smaller, None, scalars.not_real, smooth=False, rounding="exact"),
    "maximum": Elementwise(scalars.larger, None, scalars.not_real, smooth=False, rounding="exact"),
}  # fmt: skip
