"""Entries and blocks of matrices, sums and products over ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.products import sizes, with_rounding
from derivcheck.engines.sampled.values import (
    UNDEFINED,
    Array,
    BadSizes,
    TooLarge,
    Value,
    marked,
    worst,
)  # fmt: skip
from derivcheck.expr.nodes import Expr, Interval, Item, Reduce

Evaluate: TypeAlias = Callable[[Expr, Environment], Value]

LONGEST_RANGE = 400


def _positions(
    selector: Expr | Interval, extent: int, env: Environment, evaluate: Evaluate
) -> tuple[Array, Array]:
    """0-based positions, shape (batch or 1, count), and which batch rows are outside."""
    if isinstance(selector, Interval):
        start, stop = env.dim(selector.start), env.dim(selector.stop)
        if not 0 <= start <= stop <= extent:
            raise BadSizes
        return np.arange(start, stop).reshape(1, -1), np.zeros((1, 1, 1), bool)
    value = evaluate(selector, env)
    position = value.data.real[:, :, 0]
    outside = ~((position >= 0) & (position < extent) & (position == np.rint(position)))
    inside = np.where(outside, 0, position).astype(int)
    if value.state is not None:
        outside = outside | (value.state[:, :, 0] != 0)
    return inside, outside[:, :, None]


def item(node: Item, env: Environment, evaluate: Evaluate) -> Value:
    base = evaluate(node.base, env)
    rows, no_row = _positions(node.rows, base.data.shape[1], env, evaluate)
    cols, no_col = _positions(node.cols, base.data.shape[2], env, evaluate)
    if isinstance(node.rows, Interval) and isinstance(node.cols, Interval):
        block = (slice(None), rows[0][:, None], cols[0][None, :])
        return Value(base.data[block], None if base.state is None else base.state[block])
    point = np.arange(base.data.shape[0]).reshape(-1, 1, 1)
    index = (point, rows[:, :, None], cols[:, None, :])
    value = Value(base.data[index], None if base.state is None else base.state[index])
    return marked(value, np.broadcast_to(no_row | no_col, value.data.shape), UNDEFINED)


def reduced(node: Reduce, env: Environment, evaluate: Evaluate) -> Value:
    """Every term at once, on a batch as many times as large; terms outside the range count
    as 0 or 1, defined or not."""
    lower, upper = evaluate(node.lower, env), evaluate(node.upper, env)
    start, stop = lower.data.real, upper.data.real
    bounds_state = worst(lower.state, upper.state)
    whole = (start == np.rint(start)) & (stop == np.rint(stop))
    neutral = 0.0 if node.kind == "sum" else 1.0
    shape = node.body.shape.evaluate(env.world.sizes)
    first = int(np.nanmin(np.where(whole, start, np.nan), initial=np.inf) if whole.any() else 0)
    last = int(np.nanmax(np.where(whole, stop, np.nan), initial=-np.inf) if whole.any() else 0)
    count = last - first
    if count > LONGEST_RANGE:
        raise TooLarge
    if count <= 0:
        result = Value(np.full((env.batch, *shape), neutral))
    else:
        index = np.repeat(np.arange(first, last, dtype=float), env.batch).reshape(-1, 1, 1)
        body = evaluate(node.body, env.expanded(count).indexed(node.index.uid, index))
        terms = body.data.reshape(count, env.batch, *body.data.shape[1:])
        place = index.reshape(count, env.batch, 1, 1)
        inside = (place >= start) & (place < stop)
        terms = np.where(inside, terms, neutral)
        if node.kind == "sum":
            data = with_rounding(env, terms.sum(axis=0), sizes(env, terms).sum(axis=0))
        else:
            data = env.disturbed(terms.prod(axis=0), units=float(count))
        state = None
        if body.state is not None:
            states = body.state.reshape(count, env.batch, *body.data.shape[1:])
            state = np.where(inside, states, 0).max(axis=0).astype(np.int8)
        result = Value(data, state)
    if bounds_state is not None or not whole.all():
        bad = ~whole if bounds_state is None else ~whole | (bounds_state != 0)
        result = marked(result, np.broadcast_to(bad, result.data.shape), UNDEFINED)
    return result
