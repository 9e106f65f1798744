"""Terms of sums: one too many, one missing."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from derivcheck.variants.change import Change, Changes
from derivcheck.variants.sides import Side
from derivcheck.variants.signs import sums
from derivcheck.variants.syntax import snippet, terms, total, write
from derivcheck.verdict import Fault

_NUMBERS = ("1", "2", "1/2", "pi", "pi/2")


def dropped(side: Side, other: Side) -> Changes:
    """a + b -> a, in every sum, for every term."""
    for node in sums(side):
        parts = terms(node)
        for position, (_, term) in enumerate(parts):
            rest = parts[:position] + parts[position + 1 :]
            text = f"the term {write(term)} is too much"
            yield Change(Fault.EXTRA_TERM, text, side.put(node, total(rest)))


def added(side: Side, other: Side) -> Changes:
    """s -> s + t, s - t for a number, a scalar name or a term of the other side as t."""
    found = [snippet(text) for text in _NUMBERS]
    for source in (side, other):
        found += [n for n in source.parts() if isinstance(n, ast.Name) and source.means(n)]
    found += [n for n in other.all_parts() if isinstance(n, ast.Constant)]
    for node in sums(other):
        found += [term for _, term in terms(node)]
    yield from extended(side, found)


def extended(side: Side, candidates: Iterable[ast.expr]) -> Changes:
    """s -> s + t, s - t for each candidate t."""
    tried: set[str] = set()
    for term in candidates:
        text = write(term)
        if text in tried:
            continue
        tried.add(text)
        for sign in (1, -1):
            signed = text if sign > 0 else f"-{text}"
            root = total([*terms(side.root), (sign, term)])
            yield Change(Fault.MISSING_TERM, f"the term {signed} is missing", root)


def added_inside(side: Side, other: Side) -> Changes:
    """(a + b) -> (a + b + 1), (a + b - 1) in inner sums, and u/c -> (u + 1)/c."""
    for node in sums(side):
        if node is side.root:
            continue
        for sign, shown in ((1, "1"), (-1, "-1")):
            root = total([*terms(node), (sign, snippet("1"))])
            text = f"the term {shown} is missing in {write(node)}"
            yield Change(Fault.MISSING_TERM, text, side.put(node, root))
    for node in side.parts():
        match node:
            case ast.BinOp(left=left, op=ast.Div() | ast.Mult(), right=right):
                for place in (left, right):
                    if isinstance(place, ast.Constant):
                        continue
                    for sign, shown in ((1, "1"), (-1, "-1")):
                        root = total([*terms(place), (sign, snippet("1"))])
                        text = f"the term {shown} is missing next to {write(place)}"
                        yield Change(Fault.MISSING_TERM, text, side.put(place, root))


def complements(side: Side, other: Side) -> Changes:
    """u -> 1 - u, and A -> eye(n) - A for a square factor of a matrix product."""
    for node in side.parts():
        meaning = side.means(node)
        if meaning is None or isinstance(node, ast.Constant | ast.UnaryOp):
            continue
        unit = "1"
        if meaning.shape.is_square and not meaning.shape.is_scalar:
            unit = f"eye({meaning.shape.rows})"
        new = ast.BinOp(snippet(unit), ast.Sub(), node)
        text = f"{write(new)} should stand for {write(node)}"
        yield Change(Fault.MISSING_TERM, text, side.put(node, new))
