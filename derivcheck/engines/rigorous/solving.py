"""Solving equations exactly for entries of a variable, and proposing structured members."""

from __future__ import annotations

import random

from flint import fmpq

from derivcheck.engines.rigorous.environment import Point
from derivcheck.engines.rigorous.matrices import matmul, transpose
from derivcheck.engines.rigorous.members import Plan, Range, member
from derivcheck.engines.rigorous.pairs import power
from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Matrix,
    Mode,
    Scalar,
    divide,
    is_exact_zero,
)
from derivcheck.expr.declarations import Kind


def shifted(point: Point, name: str, i: int, j: int, shift: Scalar) -> Point:
    value = [list(row) for row in point[name]]
    value[i][j] = value[i][j] + shift
    return {**point, name: value}


def structured_members(
    rows: int, cols: int, is_complex: bool, plan: Plan, source: random.Random
) -> list[Matrix]:
    found: list[Matrix | None] = []
    if cols == 1:
        found.append(member(Kind.UNIT, rows, 1, plan, Range(), source))
    if rows == cols:
        kinds = (Kind.UNITARY, Kind.HERMITIAN) if is_complex else (Kind.ORTHOGONAL, Kind.SYMMETRIC)
        for kind in (*kinds, Kind.SPD, Kind.SKEW, Kind.DIAGONAL):
            found.append(member(kind, rows, cols, plan, Range(), source))
        unit = member(Kind.UNIT, rows, 1, plan, Range(), source)
        if unit is not None:
            projection = matmul(unit, transpose(unit))
            found.append(projection)
            found.append([[fmpq(int(i == j)) - fmpq(2) * x for j, x in enumerate(row)]
                          for i, row in enumerate(projection)])  # fmt: skip
        found.append([[ONE if j == i + 1 else ZERO for j in range(cols)] for i in range(rows)])
    elif rows > cols:
        found.append(member(Kind.STIEFEL, rows, cols, plan, Range(), source))
    found.append([[ONE if i == j else ZERO for j in range(cols)] for i in range(rows)])
    found.append([[ZERO] * cols for _ in range(rows)])
    return [value for value in found if value is not None]


def solve_exactly(columns: list[list[Scalar]], right: list[Scalar]) -> list[Scalar] | None:
    """Σ columns[k]·x[k] = right by elimination over the (complex) rationals; free entries are 0."""
    rows = [[column[i] for column in columns] + [right[i]] for i in range(len(right))]
    pivots: list[int] = []
    for k in range(len(columns)):
        top = len(pivots)
        found = next((i for i in range(top, len(rows)) if not is_exact_zero(rows[i][k])), None)
        if found is None:
            continue
        rows[top], rows[found] = rows[found], rows[top]
        scale = divide(ONE, rows[top][k])
        rows[top] = [x * scale for x in rows[top]]
        for i in range(len(rows)):
            if i != top and not is_exact_zero(rows[i][k]):
                factor = rows[i][k]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[top], strict=True)]
        pivots.append(k)
    if any(not is_exact_zero(row[-1]) for row in rows[len(pivots) :]):
        return None
    solution = [ZERO] * len(columns)
    for row, k in zip(rows, pivots, strict=False):
        solution[k] = row[-1]
    return solution


def quadratic_roots(f0: Scalar, f1: Scalar, f2: Scalar) -> list[Scalar]:
    """Rational roots of the quadratic (or linear) polynomial with these values at 0, 1, 2."""
    if not all(isinstance(x, fmpq) for x in (f0, f1, f2)):
        return []
    a = (f2 - f1 * 2 + f0) * HALF
    b = f1 - f0 - a
    if a == 0:
        return [-f0 / b] if b != 0 else []
    square = b * b - a * f0 * 4
    if square < 0:
        return []
    root = power(square, HALF, Mode(True))
    if not isinstance(root, fmpq):
        return []
    return [(-b + root) / (a * 2), (-b - root) / (a * 2)]
