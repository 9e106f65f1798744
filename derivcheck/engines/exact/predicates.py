"""Predicates as comparisons. Convexity is a second derivative >= 0 that exists everywhere."""

from __future__ import annotations

from derivcheck.algebra.errors import Unsupported
from derivcheck.claim import Comparison, Predicate
from derivcheck.expr import build
from derivcheck.expr.nodes import Expr, Target


def comparisons(predicate: Predicate) -> tuple[Comparison, ...]:
    """What has to hold for each entry: A = Aᵀ; Aᵀ A = I; Aᴴ A = I; f'' >= 0."""
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
        case "convex" if predicate.variable is not None and a.shape.is_scalar:
            if not predicate.variable.shape.is_scalar:
                raise Unsupported("convexity in several variables")
            second = build.diff(a, [Target(predicate.variable, order=2)])
            return (Comparison(">=", second, build.ZERO),)
    raise Unsupported(f"no exact proof of {predicate.name}")


def _identity(a: Expr) -> Expr:
    return build.apply("eye", params=(a.shape.cols, a.shape.cols))
