"""Determinants of a matrix plus a product, by those of the product the other way round."""

from __future__ import annotations

from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.trees import rewrite
from derivcheck.expr import build
from derivcheck.expr.declarations import Kind
from derivcheck.expr.nodes import Apply, At, Expr, Variable

REGULAR = frozenset({Kind.INVERTIBLE, Kind.SPD, Kind.HPD, Kind.ORTHOGONAL, Kind.UNITARY})


def turned_round(algebra: Algebra, node: Expr) -> Expr:
    """det(I ± A C) = det(I ± C A), and det(M ± A C) = det(M) det(I ± C inv(M) A) for a variable
    M of a kind that is invertible; A is n×k, C k×n, so for k = 1 no determinant is left.

    Not for a variable M where `at` may put something singular in its place.
    """
    has_determinant, has_at = contents(node)
    if not has_determinant:
        return node

    def rule(part: Expr) -> Expr | None:
        match part:
            case Apply("det" | "logdet" as op, (Apply("add" | "sub" as sign, (first, second)),)):
                value = of_sum(sign, first, second)
                if value is None and sign == "add":
                    value = of_sum(sign, second, first)
                if value is None:
                    return None
                return value if op == "det" else build.apply("log", value)
        return None

    def of_sum(sign: str, main: Expr, update: Expr) -> Expr | None:
        match update:
            case Apply("matmul", (left, right)) if update.shape == main.shape:
                pass
            case _:  # a scalar beside a matrix is added to each entry
                return None
        match main:
            case Apply("eye"):
                return of_identity(sign, left, right)
            case Variable(name) if algebra.kinds.get(name) in REGULAR and not has_at:
                inner = build.matmul(build.apply("inv", main), left)
                return build.apply("mul", build.apply("det", main), of_identity(sign, inner, right))
        return None

    return rewrite(node, rule)


def of_identity(sign: str, left: Expr, right: Expr) -> Expr:
    product = build.matmul(right, left)
    if product.shape.is_scalar:
        return build.apply(sign, build.UNIT, product)
    size = product.shape.rows
    identity = build.apply("eye", params=(size, size))
    return build.apply("det", build.apply(sign, identity, product))


def contents(node: Expr) -> tuple[bool, bool]:
    """Whether there is a determinant, and whether there is an `at`."""
    has_determinant = has_at = False
    for part in build.parts(node):
        has_determinant |= isinstance(part, Apply) and part.op in ("det", "logdet")
        has_at |= isinstance(part, At)
    return has_determinant, has_at
