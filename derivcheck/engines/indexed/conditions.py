"""Conditions as polynomials in indicators, with values 0 and 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcheck.engines.indexed.axes import Spot
from derivcheck.engines.indexed.terms import ONE, Poly, Unsupported
from derivcheck.expr.nodes import Compare, Condition, Expr, Logic

if TYPE_CHECKING:
    from derivcheck.engines.indexed.lower import Lowering


def bit(low: Lowering, condition: Condition, i: Spot, j: Spot) -> Poly:
    """1 where the condition holds, else 0: u > 0 is an indicator, >= its mirrored complement."""
    algebra = low.algebra
    match condition:
        case Compare(op, lhs, rhs):
            places = _positions(low, lhs, rhs) if op in ("==", "!=") else None
            if places is not None:
                same = algebra.delta(*places)
                return same if op == "==" else ONE - same
            u = low.entry(lhs, i, j) - low.entry(rhs, i, j)
            match op:
                case ">":
                    return algebra.positive(u)
                case "<":
                    return algebra.positive(-u)
                case ">=":
                    return ONE - algebra.positive(-u)
                case "<=":
                    return ONE - algebra.positive(u)
                case "==":
                    return ONE - algebra.positive(u) - algebra.positive(-u)
                case "!=":
                    return algebra.positive(u) + algebra.positive(-u)
        case Logic("not", args):
            return ONE - bit(low, args[0], i, j)
        case Logic("and", args):
            return algebra.product_of(*(bit(low, arg, i, j) for arg in args))
        case Logic("or", args):
            return ONE - algebra.product_of(*(ONE - bit(low, arg, i, j) for arg in args))
    raise Unsupported("a condition")


def _positions(low: Lowering, lhs: Expr, rhs: Expr) -> tuple[str, str] | None:
    """Both sides as integer positions, where they are."""
    try:
        return low.position(lhs), low.position(rhs)  # type: ignore[return-value]
    except Unsupported:
        return None
