"""Conditions between variables: which points satisfy them, and help to find such points.

An equation `v == f` sets v; any other equation is solved by scaling one variable until its sides
meet; all else is left to rejection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

import numpy as np

from derivcheck.engines.sampled.environment import Environment, World
from derivcheck.engines.sampled.evaluate import evaluate, truth
from derivcheck.engines.sampled.values import Array, BadSizes, Mode
from derivcheck.expr.build import parts
from derivcheck.expr.declarations import Declaration, Kind
from derivcheck.expr.nodes import Compare, Condition, Expr, Logic, Variable

MET = 1e-12
FACTORS = np.concatenate([-np.geomspace(50.0, 0.02, 16), np.geomspace(0.02, 50.0, 24)])


def free_names(node: Expr | Condition) -> frozenset[str]:
    """The variables an expression mentions."""
    return frozenset(inner.name for inner in parts(node) if isinstance(inner, Variable))


def allowed_sizes(conditions: Sequence[Condition], world: World) -> bool:
    """Whether the conditions that mention no variable hold at the sizes of the world."""
    alone = [c for c in conditions if not free_names(c)]
    return bool(satisfied({}, 1, alone, world, Mode.REAL).all())


def satisfied(
    points: Mapping[str, Array], count: int, conditions: Sequence[Condition], world: World,
    mode: Mode,
) -> Array:  # fmt: skip
    """Which points satisfy every condition, in each entry; an undefined one is not satisfied."""
    env = Environment.plain(world, mode, points, count)
    result = np.ones(count, bool)
    for condition in conditions:
        result &= _holds(condition, env)
    return result


def _holds(condition: Condition, env: Environment) -> Array:
    match condition:
        case Compare("==", lhs, rhs):
            left, right = evaluate(lhs, env), evaluate(rhs, env)
            gap = np.abs(left.data - right.data)
            met = gap <= MET * (np.abs(left.data) + np.abs(right.data) + 1.0)
            for state in (left.state, right.state):
                met = met if state is None else met & (state == 0)
            return np.asarray(met.all(axis=(1, 2)))
        case Logic("and", args):
            return np.asarray(np.logical_and.reduce([_holds(arg, env) for arg in args]))
        case Compare() | Logic():
            value = truth(condition, env)
            met = value.data if value.state is None else value.data & (value.state == 0)
            return np.asarray(met.all(axis=(1, 2)))
        case _:
            assert_never(condition)


def _equations(conditions: Sequence[Condition]) -> Iterator[Compare]:
    for condition in conditions:
        match condition:
            case Compare("=="):
                yield condition
            case Logic("and", args):
                yield from _equations(args)
            case _:
                pass


def equated_names(conditions: Sequence[Condition]) -> frozenset[str]:
    """The variables in equations, which points satisfy to rounding."""
    return frozenset().union(*(free_names(equation) for equation in _equations(conditions)))


def solved(
    points: Mapping[str, Array], count: int, declarations: Sequence[Declaration],
    conditions: Sequence[Condition], world: World, mode: Mode,
) -> dict[str, Array]:  # fmt: skip
    """The points moved onto the equations among the conditions, as far as this knows how."""
    result = dict(points)
    free = {d.variable.name for d in declarations if d.domain.kind in (Kind.REAL, Kind.COMPLEX)}
    fixed: set[str] = set()
    for equation in _equations(conditions):
        mentioned = free_names(equation)
        if _assigned(equation, result, count, free - fixed, fixed, world, mode):
            continue
        name = next((n for n in sorted(mentioned & free - fixed)), None)
        if name is not None and equation.shape.is_scalar:
            result[name] = _scaled(equation, name, result, count, world, mode)
            fixed.add(name)
    return result


def _assigned(
    equation: Compare, points: dict[str, Array], count: int, free: set[str], fixed: set[str],
    world: World, mode: Mode,
) -> bool:  # fmt: skip
    """`v == f` with v not in f: v becomes f."""
    for side, other in ((equation.lhs, equation.rhs), (equation.rhs, equation.lhs)):
        if not isinstance(side, Variable) or side.name not in free:
            continue
        if side.name in free_names(other):
            continue
        try:
            value = evaluate(other, Environment.plain(world, mode, points, count))
        except BadSizes:
            return False
        points[side.name] = np.broadcast_to(value.data, points[side.name].shape).copy()
        fixed.add(side.name)
        return True
    return False


def _scaled(
    equation: Compare, name: str, points: Mapping[str, Array], count: int, world: World,
    mode: Mode,
) -> Array:  # fmt: skip
    """The variable times the factor at which both sides are equal: bracketed on a grid, then
    bisected; unchanged where no bracket is found."""
    base = points[name]

    def residual(factor: Array) -> Array:
        moved = {**points, name: base * factor}
        inner = Environment.plain(world, mode, moved, count)
        left, right = evaluate(equation.lhs, inner), evaluate(equation.rhs, inner)
        return np.asarray(np.nan_to_num((left.data - right.data).real, nan=np.inf))

    low, high = np.ones((count, 1, 1)), np.ones((count, 1, 1))
    found = np.zeros((count, 1, 1), bool)
    for k in range(len(FACTORS) - 1, 0, -1):
        left = residual(np.full((count, 1, 1), FACTORS[k - 1]))
        right = residual(np.full((count, 1, 1), FACTORS[k]))
        crossing = np.isfinite(left) & np.isfinite(right) & (left * right <= 0) & ~found
        low, high = np.where(crossing, FACTORS[k - 1], low), np.where(crossing, FACTORS[k], high)
        found |= crossing
    before = residual(low)
    for _ in range(80):
        middle = 0.5 * (low + high)
        value = residual(middle)
        same = before * value > 0
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.asarray(base * 0.5 * (low + high))
