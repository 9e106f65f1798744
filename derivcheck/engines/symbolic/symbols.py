"""SymPy symbols for what a claim declares, with the assumptions that its domain implies."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

import sympy as sp

from derivcheck.engines.symbolic.arrays import Grid, fill
from derivcheck.engines.symbolic.region import Range, Unsupported
from derivcheck.expr.declarations import COMPLEX_KINDS, Bound, Declaration, Kind
from derivcheck.expr.nodes import Apply, Constant, Expr, Number, Variable

_INTEGERS = (Kind.INTEGER, Kind.INDEX)


def constant(expr: Expr) -> sp.Expr | None:
    """A bound's value: rationals, pi, e, oo and their sums, products, roots."""
    match expr:
        case Number(value):
            return sp.Rational(value.numerator, value.denominator)
        case Constant(name):
            return {"pi": sp.pi, "e": sp.E, "oo": sp.oo, "I": None}[name]
        case Apply("neg" | "add" | "sub" | "mul" | "div" | "pow" | "sqrt" as op, args):
            values = [constant(arg) for arg in args]
            if any(value is None for value in values):
                return None
            rows: dict[str, Callable[..., sp.Expr]] = {
                "neg": operator.neg, "add": operator.add, "sub": operator.sub, "mul": operator.mul,
                "div": operator.truediv, "pow": operator.pow, "sqrt": sp.sqrt,
            }  # fmt: skip
            result = rows[op](*values)
            return result if result.is_extended_real else None
        case _:
            return None


def interval(declaration: Declaration) -> Range:
    """The range of each entry. A bound that cannot be read is left out: a larger domain."""
    domain, found = declaration.domain, Range()
    if domain.kind is Kind.INDEX:
        found = found.above(sp.S.Zero, False)
    if domain.kind is Kind.SIMPLEX or domain.kind is Kind.ONEHOT:
        found = found.above(sp.S.Zero, False).below(sp.S.One, False)
    low, high = _bound(domain.lower), _bound(domain.upper)
    if low is not None:
        found = found.above(*low)
    if high is not None:
        found = found.below(*high)
    return found


def _bound(bound: Bound | None) -> tuple[sp.Expr, bool] | None:
    if bound is None:
        return None
    value = constant(bound.value)
    return None if value is None or value.is_infinite else (value, bound.is_open)


def assumptions(declaration: Declaration) -> dict[str, bool]:
    """What SymPy may assume of an entry, for it holds on the whole declared domain."""
    domain = declaration.domain
    if domain.kind in COMPLEX_KINDS:
        return {}
    found = {"integer": True} if domain.kind in _INTEGERS else {"real": True}
    span = interval(declaration)
    if span.low > 0 or (span.low == 0 and span.low_open):
        return {**found, "positive": True}
    if span.high < 0 or (span.high == 0 and span.high_open):
        return {**found, "negative": True}
    if any(constant(value) == 0 for value in domain.excluded):
        found["zero"] = False
    if span.low == 0:
        found["nonnegative"] = True
        if "zero" in found:
            return {key: True for key in found if key in ("integer", "real")} | {"positive": True}
    if span.high == 0:
        found["nonpositive"] = True
    return found


def variable_grid(
    variable: Variable, given: Mapping[str, bool], sizes: Mapping[str, int], suffix: str = ""
) -> Grid:
    """A symbol, or one for each entry, named as the claim language writes it."""
    try:
        rows, cols = variable.shape.evaluate(sizes)
    except KeyError:
        raise Unsupported(f"{variable.name} has symbolic dims") from None

    def entry(i: int, j: int) -> sp.Symbol:
        if (rows, cols) == (1, 1):
            place = ""
        elif 1 in (rows, cols):
            place = f"[{max(i, j)}]"
        else:
            place = f"[{i}, {j}]"
        return sp.Symbol(f"{variable.name}{suffix}{place}", **given)

    return fill(rows, cols, entry)


def structure(declaration: Declaration, grid: Grid) -> dict[sp.Symbol, sp.Expr]:
    """What a structured kind says of entries, put in after every derivative has been taken."""
    kind, facts = declaration.domain.kind, {}
    for i, row in enumerate(grid):
        for j, entry in enumerate(row):
            if kind in (Kind.SYMMETRIC, Kind.SPD) and i > j:
                facts[entry] = grid[j][i]
            elif kind is Kind.SKEW and i >= j:
                facts[entry] = sp.S.Zero if i == j else -grid[j][i]
            elif kind is Kind.DIAGONAL and i != j:
                facts[entry] = sp.S.Zero
    return facts
