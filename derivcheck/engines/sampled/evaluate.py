"""Expressions to numbers, for a whole batch of points at once."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

import numpy as np

from derivcheck.engines.sampled.derivatives import differentiate
from derivcheck.engines.sampled.elementwise import ELEMENTWISE
from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.limits import limit
from derivcheck.engines.sampled.matrices import MATRICES
from derivcheck.engines.sampled.ranges import item, reduced
from derivcheck.engines.sampled.recurrences import recurred
from derivcheck.engines.sampled.values import (
    SMALLEST_STEPPED,
    TINY,
    UNDEFINED,
    UNKNOWN,
    Array,
    Mode,
    TooLarge,
    Unsupported,
    Value,
    is_dyadic,
    marked,
    row_state,
    settled,
    worst,
)  # fmt: skip
from derivcheck.expr.nodes import (
    Apply,
    At,
    Call,
    Choice,
    Compare,
    Condition,
    Constant,
    Derivative,
    Expr,
    Index,
    Item,
    Limit,
    Logic,
    Number,
    Recur,
    Reduce,
    Size,
    Variable,
)  # fmt: skip
from derivcheck.expr.nodes import (
    Array as ArrayNode,
)

MOST_ENTRIES = 1 << 19


def evaluate(node: Expr, env: Environment) -> Value:
    """The value of `node` at every point of the batch, shape (batch, rows, cols)."""
    known = env.memo.get(id(node))
    if known is None:
        known = settled(_evaluate(node, env))
        if known.data.shape[1] * known.data.shape[2] * env.batch > MOST_ENTRIES:
            raise TooLarge
        env.memo[id(node)] = known
    return known


def _evaluate(node: Expr, env: Environment) -> Value:
    match node:
        case Number(value):
            return Value(_exact_number(value, env))
        case Constant(name):
            return _constant(name, env)
        case Size(dim):
            return Value(env.full(float(env.dim(dim))))
        case Variable(name):
            return env.variables[name]
        case Index(_, uid):
            return Value(env.indices[uid])
        case Apply():
            return _apply(node, env)
        case Item():
            return item(node, env, evaluate)
        case ArrayNode(rows):
            return _literal(rows, env)
        case Reduce():
            return reduced(node, env, evaluate)
        case Choice():
            return _choice(node, env)
        case Call(function, args):
            return _call(function, args, env)
        case Recur():
            return recurred(node, env, evaluate)
        case Derivative():
            return differentiate(node, env, evaluate)
        case Limit():
            return limit(node, env, evaluate)
        case At(body, bindings):
            return evaluate(body, env.bound({v.name: evaluate(e, env) for v, e in bindings}))
        case _:
            assert_never(node)


def _exact_number(value: Fraction, env: Environment) -> Array:
    try:
        nearest = float(value)
    except OverflowError:
        return env.full(np.nan)
    return env.disturbed(env.full(nearest), np.full((1, 1, 1), Fraction(nearest) == value))


def _constant(name: str, env: Environment) -> Value:
    match name:
        case "pi":
            return Value(env.disturbed(env.full(np.pi)))
        case "e":
            return Value(env.disturbed(env.full(np.e)))
        case "I":
            return Value(env.full(1j))
        case _:
            raise Unsupported("infinity is no number here")


def _apply(node: Apply, env: Environment) -> Value:
    args = [evaluate(arg, env) for arg in node.args]
    row = ELEMENTWISE.get(node.op)
    if row is None:
        return MATRICES[node.op](env, node, args)
    arrays = [arg.data for arg in args]
    with np.errstate(all="ignore"):
        if env.mode is Mode.COMPLEX and row.complex_value is not None:
            data = np.asarray(row.complex_value(*arrays))
        else:
            data = np.asarray(row.value(*arrays))
        forbidden = row.pole if env.mode is Mode.COMPLEX else row.undefined
        bad = None if forbidden is None else np.asarray(forbidden(*arrays))
    data = np.broadcast_to(data, np.broadcast_shapes(data.shape, *(a.shape for a in arrays)))
    if env.amplitude.any():
        match row.rounding:
            case "dyadic":
                exact = is_dyadic(data)
                for array in arrays:
                    exact = exact & is_dyadic(array)
                data = env.disturbed(data, exact, row.units)
            case "inexact":
                at_zero = np.logical_and.reduce(np.broadcast_arrays(*(a == 0 for a in arrays)))
                data = env.disturbed(data, at_zero, row.units)
            case "exact":
                pass
        if row.floor:
            noise = env.world.noise.draw(data.shape)
            data = data + env.amplitude * (row.floor / 2.2e-16) * noise
    state = worst(*(arg.state for arg in args))
    value = Value(data, None if state is None else np.broadcast_to(state, data.shape))
    if bad is not None:
        value = marked(value, np.broadcast_to(bad, data.shape), UNDEFINED)
    return _without_underflow(node.op, value, arrays, env)


def _without_underflow(op: str, value: Value, arrays: list[Array], env: Environment) -> Value:
    """A result that underflows is 0 in the plain copy and random tiny numbers in the others, so
    that it is not taken for an exact zero, and a ratio of such results is unknown."""
    size = np.abs(value.data)
    least = SMALLEST_STEPPED if env.mode is Mode.STEP else TINY
    low = size < least
    if not low.any():
        return value
    if op in ("mul", "div", "pow"):
        nonzero = np.logical_and.reduce(np.broadcast_arrays(*(a != 0 for a in arrays)))
        if op == "pow" or op == "div":
            nonzero = np.broadcast_to(arrays[0] != 0, size.shape)
        low = low & nonzero
    elif op in ("exp", "sigmoid", "softplus", "erfc", "sech", "csch"):
        pass
    else:
        low = low & (size > 0)
    if not low.any():
        return value
    if not env.keeps_underflow:
        return marked(value, low, UNKNOWN)
    tiny = np.where(env.amplitude > 0, least * np.abs(env.world.noise.draw(size.shape)), 0.0)
    if env.mode is Mode.STEP:
        tiny = tiny * (1.0 + 1e-80j)
    return Value(np.where(low, tiny, value.data), value.state)


def _literal(rows: tuple[tuple[Expr, ...], ...], env: Environment) -> Value:
    values = [[evaluate(entry, env) for entry in row] for row in rows]
    data = np.concatenate([np.concatenate([v.data for v in row], 2) for row in values], 1)
    if all(v.state is None for row in values for v in row):
        return Value(data)
    states = [
        np.concatenate(
            [np.zeros(v.data.shape, np.int8) if v.state is None else v.state for v in row], 2
        )
        for row in values
    ]
    return Value(data, np.concatenate(states, 1))


def _choice(node: Choice, env: Environment) -> Value:
    condition = truth(node.condition, env)
    then, otherwise = evaluate(node.then, env), evaluate(node.otherwise, env)
    chosen = condition.data
    data = np.where(chosen, then.data, otherwise.data)
    if then.state is None and otherwise.state is None and condition.state is None:
        return Value(data)
    none = np.zeros((1, 1, 1), np.int8)
    branch = np.where(
        chosen,
        none if then.state is None else then.state,
        none if otherwise.state is None else otherwise.state,
    )
    state = worst(branch, condition.state)
    assert state is not None
    return Value(data, np.broadcast_to(state, data.shape))


def truth(condition: Condition, env: Environment) -> Value:
    """Booleans, decided by the real part where a step is carried along."""
    match condition:
        case Compare(op, lhs, rhs):
            left, right = evaluate(lhs, env), evaluate(rhs, env)
            return _compared(op, left, right, env)
        case Logic(op, args):
            values = [truth(arg, env) for arg in args]
            state = worst(*(value.state for value in values))
            arrays = [value.data for value in values]
            if op == "not":
                data = ~arrays[0]
            else:
                join = np.logical_and if op == "and" else np.logical_or
                data = join.reduce(np.broadcast_arrays(*arrays))
            return Value(data, None if state is None else np.broadcast_to(state, data.shape))
        case _:
            assert_never(condition)


def _compared(op: str, left: Value, right: Value, env: Environment) -> Value:
    a, b = left.data, right.data
    state = worst(left.state, right.state)
    if env.mode is Mode.COMPLEX and op in ("==", "!="):
        data = (a == b) if op == "==" else (a != b)
    else:
        functions = {
            "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal,
            ">": np.greater, ">=": np.greater_equal,
        }  # fmt: skip
        data = functions[op](a.real, b.real)
    value = Value(data, None if state is None else np.broadcast_to(state, data.shape))
    if env.mode is Mode.COMPLEX and op not in ("==", "!="):
        off_line = (np.abs(a.imag) > 1e-12 * np.abs(a)) | (np.abs(b.imag) > 1e-12 * np.abs(b))
        value = marked(value, np.broadcast_to(off_line, data.shape), UNDEFINED)
    return value


def _call(function: str, args: tuple[Expr, ...], env: Environment) -> Value:
    values = [evaluate(arg, env) for arg in args]
    data = env.world.functions[function]([value.data for value in values])
    total: Array | None = None
    for value in values:
        state = row_state(value)
        total = state if total is None or state is None else np.maximum(total, state)
    state = None if total is None else np.broadcast_to(total, data.shape)
    return Value(env.disturbed(data, np.zeros((1, 1, 1), bool), units=8.0), state)
