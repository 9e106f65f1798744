"""Products, sums and rearrangements of arrays at two positions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derivcheck.engines.indexed.axes import (
    ORIGIN,
    BlockSpot,
    PairSpot,
    Spot,
    as_block,
    as_pair,
    flat,
    join,
)
from derivcheck.engines.indexed.elementwise import HALF, absolute, quotient
from derivcheck.engines.indexed.positions import as_dim
from derivcheck.engines.indexed.terms import ONE, ZERO, Poly, Unsupported
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Apply, Expr

if TYPE_CHECKING:
    from derivcheck.engines.indexed.lower import Lowering

Row = Callable[["Lowering", Apply, Spot, Spot], Poly]


def _matmul(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    left, right = node.args
    axis = join(low.layout.axes(left)[1], low.layout.axes(right)[0])
    return low.sum_axis(
        axis, lambda k: low.algebra.multiply(low.entry(left, i, k), low.entry(right, k, j))
    )


def _transpose(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return low.entry(node.args[0], j, i)


def _sum(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return total(low, node.args[0], node.params, i, j, lambda entry: entry)


def total(
    low: Lowering, arg: Expr, params: tuple[object, ...], i: Spot, j: Spot,
    each: Callable[[Poly], Poly],
) -> Poly:  # fmt: skip
    """Σ each(entry) over all entries, or along an axis (0: over rows)."""
    rows, cols = low.layout.axes(arg)
    if not params:
        return low.sum_axis(
            rows, lambda r: low.sum_axis(cols, lambda c: each(low.entry(arg, r, c)))
        )
    if params[0] == 0:
        return low.sum_axis(rows, lambda r: each(low.entry(arg, r, j)))
    return low.sum_axis(cols, lambda c: each(low.entry(arg, i, c)))


def _mean(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    shape = node.args[0].shape
    count = shape.size if not node.params else (shape.rows, shape.cols)[int(str(node.params[0]))]
    inverse = low.algebra.power(low.algebra.from_dim(count), -1)
    return low.algebra.multiply(_sum(low, node, i, j), inverse)


def _trace(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    arg = node.args[0]
    return low.sum_axis(join(*low.layout.axes(arg)), lambda k: low.entry(arg, k, k))


def _softmax(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    """e**x_i / Σ_k e**x_k."""
    exp = low.algebra.exp
    bottom = total(low, node.args[0], node.params, i, j, exp)
    return quotient(low, exp(low.entry(node.args[0], i, j)), bottom)


def _logsumexp(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return low.algebra.log(total(low, node.args[0], node.params, i, j, low.algebra.exp))


def _norm(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    arg = node.args[0]
    is_vector = arg.shape.is_column or arg.shape.is_row
    kind = str(node.params[0]) if node.params else "fro"
    if kind == "fro" or (kind == "2" and is_vector):

        def square(entry: Poly) -> Poly:
            return low.algebra.multiply(entry, low.conjugate(entry))

        return low.algebra.power(total(low, arg, (), i, j, square), HALF)
    if kind == "1" and is_vector:
        return total(low, arg, (), i, j, lambda entry: absolute(low, entry))
    raise Unsupported(f"norm {kind}")


def _eye(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return equal(low, i, j)


def equal(low: Lowering, i: Spot, j: Spot) -> Poly:
    """δ(i, j); of pairs laid out alike, the product of their deltas."""
    if isinstance(i, PairSpot) and isinstance(j, PairSpot) and i.size == j.size:
        return low.algebra.multiply(equal(low, i.inner, j.inner), equal(low, i.outer, j.outer))
    if isinstance(i, BlockSpot) and isinstance(j, BlockSpot):
        if i.number != j.number:
            return ZERO
        if i.offset == j.offset:
            return equal(low, i.inner, j.inner)
    return low.algebra.delta(flat(i), flat(j))


def _diag(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    arg = node.args[0]
    value = low.entry(arg, i, ORIGIN) if arg.shape.is_column else low.entry(arg, ORIGIN, i)
    return low.algebra.multiply(equal(low, i, j), value)


def _onehot(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    position = low.selected(node.args[0], ORIGIN, node.shape.rows)
    return low.algebra.delta(flat(i), flat(position))


def _kron(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    left, right = node.args
    r = as_pair(i, right.shape.rows, left.shape.rows)
    c = as_pair(j, right.shape.cols, left.shape.cols)
    return low.algebra.multiply(low.entry(left, r[1], c[1]), low.entry(right, r[0], c[0]))


def _vec(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    shape = node.args[0].shape
    return low.entry(node.args[0], *as_pair(i, shape.rows, shape.cols))


def _hstack(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    number_, inside = as_block(j, [arg.shape.cols for arg in node.args])
    return low.entry(node.args[number_], i, inside)


def _vstack(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    number_, inside = as_block(i, [arg.shape.rows for arg in node.args])
    return low.entry(node.args[number_], inside, j)


def _cross(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    left, right = node.args
    k = as_dim(flat(i)).constant
    if k is None:
        raise Unsupported("cross at a symbolic position")
    a, b = Dim.of((k + 1) % 3), Dim.of((k + 2) % 3)
    first = low.algebra.multiply(low.entry(left, a, ORIGIN), low.entry(right, b, ORIGIN))
    second = low.algebra.multiply(low.entry(left, b, ORIGIN), low.entry(right, a, ORIGIN))
    return first - second


ARRAYS: dict[str, Row] = {
    "matmul": _matmul,
    "transpose": _transpose,
    "sum": _sum,
    "mean": _mean,
    "trace": _trace,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "norm": _norm,
    "eye": _eye,
    "ones": lambda low, node, i, j: ONE,
    "zeros": lambda low, node, i, j: ZERO,
    "diag": _diag,
    "diagonal": lambda low, node, i, j: low.entry(node.args[0], i, i),
    "onehot": _onehot,
    "kron": _kron,
    "vec": _vec,
    "tile": lambda low, node, i, j: low.entry(node.args[0], i, ORIGIN),
    "hstack": _hstack,
    "vstack": _vstack,
    "cross": _cross,
}
