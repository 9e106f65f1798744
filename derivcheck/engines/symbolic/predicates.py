"""Predicates as comparisons, where they are one."""

from __future__ import annotations

from typing import assert_never

from derivcheck.claim import Comparison, Relation
from derivcheck.engines.symbolic.region import Unsupported
from derivcheck.expr import build


def as_comparison(relation: Relation) -> Comparison:
    """is_symmetric(A): A == A.T; orthogonal(A): A.T A == I; unitary(A): A.H A == I."""
    if isinstance(relation, Comparison):
        return relation
    matrix = relation.argument
    turned = build.transpose(matrix)
    match relation.name:
        case "is_symmetric":
            return Comparison("==", matrix, turned)
        case "orthogonal" | "unitary":
            if relation.name == "unitary":
                turned = build.apply("conj", turned)
            size = matrix.shape.cols
            identity = build.apply("eye", params=(size, size))
            return Comparison("==", build.matmul(turned, matrix), identity)
        case "psd" | "convex":
            raise Unsupported(f"{relation.name} is left to the other engines")
        case _:
            assert_never(relation.name)
