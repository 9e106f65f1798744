"""Matrix operators on rows of generic scalars, so that germs flow through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import combinations

from flint import acb, acb_mat, arb, arb_mat, fmpq

from derivcheck.engines.rigorous.elementary import apply_unary
from derivcheck.engines.rigorous.order import real_value
from derivcheck.engines.rigorous.pairs import whole
from derivcheck.engines.rigorous.scalars import (
    ONE,
    ZERO,
    Dual,
    Matrix,
    Mode,
    Poison,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    base_value,
    conjugate,
    is_exact_zero,
    may_vanish,
    parts,
    reciprocal,
    to_ball,
)


def add_all(entries: Sequence[Scalar]) -> Scalar:
    return reduce(lambda a, b: a + b, entries, ZERO)


def matmul(a: Matrix, b: Matrix) -> Matrix:
    columns = list(zip(*b, strict=True)) if b else []
    return [[add_all([x * y for x, y in zip(row, column, strict=True)]) for column in columns]
            for row in a]  # fmt: skip


def transpose(a: Matrix) -> Matrix:
    return [list(row) for row in zip(*a, strict=True)]


def adjoint(a: Matrix) -> Matrix:
    return [[conjugate(x) for x in row] for row in transpose(a)]


def identity(n: int, cols: int | None = None) -> Matrix:
    return [[ONE if i == j else ZERO for j in range(n if cols is None else cols)]
            for i in range(n)]  # fmt: skip


def vec(a: Matrix) -> Matrix:
    """Columns one below the other."""
    return [[x] for column in zip(*a, strict=True) for x in column]


def entries_of(a: Matrix) -> list[Scalar]:
    return [x for row in a for x in row]


def along(a: Matrix, axis: int | None, fold: Callable[[list[Scalar]], Scalar]) -> Matrix:
    """No axis: one number; axis 0: a row of column results; axis 1: a column of row results."""
    if axis is None:
        return [[fold(entries_of(a))]]
    if axis == 0:
        return [[fold(list(column)) for column in zip(*a, strict=True)]]
    return [[fold(row)] for row in a]


def det(a: Matrix) -> Scalar:
    """The determinant without division (Laplace by columns over sets of rows): no pivots needed."""
    n = len(a)
    minors: dict[tuple[int, ...], Scalar] = {(): ONE}
    for column in range(n):
        following: dict[tuple[int, ...], Scalar] = {}
        for rows in combinations(range(n), column + 1):
            total: Scalar = ZERO
            for position, row in enumerate(rows):
                entry = a[row][column]
                if is_exact_zero(entry):
                    continue
                term = entry * minors[rows[:position] + rows[position + 1 :]]
                total = total + (term if (position + column) % 2 == 0 else -term)
            following[rows] = total
        minors = following
    return minors[tuple(range(n))]


def _minor(a: Matrix, i: int, j: int) -> Matrix:
    return [row[:j] + row[j + 1 :] for k, row in enumerate(a) if k != i]


def adjugate(a: Matrix) -> Matrix:
    """adj(A)_ij = (-1)^(i+j) det(A without row j and column i)."""
    n = len(a)
    return [[det(_minor(a, j, i)) * fmpq((-1) ** (i + j)) for j in range(n)] for i in range(n)]


def inverse(a: Matrix) -> Matrix:
    """A⁻¹: by the adjugate for small sizes, else by elimination with certainly non-zero pivots."""
    n = len(a)
    if n <= 3:
        try:
            scale = reciprocal(det(a))
        except Undefined:
            raise Undefined("the inverse of a singular matrix") from None
        return [[x * scale for x in row] for row in adjugate(a)]
    rows = [list(row) + unit for row, unit in zip(a, identity(n), strict=True)]
    for column in range(n):
        pivot = _pivot(rows, column)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = reciprocal(rows[column][column])
        rows[column] = [x * scale for x in rows[column]]
        for i in range(n):
            factor = rows[i][column]
            if i != column and not is_exact_zero(factor):
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[column], strict=True)]
    return [row[n:] for row in rows]


def _pivot(rows: Matrix, column: int) -> int:
    unsure = False
    for i in range(column, len(rows)):
        value = base_value(rows[i][column])
        if not may_vanish(value):
            return i
        unsure = unsure or not is_exact_zero(value)
    if unsure:
        raise Undecided("a pivot that may be 0")
    raise Undefined("the inverse of a singular matrix")


def matrix_power(a: Matrix, exponent: Scalar) -> Matrix:
    """A^k by squaring; k < 0: of the inverse; A^0 = I."""
    k = whole(exponent)
    if k is None:
        raise Undefined("a matrix power needs an integer exponent", thin=False)
    if abs(k) > 100000:
        raise Unsupported("a matrix power above 100000")
    base = inverse(a) if k < 0 else a
    result, k = identity(len(a)), abs(k)
    while k:
        if k & 1:
            result = matmul(result, base)
        k >>= 1
        if k:
            base = matmul(base, base)
    return result


def expm(a: Matrix) -> Matrix:
    """e^A. For germs: e^[[A, B], [0, A]] = [[e^A, D], [0, e^A]] with D the derivative along B."""
    n = len(a)
    level = max((x.level for x in entries_of(a) if isinstance(x, Dual)), default=0)
    if level == 0:
        if all(is_exact_zero(x) for x in entries_of(a)):
            return identity(n)
        balls = [[to_ball(x) for x in row] for row in a]
        if any(isinstance(x, acb) for x in entries_of(balls)):
            return _checked(acb_mat([[acb(x) for x in row] for row in balls]).exp().tolist())
        return _checked(arb_mat(balls).exp().tolist())
    values = [[_part(x, level, 0) for x in row] for row in a]
    slopes = [[_part(x, level, 1) for x in row] for row in a]
    for slope in entries_of(slopes):
        if isinstance(slope, Poison):
            raise Undefined(slope.reason)
    block = [v + s for v, s in zip(values, slopes, strict=True)]
    block += [[ZERO] * n + v for v in values]
    result = expm(block)
    return [[Dual(level, result[i][j], result[i][n + j]) for j in range(n)] for i in range(n)]


def _checked(a: Matrix) -> Matrix:
    if any(not x.is_finite() for x in entries_of(a)):
        raise Undecided("a matrix exponential without finite enclosure")
    return a


def _part(x: Scalar, level: int, which: int) -> Scalar:
    if isinstance(x, Dual) and x.level == level:
        return x.slope if which else x.value
    return ZERO if which else x


def kron(a: Matrix, b: Matrix) -> Matrix:
    return [[x * y for x in row for y in other] for row in a for other in b]


def logsumexp(entries: list[Scalar], mode: Mode) -> Scalar:
    """m + log Σ exp(x - m), with m an integer near the largest entry: the ball stays narrow."""
    middle = _near_largest(entries)
    total = add_all([apply_unary("exp", x - middle, mode) for x in entries])
    return apply_unary("log", total, mode) + middle


def softmax(entries: list[Scalar], mode: Mode) -> list[Scalar]:
    middle = _near_largest(entries)
    powers = [apply_unary("exp", x - middle, mode) for x in entries]
    scale = reciprocal(add_all(powers))
    return [x * scale for x in powers]


def _near_largest(entries: list[Scalar]) -> Scalar:
    """An exact integer near the largest entry; any choice gives the same value."""
    sizes = [arb(parts(to_ball(base_value(x)))[0]).mid().floor().unique_fmpz() for x in entries]
    return fmpq(max((x for x in sizes if x is not None), default=0))


def cross(a: Matrix, b: Matrix) -> Matrix:
    x, y = [row[0] for row in a], [row[0] for row in b]
    return [[x[(i + 1) % 3] * y[(i + 2) % 3] - x[(i + 2) % 3] * y[(i + 1) % 3]] for i in range(3)]


def onehot(position: Scalar, m: int) -> Matrix:
    k = whole(base_value(position))
    if k is None or not 0 <= k < m:
        raise Undefined(f"onehot has no position {position} of {m}")
    return [[ONE if i == k else ZERO] for i in range(m)]


def logdet(a: Matrix, mode: Mode) -> Scalar:
    """log(det A), principal; real: det A > 0."""
    value = det(a)
    if is_exact_zero(base_value(value)):
        raise Undefined("logdet of a singular matrix")
    if mode.real_line:
        plain = real_value(base_value(value))
        if plain < 0:
            raise Undefined("logdet of a matrix with det < 0", thin=False)
    return apply_unary("log", value, mode)
