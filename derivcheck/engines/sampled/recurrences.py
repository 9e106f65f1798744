"""Recurrences, unrolled from their start values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.values import (
    UNDEFINED,
    UNKNOWN,
    Array,
    Value,
    marked,
    worst,
)  # fmt: skip
from derivcheck.expr.nodes import Expr, Recur

Evaluate: TypeAlias = Callable[[Expr, Environment], Value]

DEEPEST_RECURRENCE = 60


def recurred(node: Recur, env: Environment, evaluate: Evaluate) -> Value:
    """Unrolled from its start values; undefined before them and at fractions."""
    name, argument = node.name, evaluate(node.argument, env)
    position = argument.data.real
    first = min(k for k, _ in env.world.recurrences[name].base)
    defined = (position == np.rint(position)) & (position >= first)
    far = position > first + DEEPEST_RECURRENCE
    shape = node.shape.evaluate(env.world.sizes)
    result = Value(np.full((env.batch, *shape), np.nan))
    states: Array = np.zeros((env.batch, *shape), np.int8)
    data = result.data
    for k in np.unique(position[defined & ~far]):
        for earlier in range(first, int(k)):
            _value_at(name, earlier, env, evaluate)
        term = _value_at(name, int(k), env, evaluate)
        here = np.broadcast_to(position == k, term.data.shape)
        data = np.where(here, term.data, data)
        if term.state is not None:
            states = np.where(here, term.state, states)
    value = Value(data, states if states.any() else None)
    value = marked(value, np.broadcast_to(far, data.shape), UNKNOWN)
    value = marked(value, np.broadcast_to(~defined, data.shape), UNDEFINED)
    if argument.state is not None:
        total = worst(value.state, argument.state)
        value = Value(data, None if total is None else np.broadcast_to(total, data.shape))
    return value


def _value_at(name: str, k: int, env: Environment, evaluate: Evaluate) -> Value:
    known = env.recurred.get((name, k))
    if known is None:
        recurrence = env.world.recurrences[name]
        base = dict(recurrence.base)
        if k in base:
            known = evaluate(base[k], env)
        elif k < min(base):
            shape = recurrence.shape.evaluate(env.world.sizes)
            known = marked(Value(np.full((env.batch, *shape), np.nan)), np.ones((1, 1, 1), bool), 1)
        else:
            inner = env.indexed(recurrence.index.uid, env.full(float(k - recurrence.shift)))
            known = evaluate(recurrence.step, inner)
        env.recurred[(name, k)] = known
    return known
