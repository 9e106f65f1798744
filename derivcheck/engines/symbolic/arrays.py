"""Matrix operators over explicit entries: grids of SymPy scalars, one row a name."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import sympy as sp

from derivcheck.engines.symbolic.elementwise import ELEMENTWISE, Reading, maximum, minimum
from derivcheck.engines.symbolic.region import Undefined, Unsupported

Grid = tuple[tuple[sp.Expr, ...], ...]
Params = tuple[object, ...]
MAX_ENTRIES = 64
MAX_POWER = 12


def scalar(value: sp.Expr) -> Grid:
    return ((value,),)


def fill(rows: int, cols: int, entry: Callable[[int, int], sp.Expr]) -> Grid:
    """A grid by its entries; nan stands for an entry without a value."""
    if rows < 1 or cols < 1 or rows * cols > MAX_ENTRIES:
        raise Unsupported(f"an array of {rows}×{cols} entries")

    def read(i: int, j: int) -> sp.Expr:
        try:
            return entry(i, j)
        except Undefined:
            return sp.nan

    return tuple(tuple(read(i, j) for j in range(cols)) for i in range(rows))


def extent(grid: Grid) -> tuple[int, int]:
    return len(grid), len(grid[0])


def entries(grid: Grid) -> list[sp.Expr]:
    """Column-major, as vec reads them."""
    rows, cols = extent(grid)
    return [grid[i][j] for j in range(cols) for i in range(rows)]


def each(function: Callable[..., sp.Expr], *grids: Grid) -> Grid:
    """Entry by entry; a 1×1 grid goes with every entry."""
    rows, cols = max((extent(grid) for grid in grids), key=lambda e: e[0] * e[1])

    def at(grid: Grid, i: int, j: int) -> sp.Expr:
        return grid[0][0] if extent(grid) == (1, 1) else grid[i][j]

    def entry(i: int, j: int) -> sp.Expr:
        values = [at(grid, i, j) for grid in grids]
        return sp.nan if sp.nan in values else function(*values)

    return fill(rows, cols, entry)


def transpose(grid: Grid) -> Grid:
    return tuple(zip(*grid, strict=True))


def product(left: Grid, right: Grid) -> Grid:
    return fill(
        len(left),
        len(right[0]),
        lambda i, j: sp.Add(*(left[i][k] * right[k][j] for k in range(len(right)))),
    )


def _matrix(grid: Grid) -> sp.Matrix:
    return sp.Matrix([list(row) for row in grid])


def determinant(grid: Grid) -> sp.Expr:
    """By Berkowitz: a polynomial in the entries, with no division."""
    if len(grid) > 4:
        raise Unsupported("a determinant of more than 4 rows")
    return _matrix(grid).det(method="berkowitz")


def _adjugate(grid: Grid) -> Grid:
    if len(grid) > 4:
        raise Unsupported("an adjugate of more than 4 rows")
    return _grid(_matrix(grid).adjugate(method="berkowitz"))


def _grid(matrix: sp.MatrixBase) -> Grid:
    return fill(matrix.rows, matrix.cols, lambda i, j: matrix[i, j])


def _inverse(grid: Grid) -> Grid:
    below = determinant(grid)
    if below.is_zero:
        raise Undefined
    return each(lambda a: a / below, _adjugate(grid))


def _along(grid: Grid, params: Params, fold: Callable[[list[sp.Expr]], sp.Expr]) -> Grid:
    """Fold all entries, each column (axis 0) or each row (axis 1)."""
    if not params:
        return scalar(fold(entries(grid)))
    if params[0] == 0:
        return (tuple(fold(list(column)) for column in transpose(grid)),)
    return tuple((fold(list(row)),) for row in grid)


def _fold_extreme(
    reading: Reading, better: Callable[[Reading, sp.Expr, sp.Expr], sp.Expr]
) -> Callable[[list[sp.Expr]], sp.Expr]:
    def fold(values: list[sp.Expr]) -> sp.Expr:
        best = values[0]
        for value in values[1:]:
            best = better(reading, best, value)
        return best

    return fold


def _softmax(grid: Grid, params: Params) -> Grid:
    grown = each(sp.exp, grid)
    total = _along(grown, params, lambda values: sp.Add(*values))
    rows, cols = extent(grid)
    return fill(
        rows,
        cols,
        lambda i, j: grown[i][j] / total[i if len(total) > 1 else 0][j if len(total[0]) > 1 else 0],
    )


def _norm(reading: Reading, grid: Grid, order: object) -> sp.Expr:
    vector = 1 in extent(grid)
    if order == "fro" or (order == "2" and vector):
        return sp.sqrt(sp.Add(*(value * reading.conjugate(value) for value in entries(grid))))
    size = each(lambda value: ELEMENTWISE["abs"](reading, value), grid)
    if order == "1":
        sums = [sp.Add(*column) for column in transpose(size)]
        return _fold_extreme(reading, maximum)(sums)
    if order == "oo":
        return _fold_extreme(reading, maximum)([sp.Add(*row) for row in size])
    raise Unsupported("the largest singular value of a matrix")


def _power(grid: Grid, exponent: sp.Expr) -> Grid:
    if not exponent.is_Integer or abs(exponent) > MAX_POWER:
        raise Unsupported("a matrix power with a symbolic or large exponent")
    base = _inverse(grid) if exponent < 0 else grid
    result = fill(len(grid), len(grid), lambda i, j: sp.S.One if i == j else sp.S.Zero)
    for _ in range(abs(int(exponent))):
        result = product(result, base)
    return result


def _kron(left: Grid, right: Grid) -> Grid:
    (rows, cols), (inner_rows, inner_cols) = extent(left), extent(right)
    return fill(
        rows * inner_rows,
        cols * inner_cols,
        lambda i, j: left[i // inner_rows][j // inner_cols] * right[i % inner_rows][j % inner_cols],
    )


def _diag(grid: Grid) -> Grid:
    values = entries(grid)
    return fill(len(values), len(values), lambda i, j: values[i] if i == j else sp.S.Zero)


def _cross(left: Grid, right: Grid) -> Grid:
    a, b = entries(left), entries(right)
    following = [(1, 2), (2, 0), (0, 1)]
    return tuple((a[i] * b[j] - a[j] * b[i],) for i, j in following)


def _one_hot(position: sp.Expr, size: int) -> Grid:
    if not position.is_Integer:
        raise Unsupported("a one-hot column at a symbolic position")
    return fill(size, 1, lambda i, _: sp.S.One if i == int(position) else sp.S.Zero)


def apply(reading: Reading, op: str, grids: list[Grid], params: Params) -> Grid:
    """The row of a matrix operator; `params` have their dims as integers."""
    sizes = [param for param in params if isinstance(param, int)]
    match op:
        case "matmul":
            return product(grids[0], grids[1])
        case "transpose":
            return transpose(grids[0])
        case "sum":
            return _along(grids[0], params, lambda values: sp.Add(*values))
        case "mean":
            return _along(grids[0], params, lambda values: sp.Add(*values) / len(values))
        case "max":
            return _along(grids[0], params, _fold_extreme(reading, maximum))
        case "min":
            return _along(grids[0], params, _fold_extreme(reading, minimum))
        case "trace":
            return scalar(sp.Add(*(grids[0][i][i] for i in range(len(grids[0])))))
        case "softmax":
            return _softmax(grids[0], params)
        case "logsumexp":
            grown = each(sp.exp, grids[0])
            return _along(grown, params, lambda values: sp.log(sp.Add(*values)))
        case "norm":
            return scalar(_norm(reading, grids[0], params[0]))
        case "cross":
            return _cross(grids[0], grids[1])
        case "onehot":
            return _one_hot(grids[0][0][0], sizes[0])
        case "eye":
            return fill(sizes[0], sizes[1], lambda i, j: sp.S.One if i == j else sp.S.Zero)
        case "ones" | "zeros":
            value = sp.S.One if op == "ones" else sp.S.Zero
            return fill(sizes[0], sizes[1], lambda i, j: value)
        case "diag":
            return _diag(grids[0])
        case "diagonal":
            return tuple((grids[0][i][i],) for i in range(len(grids[0])))
        case "inv":
            return _inverse(grids[0])
        case "det":
            return scalar(determinant(grids[0]))
        case "logdet":
            return scalar(sp.log(determinant(grids[0])))
        case "matrix_power":
            return _power(grids[0], grids[1][0][0])
        case "kron":
            return _kron(grids[0], grids[1])
        case "vec":
            return tuple((value,) for value in entries(grids[0]))
        case "tile":
            return tuple(row * sizes[0] for row in grids[0])
        case "hstack":
            return tuple(tuple(itertools.chain(*rows)) for rows in zip(*grids, strict=True))
        case "vstack":
            return tuple(itertools.chain(*grids))
        case "adjugate":
            return _adjugate(grids[0])
        case _:
            raise Unsupported(f"no symbolic row for {op}")


WITHOUT_ROW: frozenset[str] = frozenset({"expm"})
