"""Proof of an order relation by signs: factors, squares, what the domain says."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derivcheck.engines.symbolic.continuation import interior, is_analytic, points
from derivcheck.engines.symbolic.equality import (
    Record,
    both,
    far,
    has_derivative,
    sample,
    settled,
    shorten,
)  # fmt: skip
from derivcheck.engines.symbolic.reading import Reader, Vocabulary
from derivcheck.engines.symbolic.region import (
    NeedSign,
    Range,
    Region,
    Undefined,
    Unsupported,
    equal_forms,
)  # fmt: skip
from derivcheck.engines.symbolic.regions import everywhere
from derivcheck.engines.symbolic.zero import is_zero
from derivcheck.expr.nodes import Expr

_ALLOWED = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}, "!=": {-1, 1}}


def prove_order(
    words: Vocabulary, start: Region, op: str, lhs: Expr, rhs: Expr, record: Record
) -> str | None:
    """None when `lhs op rhs` is proved wherever both sides are defined, else why not."""

    derived = has_derivative(lhs) or has_derivative(rhs)

    def judge(region: Region) -> str | None:
        sides = both(words, region, lhs, rhs)
        if sides is None:
            record.exceptions.append(", ".join(region.path))
            return None
        for pair in sides:
            try:
                left, right = (
                    settled(words.finish(side), region, derived, words.on_real_line)
                    for side in pair
                )
            except Undefined:
                record.exceptions.append(", ".join(region.path))
                continue
            gap = Reader(words, region).without_kinks(left - right)
            if not certainly(gap, region, _ALLOWED[op], words.on_real_line):
                return f"the sign of {shorten(gap)} is not known"
            pairs = sample(left, right, region, words.on_real_line)
            if any(far(*pair) and sp.sign(pair[0] - pair[1]) not in _ALLOWED[op] for pair in pairs):
                return "a numerical check disagrees with the sign"
            record.points += len(pairs)
            record.proved += 1
        if region.path:
            record.cases.append(", ".join(region.path))
        return None

    failed = everywhere(start, judge)
    if failed is None:
        return None if record.points else "no point was found where both sides are defined"
    region, reason = failed
    return f"{reason}{' where ' + ', '.join(region.path) if region.path else ''}"


def certainly(gap: sp.Expr, region: Region, allowed: set[int], on_real_line: bool) -> bool:
    """Whether the sign of `gap` is one of `allowed` on the whole region."""
    if on_real_line:
        region = interior(gap, region) if allowed & {0} else region
    if 0 in allowed and is_zero(gap, region, on_real_line):
        return True
    if on_real_line and _by_slopes(gap, region, allowed):
        return True
    shown, wider = bounded(gap, region)
    for form in (shown, sp.factor(shown)):
        known = wider.known_sign(form)
        if known is not None:
            return known in allowed
        if 0 in allowed and _weakly(form, wider, 1 if 1 in allowed else -1):
            return True
    for form in _forms(gap):
        known = region.known_sign(form)
        if known is not None:
            return known in allowed
        if 0 in allowed and _weakly(form, region, 1 if 1 in allowed else -1):
            return True
    for form in _forms(gap):
        try:
            return region.sign(form) in allowed
        except NeedSign as need:
            if _worth_splitting(need.factor):
                raise
        except (Unsupported, Undefined):
            continue
    return False


def _by_slopes(gap: sp.Expr, region: Region, allowed: set[int]) -> bool:
    """gap >= 0 because it is convex and, at a point c, gap = gap' = 0; <= 0 likewise.

    For an analytic function of one symbol on an interval.
    """
    symbols = list(gap.free_symbols)
    if 0 not in allowed or len(symbols) != 1 or symbols[0].is_integer:
        return False
    (symbol,) = symbols
    if not is_analytic(gap, region):
        return False
    slope = sp.diff(gap, symbol)
    touching = any(
        gap.subs(symbol, c) == 0 and slope.subs(symbol, c) == 0
        for c in points(region.ranges.get(symbol, Range()))
    )
    bend = region.known_sign(sp.together(sp.diff(slope, symbol)))
    return touching and bend is not None and bend in allowed


def bounded(gap: sp.Expr, region: Region) -> tuple[sp.Expr, Region]:
    """Each function value as a free symbol with the function's range: a larger set of values."""
    ranges = dict(region.ranges)
    values: dict[sp.Expr, sp.Expr] = {}
    for function in gap.atoms(sp.Function):
        if not function.is_extended_real:
            continue
        symbol = sp.Symbol(f"value{len(values)}", real=True)
        if isinstance(function, sp.floor):
            values[function] = function.args[0] - symbol
            ranges[symbol] = Range(sp.S.Zero, sp.S.One, low_open=False)
        elif function.func in _VALUES:
            values[function] = symbol
            ranges[symbol] = _VALUES[function.func]
    for symbol in gap.free_symbols if gap.atoms(sp.Pow) else ():
        if region.known_sign(symbol) == 1 and gap.has(sp.sqrt(symbol)):
            values[symbol] = sp.Symbol(f"root of {symbol.name}", positive=True) ** 2
    return gap.xreplace(values), Region(ranges, region.facts, region.fixed)


_CLOSED = Range(-sp.S.One, sp.S.One, low_open=False, high_open=False)
_OPEN = Range(-sp.S.One, sp.S.One)
_VALUES: dict[type, Range] = {
    sp.sin: _CLOSED, sp.cos: _CLOSED, sp.tanh: _OPEN, sp.erf: _OPEN,
    sp.atan: Range(-sp.pi / 2, sp.pi / 2), sp.exp: Range(low=sp.S.Zero),
    sp.cosh: Range(low=sp.S.One, low_open=False),
}  # fmt: skip


def _forms(gap: sp.Expr) -> Iterator[sp.Expr]:
    yield gap
    yield from _without_logarithm(gap)
    rewritten = gap.rewrite(sp.exp) if gap.has(sp.tanh, sp.sinh, sp.cosh) else gap
    yield sp.factor(sp.together(rewritten))
    yield from _completed_squares(sp.expand(gap))


def _without_logarithm(gap: sp.Expr) -> Iterator[sp.Expr]:
    """c log(u) + r has the sign of c (u - exp(-r/c)): exp grows, and u > 0."""
    for logarithm in gap.atoms(sp.log):
        factor = gap.coeff(logarithm)
        rest = sp.expand(gap - factor * logarithm)
        if factor.is_Rational and factor != 0 and not rest.has(sp.log):
            yield factor * (logarithm.args[0] - sp.exp(-rest / factor))


def _completed_squares(gap: sp.Expr) -> Iterator[sp.Expr]:
    """a x**2 + b x + c = a (x + b/(2a))**2 + c - b**2/(4a), for one symbol after another."""
    rest, squares = gap, sp.S.Zero
    for symbol in sorted(gap.free_symbols, key=str):
        if not (rest.is_polynomial(symbol) and sp.degree(rest, symbol) == 2):
            continue
        a, b, c = sp.Poly(rest, symbol).all_coeffs()
        if not a.is_number:
            continue
        squares += a * (symbol + b / (2 * a)) ** 2
        rest = sp.expand(c - b**2 / (4 * a))
        yield squares + rest


def _weakly(form: sp.Expr, region: Region, side: int) -> bool:
    """SymPy's own knowledge of a weak sign, with the ranges put in."""
    cases = list(region.parametrisations(form))
    if not cases:
        return False
    shown = [form.subs(case, simultaneous=True) if case else form for case in cases]
    return all(
        any(
            (same.is_nonnegative if side > 0 else same.is_nonpositive) is True
            for same in equal_forms(one)
        )
        for one in shown
    )


def _worth_splitting(factor: sp.Expr) -> bool:
    """Only a factor affine in a symbol makes smaller regions that know more."""
    return any(
        factor.is_polynomial(symbol) and sp.degree(factor, symbol) == 1
        for symbol in factor.free_symbols
    )
