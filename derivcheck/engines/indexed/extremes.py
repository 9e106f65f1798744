"""The largest and smallest entry of an array as numbers of which nothing is known."""

from __future__ import annotations

from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.trees import rewrite
from derivcheck.expr import build
from derivcheck.expr.declarations import Domain, Kind
from derivcheck.expr.dims import SCALAR
from derivcheck.expr.nodes import (
    Apply,
    At,
    Derivative,
    Expr,
    Limit,
    Reduce,
    Variable,
)
from derivcheck.expr.printing import to_text


def without_extremes(algebra: Algebra, node: Expr) -> Expr:
    """max(A) and min(A) over all entries replaced by free real scalars, one for each text: what
    holds for every number holds for this one. Not inside derivatives, limits, sums and `at`,
    where A may stand for other values than outside; and not in an induction, where it changes."""
    if not has_extremes(node):
        return node

    def rule(part: Expr) -> Expr | None:
        match part:
            case Derivative() | Limit() | Reduce() | At():
                return part
            case Apply("max" | "min", (_,), ()):
                name = to_text(part)
                algebra.declare(name, SCALAR, Domain(Kind.REAL))
                algebra.note(f"{name} is a number")
                return Variable(name, SCALAR)
        return None

    return rewrite(node, rule)


def has_extremes(node: Expr) -> bool:
    return any(isinstance(part, Apply) and part.op in ("max", "min") for part in build.parts(node))
