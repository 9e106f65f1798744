"""Elementary functions as a complex step needs them, and where they are undefined.

On the real line a function of a complex argument is the analytic continuation of the branch that
its real part is on: abs is x sign(Re x), max the argument with the larger real part.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from derivcheck.engines.sampled.values import Array

Function = Callable[..., Array]


def positive_side(x: Array) -> Array:
    """The sign of the real part: the analytic branch of abs through which a step passes."""
    return np.asarray(np.sign(x.real))


def is_zero(x: Array) -> Array:
    return np.asarray(x == 0)


def is_whole(x: Array) -> Array:
    return np.asarray((x.imag == 0) & (x.real == np.rint(x.real)))


def divide(a: Array | float, b: Array) -> Array:
    return np.asarray(a / np.where(b == 0, np.nan, b))


def power(a: Array, b: Array) -> Array:
    """a**b on the real line and along a step: by squaring for a small whole exponent, else
    (-1)**b exp(b log|a|) with the sign only for whole b."""
    if not np.iscomplexobj(a) and not np.iscomplexobj(b) and not few_whole(b):
        return np.asarray(np.power(a, b))
    negative = a.real < 0
    sign = np.where(negative & (np.mod(b.real, 2.0) == 1.0), -1.0, 1.0)
    return general_power(np.where(negative, -a, a), b, sign, a)


def whole_power(a: Array, exponent: int) -> Array:
    result, square, k = np.ones_like(a), a, abs(exponent)
    while k:
        if k & 1:
            result = result * square
        k >>= 1
        if k:
            square = square * square
    return divide(np.ones_like(a), result) if exponent < 0 else result


def power_undefined(a: Array, b: Array) -> Array:
    return ((a.real < 0) & ~is_whole(b)) | (is_zero(a) & (b.real < 0))


def power_pole(a: Array, b: Array) -> Array:
    return np.asarray(is_zero(a) & (b != 0) & (b.real <= 0))


def complex_power(a: Array, b: Array) -> Array:
    return general_power(upper(a), b, np.ones((1, 1, 1)), a)


def few_whole(b: Array) -> bool:
    return bool(b.size) and bool(is_whole(b).all()) and bool((b == b.flat[0]).all())


def general_power(base: Array, b: Array, sign: Array, a: Array) -> Array:
    """sign exp(b log base); where b is whole and small a**b by squaring; 0**b is 0, 0**0 is 1."""
    zero = a == 0
    whole = is_whole(b) & (np.abs(b) <= 64)
    exponents = np.unique(b.real[whole])
    if len(exponents) > 40:
        exponents, whole = exponents[:0], whole & False
    value = np.zeros(np.broadcast_shapes(a.shape, b.shape)) + 0.0 * (a + b)
    if not whole.all():
        general = sign * np.exp(b * np.log(np.where(zero, 1.0, base)))
        value = np.where(zero, np.where(b == 0, 1.0, 0.0), general)
    for exponent in exponents:
        value = np.where(whole & (b == exponent), whole_power(a, int(exponent)), value)
    return np.asarray(value)


def upper(z: Array) -> Array:
    """A zero imaginary part made +0: on a cut a value is the limit from above."""
    return np.asarray(z.real + 1j * (z.imag + 0.0))


def cut(function: Function) -> Function:
    return lambda z: function(upper(z))


def cbrt(x: Array) -> Array:
    if not np.iscomplexobj(x):
        return np.asarray(np.cbrt(x))
    side = positive_side(x)
    base = np.where(side == 0, 1.0, side * x)
    return np.asarray(side * np.exp(np.log(base) / 3.0))


def complex_cbrt(z: Array) -> Array:
    return np.where(z == 0, 0.0, np.exp(np.log(upper(np.where(z == 0, 1.0, z))) / 3.0))


def atan2(y: Array, x: Array) -> Array:
    """The angle of the real parts, and the analytic angle from there."""
    ry, rx = y.real, x.real
    base = np.arctan2(ry, rx) + 0.0
    if not (np.iscomplexobj(x) or np.iscomplexobj(y)):
        return np.asarray(base)
    along = x * rx + y * ry
    return np.asarray(base + np.arctan((y * rx - x * ry) / np.where(along == 0, np.nan, along)))


def hypot(a: Array, b: Array) -> Array:
    if not (np.iscomplexobj(a) or np.iscomplexobj(b)):
        return np.asarray(np.hypot(a, b))
    return np.asarray(np.sqrt(a * a + b * b))


def sigmoid(x: Array) -> Array:
    right = x.real >= 0
    decay = np.exp(np.where(right, -x, x))
    return np.where(right, 1.0 / (1.0 + decay), decay / (1.0 + decay))


def softplus(x: Array) -> Array:
    right = x.real >= 0
    return np.where(right, x, 0.0) + log1p(np.exp(np.where(right, -x, x)))


def complex_softplus(z: Array) -> Array:
    return np.asarray(np.log(upper(1.0 + np.exp(z))))


def expm1(x: Array) -> Array:
    """numpy's, and for complex arguments exp(a)(cos b - 1) + (exp(a) - 1) + i exp(a) sin b."""
    if not np.iscomplexobj(x):
        return np.asarray(np.expm1(x))
    a, b = x.real, x.imag
    size = np.exp(a)
    return np.asarray(np.expm1(a) - 2.0 * size * np.sin(b / 2) ** 2 + 1j * size * np.sin(b))


def log1p(x: Array) -> Array:
    """numpy's; for small complex arguments log|1 + z| is log1p(2 Re z + |z|²)/2."""
    if not np.iscomplexobj(x):
        return np.asarray(np.log1p(x))
    small = np.abs(x) < 0.5
    z = np.where(small, x, 0.0)
    near = 0.5 * np.log1p(z.real * (2.0 + z.real) + z.imag**2)
    return np.where(small, near + 1j * np.arctan2(z.imag, 1.0 + z.real), np.log(1.0 + x))


def sinc(x: Array) -> Array:
    """sin(x)/x; near 0 the series, which a step passes."""
    small = np.abs(x) < 0.2
    s = np.where(small, x * x, 0.0)
    series = 1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156)))))
    safe = np.where(small, 1.0, x)
    return np.where(small, series, np.sin(safe) / safe)


def inverse(function: Function) -> Function:
    return lambda x: function(1.0 / np.where(x == 0, np.nan, x))


def acot(x: Array) -> Array:
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, np.pi / 2, np.arctan(1.0 / safe))


def larger(a: Array, b: Array) -> Array:
    return np.where(a.real >= b.real, a, b)


def smaller(a: Array, b: Array) -> Array:
    return np.where(a.real <= b.real, a, b)


def complex_sign(z: Array) -> Array:
    return np.asarray(z / np.where(z == 0, 1.0, np.abs(z)))


def never(*x: Array) -> Array:
    return np.zeros(np.broadcast_shapes(*(a.shape for a in x)), bool)


def sign(x: Array) -> Array:
    return np.asarray(np.sign(x.real))


def nonpositive_whole(z: Array) -> Array:
    return is_whole(z) & (z.real <= 0)


def not_real(*x: Array) -> Array:
    """Arguments off the real line: an order or a Bessel function of them is not offered."""
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*(a.imag != 0 for a in x))))
