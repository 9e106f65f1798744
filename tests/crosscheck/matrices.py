"""Matrices of field elements, as lists of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from field import Again, Element, add, base, conj, mul, neg, reciprocal, sub

Matrix: TypeAlias = list[list[Element]]


def build(rows: int, cols: int, entry: Callable[[int, int], Element]) -> Matrix:
    return [[entry(i, j) for j in range(cols)] for i in range(rows)]


def total(values: Sequence[Element]) -> Element:
    result: Element = 0
    for value in values:
        result = add(result, value)
    return result


def eye(n: int) -> Matrix:
    return build(n, n, lambda i, j: int(i == j))


def matmul(a: Matrix, b: Matrix) -> Matrix:
    columns = list(zip(*b, strict=True))
    return [
        [total([mul(x, y) for x, y in zip(row, col, strict=True) if x != 0 and y != 0])
         for col in columns]
        for row in a
    ]  # fmt: skip


def transpose(a: Matrix) -> Matrix:
    return [list(row) for row in zip(*a, strict=True)]


def adjoint(a: Matrix) -> Matrix:
    return [[conj(x) for x in row] for row in transpose(a)]


def combine(a: Matrix, b: Matrix, rule: Callable[[Element, Element], Element]) -> Matrix:
    """Entry by entry; a scalar meets every entry."""
    if len(a) == len(a[0]) == 1:
        return [[rule(a[0][0], y) for y in row] for row in b]
    if len(b) == len(b[0]) == 1:
        return [[rule(x, b[0][0]) for x in row] for row in a]
    return [[rule(x, y) for x, y in zip(p, q, strict=True)] for p, q in zip(a, b, strict=True)]


def vec(a: Matrix) -> list[Element]:
    return [x for column in transpose(a) for x in column]


def eliminated(a: Matrix, b: Matrix) -> tuple[Element, Matrix]:
    """The determinant of a, and the solution of a @ x = b. Raises Again for a singular a."""
    a, b, n = [list(row) for row in a], [list(row) for row in b], len(a)
    determinant: Element = 1
    for k in range(n):
        pivot = next((r for r in range(k, n) if base(a[r][k]) != 0), None)
        if pivot is None:
            raise Again("a singular matrix")
        if pivot != k:
            a[k], a[pivot], b[k], b[pivot] = a[pivot], a[k], b[pivot], b[k]
            determinant = neg(determinant)
        determinant = mul(determinant, a[k][k])
        scale = reciprocal(a[k][k])
        a[k], b[k] = [mul(scale, x) for x in a[k]], [mul(scale, x) for x in b[k]]
        for r in range(n):
            factor = a[r][k]
            if r != k and factor != 0:
                a[r] = [sub(x, mul(factor, y)) for x, y in zip(a[r], a[k], strict=True)]
                b[r] = [sub(x, mul(factor, y)) for x, y in zip(b[r], b[k], strict=True)]
    return determinant, b


def inverse(a: Matrix) -> Matrix:
    return eliminated(a, eye(len(a)))[1]


def power(a: Matrix, exponent: int) -> Matrix:
    if exponent < 0:
        return power(inverse(a), -exponent)
    result = eye(len(a))
    for _ in range(exponent):
        result = matmul(result, a)
    return result
