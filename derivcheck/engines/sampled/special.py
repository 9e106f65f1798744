"""Special functions for float and complex arrays, analytic so that a complex step passes.

Each says where it is accurate; elsewhere it gives NaN, which callers take as "unknown".
"""

from __future__ import annotations

from math import factorial, pi, sqrt

import numpy as np

from derivcheck.engines.sampled.values import Array

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)
SHIFT = 12


def erf(z: Array) -> Array:
    """Taylor series for |z| < 2.5, 1 - erfc beyond; NaN near the imaginary axis far out."""
    near = np.abs(z) < 2.5
    inner = np.where(near, z, 0.5)
    outer = np.where(near, 3.0, z)
    rest = 1.0 - _erfc_tail(_right(outer))
    tail = np.where(outer.real > 0, rest, -rest)
    return np.where(near, _erf_series(inner), tail)


def erfc(z: Array) -> Array:
    """Relative accuracy on the right: a continued fraction for Re z > 2, else 1 - erf."""
    right = z.real > 2.0
    return np.where(right, _erfc_tail(np.where(right, z, 3.0)), 1.0 - erf(np.where(right, 0.5, z)))


def _right(z: Array) -> Array:
    return np.where(z.real > 0, z, -z)


def _erf_series(z: Array) -> Array:
    """exp(-z²) 2z/sqrt(pi) (1 + 2z²/3 + (2z²)²/15 + …): positive terms on the real line."""
    term = np.ones_like(z)
    total = np.ones_like(z)
    for n in range(1, 60):
        term = term * (2.0 * z * z / (2 * n + 1))
        total = total + term
    return np.asarray(total * np.exp(-z * z) * z * (2.0 / sqrt(pi)))


def _erfc_tail(z: Array) -> Array:
    """exp(-z²)/sqrt(pi) / (z + (1/2)/(z + 1/(z + (3/2)/(z + …)))) for Re z >= 2."""
    total = z
    for n in range(140, 0, -1):
        total = z + (n / 2.0) / total
    value = np.exp(-z * z) / total / sqrt(pi)
    return np.where(np.abs(z.imag) <= z.real, value, np.nan)


def erfinv(x: Array) -> Array:
    """Newton's iteration on erf from Winitzki's start; |Re x| < 1."""
    real = np.clip(x.real, -1 + 1e-16, 1 - 1e-16)
    log = np.log((1.0 - real) * (1.0 + real))
    a = 2.0 / (pi * 0.147) + log / 2.0
    y = np.sign(real) * np.sqrt(np.sqrt(a * a - log / 0.147) - a) + 0.0 * x
    for _ in range(5):
        residual = np.where(
            real > 0.5, (1.0 - x) - erfc(y), np.where(real < -0.5, erfc(-y) - (1.0 + x), erf(y) - x)
        )
        y = y - residual * (sqrt(pi) / 2.0) * np.exp(y * y)
    return np.asarray(y)


def loggamma(z: Array) -> Array:
    """The analytic branch: Stirling's series at z + N less log(z + k), k < N; Re z > -N."""
    moved = z + SHIFT
    total = (moved - 0.5) * np.log(moved) - moved + 0.5 * np.log(2 * pi)
    power = moved
    for n, number in enumerate(BERNOULLI, start=1):
        total = total + number / (2 * n * (2 * n - 1)) / power
        power = power * moved * moved
    for k in range(SHIFT):
        total = total - np.log(z + k)
    return np.where(moved.real > 6.0, total, np.nan)


def reciprocal_gamma(z: Array) -> Array:
    """1/gamma, entire; by reflection for Re z < 1/2, exact 0 at the poles of gamma."""
    left = z.real < 0.5
    w = np.where(left, 1.0 - z, z)
    right_value = np.exp(-loggamma(w))
    whole = (w.imag == 0) & (w.real == np.rint(w.real)) & (w.real < 20)
    if whole.any():
        table = np.array([1.0] + [float(factorial(k)) for k in range(20)])
        exact = table[np.where(whole, w.real, 1).astype(int)]
        right_value = np.where(whole, 1.0 / exact, right_value)
    pole = left & (z.imag == 0) & (z.real == np.rint(z.real))
    reflected = _sin_pi(z) / pi / right_value
    return np.where(pole, 0.0, np.where(left, reflected, right_value))


def _sin_pi(z: Array) -> Array:
    """sin(pi z), with the nearest integer taken off first."""
    nearest = np.rint(z.real)
    sign = 1.0 - 2.0 * np.mod(nearest, 2.0)
    return np.asarray(sign * np.sin(pi * (z - nearest)))


def gamma(z: Array) -> Array:
    value = 1.0 / reciprocal_gamma(z)
    whole = (z.imag == 0) & (z.real == np.rint(z.real)) & (z.real > 0) & (z.real < 19)
    return np.where(whole, np.rint(value.real) + 0.0 * z, value)


def binomial(a: Array, b: Array) -> Array:
    value = gamma(a + 1.0) * reciprocal_gamma(b + 1.0) * reciprocal_gamma(a - b + 1.0)
    whole = (a.imag == 0) & (b.imag == 0) & (a.real >= 0) & (a.real < 40)
    whole &= (a.real == np.rint(a.real)) & (b.real == np.rint(b.real))
    return np.where(whole, np.rint(np.where(whole, value.real, 0.0)) + 0.0 * value, value)


def digamma(z: Array) -> Array:
    return polygamma_of_order(0, z)


def polygamma_of_order(order: int, z: Array) -> Array:
    """Asymptotic series at z + N, and the recurrence down; Re z > -N."""
    shift = SHIFT + 4 + order
    w = z + shift
    if order == 0:
        total = np.log(w) - 0.5 / w
        for n, number in enumerate(BERNOULLI, start=1):
            total = total - number / (2 * n) / w ** (2 * n)
        for k in range(shift):
            total = total - 1.0 / (z + k)
        return np.where(w.real > 8.0, total, np.nan)
    scale = float(factorial(order))
    total = factorial(order - 1) / w**order + scale / 2.0 / w ** (order + 1)
    for n, number in enumerate(BERNOULLI, start=1):
        ratio = factorial(2 * n + order - 1) / factorial(2 * n)
        total = total + number * ratio / w ** (2 * n + order)
    for k in range(shift):
        total = total + scale / (z + k) ** (order + 1)
    return np.where(w.real > 8.0, (-1.0) ** (order + 1) * total, np.nan)


def polygamma(order: Array, z: Array) -> Array:
    order, z = np.broadcast_arrays(order, z)
    result = np.full(z.shape, np.nan) + 0.0 * z
    for k in np.unique(order.real):
        if k >= 0 and k == int(k) and k <= 12:
            result = np.where(order.real == k, polygamma_of_order(int(k), z), result)
    return result


def besselj(order: Array, x: Array) -> Array:
    """Integer order: the trapezoidal rule for Bessel's integral, exact to rounding for
    |x| + |order| < 90. Other orders: the power series, for 0 < Re x < 12."""
    order, x = np.broadcast_arrays(order, x)
    result = np.full(x.shape, np.nan) + 0.0 * (x + order)
    whole = (order.imag == 0) & (order.real == np.rint(order.real))
    for v in np.unique(order.real[whole]):
        if abs(v) <= 30:
            total = 0.0 * x
            for t in np.arange(128) * (2.0 * pi / 128):
                total = total + np.cos(v * t - x * np.sin(t))
            fits = whole & (order.real == v) & (np.abs(x) < 60)
            result = np.where(fits, total / 128.0, result)
    series = ~whole & (x.real > 0) & (np.abs(x) < 12)
    if series.any():
        safe, v = np.where(series, x, 1.0), np.where(series, order, 0.5)
        term = np.exp(v * np.log(safe / 2.0)) * reciprocal_gamma(v + 1.0)
        total = term
        for m in range(1, 60):
            term = term * (-(safe * safe) / 4.0 / (m * (m + v)))
            total = total + term
        result = np.where(series, total, result)
    return result
