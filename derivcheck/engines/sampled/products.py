"""Products and sums with their rounding shown, and states of whole matrices."""

from __future__ import annotations

import numpy as np

from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.values import (
    Array,
    Mode,
    Value,
    is_dyadic,
    row_state,
)  # fmt: skip


def spread(state: Array | None, data: Array) -> Array | None:
    return None if state is None else np.broadcast_to(state, data.shape)


def worst_of(data: Array, args: list[Value]) -> Value:
    """A result each of whose entries depends on all entries of the arguments."""
    total: Array | None = None
    for arg in args:
        state = row_state(arg)
        if state is not None:
            total = state if total is None else np.maximum(total, state)
    return Value(data, spread(total, data))


def product(env: Environment, a: Array, b: Array) -> Array:
    """a @ b; rounding is relative to the sum of the sizes, which cancellation leaves behind."""
    data = a @ b
    if not env.amplitude.any():
        return np.asarray(data)
    if env.mode is not Mode.STEP:
        return with_rounding(env, data, np.abs(a) @ np.abs(b))
    real = np.abs(a.real) @ np.abs(b.real)
    tiny = np.abs(a.real) @ np.abs(b.imag) + np.abs(a.imag) @ np.abs(b.real)
    return with_rounding(env, data, real + 1j * tiny)


def sizes(env: Environment, a: Array) -> Array:
    """Sizes of entries, in a step those of both parts apart."""
    if env.mode is Mode.STEP:
        return np.asarray(np.abs(a.real) + 1j * np.abs(a.imag))
    return np.abs(a)


def with_rounding(env: Environment, data: Array, size: Array) -> Array:
    """`data` disturbed by rounding of terms as large as `size`, unless all is exact."""
    if not env.amplitude.any():
        return data
    noise = env.amplitude * env.world.noise.draw(data.shape)
    rough = np.where(is_dyadic(data.real), 0.0, noise * size.real)
    if np.iscomplexobj(data):
        other = env.amplitude * env.world.noise.draw(data.shape)
        exact = is_dyadic(data) if env.mode is Mode.COMPLEX else data.imag == 0
        scale = size.imag if env.mode is Mode.STEP else size
        rough = rough + 1j * np.where(exact | (data.imag == 0), 0.0, other * scale)
    return np.asarray(env.disturbed(data) + rough)
