"""One name for each derivative of an unspecified function, however SymPy writes it."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef

Key = tuple[type, tuple[int, ...], tuple[sp.Expr, ...]]


def derivative_key(expr: sp.Expr) -> Key | None:
    """(function, order by each argument, arguments) of Derivative(f(u, v), u) or a Subs of it."""
    values: dict[sp.Expr, sp.Expr] = {}
    while isinstance(expr, sp.Subs):
        values = {
            **dict(zip(expr.variables, expr.point, strict=True)),
            **values,
        }
        expr = expr.expr
    if not isinstance(expr, sp.Derivative) or not isinstance(expr.expr, AppliedUndef):
        return None
    args = expr.expr.args
    orders = [0] * len(args)
    for variable, count in expr.variable_count:
        places = [i for i, arg in enumerate(args) if arg == variable]
        if len(places) != 1 or not count.is_Integer:
            return None
        orders[places[0]] += int(count)
    bound = [variable for variable, _ in expr.variable_count]
    for i, arg in enumerate(args):
        others = (v for v in bound if v != arg)
        if any(arg.has(other) for other in others) or (orders[i] == 0 and any(map(arg.has, bound))):
            return None
    return expr.expr.func, tuple(orders), tuple(arg.subs(values) for arg in args)
