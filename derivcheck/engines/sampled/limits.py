"""Limits by extrapolation of values at growing arguments, or nearer and nearer ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.traits import traits_of
from derivcheck.engines.sampled.values import (
    EPSILON,
    GOOD,
    UNDEFINED,
    UNKNOWN,
    Array,
    Value,
    marked,
)  # fmt: skip
from derivcheck.expr.nodes import Apply, Constant, Expr, Limit

Evaluate: TypeAlias = Callable[[Expr, Environment], Value]
Candidate: TypeAlias = tuple[Array, Array, int]

TERMS = 18
LAST_TERMS = 6
FARTHEST = 5.0
DOUBT = 1e-11


def limit(node: Limit, env: Environment, evaluate: Evaluate) -> Value:
    """One-sided as asked, or both sides, which must agree; at infinity along 3·2**k, or along
    8 + 4k where only whole arguments have values."""
    toward = _infinity(node.point)
    if toward:
        traits = traits_of(node.body, env.world.recurrences, env.world.traits)
        powers = np.arange(TERMS, dtype=float)
        steps = 8.0 + 4.0 * powers if traits.discrete else 3.0 * 2.0**powers
        stretch = np.ones_like(env.stretch) if traits.discrete else env.stretch
        return _extrapolated(node, env, [toward * s * stretch for s in steps], evaluate)
    point = evaluate(node.point, env)
    sides = {"+": (1.0,), "-": (-1.0,), "": (1.0, -1.0)}[node.side]
    scale = np.minimum(np.where(point.data == 0, 1.0, np.abs(point.data)), 1.0) * env.stretch
    found = [
        _extrapolated(
            node, env, [point.data + side * 0.25 * scale / 2.0**k for k in range(TERMS)], evaluate
        )
        for side in sides
    ]
    if len(found) == 1:
        return found[0]
    right, left = found
    gap = np.abs(right.data - left.data)
    differ = gap > 1e-6 * (np.abs(right.data) + np.abs(left.data)) + 1e-9
    states = [np.zeros(gap.shape, np.int8) if v.state is None else v.state for v in found]
    state = np.maximum(*states)
    value = Value(0.5 * (right.data + left.data), state)
    return marked(value, differ & (state == GOOD), UNDEFINED)


def _infinity(point: Expr) -> int:
    match point:
        case Constant("oo"):
            return 1
        case Apply("neg", (Constant("oo"),)):
            return -1
        case _:
            return 0


def _extrapolated(
    node: Limit, env: Environment, arguments: list[Array], evaluate: Evaluate
) -> Value:
    """Of all extrapolated values the one that agrees best with its neighbours in its table;
    their difference is its error and disturbs the copies."""
    large = replace(env.expanded(len(arguments)), keeps_underflow=False)
    value = evaluate(node.body, large.bound({node.variable.name: Value(np.concatenate(arguments))}))
    shape = (len(arguments), env.batch, *value.data.shape[1:])
    terms = value.data.reshape(shape)
    usable = np.isfinite(terms)
    if value.state is not None:
        usable &= value.state.reshape(shape) == GOOD
    row = [np.where(usable[k], terms[k], np.nan) for k in range(len(arguments))]
    best, error = np.full(shape[1:], np.nan, dtype=terms.dtype), np.full(shape[1:], np.inf)
    last = np.where(usable, np.arange(len(arguments)).reshape(-1, 1, 1, 1), 0).max(axis=0)
    moves = np.array([_move(row, last - k) for k in range(3)])
    end = np.take_along_axis(np.array(row), last[None], 0)[0]
    for candidate, distance, final in [*_richardson(row), *_shanks(row)]:
        # Early terms may agree by accident, far from the limit: the last ones decide.
        better = (
            (distance < error)
            & (final >= last - LAST_TERMS)
            & (np.abs(candidate - end) <= FARTHEST * moves[0] + 1e-9 * np.abs(end))
        )
        best, error = np.where(better, candidate, best), np.where(better, distance, error)
    doubt = 4.0 * np.where(np.isfinite(error), error, 0.0) + DOUBT * np.abs(best)
    noise = env.amplitude / EPSILON * doubt
    result = Value(best + noise * env.world.noise.draw(best.shape))
    # Extrapolation would find the anti-limit of terms that move apart.
    apart = (moves[0] > 0.97 * moves[1]) & (moves[0] > 1e-9 * np.abs(best) + 1e-12)
    apart |= (moves[1] > 0.97 * moves[2]) & (moves[1] > 1e-9 * np.abs(best) + 1e-12)
    result = marked(result, apart, UNKNOWN)
    poor = ~(error <= 1e-5 * np.abs(best) + 1e-8)
    return marked(result, poor, UNKNOWN)


def _move(row: list[Array], place: Array) -> Array:
    """The step from the term before `place` to the one there."""
    terms = np.array(row)
    index = np.clip(place, 1, len(row) - 1)[None]
    here, before = np.take_along_axis(terms, index, 0), np.take_along_axis(terms, index - 1, 0)
    return np.asarray(np.abs(here - before)[0])


def _richardson(row: list[Array]) -> Iterator[Candidate]:
    """For errors in powers of a step that halves: T + (T' - T)/(2**order - 1)."""
    for order in range(1, 8):
        factor = 1.0 / (2.0**order - 1.0)
        following = [b + (b - a) * factor for a, b in pairwise(row)]
        for k, candidate in enumerate(following):
            distance = np.maximum(np.abs(candidate - row[k]), np.abs(candidate - row[k + 1]))
            yield candidate, distance, k + order
        row = following


def _shanks(row: list[Array]) -> Iterator[Candidate]:
    """For errors that are sums of geometric sequences: Wynn's epsilon table, even columns."""
    before, now = [np.zeros_like(a) for a in row], row
    for column in range(1, 7):
        following = [
            before[k + 1] + 1.0 / np.where(b == a, np.nan, b - a)
            for k, (a, b) in enumerate(pairwise(now))
        ]
        if column % 2 == 0:
            for k, (a, b) in enumerate(pairwise(following)):
                distance = np.maximum(np.abs(b - a), np.abs(b - before[k + 2]))
                yield b, distance, k + 1 + column
        before, now = now, following
