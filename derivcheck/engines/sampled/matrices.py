"""The rows of the table of operators that are not elementwise: layout, reductions, matrices.

A row takes the environment, the node's parameters and the arguments. Layout rows move states
with the entries; the others give each result the worst state that went into it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.linear_algebra import adjugate, det, expm, inv, logdet, matrix_power
from derivcheck.engines.sampled.products import product, sizes, spread, with_rounding, worst_of
from derivcheck.engines.sampled.values import (
    SMALLEST_STEPPED,
    TINY,
    UNDEFINED,
    UNKNOWN,
    Array,
    Mode,
    Unsupported,
    Value,
    marked,
    row_state,
)  # fmt: skip
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Apply

Row = Callable[[Environment, Apply, list[Value]], Value]


def _layout(move: Callable[..., Array]) -> Row:
    """Entries moved, and filled with zeros: `move` acts on data and states alike."""

    def row(env: Environment, node: Apply, args: list[Value]) -> Value:
        data = move(env, node, *(a.data for a in args))
        if all(a.state is None for a in args):
            return Value(data)
        states = [np.zeros(a.data.shape, np.int8) if a.state is None else a.state for a in args]
        return Value(data, move(env, node, *states))

    return row


def _vec(env: Environment, node: Apply, a: Array) -> Array:
    return a.transpose(0, 2, 1).reshape(a.shape[0], -1, 1)


def _diag(env: Environment, node: Apply, a: Array) -> Array:
    flat = a.reshape(a.shape[0], -1)
    result = np.zeros((a.shape[0], flat.shape[1], flat.shape[1]), a.dtype)
    index = np.arange(flat.shape[1])
    result[:, index, index] = flat
    return result


def _diagonal(env: Environment, node: Apply, a: Array) -> Array:
    return np.asarray(np.einsum("pii->pi", a)[:, :, None])


def _tile(env: Environment, node: Apply, a: Array) -> Array:
    times = node.params[0]
    assert isinstance(times, Dim)
    return np.repeat(a, env.dim(times), axis=2)


def _constant(make: Callable[[int, int], Array]) -> Row:
    def row(env: Environment, node: Apply, args: list[Value]) -> Value:
        matrix = make(*node.shape.evaluate(env.world.sizes))
        return Value(np.broadcast_to(matrix, (env.batch, *matrix.shape)))

    return row


def _onehot(env: Environment, node: Apply, args: list[Value]) -> Value:
    size = node.shape.evaluate(env.world.sizes)[0]
    position = args[0].data.real
    data = (np.arange(size).reshape(1, -1, 1) == position) * 1.0
    outside = (position < 0) | (position >= size) | (position != np.rint(position))
    value = Value(data, spread(row_state(args[0]), data))
    return marked(value, np.broadcast_to(outside, data.shape), UNDEFINED)


def _matmul(env: Environment, node: Apply, args: list[Value]) -> Value:
    return worst_of(product(env, args[0].data, args[1].data), args)


def _axes(node: Apply) -> tuple[int, ...]:
    """The axes of a batch array that are reduced: all, columns (axis=0), rows (axis=1)."""
    return (1, 2) if not node.params else ((1,) if node.params[0] == 0 else (2,))


def _reduced(args: list[Value], data: Array, axes: tuple[int, ...]) -> Value:
    state = args[0].state
    return Value(data, None if state is None else state.max(axis=axes, keepdims=True))


def _sum(env: Environment, node: Apply, args: list[Value]) -> Value:
    axes, a = _axes(node), args[0].data
    data = with_rounding(env, a.sum(axes, keepdims=True), sizes(env, a).sum(axes, keepdims=True))
    return _reduced(args, data, axes)


def _mean(env: Environment, node: Apply, args: list[Value]) -> Value:
    total, axes = _sum(env, node, args), _axes(node)
    count = np.prod([args[0].data.shape[axis] for axis in axes])
    return Value(env.disturbed(total.data / count), total.state)


def _trace(env: Environment, node: Apply, args: list[Value]) -> Value:
    a = np.einsum("pii->pi", args[0].data)[:, :, None]
    data = with_rounding(env, a.sum(1, keepdims=True), sizes(env, a).sum(1, keepdims=True))
    return worst_of(data, args)


def _extreme(sign: float) -> Row:
    """The entry with the largest (sign 1) or smallest real part."""

    def row(env: Environment, node: Apply, args: list[Value]) -> Value:
        a, axes = args[0].data, _axes(node)
        if len(axes) == 2:
            a = a.reshape(a.shape[0], -1, 1)
        axis = 1 if len(axes) == 2 else axes[0]
        place = np.expand_dims(np.argmax(sign * a.real, axis=axis), axis)
        value = _reduced(args, np.take_along_axis(a, place, axis=axis), axes)
        if env.mode is Mode.COMPLEX:
            strange = (a.imag != 0).any(axis=axis, keepdims=True)
            return marked(value, strange, UNKNOWN)
        return value

    return row


def _shifted(a: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """exp(a - m), and m, the largest real part."""
    top = a.real.max(axis=axes, keepdims=True)
    return np.exp(a - top), top


def _softmax(env: Environment, node: Apply, args: list[Value]) -> Value:
    axes = _axes(node)
    powers, _ = _shifted(args[0].data, axes)
    if env.amplitude.any():
        # Powers that underflow are no exact zeros.
        least = SMALLEST_STEPPED if env.mode is Mode.STEP else TINY
        tiny = least * (env.amplitude > 0) * np.abs(env.world.noise.draw(powers.shape))
        powers = np.where(np.abs(powers) < least, tiny, powers)
    data = powers / powers.sum(axis=axes, keepdims=True)
    state = _reduced(args, data, axes).state
    return Value(env.disturbed(data, units=4.0), spread(state, data))


def _logsumexp(env: Environment, node: Apply, args: list[Value]) -> Value:
    axes = _axes(node)
    powers, top = _shifted(args[0].data, axes)
    total = powers.sum(axis=axes, keepdims=True)
    data = np.log(total) + top
    rough = 2.0 * env.amplitude * (np.abs(top) + 1.0) * env.world.noise.draw(data.shape)
    return _reduced(args, env.disturbed(data, units=4.0) + rough, axes)


def _norm(env: Environment, node: Apply, args: list[Value]) -> Value:
    """Frobenius or Euclidean; "1" and "oo" of a vector its entries', of a matrix NumPy's."""
    a, order, vector = args[0].data, node.params[0] if node.params else "fro", node.args[0].shape
    sizes = np.abs(a) if env.mode is not Mode.STEP else np.sign(a.real) * a
    if order == "fro" or (order == "2" and (vector.is_column or vector.is_row)):
        squares = sizes * sizes if env.mode is not Mode.STEP else a * a
        data = np.sqrt(squares.sum(axis=(1, 2), keepdims=True))
    elif order == "2":
        if env.mode is Mode.STEP:
            raise Unsupported("no step passes through a spectral norm")
        data = np.linalg.norm(np.nan_to_num(a), 2, axis=(1, 2), keepdims=True)
    else:
        along = (1 if order == "1" else 2) if not vector.is_row else (2 if order == "1" else 1)
        sums = sizes.sum(axis=along, keepdims=True).reshape(a.shape[0], -1, 1)
        data = np.take_along_axis(sums, sums.real.argmax(1)[:, None], axis=1)
    if env.mode is Mode.COMPLEX:
        data = data + 0j
    return worst_of(env.disturbed(data, units=2.0), args)


def _cross(env: Environment, node: Apply, args: list[Value]) -> Value:
    a, b = (arg.data[:, :, 0] for arg in args)
    i, j = [1, 2, 0], [2, 0, 1]
    left, right = (a[:, i] * b[:, j])[:, :, None], (a[:, j] * b[:, i])[:, :, None]
    return worst_of(with_rounding(env, left - right, sizes(env, left) + sizes(env, right)), args)


def _kron(env: Environment, node: Apply, args: list[Value]) -> Value:
    a, b = args[0].data, args[1].data
    data = np.einsum("pij,pkl->pikjl", a, b).reshape(
        a.shape[0], a.shape[1] * b.shape[1], a.shape[2] * b.shape[2]
    )
    return worst_of(env.disturbed(data), args)


MATRICES: dict[str, Row] = {
    "matmul": _matmul,
    "transpose": _layout(lambda env, node, a: a.transpose(0, 2, 1)),
    "sum": _sum,
    "mean": _mean,
    "max": _extreme(1.0),
    "min": _extreme(-1.0),
    "trace": _trace,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "norm": _norm,
    "cross": _cross,
    "onehot": _onehot,
    "eye": _constant(lambda rows, cols: np.eye(rows, cols)),
    "ones": _constant(lambda rows, cols: np.ones((rows, cols))),
    "zeros": _constant(lambda rows, cols: np.zeros((rows, cols))),
    "diag": _layout(_diag),
    "diagonal": _layout(_diagonal),
    "inv": inv,
    "det": det,
    "logdet": logdet,
    "matrix_power": matrix_power,
    "expm": expm,
    "kron": _kron,
    "vec": _layout(_vec),
    "tile": _layout(_tile),
    "hstack": _layout(lambda env, node, *blocks: np.concatenate(blocks, axis=2)),
    "vstack": _layout(lambda env, node, *blocks: np.concatenate(blocks, axis=1)),
    "adjugate": adjugate,
}
