"""Derivatives from values of the function alone.

On the real line a first derivative is the imaginary part at a tiny imaginary step, exact to
rounding, where the function continues analytically (abs by its sign and so on); where the
function has kinks both sides are looked at as well. Everything else (derivatives of derivatives,
complex data) is a central difference over eight points, of order eight; the copies of a point
use different steps, so their spread shows its error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from derivcheck.engines.sampled.environment import COPIES, Environment
from derivcheck.engines.sampled.values import (
    EPSILON,
    GOOD,
    KINK,
    UNDEFINED,
    UNKNOWN,
    Array,
    Mode,
    Value,
    marked,
    worst,
)  # fmt: skip
from derivcheck.expr.nodes import Target

Quantity: TypeAlias = Callable[[Environment], Value]

IMAGINARY_STEP = 1e-80
STEP_ERROR = 1e-100
SMALLEST_ENTRY = 1e-50
SIDE_STEP = 1e-9
DIFFERENCE_STEP = 1.03e-2
CENTRAL = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
ROUGHER = (3 / 4, -3 / 20, 1 / 60)
FORWARD = (-25 / 12, 4.0, -3.0, 4 / 3, -1 / 4)


def slopes(
    quantity: Quantity, env: Environment, target: Target, directions: list[Array],
    steps: bool, kinked: bool,
) -> Value:  # fmt: skip
    """The derivative along each direction, the batch repeated for each, direction-major.

    For a complex variable by Wirtinger: half of the slope along 1 less (by the conjugate: plus)
    i times the slope along i.
    """
    name = target.variable.name
    large = env.expanded(len(directions))
    along = np.concatenate(directions)
    if env.mode is Mode.REAL:
        if not steps:
            return _by_difference(quantity, large, name, along, kinked)
        slope = _by_step(quantity, large, name, along)
        return _checked_from_both_sides(quantity, large, name, along, slope) if kinked else slope
    real = _by_difference(quantity, large, name, along, True)
    if not target.variable.is_complex:
        return real
    imaginary = _by_difference(quantity, large, name, along * 1j, True)
    sign = 1.0 if target.conjugate else -1.0
    data = 0.5 * (real.data + sign * 1j * imaginary.data)
    if real.state is None and imaginary.state is None:
        return Value(data)
    return Value(data, worst(real.state, imaginary.state))


def _moved(env: Environment, name: str, offset: Array) -> Environment:
    x = env.variables[name]
    return env.bound({name: Value(x.data + offset, x.state)})


def _scale(env: Environment, name: str, along: Array) -> Array:
    """How large the moved entry is, 1 where it is 0: steps are relative to it."""
    size = (np.abs(env.variables[name].data) * np.abs(along)).max(axis=(1, 2), keepdims=True)
    return np.where(size == 0, 1.0, size)


def _by_step(quantity: Quantity, env: Environment, name: str, along: Array) -> Value:
    """Im f(x + ih d)/h: no difference is taken, so nothing cancels. The error of order h² is far
    below STEP_ERROR, which disturbs the copies so that a slope of 0 is not taken for exact."""
    value = quantity(_moved(env.stepping(), name, 1j * IMAGINARY_STEP * along))
    slope = value.data.imag / IMAGINARY_STEP
    noise = STEP_ERROR / EPSILON * env.amplitude * env.world.noise.draw(slope.shape)
    small = _scale(env, name, along) < SMALLEST_ENTRY
    return marked(Value(slope + noise, value.state), np.broadcast_to(small, slope.shape), UNKNOWN)


def _checked_from_both_sides(
    quantity: Quantity, env: Environment, name: str, along: Array, slope: Value
) -> Value:
    """The slope at the point, confirmed by values and slopes at two distances on either side.

    A kink: the slopes of the two sides differ by as much at an eighth of the distance. A jump:
    so do the values. A vertical tangent: the slope grows. Where smooth pieces join, their common
    slope is the derivative, whatever branch the point itself is on.
    """
    distance = SIDE_STEP * env.stretch * _scale(env, name, along)
    far, near = 1.0, 0.125
    large = env.expanded(5)
    offsets = np.concatenate([k * distance for k in (0.0, -far, far, -near, near)])
    wide = np.concatenate([along] * 5)
    stepped = _moved(large.stepping(), name, offsets * wide + 1j * IMAGINARY_STEP * wide)
    value = quantity(stepped)
    shape = (5, env.batch, *value.data.shape[1:])
    values = value.data.real.reshape(shape)
    slopes = value.data.imag.reshape(shape) / IMAGINARY_STEP
    states = np.zeros(shape, np.int8) if value.state is None else value.state.reshape(shape)
    level = np.abs(values).max(axis=0)
    noise = 1e-11 * np.maximum(level / _scale(env, name, along), 1e-3)
    sizes = np.abs(slopes[3]) + np.abs(slopes[4])
    gap_far, gap_near = np.abs(slopes[2] - slopes[1]), np.abs(slopes[4] - slopes[3])
    kink = (gap_near > 0.5 * gap_far) & (gap_near > 1e-8 * sizes + noise)
    jump_far, jump_near = np.abs(values[2] - values[1]), np.abs(values[4] - values[3])
    jump = (jump_near > 0.5 * jump_far) & (jump_near > 1e-6 * level)
    jump |= np.abs(values[0] - 0.5 * (values[3] + values[4])) > 1e-6 * level + distance * sizes
    steep = sizes > 1.5 * (np.abs(slopes[1]) + np.abs(slopes[2])) + noise
    joined = 0.5 * (slopes[3] + slopes[4])
    trusted = np.abs(slope.data - joined) <= 1e-6 * sizes + 1e3 * noise
    result = Value(np.where(trusted, slope.data, joined), slope.state)
    result = marked(result, states[1:].max(axis=0) == UNKNOWN, UNKNOWN)
    result = marked(result, (states[1:] == UNDEFINED).any(axis=0), UNDEFINED)
    good = (states == GOOD).all(axis=0)
    slope_spread, value_spread = _spread(env, slopes[1:]), _spread(env, values)
    leap = np.maximum(jump_near, np.abs(values[0] - 0.5 * (values[3] + values[4])))
    sure = (kink & (gap_near > 3.0 * slope_spread)) | (jump & (leap > 3.0 * value_spread))
    sure |= steep & (sizes > 2.0 * slope_spread)
    result = marked(result, (kink | jump | steep) & good & ~sure, UNKNOWN)
    return marked(result, sure & good, KINK)


def _spread(env: Environment, samples: Array) -> Array:
    """By how much the copies of a point differ, whichever sample differs most: the rounding of
    values that cancel, such as log softmax of a single entry, looks like jumps and kinks."""
    disturbed = np.flatnonzero(env.amplitude)
    count = int(disturbed[0]) if len(disturbed) else env.batch
    copies = COPIES if len(disturbed) else 1
    apart = samples.reshape(samples.shape[0], -1, copies, count, *samples.shape[2:])
    widest = np.broadcast_to(np.ptp(apart, axis=2, keepdims=True), apart.shape)
    return np.asarray(widest.reshape(samples.shape).max(axis=0))


def _difference_step(env: Environment, name: str, along: Array) -> Array:
    """At wide reaches the same for every entry, then relative to entries up to 2, and smaller."""
    reach, size = env.world.reach, _scale(env, name, along)
    relative = np.full(size.shape, reach / 10) if reach > 1.0 else reach * np.minimum(size, 2.0)
    return np.asarray(DIFFERENCE_STEP * env.stretch * relative)


def _by_difference(
    quantity: Quantity, env: Environment, name: str, along: Array, kinked: bool
) -> Value:
    """Sum of c_k (f(x + kh d) - f(x - kh d))/h, k = 1 … 4; with kinks, undefined where the
    one-sided slopes over five points differ."""
    step = _difference_step(env, name, along)
    places = [0, 1, 2, 3, 4, -1, -2, -3, -4]
    large = env.expanded(len(places))
    offsets = np.concatenate([k * step for k in places]) * np.concatenate([along] * len(places))
    value = quantity(_moved(large, name, offsets))
    shape = (len(places), env.batch, *value.data.shape[1:])
    y = value.data.reshape(shape)
    pairs = [y[k] - y[k + 4] for k in range(1, 5)]
    slope = sum((c * pair for c, pair in zip(CENTRAL, pairs, strict=True)), 0.0 * y[0]) / step
    # Of order six, from three pairs: far from it the steps are too wide to see the function.
    rougher = sum((c * pair for c, pair in zip(ROUGHER, pairs, strict=False)), 0.0 * y[0]) / step
    gap, variation = np.abs(slope - rougher), np.abs(y - y[0]).max(axis=0)
    doubt = np.where(gap * step > 1e-6 * variation, 1e3 * gap, 0.0)
    slope = slope + env.amplitude / EPSILON * doubt * env.world.noise.draw(doubt.shape)
    result = Value(slope)
    if value.state is not None:
        states = value.state.reshape(shape)
        beside = states[1:].max(axis=0)
        result = Value(slope, np.where((states[0] == GOOD) & (beside != GOOD), UNKNOWN, states[0]))
    if kinked:
        right = sum((c * y[k] for k, c in enumerate(FORWARD)), 0.0 * y[0]) / step
        left = -(FORWARD[0] * y[0] + sum(c * y[k + 4] for k, c in enumerate(FORWARD) if k)) / step
        level = np.abs(y).max(axis=0)
        allowed = 1e-2 * (np.abs(left) + np.abs(right)) + 1e-9 * level / step
        # At a kink the odd part is smooth, so `gap` is small; in pure noise it is not.
        parted = (np.abs(right - left) > allowed) & (np.abs(right - left) > 1e3 * gap)
        result = marked(result, parted & (result.state is None or result.state == GOOD), KINK)
    return result
