"""The rows of the table of operators that are not elementwise: layout, reductions, matrices.

A row takes the environment, the node's parameters and the arguments. Layout rows move states
with the entries; the others give each result the worst state that went into it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.values import (
    SMALLEST_STEPPED,
    TINY,
    UNDEFINED,
    UNKNOWN,
    Array,
    Mode,
    Unsupported,
    Value,
    is_dyadic,
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
    value = Value(data, _spread(row_state(args[0]), data))
    return marked(value, np.broadcast_to(outside, data.shape), UNDEFINED)


def _spread(state: Array | None, data: Array) -> Array | None:
    return None if state is None else np.broadcast_to(state, data.shape)


def worst_of(data: Array, args: list[Value]) -> Value:
    """A result each of whose entries depends on all entries of the arguments."""
    total: Array | None = None
    for arg in args:
        state = row_state(arg)
        if state is not None:
            total = state if total is None else np.maximum(total, state)
    return Value(data, _spread(total, data))


def _matmul(env: Environment, node: Apply, args: list[Value]) -> Value:
    return worst_of(_product(env, args[0].data, args[1].data), args)


def _product(env: Environment, a: Array, b: Array) -> Array:
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
    return Value(env.disturbed(data, units=4.0), _spread(state, data))


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


def _inv(env: Environment, node: Apply, args: list[Value]) -> Value:
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


def _det(env: Environment, node: Apply, args: list[Value]) -> Value:
    data = _determinant(env, _noisy(env, args[0].data))
    return worst_of(env.disturbed(data, units=4.0), args)


def _logdet(env: Environment, node: Apply, args: list[Value]) -> Value:
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


def _matrix_power(env: Environment, node: Apply, args: list[Value]) -> Value:
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
            power = _product(env, power, a if k > 0 else inverse)
        result = np.where(exponent == k, power, result)
    value = worst_of(result, args)
    if exact is not None and near is not None:
        below = exponent < 0
        value = marked(value, np.broadcast_to(below & near & ~exact, a.shape), UNKNOWN)
        value = marked(value, np.broadcast_to(below & exact, a.shape), UNDEFINED)
    fractional = exponent != np.rint(exponent)
    return marked(value, np.broadcast_to(fractional, a.shape), UNDEFINED)


def _expm(env: Environment, node: Apply, args: list[Value]) -> Value:
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
        term = _product(env, term, scaled)
        total = total + term / factorial(k)
    for _ in range(squarings):
        total = _product(env, total, total)
    return worst_of(env.disturbed(total, units=4.0), args)


def _kron(env: Environment, node: Apply, args: list[Value]) -> Value:
    a, b = args[0].data, args[1].data
    data = np.einsum("pij,pkl->pikjl", a, b).reshape(
        a.shape[0], a.shape[1] * b.shape[1], a.shape[2] * b.shape[2]
    )
    return worst_of(env.disturbed(data), args)


def _adjugate(env: Environment, node: Apply, args: list[Value]) -> Value:
    """adj(A)[j, i] = (-1)**(i+j) det(A without row i and column j); 1 for a 1×1 matrix."""
    a = _noisy(env, args[0].data)
    n = a.shape[1]
    result = np.ones(a.shape, a.dtype)
    for i in range(n if n > 1 else 0):
        for j in range(n):
            minor = np.delete(np.delete(a, i, axis=1), j, axis=2)
            result[:, j, i] = (-1) ** (i + j) * _determinant(env, minor)[:, 0, 0]
    return worst_of(env.disturbed(result, units=4.0), args)


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
    "inv": _inv,
    "det": _det,
    "logdet": _logdet,
    "matrix_power": _matrix_power,
    "expm": _expm,
    "kron": _kron,
    "vec": _layout(_vec),
    "tile": _layout(_tile),
    "hstack": _layout(lambda env, node, *blocks: np.concatenate(blocks, axis=2)),
    "vstack": _layout(lambda env, node, *blocks: np.concatenate(blocks, axis=1)),
    "adjugate": _adjugate,
}
