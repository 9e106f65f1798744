"""Claims about a recurrence at t, proved by induction."""

from __future__ import annotations

from collections.abc import Callable

from derivcheck.engines.indexed.lower import Lowering
from derivcheck.engines.indexed.trees import rewrite
from derivcheck.expr import build
from derivcheck.expr.declarations import Kind, Recurrence
from derivcheck.expr.nodes import Expr, Recur, Variable

Equal = Callable[[Lowering, Expr, Expr], bool]


def by_induction(lowering: Lowering, lhs: Expr, rhs: Expr, equal: Equal) -> bool:
    """`r(t) == f(t)` for an integer t >= the first start value: true at the start values, and
    where r is replaced by f at the earlier arguments in the step, the step gives f again."""
    context = lowering.algebra.context
    for claimed, closed in ((lhs, rhs), (rhs, lhs)):
        if not (isinstance(claimed, Recur) and isinstance(claimed.argument, Variable)):
            continue
        variable = claimed.argument
        domain = next(
            (d.domain for d in context.declarations if d.variable.name == variable.name), None
        )
        recurrence = next(r for r in context.recurrences if r.name == claimed.name)
        if domain is None or domain.kind is not Kind.INTEGER:
            continue
        first = min(start for start, _ in recurrence.base)
        least = lowering.algebra.ranges.lower.get(variable.name)
        if least is None or least < first or mentions_other(recurrence):
            continue
        starts = all(
            equal(lowering, value, put(closed, variable, build.number(start)))
            for start, value in recurrence.base
        )
        if not starts or [s for s, _ in recurrence.base] != list(
            range(first, first + recurrence.shift)
        ):
            continue
        # t stands for the index of the step: t >= first there
        later = build.apply("add", variable, build.number(recurrence.shift))
        step = unfolded(recurrence, variable, closed)
        if step is not None and equal(lowering, step, put(closed, variable, later)):
            lowering.algebra.note(f"induction on {variable.name}")
            return True
    return False


def mentions_other(recurrence: Recurrence) -> bool:
    stack: list[object] = [recurrence.step]
    while stack:
        node = stack.pop()
        if isinstance(node, Recur) and node.name != recurrence.name:
            return True
        stack.extend(build.children(node))  # type: ignore[arg-type]
    return False


def put(expr: Expr, variable: Variable, value: Expr) -> Expr:
    return rewrite(expr, lambda node: value if node == variable else None)


def unfolded(recurrence: Recurrence, variable: Variable, closed: Expr) -> Expr | None:
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
