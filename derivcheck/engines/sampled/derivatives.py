"""The derivatives of the language: diff, grad, jac and hess as slopes along directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.slopes import Quantity, slopes
from derivcheck.engines.sampled.traits import traits_of
from derivcheck.engines.sampled.values import (
    UNDEFINED,
    Array,
    Mode,
    Unsupported,
    Value,
    marked,
)  # fmt: skip
from derivcheck.expr.nodes import Derivative, Expr, Target

Evaluate: TypeAlias = Callable[[Expr, Environment], Value]


def differentiate(node: Derivative, env: Environment, evaluate: Evaluate) -> Value:
    """diff: one partial inside another; grad, jac, hess: every entry of the variable."""
    if env.mode is Mode.STEP:
        raise Unsupported("a derivative inside a complex step")
    traits = traits_of(node.body, env.world.recurrences, env.world.traits)
    quantity: Quantity = lambda inner: evaluate(node.body, inner)  # noqa: E731
    steps = traits.steps
    match node.kind:
        case "diff":
            for target in reversed(node.targets):
                for _ in range(target.order):
                    quantity = _partial(quantity, target, steps, traits.kinked, evaluate)
                    steps = False
            return quantity(env)
        case "grad":
            return _gradient(quantity, node.targets[0], steps, traits.kinked, node.structured)(env)
        case "jac":
            return _jacobian(quantity, node.targets[0], steps, traits.kinked)(env)
        case "hess":
            target = node.targets[0]
            slope = _gradient(quantity, target, steps, traits.kinked, node.structured)
            return _jacobian(slope, target, False, traits.kinked)(env)


def _partial(
    quantity: Quantity, target: Target, steps: bool, kinked: bool, evaluate: Evaluate
) -> Quantity:
    """By a scalar variable or by one entry, whose position may differ from point to point."""

    def slope(env: Environment) -> Value:
        x = env.variables[target.variable.name].data
        direction = np.zeros(x.shape)
        outside = np.zeros((env.batch, 1, 1), bool)
        if target.entry is None:
            direction[:] = 1.0
        else:
            row, col = (evaluate(e, env).data.real for e in target.entry)
            rows = np.arange(x.shape[1]).reshape(1, -1, 1)
            cols = np.arange(x.shape[2]).reshape(1, 1, -1)
            direction = ((rows == row) & (cols == col)) * 1.0
            outside = direction.sum(axis=(1, 2), keepdims=True) != 1
        value = slopes(quantity, env, target, [direction], steps, kinked)
        return marked(value, np.broadcast_to(outside, value.data.shape), UNDEFINED)

    return slope


def _gradient(
    quantity: Quantity, target: Target, steps: bool, kinked: bool, structured: bool
) -> Quantity:
    """Of a scalar, in the shape of the variable. Structured: entry (j, i) moves with (i, j)."""

    def slope(env: Environment) -> Value:
        x = env.variables[target.variable.name].data
        _, rows, cols = x.shape
        directions = _unit_directions(x)
        if structured:
            directions = [np.maximum(d, d.transpose(0, 2, 1)) for d in directions]
        value = slopes(quantity, env, target, directions, steps, kinked)

        def arranged(data: Array) -> Array:
            return data.reshape(cols, rows, env.batch).transpose(2, 1, 0)

        return Value(arranged(value.data), None if value.state is None else arranged(value.state))

    return slope


def _jacobian(quantity: Quantity, target: Target, steps: bool, kinked: bool) -> Quantity:
    """Rows vec(F), columns vec(X), both column-major."""

    def slope(env: Environment) -> Value:
        directions = _unit_directions(env.variables[target.variable.name].data)
        value = slopes(quantity, env, target, directions, steps, kinked)
        _, rows, cols = value.data.shape

        def arranged(data: Array) -> Array:
            by_direction = data.reshape(len(directions), env.batch, rows, cols)
            return by_direction.transpose(1, 3, 2, 0).reshape(
                env.batch, rows * cols, len(directions)
            )

        return Value(arranged(value.data), None if value.state is None else arranged(value.state))

    return slope


def _unit_directions(x: Array) -> list[Array]:
    """Every entry's own direction, column-major."""
    directions = []
    for col in range(x.shape[2]):
        for row in range(x.shape[1]):
            direction = np.zeros((1, *x.shape[1:]))
            direction[0, row, col] = 1.0
            directions.append(np.broadcast_to(direction, x.shape))
    return directions
