"""Functions of a square matrix: inverse, determinant, powers, exponential."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivcheck.engines.indexed.arrays import Row, equal
from derivcheck.engines.indexed.axes import (
    Spot,
    as_pair,
    flat,
    join,
    size_of,
)
from derivcheck.engines.indexed.elementwise import one_over, quotient
from derivcheck.engines.indexed.positions import as_dim
from derivcheck.engines.indexed.terms import ONE, ZERO, Poly, Unsupported
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Apply, Expr, Variable

if TYPE_CHECKING:
    from derivcheck.engines.indexed.lower import Lowering


def _explicit(low: Lowering, node: Expr) -> list[list[Poly]] | None:
    """All entries of a matrix of a few rows."""
    size = node.shape.rows.constant
    if size is None or size > 3:
        return None
    places = [Dim.of(k) for k in range(size)]
    return [[low.entry(node, r, c) for c in places] for r in places]


def _minor(low: Lowering, entries: list[list[Poly]], row: int, col: int) -> Poly:
    """The determinant without one row and column, with its sign."""
    rest = [
        [e for c, e in enumerate(line) if c != col] for r, line in enumerate(entries) if r != row
    ]
    sign = -1 if (row + col) % 2 else 1
    return _expanded(low, rest).scale(sign)


def _expanded(low: Lowering, entries: list[list[Poly]]) -> Poly:
    if not entries:
        return ONE
    result = ZERO
    for col, entry in enumerate(entries[0]):
        result = result + low.algebra.multiply(entry, _minor(low, entries, 0, col))
    return result


def _inv(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return inverse(low, node.args[0], i, j)


def inverse(low: Lowering, arg: Expr, i: Spot, j: Spot) -> Poly:
    """inv(A B) = inv(B) inv(A) and inv(kron(A, B)) = kron(inv(A), inv(B)) for square A and B;
    inv(A.T) = inv(A).T; inv(inv(A)) = A."""
    match arg:
        case Apply("kron", (left, right)) if left.shape.is_square and right.shape.is_square:
            r = as_pair(i, right.shape.rows, left.shape.rows)
            c = as_pair(j, right.shape.cols, left.shape.cols)
            return low.algebra.multiply(
                inverse(low, left, r[1], c[1]), inverse(low, right, r[0], c[0])
            )
        case Apply("matmul", (left, right)) if left.shape.is_square and right.shape.is_square:
            axis = join(low.layout.axes(left)[0], low.layout.axes(right)[1])
            return low.sum_axis(
                axis,
                lambda k: low.algebra.multiply(inverse(low, right, i, k), inverse(low, left, k, j)),
            )
        case Apply("transpose", (inner,)):
            return inverse(low, inner, j, i)
        case Apply("inv", (inner,)):
            return low.entry(inner, i, j)
    entries = _explicit(low, arg)
    if entries is not None:
        row, col = as_dim(flat(i)).constant, as_dim(flat(j)).constant
        if row is not None and col is not None:
            return quotient(low, _minor(low, entries, col, row), _expanded(low, entries))
    return square(low, "inv", arg, (i, j))


def square(
    low: Lowering, kind: str, arg: Expr, places: tuple[Spot, ...], exponent: Poly | None = None
) -> Poly:
    extent = size_of(low.layout.axes(arg)[0])
    row, col = low.algebra.fresh(extent), low.algebra.fresh(extent)
    body = low.entry(arg, row, col)
    positions = tuple(flat(spot) for spot in places)
    return low.algebra.matrix(kind, extent, row, col, body, positions, exponent)


def _det(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return determinant(low, node.args[0])


def determinant(low: Lowering, arg: Expr) -> Poly:
    """det(A B) = det(A) det(B) for square A and B; det(inv(A)) = 1/det(A);
    det(expm(A)) = exp(tr A) for every A."""
    match arg:
        case Apply("expm", (inner,)):
            axis = join(*low.layout.axes(inner))
            return low.algebra.exp(low.sum_axis(axis, lambda k: low.entry(inner, k, k)))
        case Apply("matmul", (left, right)) if left.shape.is_square and right.shape.is_square:
            return low.algebra.multiply(determinant(low, left), determinant(low, right))
        case Apply("transpose", (inner,)):
            return determinant(low, inner)
        case Apply("inv", (inner,)):
            return one_over(low, determinant(low, inner))
    entries = _explicit(low, arg)
    return square(low, "det", arg, ()) if entries is None else _expanded(low, entries)


def _logdet(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return low.algebra.log(determinant(low, node.args[0]))


def _adjugate(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    """det(A) inv(A), for a free matrix: the singular ones are the limits of others."""
    arg = node.args[0]
    entries = _explicit(low, arg)
    if entries is not None:
        row, col = as_dim(flat(i)).constant, as_dim(flat(j)).constant
        if row is not None and col is not None:
            return _minor(low, entries, col, row)
    if not isinstance(arg, Variable):
        raise Unsupported("the adjugate of an expression")
    return low.algebra.multiply(determinant(low, arg), inverse(low, arg, i, j))


def _matrix_power(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    base, exponent = node.args[0], low.scalar(node.args[1])
    value = exponent.constant
    if value is None:
        return square(low, "power", base, (i, j), exponent)
    if int(value) != value or abs(Fraction(value)) > 6:
        raise Unsupported("a matrix power with this exponent")
    return repeated(low, base, int(value), i, j)


def repeated(low: Lowering, base: Expr, count: int, i: Spot, j: Spot) -> Poly:
    if count == 0:
        return equal(low, i, j)
    one = inverse if count < 0 else (lambda low_, arg, r, c: low_.entry(arg, r, c))
    step = 1 if count > 0 else -1
    if abs(count) == 1:
        return one(low, base, i, j)
    axis = join(*low.layout.axes(base))
    return low.sum_axis(
        axis,
        lambda k: low.algebra.multiply(
            one(low, base, i, k), repeated(low, base, count - step, k, j)
        ),
    )


SQUARE: dict[str, Row] = {
    "inv": _inv,
    "det": _det,
    "logdet": _logdet,
    "adjugate": _adjugate,
    "matrix_power": _matrix_power,
    "expm": lambda low, node, i, j: square(low, "expm", node.args[0], (i, j)),
}
