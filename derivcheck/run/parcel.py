"""Statements on their way to a worker: pickled without recursion, however deep the tree."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator

from derivcheck.claim import Comparison, Context, Predicate, Relation, Statement
from derivcheck.expr.build import children, parts
from derivcheck.expr.nodes import Condition, Derivative, Expr


def pack(statement: Statement) -> bytes:
    """Pickles the nodes of all trees first, leaves before what they are leaves of.

    Pickle remembers what it has written, so each node finds its parts already there and the
    recursion never goes deeper than one node. Shared sub-trees stay shared.
    """
    nodes = list(bottom_up(_roots(statement)))
    return pickle.dumps((nodes, statement), protocol=pickle.HIGHEST_PROTOCOL)


def unpack(parcel: bytes) -> Statement:
    """The inverse of `pack`; reads only what this process's parent wrote, never a file."""
    _, statement = pickle.loads(parcel)
    assert isinstance(statement, Statement)
    return statement


def bottom_up(roots: Iterable[Expr | Condition]) -> Iterator[Expr | Condition]:
    """Every node once, after all its parts; walks with a list, so no tree is too deep."""
    done: set[int] = set()
    todo = [(root, False) for root in reversed(list(roots))]
    while todo:
        node, parts_done = todo.pop()
        if id(node) in done:
            continue
        if parts_done:
            done.add(id(node))
            yield node
        else:
            todo.append((node, True))
            todo.extend((child, False) for child in reversed(children(node)))


def has_derivative(relation: Relation) -> bool:
    return any(isinstance(node, Derivative) for node in parts(*_sides(relation)))


def _sides(relation: Relation) -> tuple[Expr, ...]:
    match relation:
        case Comparison(_, lhs, rhs):
            return lhs, rhs
        case Predicate(_, argument):
            return (argument,)


def _roots(statement: Statement) -> Iterator[Expr | Condition]:
    for link in statement.links:
        yield from _sides(link.relation)
    yield from _roots_of_context(statement.context)


def _roots_of_context(context: Context) -> Iterator[Expr | Condition]:
    yield from context.assumptions
    for recurrence in context.recurrences:
        yield from (value for _, value in recurrence.base)
        yield recurrence.step
