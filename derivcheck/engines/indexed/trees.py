"""Expression trees with some nodes replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from derivcheck.expr.nodes import (
    Apply,
    Array,
    At,
    Call,
    Choice,
    Compare,
    Condition,
    Constant,
    Derivative,
    Expr,
    Index,
    Interval,
    Item,
    Limit,
    Logic,
    Number,
    Recur,
    Reduce,
    Size,
    Variable,
)  # fmt: skip

Rule = Callable[[Expr], Expr | None]


def rewrite(node: Expr, rule: Rule) -> Expr:
    """The rule's answer where it gives one, else the node with its parts rewritten. The values
    put in have the shape of what they replace, so the shapes stay as they are."""
    found = rule(node)
    if found is not None:
        return found

    def again(part: Expr) -> Expr:
        return rewrite(part, rule)

    match node:
        case Number() | Constant() | Size() | Variable() | Index():
            return node
        case Apply(args=args) | Call(args=args):
            return replace(node, args=tuple(map(again, args)))
        case Item(base, rows, cols):
            return replace(
                node, base=again(base),
                rows=rows if isinstance(rows, Interval) else again(rows),
                cols=cols if isinstance(cols, Interval) else again(cols),
            )  # fmt: skip
        case Array(lines):
            return Array(tuple(tuple(map(again, line)) for line in lines))
        case Reduce(_, _, lower, upper, body):
            return replace(node, lower=again(lower), upper=again(upper), body=again(body))
        case Choice(condition, then, otherwise):
            return replace(
                node, condition=in_condition(condition, rule), then=again(then),
                otherwise=again(otherwise),
            )  # fmt: skip
        case Recur(_, argument):
            return replace(node, argument=again(argument))
        case Derivative() | Limit():
            return replace(node, body=again(node.body))
        case At(body, bindings):
            return At(again(body), tuple((v, again(value)) for v, value in bindings))
        case _:
            assert_never(node)


def in_condition(condition: Condition, rule: Rule) -> Condition:
    match condition:
        case Compare(_, lhs, rhs):
            return replace(condition, lhs=rewrite(lhs, rule), rhs=rewrite(rhs, rule))
        case Logic(_, args):
            return replace(condition, args=tuple(in_condition(arg, rule) for arg in args))
        case _:
            assert_never(condition)
