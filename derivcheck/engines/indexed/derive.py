"""The derived closed form of an expression, checked by reading it back."""

from __future__ import annotations

import time

from derivcheck.claim import Context
from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.axes import Spot, flat, spots
from derivcheck.engines.indexed.closed_form import ClosedForm
from derivcheck.engines.indexed.leaves import NoClosedForm
from derivcheck.engines.indexed.lower import Lowering
from derivcheck.engines.indexed.terms import Poly, Undefined, Unsupported
from derivcheck.expr.build import children
from derivcheck.expr.dims import ONE as ONE_DIM
from derivcheck.expr.nodes import Derivative, Expr
from derivcheck.expr.operators import ShapeError
from derivcheck.expr.printing import to_text


def derive(expr: Expr, context: Context, seconds: float = 10.0) -> str:
    """The expression with its derivatives carried out, in the claim language; "" where no closed
    form was found."""
    algebra = Algebra(context, time.monotonic() + seconds)
    found = closed_form(Lowering(algebra), expr)
    return "" if found is None else to_text(found)


def has_derivative(expr: Expr) -> bool:
    stack: list[object] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Derivative):
            return True
        stack.extend(children(node))  # type: ignore[arg-type]
    return False


def closed_form(lowering: Lowering, expr: Expr) -> Expr | None:
    """Only a form that lowers to the same index expression again is given."""
    algebra = lowering.algebra
    variables = {d.variable.name: d.variable for d in algebra.context.declarations}
    try:
        for row_bounds, i in spots(algebra, expr.shape.rows):
            for col_bounds, j in spots(algebra, expr.shape.cols):
                i_, j_ = (
                    _or_origin(i, expr.shape.rows == ONE_DIM),
                    _or_origin(j, expr.shape.cols == ONE_DIM),
                )
                poly = lowering.entry(expr, i_, j_)
                free = tuple(str(flat(s)) for s in (i_, j_) if isinstance(s, str))
                form = ClosedForm(algebra, variables).array(settled(algebra, poly), free)
                if form.shape != expr.shape and form.shape.transposed == expr.shape:
                    from derivcheck.expr.build import transpose

                    form = transpose(form)
                back = lowering.entry(form, i_, j_)
                if form.shape != expr.shape or same(algebra, back, poly) is False:
                    return None
                return form
    except (NoClosedForm, Unsupported, Undefined, ShapeError, RecursionError):
        return None
    return None


def _or_origin(spot: Spot, is_one: bool) -> Spot:
    from derivcheck.engines.indexed.axes import ORIGIN

    return ORIGIN if is_one else spot


def settled(algebra: Algebra, poly: Poly) -> Poly:
    """With the facts of constrained variables applied."""
    algebra.final = True
    try:
        return algebra.refreshed(poly)
    finally:
        algebra.final = False


def same(algebra: Algebra, first: Poly, second: Poly) -> bool:
    from derivcheck.engines.indexed.clearing import vanishes
    from derivcheck.engines.indexed.terms import ONE, ZERO

    for kink in (None, ZERO, ONE):
        algebra.final, algebra.kink = True, kink
        try:
            gap = algebra.refreshed(first - second)
            if vanishes(algebra, gap, {}):
                return True
        finally:
            algebra.final, algebra.kink = False, None
    return False
