"""Signs: of a whole side, of one term of a sum, of an argument or an exponent."""

from __future__ import annotations

import ast

from derivcheck.expr.nodes import Index, Size
from derivcheck.variants.change import Change, Changes
from derivcheck.variants.sides import Side
from derivcheck.variants.syntax import negated, replaced, terms, total, write
from derivcheck.verdict import Fault

_EVEN = frozenset({"abs", "norm", "cos", "cosh", "sec", "sech", "sinc"})


def whole(side: Side, other: Side) -> Changes:
    """s -> -s."""
    if isinstance(side.root, ast.Constant) and side.root.value == 0:
        return
    yield Change(Fault.SIGN, f"the sign of {write(side.root)} is wrong", negated(side.root))


def of_terms(side: Side, other: Side) -> Changes:
    """a + b -> a - b, in every sum, for every term."""
    for node in sums(side):
        parts = terms(node)
        for position, (sign, term) in enumerate(parts):
            flipped = list(parts)
            flipped[position] = (-sign, term)
            text = f"the sign of the term {write(term)} is wrong"
            yield Change(Fault.SIGN, text, side.put(node, total(flipped)))


def of_arguments(side: Side, other: Side) -> Changes:
    """f(u) -> f(-u), in every call but those of even functions and of positions."""
    for node in side.parts():
        match node:
            case ast.Call(func=ast.Name(id=name), args=[inner]) if (
                name not in _EVEN and side.means(inner) is not None and not _counts(side, inner)
            ):
                yield _flipped(side, node, inner)


def _counts(side: Side, node: ast.expr) -> bool:
    """Whether a node is a position or a number of times: -1 of them is none."""
    meaning = side.means(node)
    is_name = isinstance(node, ast.Name) and node.id in side.discrete
    return is_name or isinstance(meaning, Index | Size)


def of_exponents(side: Side, other: Side) -> Changes:
    """a**u -> a**(-u)."""
    for node in side.parts():
        match node:
            case ast.BinOp(op=ast.Pow(), right=exponent):
                yield _flipped(side, node, exponent)


def _flipped(side: Side, node: ast.expr, inner: ast.expr) -> Change:
    clone = replaced(node, inner, negated(inner))
    text = f"the sign of {write(inner)} in {write(node)} is wrong"
    return Change(Fault.SIGN, text, side.put(node, clone))


def sums(side: Side) -> list[ast.expr]:
    """Every sum of the side, not its own leading parts again."""
    found: list[ast.expr] = []
    inside: set[int] = set()
    for node in side.parts():
        if id(node) in inside or not _is_sum(node):
            continue
        found.append(node)
        part: ast.expr = node
        while isinstance(part, ast.BinOp) and _is_sum(part):
            part = part.left
            inside.add(id(part))
    return found


def _is_sum(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
