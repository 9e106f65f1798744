"""What can be seen of an expression before it is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivcheck.engines.sampled.elementwise import ELEMENTWISE
from derivcheck.expr.build import children
from derivcheck.expr.declarations import Recurrence
from derivcheck.expr.nodes import (
    Apply,
    Choice,
    Condition,
    Derivative,
    Expr,
    Limit,
    Number,
    Recur,
    Reduce,
    Size,
)  # fmt: skip

KINKED_MATRICES = frozenset({"max", "min", "norm"})


@dataclass(frozen=True, slots=True)
class Traits:
    """`kinked`: a derivative must look at both sides. `steps`: a complex step passes through.
    `discrete`: only whole arguments have values (recurrences, matrix powers, ranges).
    `differentiates`: derivatives or limits are inside."""

    kinked: bool
    steps: bool
    discrete: bool
    differentiates: bool


def traits_of(body: Expr, recurrences: Mapping[str, Recurrence], memo: dict[int, Traits]) -> Traits:
    """The traits of all that `body` may evaluate, steps of recurrences included."""
    known = memo.get(id(body))
    if known is None:
        known = memo[id(body)] = _explored(body, recurrences)
    return known


def _explored(body: Expr, recurrences: Mapping[str, Recurrence]) -> Traits:
    kinked = discrete = differentiates = False
    steps = True
    seen: set[int] = set()
    followed: set[str] = set()
    stack: list[Expr | Condition] = [body]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        stack.extend(children(node))
        match node:
            case Apply(op, args, params):
                kinked |= _has_kinks(op, args)
                discrete |= op == "matrix_power"
                steps &= not (op == "norm" and "2" in params and not _is_vector(args[0]))
            case Reduce(_, _, lower, upper):
                discrete |= not all(isinstance(end, Number | Size) for end in (lower, upper))
            case Choice():
                kinked = True
            case Derivative() | Limit():
                differentiates = True
            case Recur(name):
                discrete = True
                if name not in followed:
                    followed.add(name)
                    recurrence = recurrences[name]
                    stack.extend([recurrence.step, *(value for _, value in recurrence.base)])
            case _:
                pass
    return Traits(kinked, steps and not differentiates, discrete, differentiates)


def _has_kinks(op: str, args: tuple[Expr, ...]) -> bool:
    """Kinks, jumps, or an end of the domain that belongs to it; a whole power has none."""
    row = ELEMENTWISE.get(op)
    if row is None:
        return op in KINKED_MATRICES
    if op == "pow" and isinstance(args[1], Number) and args[1].value.denominator == 1:
        return False
    return not row.smooth


def _is_vector(node: Expr) -> bool:
    return node.shape.is_column or node.shape.is_row
