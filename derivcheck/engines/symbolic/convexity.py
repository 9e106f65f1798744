"""Proof that a function of one scalar is convex on its interval."""

from __future__ import annotations

import sympy as sp

from derivcheck.engines.symbolic.continuation import is_analytic
from derivcheck.engines.symbolic.equality import Record
from derivcheck.engines.symbolic.inequality import certainly
from derivcheck.engines.symbolic.reading import Reader, Vocabulary
from derivcheck.engines.symbolic.region import Region, Undefined, Unsupported
from derivcheck.engines.symbolic.regions import everywhere
from derivcheck.expr.nodes import Expr, Variable


def prove_convex(
    words: Vocabulary, start: Region, body: Expr, variable: Variable, record: Record
) -> str | None:
    """f'' >= 0 on the interval of x, for f analytic there: no kink, no hole, no jump.

    Case splits may only be on the other variables, for convexity does not pass from the parts of
    an interval to the whole.
    """
    if not variable.shape.is_scalar or not words.on_real_line:
        raise Unsupported("convexity in more than one real variable")

    def judge(region: Region) -> str | None:
        reader = Reader(words, region)
        symbol = reader.variable(variable)[0][0]
        if any(fact.has(symbol) for fact, _ in region.facts) or symbol.is_integer:
            return "a case split on the variable itself"
        try:
            value = region.settle(words.finish(reader.without_kinks(reader.number(body))))
        except Undefined:
            record.exceptions.append(", ".join(region.path))
            return None
        if not is_analytic(value, region):
            return "not known to be smooth on the whole interval"
        if not certainly(sp.diff(value, symbol, 2), region, {0, 1}, True):
            return "the sign of the second derivative is not known"
        record.points += 1
        return None

    failed = everywhere(start, judge)
    if failed is None:
        return None if record.points else "nowhere defined"
    region, reason = failed
    return f"{reason}{' where ' + ', '.join(region.path) if region.path else ''}"
