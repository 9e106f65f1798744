"""Operators of the table on concrete matrices: one row for each name."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from derivcheck.engines.rigorous import matrices, norms
from derivcheck.engines.rigorous.elementary import UNARY, apply_unary
from derivcheck.engines.rigorous.kinks import PLAIN_UNARY
from derivcheck.engines.rigorous.matrices import add_all
from derivcheck.engines.rigorous.pairs import BINARY, argument
from derivcheck.engines.rigorous.scalars import ZERO, Matrix, Mode, Scalar, Unsupported
from derivcheck.expr.nodes import Param

MatrixRule = Callable[[list[Matrix], tuple[int | str, ...], Mode], Matrix]
LARGEST_MATRIX = 20000


def apply_operator(
    op: str, args: list[Matrix], params: tuple[int | str, ...], mode: Mode
) -> Matrix:
    """The operator's value; `params` with dims already replaced by integers."""
    mode.operator = op
    binary = BINARY.get(op)
    if binary is not None:
        a, b = args
        if len(a) == len(b) == len(a[0]) == len(b[0]) == 1:
            return [[binary(a[0][0], b[0][0], mode)]]
        return [[binary(x, y, mode) for x, y in zip(*rows, strict=True)]
                for rows in zip(*spread(a, b), strict=True)]  # fmt: skip
    if op in MATRIX:
        return MATRIX[op](args, params, mode)
    scalar = scalar_rule(op)
    if scalar is None:
        raise Unsupported(f"the operator {op}")
    return [[scalar((x,), mode) for x in row] for row in args[0]]


def scalar_rule(op: str) -> Callable[[tuple[Scalar, ...], Mode], Scalar] | None:
    """The rule of an elementwise operator on numbers."""
    if op in UNARY:
        return lambda args, mode: apply_unary(op, args[0], mode)
    if op in PLAIN_UNARY:
        unary = PLAIN_UNARY[op]
        return lambda args, mode: unary(args[0], mode)
    if op == "arg":
        return lambda args, mode: argument(args[0], mode)
    if op in BINARY:
        binary = BINARY[op]
        return lambda args, mode: binary(args[0], args[1], mode)
    return None


def spread(a: Matrix, b: Matrix) -> tuple[Matrix, Matrix]:
    """A 1×1 value repeated to the shape of the other."""
    if len(a) == len(b) and len(a[0]) == len(b[0]):
        return a, b
    if len(a) == 1 and len(a[0]) == 1:
        return fill(a[0][0], len(b), len(b[0])), b
    return a, fill(b[0][0], len(a), len(a[0]))


def fill(x: Scalar, rows: int, cols: int) -> Matrix:
    if rows * cols > LARGEST_MATRIX:
        raise Unsupported(f"too large: a matrix of {rows}×{cols}")
    return [[x] * cols for _ in range(rows)]


def _axis(params: tuple[int | str, ...]) -> int | None:
    return int(params[0]) if params else None


def _mean(args: list[Matrix], params: tuple[int | str, ...], mode: Mode) -> Matrix:
    return matrices.along(args[0], _axis(params), lambda x: add_all(x) * fmpq(1, len(x)))


def _softmax(args: list[Matrix], params: tuple[int | str, ...], mode: Mode) -> Matrix:
    """Of a vector (no axis), of each column (axis 0), of each row (axis 1)."""
    a, axis = args[0], _axis(params)
    if axis is None:
        axis = 0 if len(a[0]) == 1 else 1
    if axis == 1:
        return [matrices.softmax(row, mode) for row in a]
    columns = [matrices.softmax(list(c), mode) for c in zip(*a, strict=True)]
    return matrices.transpose(columns)


def _eye(args: list[Matrix], params: tuple[int | str, ...], mode: Mode) -> Matrix:
    rows, cols = int(params[0]), int(params[1])
    fill(ZERO, rows, cols)
    return matrices.identity(rows, cols)


def _diag(args: list[Matrix], params: tuple[int | str, ...], mode: Mode) -> Matrix:
    entries = matrices.entries_of(args[0])
    return [[x if i == j else ZERO for j in range(len(entries))] for i, x in enumerate(entries)]


MATRIX: dict[str, MatrixRule] = {
    "matmul": lambda a, p, mode: matrices.matmul(a[0], a[1]),
    "transpose": lambda a, p, mode: matrices.transpose(a[0]),
    "sum": lambda a, p, mode: matrices.along(a[0], _axis(p), add_all),
    "mean": _mean,
    "max": lambda a, p, mode: matrices.along(a[0], _axis(p), lambda x: norms.largest(x, mode)),
    "min": lambda a, p, mode: matrices.along(a[0], _axis(p), lambda x: norms.smallest(x, mode)),
    "trace": lambda a, p, mode: [[add_all([row[i] for i, row in enumerate(a[0])])]],
    "softmax": _softmax,
    "logsumexp": lambda a, p, mode: matrices.along(
        a[0], _axis(p), lambda x: matrices.logsumexp(x, mode)
    ),
    "norm": lambda a, p, mode: [[norms.norm(a[0], str(p[0]) if p else "fro", mode)]],
    "cross": lambda a, p, mode: matrices.cross(a[0], a[1]),
    "onehot": lambda a, p, mode: matrices.onehot(a[0][0][0], int(p[0])),
    "eye": _eye,
    "ones": lambda a, p, mode: fill(fmpq(1), int(p[0]), int(p[1])),
    "zeros": lambda a, p, mode: fill(ZERO, int(p[0]), int(p[1])),
    "diag": _diag,
    "diagonal": lambda a, p, mode: [[row[i]] for i, row in enumerate(a[0])],
    "inv": lambda a, p, mode: matrices.inverse(a[0]),
    "det": lambda a, p, mode: [[matrices.det(a[0])]],
    "logdet": lambda a, p, mode: [[matrices.logdet(a[0], mode)]],
    "matrix_power": lambda a, p, mode: matrices.matrix_power(a[0], a[1][0][0]),
    "expm": lambda a, p, mode: matrices.expm(a[0]),
    "kron": lambda a, p, mode: matrices.kron(a[0], a[1]),
    "vec": lambda a, p, mode: matrices.vec(a[0]),
    "tile": lambda a, p, mode: [row * int(p[0]) for row in a[0]],
    "hstack": lambda a, p, mode: [
        [x for row in rows for x in row] for rows in zip(*a, strict=True)
    ],
    "vstack": lambda a, p, mode: [row for block in a for row in block],
    "adjugate": lambda a, p, mode: matrices.adjugate(a[0]),
}


def concrete(params: tuple[Param, ...], sizes: dict[str, int]) -> tuple[int | str, ...]:
    """Operator parameters with dims as integers."""
    return tuple(p if isinstance(p, (int, str)) else p.evaluate(sizes) for p in params)


def has_rule(op: str) -> bool:
    return op in MATRIX or scalar_rule(op) is not None
