"""Wrong claims made of right ones: the ways in which a formula is usually got wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from derivcheck.variants import exponents, factors, names, signs, terms
from derivcheck.variants import transposes as turns
from derivcheck.variants.change import Change, Changes, Generator
from derivcheck.variants.sides import Side, Written
from derivcheck.variants.syntax import number, write
from derivcheck.verdict import Fault

_NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", "<=": ">", ">": "<="}


def doubled(side: Side, other: Side) -> Changes:
    """s -> 2*s."""
    yield Change(Fault.FACTOR, f"twice {write(side.root)}", factors.scale(number(2), side.root))


MUTATIONS: tuple[Generator, ...] = (
    signs.whole, doubled, signs.of_terms, terms.dropped, turns.transposes, exponents.shifted,
    names.functions, turns.conjugates, factors.dropped, turns.orders, names.indices,
    signs.of_arguments,
)  # fmt: skip
# Minus, twice and a power of what is zero is zero.
OF_WHAT_IS_ZERO = tuple(
    one for one in MUTATIONS if one not in (signs.whole, doubled, exponents.shifted)
)


def mutants(written: Written, most: int) -> Iterator[tuple[str, str]]:
    """At most so many changed relations, each with what was changed; one kind after the other.

    An order relation is negated instead: a changed bound may well hold.
    """
    if written.op != "==":
        negated = Written(written.lhs, _NEGATED[written.op], written.rhs)
        yield f"{_NEGATED[written.op]} for {written.op}", negated.claim()
        return
    side, other = _changed_side(written)
    seen = {written.claim()}
    kinds = MUTATIONS if not _is_zero(other.root) else OF_WHAT_IS_ZERO
    rounds = zip_longest(*(generate(side, other) for generate in kinds))
    for change in (change for changes in rounds for change in changes if change is not None):
        is_left = side.root is written.lhs.root
        text = written.claim(*((change.root, None) if is_left else (None, change.root)))
        if text in seen:
            continue
        seen.add(text)
        yield f"{change.kind}: {change.text}", text
        if len(seen) > most:
            return


def _changed_side(written: Written) -> tuple[Side, Side]:
    """The claimed side; the other where that is a bare zero, of which nothing changes."""
    left, right = written.lhs, written.rhs
    side, other = (left, right) if right.has_derivative and not left.has_derivative else (
        right, left
    )  # fmt: skip
    return (replace(other, is_open=True), side) if _is_zero(side.root) else (side, other)


def _is_zero(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return value == 0
        case ast.Call(func=ast.Name(id="zeros")):
            return True
    return False
