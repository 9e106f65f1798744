"""Splitting a claim's domain until every sign that a proof asks for is known."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivcheck.engines.symbolic.arrays import each
from derivcheck.engines.symbolic.reading import Reader, Vocabulary
from derivcheck.engines.symbolic.region import NeedSign, Range, Region, Undefined, Unsupported
from derivcheck.expr.nodes import Compare, Condition, Logic

MAX_REGIONS = 120
MAX_DEPTH = 8


def assumed(words: Vocabulary) -> Region:
    """The starting region, cut by those assumptions that say the sign of something.

    An assumption that cannot be used is left out: then more is proved than was claimed.
    """
    region = words.start
    for condition in words.context.assumptions:
        region = _with(words, region, condition)
    return region


def _with(words: Vocabulary, region: Region, condition: Condition) -> Region:
    match condition:
        case Logic("and", args):
            for arg in args:
                region = _with(words, region, arg)
            return region
        case Compare(op, lhs, rhs) if op != "!=":
            reader = Reader(words, region)
            try:
                gap = each(lambda a, b: a - b, reader.value(lhs), reader.value(rhs))
            except (NeedSign, Undefined, Unsupported):
                return region
            if len(gap) != 1 or len(gap[0]) != 1:
                return region
            found = _cut(region, words.finish(gap[0][0]), op)
            return region if found is None else found
        case _:
            return region


def _cut(region: Region, gap: sp.Expr, op: str) -> Region | None:
    gap = sp.expand(region.settle(gap))
    if not gap.free_symbols or not gap.is_extended_real:
        return None
    if op in ("<", ">", "=="):
        return region.where(gap, {"<": -1, ">": 1, "==": 0}[op])
    symbols = gap.free_symbols
    if len(symbols) != 1:
        return None
    symbol = symbols.pop()
    slope = gap.diff(symbol)
    if not slope.is_number or slope.is_zero is not False:
        return None
    root = sp.expand(symbol - gap / slope)
    old = region.ranges.get(symbol, Range())
    grows = (slope > 0) == (op == ">=")
    new = old.above(root, False) if grows else old.below(root, False)
    return Region({**region.ranges, symbol: new}, region.facts, region.fixed)


def everywhere(start: Region, judge: Callable[[Region], str | None]) -> tuple[Region, str] | None:
    """Judge the region, splitting it whenever a sign is missing.

    None when `judge` answered None on every part; else the first part that failed, and why.
    Terminates: the depth of splitting and the number of parts are bounded.
    """
    waiting, count = [(start, 0)], 0
    while waiting:
        region, depth = waiting.pop()
        count += 1
        if count > MAX_REGIONS or depth > MAX_DEPTH:
            return region, "too many cases"
        try:
            failure = judge(region)
        except NeedSign as need:
            parts = list(region.split(need.factor))
            waiting.extend((part, depth + 1) for part in reversed(parts))
            continue
        except Unsupported as reason:
            failure = str(reason)
        if failure is not None:
            return region, failure
    return None
