"""Claims about a recurrence at t, proved by induction."""

from __future__ import annotations

from collections.abc import Callable

from derivcheck.engines.indexed.lower import Lowering
from derivcheck.engines.indexed.trees import rewrite
from derivcheck.expr import build
from derivcheck.expr.declarations import Kind, Recurrence
from derivcheck.expr.nodes import Apply, Expr, Number, Recur, Variable

Equal = Callable[[Lowering, Expr, Expr], bool]


def by_induction(lowering: Lowering, lhs: Expr, rhs: Expr, equal: Equal) -> bool:
    """`r(t) == f(t)` for an integer t >= the first start value: true at the start values, and
    where r is replaced by f at the earlier arguments in the step, the step gives f again."""
    algebra = lowering.algebra
    for claimed, closed in (isolated(lhs, rhs), isolated(rhs, lhs)):
        found = shifted(claimed)
        if found is None:
            continue
        name, variable, shift = found
        domain = next(
            (d.domain for d in algebra.context.declarations if d.variable == variable), None
        )
        recurrence = next(r for r in algebra.context.recurrences if r.name == name)
        least = algebra.ranges.lower.get(variable.name)
        starts = [start for start, _ in recurrence.base]
        first = min(starts)
        if domain is None or domain.kind is not Kind.INTEGER or mentions_other(recurrence):
            continue
        if least is None or least + shift < first:
            continue
        if starts != list(range(first, first + recurrence.shift)):
            continue
        if mentions(recurrence, variable):
            continue  # r is another one for each t: r(t) is not the step of r(t - 1)
        # the claim for t >= least follows from r(s) == f(s - shift) for every s >= first
        closed = put(closed, variable, build.apply("sub", variable, build.number(shift)))
        if any(variable.name in gap.names for gap in algebra.ranges.apart):
            continue  # assumed of this t only, not of the others that induction goes through
        algebra.ranges.lower[variable.name] = first
        lowering.forget()
        try:
            if holds(lowering, recurrence, variable, closed, equal):
                algebra.note(f"induction on {variable.name}")
                return True
        finally:
            algebra.ranges.lower[variable.name] = least
            lowering.forget()
    return False


def holds(
    lowering: Lowering, recurrence: Recurrence, variable: Variable, closed: Expr, equal: Equal
) -> bool:
    """The closed form at the start values, and after one step from the values before."""
    if not all(
        equal(lowering, value, put(closed, variable, build.number(start)))
        for start, value in recurrence.base
    ):
        return False
    later = build.apply("add", variable, build.number(recurrence.shift))
    return equal(lowering, unfolded(recurrence, variable, closed), put(closed, variable, later))


def isolated(lhs: Expr, rhs: Expr) -> tuple[Expr, Expr]:
    """r/c == f as r == f c, from which it follows."""
    match lhs:
        case Apply("div", (above, below)) if rhs.shape == lhs.shape or below.shape.is_scalar:
            if above.shape == lhs.shape:
                return above, build.apply("mul", rhs, below)
    return lhs, rhs


def shifted(claimed: Expr) -> tuple[str, Variable, int] | None:
    """(r, t, c) for r(t + c) with a literal c >= 0."""
    if not isinstance(claimed, Recur):
        return None
    match claimed.argument:
        case Variable() as variable:
            return claimed.name, variable, 0
        case Apply("add", (Variable() as variable, Number(value))) if value >= 0:
            return claimed.name, variable, int(value)
    return None


def mentions_other(recurrence: Recurrence) -> bool:
    return any(
        isinstance(node, Recur) and node.name != recurrence.name
        for node in build.parts(recurrence.step)
    )


def mentions(recurrence: Recurrence, variable: Variable) -> bool:
    """Whether the variable is a parameter of the recurrence."""
    roots = [recurrence.step, *(value for _, value in recurrence.base)]
    return any(node == variable for node in build.parts(*roots))


def put(expr: Expr, variable: Variable, value: Expr) -> Expr:
    return rewrite(expr, lambda node: value if node == variable else None)


def unfolded(recurrence: Recurrence, variable: Variable, closed: Expr) -> Expr:
    """The step with t for its index and the closed form for the recurrence's earlier values."""

    def one(node: Expr) -> Expr | None:
        if isinstance(node, Recur) and node.name == recurrence.name:
            return put(closed, variable, put_index(node.argument, recurrence, variable))
        if node == recurrence.index:
            return variable
        return None

    return rewrite(recurrence.step, one)


def put_index(expr: Expr, recurrence: Recurrence, variable: Variable) -> Expr:
    return rewrite(expr, lambda node: variable if node == recurrence.index else None)
