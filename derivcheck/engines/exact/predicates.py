"""Predicates as comparisons."""

from __future__ import annotations

from derivcheck.algebra.errors import Unsupported
from derivcheck.claim import Comparison, Predicate
from derivcheck.expr import build
from derivcheck.expr.nodes import Expr


def comparisons(predicate: Predicate) -> tuple[Comparison, ...]:
    """What has to hold for each entry: A = Aᵀ; Aᵀ A = I; Aᴴ A = I."""
    a = predicate.argument
    turned = build.transpose(a)
    match predicate.name:
        case "is_symmetric":
            return (Comparison("==", a, turned),)
        case "orthogonal":
            return (Comparison("==", build.matmul(turned, a), _identity(a)),)
        case "unitary":
            adjoint = build.apply("conj", turned)
            return (Comparison("==", build.matmul(adjoint, a), _identity(a)),)
    raise Unsupported(f"no exact proof of {predicate.name}")


def _identity(a: Expr) -> Expr:
    return build.apply("eye", params=(a.shape.cols, a.shape.cols))
