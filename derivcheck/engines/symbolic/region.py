"""A part of a claim's domain on which every sign that matters is known.

A region is an interval for each real symbol, further signs of expressions, and symbols that an
equation eliminates. A proof splits its domain into regions that together cover all of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import sympy as sp


class Unsupported(Exception):
    """No row, or no sound way: the engine is silent, with this reason."""


class NeedSign(Exception):
    """The sign of `factor` is not known on the region: split it."""

    def __init__(self, factor: sp.Expr) -> None:
        super().__init__(str(factor))
        self.factor = factor


class Undefined(Exception):
    """A side has no value anywhere on the region."""


@dataclass(frozen=True, slots=True)
class Range:
    """The interval of a real symbol; infinite ends are open."""

    low: sp.Expr = -sp.oo
    high: sp.Expr = sp.oo
    low_open: bool = True
    high_open: bool = True

    def above(self, bound: sp.Expr, is_open: bool) -> Range:
        if bound.is_comparable and (bound > self.low or (bound == self.low and is_open)):
            return replace(self, low=bound, low_open=is_open)
        return self

    def below(self, bound: sp.Expr, is_open: bool) -> Range:
        if bound.is_comparable and (bound < self.high or (bound == self.high and is_open)):
            return replace(self, high=bound, high_open=is_open)
        return self

    @property
    def is_empty(self) -> bool:
        closed = not (self.low_open or self.high_open)
        return bool(self.low > self.high or (self.low == self.high and not closed))

    def contains(self, value: sp.Expr) -> bool:
        """Whether a number may lie here; True where SymPy cannot compare."""
        if not value.is_comparable:
            return True
        left = value > self.low or (value == self.low and not self.low_open)
        right = value < self.high or (value == self.high and not self.high_open)
        return bool(left and right)


@dataclass(frozen=True, slots=True)
class Region:
    """What holds: `ranges` of symbols, `facts` (expression, sign), `fixed` eliminated symbols."""

    ranges: Mapping[sp.Symbol, Range]
    facts: tuple[tuple[sp.Expr, int], ...] = ()
    fixed: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    path: tuple[str, ...] = field(default=(), compare=False)

    def settle(self, expr: sp.Expr) -> sp.Expr:
        """The expression with the eliminated symbols put in."""
        for symbol, value in self.fixed:
            expr = expr.subs(symbol, value)
        return expr

    def split(self, factor: sp.Expr) -> Iterator[Region]:
        """The parts where the factor is positive, negative, zero; empty ones are left out."""
        for sign, mark in ((1, "> 0"), (-1, "< 0"), (0, "== 0")):
            part = self.where(factor, sign)
            if part is not None:
                yield replace(part, path=(*self.path, f"{factor} {mark}"))

    def where(self, factor: sp.Expr, sign: int) -> Region | None:
        """The part where sign(factor) = sign, or None where there is none."""
        facts = (*self.facts, (factor, sign))
        affine = affine_in_a_symbol(factor)
        if affine is None:
            return replace(self, facts=facts)
        symbol, slope, root = affine
        if sign == 0:
            if root.is_number and not self.ranges.get(symbol, Range()).contains(root):
                return None
            if symbol.is_integer and root.is_number and root.is_integer is not True:
                return None
            return replace(self, facts=facts, fixed=(*self.fixed, (symbol, root)))._consistent()
        if not root.is_number:
            return replace(self, facts=facts)
        old = self.ranges.get(symbol, Range())
        new = old.above(root, True) if sign * slope > 0 else old.below(root, True)
        if new.is_empty:
            return None
        return replace(self, facts=facts, ranges={**self.ranges, symbol: new})

    def _consistent(self) -> Region | None:
        """The region, or None where an eliminated symbol contradicts a fact."""
        for fact, sign in self.facts:
            value = self.settle(fact)
            if value.is_number and value.is_comparable and sp.sign(value) != sign:
                return None
        return self

    def sign(self, expr: sp.Expr) -> int:
        """-1, 0 or 1, of a real expression everywhere on the region. Raises NeedSign, Undefined."""
        expr = self.settle(expr)
        if expr.has(sp.nan, sp.zoo):
            raise Undefined
        known = self.known_sign(expr)
        if known is not None:
            return known
        above, below = sp.fraction(sp.together(expr))
        result = 1
        for part, divides in ((above, False), (below, True)):
            constant, factors = sp.factor_list(part)
            result *= self._factor_sign(constant)
            for factor, power in factors:
                sign = self._factor_sign(factor) ** power
                if divides and sign == 0:
                    raise Undefined
                result *= sign
        return result

    def _factor_sign(self, factor: sp.Expr) -> int:
        known = self.known_sign(factor)
        if known is not None:
            return known
        if not factor.is_extended_real:
            raise Unsupported(f"the sign of {factor} is not known to exist")
        for fact, sign in self.facts:
            settled = self.settle(fact)
            if (settled - factor).expand() == 0:
                return sign
            if (settled + factor).expand() == 0:
                return -sign
        raise NeedSign(factor)

    def known_sign(self, expr: sp.Expr) -> int | None:
        """The strict sign, or 0, where the ranges of the symbols decide it; else None.

        Sound: each interval is written as a rational map of a positive (or non-negative) symbol
        onto it, closed right ends are tried on their own, and SymPy decides from the signs alone.
        """
        found: set[int] = set()
        for values in self.parametrisations(expr):
            sign = _plain_sign(expr.subs(values, simultaneous=True) if values else expr)
            if sign is None:
                return None
            found.add(sign)
        return found.pop() if len(found) == 1 else None

    def parametrisations(self, expr: sp.Expr) -> Iterator[dict[sp.Symbol, sp.Expr]]:
        choices: list[list[tuple[sp.Symbol, sp.Expr]]] = []
        for symbol in sorted(expr.free_symbols, key=str):
            interval = self.ranges.get(symbol)
            if interval is None or interval == Range():
                continue
            choices.append([(symbol, value) for value in _cover(symbol, interval)])
        if sum(len(choice) == 2 for choice in choices) > 3:
            return
        for combination in itertools.product(*choices):
            yield dict(combination)


def is_finite_form(expr: sp.Expr) -> bool:
    """Whether no infinity or undefined value is left in the expression."""
    return not expr.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.AccumBounds)


def slope_value(formula: sp.Expr, region: Region) -> sp.Expr:
    """The value on the region of a formula for a derivative that was found nearby.

    Where the formula breaks down, the quotient in lowest terms decides: a pole, where numerator
    is certainly not 0, means that the slope grows without bound, so there is no derivative
    (raises Undefined); 0/0 says nothing (raises Unsupported).
    """
    value = region.settle(formula)
    if is_finite_form(value):
        return value
    above, below = (region.settle(p) for p in sp.fraction(sp.cancel(sp.together(formula))))
    if not (is_finite_form(above) and is_finite_form(below)):
        raise Unsupported("a derivative whose formula breaks down")
    if sp.expand(below) == 0:
        if region.sign(above) != 0:
            raise Undefined
        raise Unsupported("a derivative that is 0/0")
    return above / below


def _cover(symbol: sp.Symbol, interval: Range) -> list[sp.Expr]:
    """Expressions whose values, over all positive parameters, are exactly the interval."""
    low, high = interval.low, interval.high
    is_integer = True if symbol.is_integer else None
    if low != -sp.oo and high != sp.oo:
        free = _parameter(symbol, interval.low_open, None)
        inside = (low + high * free) / (1 + free)
        return [inside] if interval.high_open else [inside, high]
    if low != -sp.oo:
        whole = is_integer if low.is_integer else None
        return [low + _parameter(symbol, interval.low_open, whole)]
    whole = is_integer if high.is_integer else None
    return [high - _parameter(symbol, interval.high_open, whole)]


def _parameter(symbol: sp.Symbol, is_open: bool, is_integer: bool | None) -> sp.Symbol:
    extra = {"integer": True} if is_integer else {}
    if is_open:
        return sp.Symbol(f"{symbol.name}'", positive=True, **extra)
    return sp.Symbol(f"{symbol.name}'", nonnegative=True, **extra)


def _plain_sign(expr: sp.Expr) -> int | None:
    if expr.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        return None
    for form in equal_forms(expr):
        if form.is_positive:
            return 1
        if form.is_negative:
            return -1
        if form.is_zero:
            return 0
    return None


def equal_forms(expr: sp.Expr) -> Iterator[sp.Expr]:
    yield expr
    if expr.is_number or expr.count_ops() > 200:
        return
    above, below = sp.fraction(sp.together(expr))
    yield above.expand() / below.expand()
    if above.is_polynomial() and below.is_polynomial():
        yield sp.factor(expr)


def affine_in_a_symbol(expr: sp.Expr) -> tuple[sp.Symbol, sp.Expr, sp.Expr] | None:
    """(symbol, slope, root) of `slope*symbol + rest`, slope a number; alone symbols first."""
    for symbol in sorted(expr.free_symbols, key=str):
        if not expr.is_polynomial(symbol):
            continue
        slope = sp.expand(expr.diff(symbol))
        if slope.is_number and slope.is_real and slope.is_zero is False:
            return symbol, slope, sp.expand((slope * symbol - expr) / slope)
    return None
