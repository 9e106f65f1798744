"""Inverse, determinant, powers and exponential of matrices.

Near a singular matrix the outcome is UNKNOWN; UNDEFINED needs an exactly singular one.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.products import product, worst_of
from derivcheck.engines.sampled.values import (
    UNDEFINED,
    UNKNOWN,
    Array,
    Mode,
    Value,
    marked,
)  # fmt: skip
from derivcheck.expr.nodes import Apply


def _singular(a: Array) -> tuple[Array, Array]:
    """Which matrices are exactly singular (small whole entries, determinant 0), and which
    are too near to it to be inverted. Shape (batch, 1, 1)."""
    real = np.nan_to_num(a)
    determinant = np.abs(np.linalg.det(real))
    whole = (real == np.rint(real.real)).all(axis=(1, 2)) & (np.abs(real).max((1, 2)) < 1000)
    scale = np.maximum(np.sqrt((np.abs(real) ** 2).sum(axis=2)), 1e-300).prod(axis=1)
    exact = whole & (determinant < 0.4) | (np.abs(real).sum((1, 2)) == 0)
    near = ~(determinant > 1e-11 * scale)
    return exact.reshape(-1, 1, 1), near.reshape(-1, 1, 1)


def _real_parts(env: Environment, a: Array) -> Array:
    return a.real if env.mode is Mode.STEP else a


def _inverted(env: Environment, a: Array) -> tuple[Array, Array, Array]:
    """The inverse X, and which matrices have none or are too near to that. The error of a
    stable elimination is of the size of |X| |A| |X| as a whole, also where an entry is 0."""
    exact, near = _singular(_real_parts(env, a))
    safe = np.where(exact | near, np.eye(a.shape[1]), np.nan_to_num(a))
    data = np.linalg.inv(safe)
    if not env.amplitude.any():
        return data, exact, near
    if env.mode is not Mode.STEP:
        x = np.abs(data)
        size = (x @ np.abs(safe) @ x).max(axis=(1, 2), keepdims=True)
    else:
        x, moved = np.abs(data.real), np.abs(safe.imag)
        size = x @ np.abs(safe.real) @ x
        carried = (size @ moved @ x + x @ moved @ size).max(axis=(1, 2), keepdims=True)
        size = size.max(axis=(1, 2), keepdims=True) + 1j * carried
    noise = env.amplitude * env.world.noise.draw(data.shape) * size.real
    if np.iscomplexobj(data):
        other = size.imag if env.mode is Mode.STEP else size
        noise = noise + 1j * env.amplitude * env.world.noise.draw(data.shape) * other
    return np.asarray(data + noise), exact, near


def inv(env: Environment, node: Apply, args: list[Value]) -> Value:
    data, exact, near = _inverted(env, args[0].data)
    value = worst_of(data, args)
    value = marked(value, np.broadcast_to(near & ~exact, data.shape), UNKNOWN)
    return marked(value, np.broadcast_to(exact, data.shape), UNDEFINED)


def _determinant(env: Environment, a: Array) -> Array:
    """The determinant; of small whole matrices the whole number it is."""
    data = np.linalg.det(np.nan_to_num(a)).reshape(-1, 1, 1)
    if env.mode is not Mode.STEP and not np.iscomplexobj(a):
        whole = (a == np.rint(a)).all(axis=(1, 2), keepdims=True) & (np.abs(data) < 1e9)
        data = np.where(whole, np.rint(data), data)
    return np.asarray(data)


def _noisy(env: Environment, a: Array) -> Array:
    """A disturbed also where exact, to show the rounding inside a factorisation; zeros stay."""
    whole = (a.real == np.rint(a.real)).all(axis=(1, 2), keepdims=True)
    return env.disturbed(a, np.broadcast_to(whole & (env.mode is not Mode.STEP), a.shape))


def det(env: Environment, node: Apply, args: list[Value]) -> Value:
    data = _determinant(env, _noisy(env, args[0].data))
    return worst_of(env.disturbed(data, units=4.0), args)


def logdet(env: Environment, node: Apply, args: list[Value]) -> Value:
    determinant = _determinant(env, _noisy(env, args[0].data))
    exact, near = _singular(_real_parts(env, args[0].data))
    if env.mode is Mode.COMPLEX:
        bad = exact
        above = determinant.real + 1j * (determinant.imag + 0.0)
        data = np.log(np.where(determinant == 0, 1.0, above))
    else:
        bad = exact | (determinant.real < 0)
        data = np.log(np.where(determinant.real > 0, determinant, 1.0))
    value = worst_of(env.disturbed(data, units=8.0), args)
    value = Value(value.data + env.amplitude * 8.0 * env.world.noise.draw(data.shape), value.state)
    return marked(marked(value, near & ~exact, UNKNOWN), bad & ~(near & ~exact), UNDEFINED)


def matrix_power(env: Environment, node: Apply, args: list[Value]) -> Value:
    a, exponent = args[0].data, args[1].data.real
    n = a.shape[1]
    result = np.full(a.shape, np.nan) + 0.0 * a
    whole = (exponent == np.rint(exponent)) & (np.abs(exponent) <= 64)
    inverse, exact, near = (a, None, None)
    if (whole & (exponent < 0)).any():
        inverse, exact, near = _inverted(env, a)
    for k in np.unique(exponent[whole]):
        power = np.broadcast_to(np.eye(n, dtype=a.dtype), a.shape)
        for _ in range(abs(int(k))):
            power = product(env, power, a if k > 0 else inverse)
        result = np.where(exponent == k, power, result)
    value = worst_of(result, args)
    if exact is not None and near is not None:
        below = exponent < 0
        value = marked(value, np.broadcast_to(below & near & ~exact, a.shape), UNKNOWN)
        value = marked(value, np.broadcast_to(below & exact, a.shape), UNDEFINED)
    fractional = exponent != np.rint(exponent)
    return marked(value, np.broadcast_to(fractional, a.shape), UNDEFINED)


def expm(env: Environment, node: Apply, args: list[Value]) -> Value:
    """Scaling by 2**-s below norm 1/2, Taylor's polynomial of degree 18, squared s times."""
    a = np.nan_to_num(args[0].data)
    norm = float(np.abs(a).sum(axis=2).max()) if a.size else 0.0
    if norm > 500:
        return marked(worst_of(a, args), np.ones(a.shape, bool), UNKNOWN)
    squarings = max(0, int(np.ceil(np.log2(max(norm, 0.5)))) + 1)
    scaled = env.disturbed(a / 2.0**squarings, np.zeros(a.shape, bool))
    identity = np.broadcast_to(np.eye(a.shape[1], dtype=a.dtype), a.shape)
    total, term = identity, identity
    for k in range(1, 19):
        term = product(env, term, scaled)
        total = total + term / factorial(k)
    for _ in range(squarings):
        total = product(env, total, total)
    return worst_of(env.disturbed(total, units=4.0), args)


def adjugate(env: Environment, node: Apply, args: list[Value]) -> Value:
    """adj(A)[j, i] = (-1)**(i+j) det(A without row i and column j); 1 for a 1×1 matrix."""
    a = _noisy(env, args[0].data)
    n = a.shape[1]
    result = np.ones(a.shape, a.dtype)
    for i in range(n if n > 1 else 0):
        for j in range(n):
            minor = np.delete(np.delete(a, i, axis=1), j, axis=2)
            result[:, j, i] = (-1) ** (i + j) * _determinant(env, minor)[:, 0, 0]
    return worst_of(env.disturbed(result, units=4.0), args)
