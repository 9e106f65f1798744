"""The operators of the language and choices at two positions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivcheck.engines.indexed.arrays import ARRAYS
from derivcheck.engines.indexed.axes import (
    Spot,
)
from derivcheck.engines.indexed.conditions import bit
from derivcheck.engines.indexed.elementwise import ELEMENTWISE, HALF
from derivcheck.engines.indexed.square import SQUARE
from derivcheck.engines.indexed.terms import ONE, Function, Poly, Unsupported
from derivcheck.expr.nodes import Apply, Choice, Expr, Number

if TYPE_CHECKING:
    from derivcheck.engines.indexed.lower import Lowering


def lower_apply(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    if node.op == "div":
        above = low.entry(node.args[0], i, j)
        return low.algebra.multiply(above, reciprocal(low, node.args[1], i, j))
    elementwise = ELEMENTWISE.get(node.op)
    if elementwise is not None:
        return elementwise(low, *(low.entry(arg, i, j) for arg in node.args))
    row = ARRAYS.get(node.op) or SQUARE.get(node.op)
    if row is None:
        raise Unsupported(f"the operator {node.op}")
    return row(low, node, i, j)


def reciprocal(low: Lowering, node: Expr, i: Spot, j: Spot) -> Poly:
    """1/(u v) = 1/u 1/v and 1/u**k = u**-k: divisors stay factored, as they are written."""
    match node:
        case Apply("mul", (left, right)):
            return low.algebra.multiply(reciprocal(low, left, i, j), reciprocal(low, right, i, j))
        case Apply("pow", (base, Number(value))) if value.denominator == 1 and value > 0:
            return low.algebra.natural_power(reciprocal(low, base, i, j), int(value))
    return low.algebra.power(low.entry(node, i, j), -1)


def lower_choice(low: Lowering, node: Choice, i: Spot, j: Spot) -> Poly:
    """c A + (1 - c) B with the condition c as 0 or 1; u if u > 0 else 0 as max(u, 0)."""
    condition = bit(low, node.condition, i, j)
    low.in_branch += 1
    try:
        then, otherwise = low.entry(node.then, i, j), low.entry(node.otherwise, i, j)
    finally:
        low.in_branch -= 1
    gap = then - otherwise
    rectified = rectifier(low, condition, gap)
    return otherwise + (low.algebra.multiply(condition, gap) if rectified is None else rectified)


def rectifier(low: Lowering, condition: Poly, gap: Poly) -> Poly | None:
    """r max(u, 0) for 1[u>0]·r u, and r min(u, 0) for (1 - 1[u>0])·r u, with a number r."""
    for bits, lower in ((condition, False), (ONE - condition, True)):
        single = bits.monomial
        if single is None or len(single[0]) != 1 or single[1] != 1:
            continue
        ((atom, _),) = single[0]
        if isinstance(atom, Function) and atom.name == "positive":
            u = atom.args[0]
            ratio = _ratio(gap, u)
            if ratio is not None:
                size = low.algebra.absolute_value(u)
                return (u - size if lower else u + size).scale(ratio * HALF)
    return None


def _ratio(gap: Poly, u: Poly) -> Fraction | None:
    for term, factor in u.terms.items():
        ratio = Fraction(gap.terms.get(term, 0)) / Fraction(factor)
        return ratio if ratio and gap == u.scale(ratio) else None
    return None
