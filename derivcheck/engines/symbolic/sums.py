"""Sums over symbolic ranges: a closed form that is proved by induction here, whoever found it."""

from __future__ import annotations

import sympy as sp

from derivcheck.engines.symbolic.region import Region, Unsupported
from derivcheck.engines.symbolic.zero import is_zero

MAX_OPERATIONS = 60


def closed_sum(
    body: sp.Expr, index: sp.Symbol, lower: sp.Expr, upper: sp.Expr, region: Region, real: bool
) -> sp.Expr:
    """sum of body for index = lower … upper - 1, for upper >= lower.

    The candidate F is SymPy's. F(lower) = 0 and F(u + 1) - F(u) = body(u), tested by exact
    algebra for a symbol u, make it right for every integer upper >= lower.
    """
    if sp.count_ops(body) > MAX_OPERATIONS:
        raise Unsupported("the closed form of a long sum")
    body = region.settle(body)
    top = sp.Symbol("u", integer=True)
    found = sp.summation(body, (index, lower, top - 1))
    if isinstance(found, sp.Piecewise):
        found = found.args[-1][0]
    if found.has(sp.Sum, sp.Piecewise, sp.nan, sp.zoo, sp.oo):
        raise Unsupported("a sum without a closed form")
    start = found.subs(top, lower)
    step = found.subs(top, top + 1) - found - body.subs(index, top)
    if not (is_zero(start, region, real) and is_zero(step, region, real)):
        raise Unsupported("a closed form that induction does not confirm")
    return found.subs(top, upper)
