"""Recurrences of special functions that SymPy does not use by itself."""

from __future__ import annotations

import sympy as sp

MAX_STEPS = 20


def with_two_orders(expr: sp.Expr) -> sp.Expr:
    """J[v+1](x) = 2 v/x J[v](x) - J[v-1](x), down to the two lowest orders of each kind.

    Orders of one kind differ by integers. At x = 0 both sides are continuous.
    """
    lowest: list[tuple[sp.Expr, sp.Expr]] = []
    for order, argument in sorted((f.args for f in expr.atoms(sp.besselj)), key=str):
        for place, (known, at) in enumerate(lowest):
            if at == argument and (order - known).is_Integer:
                lowest[place] = (known + min(order - known, 0), at)
                break
        else:
            lowest.append((order, argument))

    def lowered(order: sp.Expr, argument: sp.Expr) -> sp.Expr:
        steps = next(
            order - low for low, at in lowest if at == argument and (order - low).is_Integer
        )
        if steps < 2 or steps > MAX_STEPS:
            return sp.besselj(order, argument)
        below = order - 1
        return 2 * below / argument * lowered(below, argument) - lowered(order - 2, argument)

    return expr.xreplace({f: lowered(*f.args) for f in expr.atoms(sp.besselj)})
