"""Explicit matrices of numbers: products, stacks, norms, determinants by cofactors."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import TYPE_CHECKING, TypeAlias

from derivcheck.algebra.errors import Unsupported
from derivcheck.algebra.field import Element
from derivcheck.engines.exact.complexes import Complex

if TYPE_CHECKING:
    from derivcheck.engines.exact.lowering import Lowering

Matrix: TypeAlias = tuple[tuple[Complex, ...], ...]
MAX_ORDER = 4
MAX_POWER = 40


def entry(matrix: Matrix, row: int, col: int) -> Complex:
    """An entry; a scalar stands for each."""
    if len(matrix) == 1 and len(matrix[0]) == 1:
        return matrix[0][0]
    return matrix[row][col]


def entrywise(rule: Callable[..., Complex], *args: Matrix) -> Matrix:
    """Entry by entry; scalars go with anything."""
    rows = max((len(a) for a in args), default=1)
    cols = max((len(a[0]) for a in args), default=1)
    return tuple(
        tuple(rule(*(entry(a, i, j) for a in args)) for j in range(cols)) for i in range(rows)
    )


def transpose(a: Matrix) -> Matrix:
    return tuple(zip(*a, strict=True))


def product(a: Matrix, b: Matrix) -> Matrix:
    return tuple(
        tuple(total([x * y for x, y in zip(row, col, strict=True)]) for col in zip(*b, strict=True))
        for row in a
    )


def total(values: list[Complex]) -> Complex:
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def vec(a: Matrix) -> list[Complex]:
    """The columns one below the other."""
    return [row[j] for j in range(len(a[0])) for row in a]


def column(values: list[Complex]) -> Matrix:
    return tuple((value,) for value in values)


def _minor(a: Matrix, row: int, col: int) -> Matrix:
    return tuple(r[:col] + r[col + 1 :] for i, r in enumerate(a) if i != row)


def determinant(low: Lowering, a: Matrix) -> Complex:
    """Σ over permutations: no division, so it holds at every point."""
    if len(a) > MAX_ORDER:
        raise Unsupported("a determinant of this order")
    terms = []
    for order in permutations(range(len(a))):
        inversions = sum(order[i] > order[j] for i in range(len(a)) for j in range(i, len(a)))
        term = _number(low, (-1) ** inversions)
        for i, j in enumerate(order):
            term = term * a[i][j]
        terms.append(term)
    return total(terms)


def adjugate(low: Lowering, a: Matrix) -> Matrix:
    """Entry (i, j) is (-1)**(i+j) times the minor without row j and column i."""
    if len(a) == 1:
        return ((_number(low, 1),),)
    return tuple(
        tuple(
            determinant(low, _minor(a, j, i)) * _number(low, (-1) ** (i + j)) for j in range(len(a))
        )
        for i in range(len(a))
    )


def inverse(low: Lowering, a: Matrix) -> Matrix:
    """adjugate/det, where det ≠ 0."""
    det = determinant(low, a)
    return entrywise(lambda z: low.operator("div", (z, det)), adjugate(low, a))


def _number(low: Lowering, value: int) -> Complex:
    return Complex(low.algebra.of(value), low.algebra.field.zero)


def _along(rule: Callable[[list[Complex]], Complex], a: Matrix, axis: object) -> Matrix:
    """No axis: of all entries; axis 0: a row; axis 1: a column."""
    if axis is None:
        return ((rule(vec(a)),),)
    if axis == 0:
        return (tuple(rule(list(col)) for col in zip(*a, strict=True)),)
    return tuple((rule(list(row)),) for row in a)


def _extreme(low: Lowering, op: str) -> Callable[[list[Complex]], Complex]:
    def rule(values: list[Complex]) -> Complex:
        result = values[0]
        for value in values[1:]:
            result = low.operator(op, (result, value))
        return result

    return rule


def _identity(low: Lowering, rows: int, cols: int) -> Matrix:
    return tuple(tuple(_number(low, int(i == j)) for j in range(cols)) for i in range(rows))


def _power(low: Lowering, a: Matrix, count: int) -> Matrix:
    if abs(count) > MAX_POWER:
        raise Unsupported("a large matrix power")
    base = inverse(low, a) if count < 0 else a
    result = _identity(low, len(a), len(a))
    for _ in range(abs(count)):
        result = product(result, base)
    return result


def _squares(low: Lowering, a: Matrix) -> Complex:
    """Σ |a|²."""
    parts: list[Element] = [z.re**2 + z.im**2 for z in vec(a)]
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return Complex(result, low.algebra.field.zero)


def _norm(low: Lowering, a: Matrix, order: object) -> Complex:
    """Euclidean or Frobenius; 1 and oo as in NumPy: of a matrix, largest column or row sum."""
    if order == "fro":
        return low.operator("sqrt", (_squares(low, a),))
    sizes = entrywise(lambda z: low.operator("abs", (z,)), a)
    is_vector = len(a) == 1 or len(a[0]) == 1
    largest = _extreme(low, "maximum")
    if is_vector:
        return total(vec(sizes)) if order == "1" else largest(vec(sizes))
    if order in ("1", "oo"):
        return largest(vec(_along(total, sizes, 0 if order == "1" else 1)))
    raise Unsupported("a spectral norm")


def _softmax(low: Lowering, a: Matrix, axis: object) -> Matrix:
    exps = entrywise(lambda z: low.operator("exp", (z,)), a)
    sums = _along(total, exps, axis)
    return tuple(
        tuple(z / sums[i if axis == 1 else 0][j if axis == 0 else 0] for j, z in enumerate(row))
        for i, row in enumerate(exps)
    )


def apply(low: Lowering, op: str, args: tuple[Matrix, ...], params: tuple[object, ...]) -> Matrix:
    """An operator that is not elementwise."""
    axis = params[0] if params else None
    match op, args:
        case "matmul", (a, b):
            return product(a, b)
        case "transpose", (a,):
            return transpose(a)
        case "sum", (a,):
            return _along(total, a, axis)
        case "mean", (a,):
            return _along(lambda v: total(v) / _number(low, len(v)), a, axis)
        case "max" | "min", (a,):
            return _along(_extreme(low, "maximum" if op == "max" else "minimum"), a, axis)
        case "trace", (a,):
            return ((total([a[i][i] for i in range(len(a))]),),)
        case "softmax", (a,):
            return _softmax(low, a, axis)
        case "logsumexp", (a,):
            exps = entrywise(lambda z: low.operator("exp", (z,)), a)
            return entrywise(lambda z: low.operator("log", (z,)), _along(total, exps, axis))
        case "norm", (a,):
            return ((_norm(low, a, axis),),)
        case "cross", (a, b):
            x, y = vec(a), vec(b)
            return column(
                [x[(i + 1) % 3] * y[(i + 2) % 3] - x[(i + 2) % 3] * y[(i + 1) % 3]
                 for i in range(3)]
            )  # fmt: skip
        case (("eye" | "ones" | "zeros"), ()):
            rows, cols = int(str(params[0])), int(str(params[1]))
            if op == "eye":
                return _identity(low, rows, cols)
            return tuple((_number(low, int(op == "ones")),) * cols for _ in range(rows))
        case "diag", (a,):
            values = vec(a)
            return tuple(
                tuple(v if i == j else _number(low, 0) for j in range(len(values)))
                for i, v in enumerate(values)
            )
        case "diagonal", (a,):
            return column([a[i][i] for i in range(len(a))])
        case "inv", (a,):
            return inverse(low, a)
        case "det", (a,):
            return ((determinant(low, a),),)
        case "logdet", (a,):
            return ((low.operator("log", (determinant(low, a),)),),)
        case "adjugate", (a,):
            return adjugate(low, a)
        case "matrix_power", (a, k):
            count = k[0][0].re.rational
            if count is None or count.denominator != 1:
                raise Unsupported("a symbolic matrix power")
            return _power(low, a, int(count))
        case "kron", (a, b):
            return tuple(tuple(x * y for x in row for y in other) for row in a for other in b)
        case "vec", (a,):
            return column(vec(a))
        case "tile", (a,):
            return tuple(row * int(str(params[0])) for row in a)
        case "hstack", _:
            return tuple(tuple(z for a in args for z in a[i]) for i in range(len(args[0])))
        case "vstack", _:
            return tuple(row for a in args for row in a)
    raise Unsupported(f"no exact rule for {op}")
