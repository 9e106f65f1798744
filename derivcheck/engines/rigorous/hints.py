"""What a claim itself says about telling points: its kinks and its constants."""

from __future__ import annotations

from flint import fmpq

from derivcheck.claim import Context, Relation
from derivcheck.engines.rigorous.environment import Name, Names
from derivcheck.engines.rigorous.scalars import Scalar, rational
from derivcheck.expr.build import children, parts
from derivcheck.expr.nodes import Apply, Compare, Condition, Expr, Number

KINKED = {"abs", "relu", "sign", "heaviside", "floor", "ceil", "sqrt", "log"}


def roots_of(relation: Relation) -> tuple[Expr, ...]:
    """The expressions a relation is about."""
    return (relation.argument,) if hasattr(relation, "argument") else (relation.lhs, relation.rhs)


def near_constants(relation: Relation | None, context: Context) -> list[Scalar]:
    """Numbers at and around those compared with in the claim and its assumptions."""
    compared = list[Expr | Condition](context.assumptions)
    if relation is not None:
        compared += _conditions(roots_of(relation))
    found: set[Scalar] = set()
    for node in parts(*compared):
        if isinstance(node, Number):
            found |= {node.value, -node.value}
    ordered = sorted(found, key=lambda x: (abs(x), x))[:8]
    values = [rational(x) for x in ordered]
    middles = [(a + b) / 2 for a, b in zip(sorted(values), sorted(values)[1:], strict=False)]
    shifts = (fmpq(0), fmpq(1, 2), fmpq(-1, 2), fmpq(1, 1000), fmpq(-1, 1000), fmpq(3), fmpq(-3))
    return list(dict.fromkeys([*middles, *(x + shift for shift in shifts for x in values)]))[:40]


def _conditions(roots: tuple[Expr, ...]) -> list[Expr | Condition]:
    """The conditions and the arguments of functions with kinks inside expressions."""
    found: list[Expr | Condition] = []
    for node in parts(*roots):
        match node:
            case Compare():
                found.append(node)
            case Apply(op, args) if op in KINKED or op in ("minimum", "maximum"):
                found += args
            case _:
                pass
    return found


def kinked_pairs(
    roots: tuple[Expr, ...], names: Names, known: frozenset[Name]
) -> list[tuple[Expr, Expr | None]]:
    """Arguments whose zero is a kink, as far as they depend on the point only."""
    found: list[tuple[Expr, Expr | None]] = []
    seen: set[int] = set()
    stack: list[Expr | Condition] = list(roots)
    while stack and len(found) < 12:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        pair: tuple[Expr, Expr | None] | None = None
        match node:
            case Apply(op, args) if op in KINKED:
                pair = (args[0], None)
            case Apply("minimum" | "maximum", args):
                pair = (args[0], args[1])
            case Compare(_, lhs, rhs):
                pair = (lhs, rhs)
            case _:
                pass
        if pair is not None and all(names.of(e) <= known for e in pair if e is not None):
            found.append(pair)
        stack += children(node)
    return found
