"""Proof that two sides are equal wherever both are defined."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import sympy as sp
from sympy.core.function import AppliedUndef

from derivcheck.engines.symbolic import arrays
from derivcheck.engines.symbolic.arrays import Grid
from derivcheck.engines.symbolic.continuation import interior, is_defined_at, is_nowhere_real
from derivcheck.engines.symbolic.reading import Reader, Vocabulary
from derivcheck.engines.symbolic.region import Region, Undefined, Unsupported, slope_value
from derivcheck.engines.symbolic.regions import everywhere
from derivcheck.engines.symbolic.zero import is_zero
from derivcheck.expr.build import children
from derivcheck.expr.nodes import Condition, Derivative, Expr


@dataclass(slots=True)
class Record:
    """What a proof used and met, for its steps and exceptions."""

    cases: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    proved: int = 0
    points: int = 0


def prove_equal(
    words: Vocabulary, start: Region, lhs: Expr, rhs: Expr, record: Record
) -> str | None:
    """None when proved, else why not. The sides must have one shape, or one be a scalar."""
    derived = has_derivative(lhs) or has_derivative(rhs)

    def judge(region: Region) -> str | None:
        sides = both(words, region, lhs, rhs)
        if sides is None:
            record.exceptions.append(", ".join(region.path) or "everywhere")
            return None
        for left, right in sides:
            try:
                left, right = (
                    settled(words.finish(side), region, derived, words.on_real_line)
                    for side in (left, right)
                )
            except Undefined:
                record.exceptions.append(", ".join(region.path))
                continue
            if left.has(sp.oo, -sp.oo) or right.has(sp.oo, -sp.oo):
                return "an infinite value"
            gap = Reader(words, region).without_kinks(left - right)
            if not is_zero(gap, region, words.on_real_line):
                return f"the difference {shorten(gap)} was not reduced to 0"
            seen = points_seen(left, right, region, words.on_real_line)
            if seen is None:
                return "a numerical check disagrees with the reduction to 0"
            record.points += seen
            record.proved += 1
        if region.path:
            record.cases.append(", ".join(region.path))
        return None

    failed = everywhere(start, judge)
    if failed is None:
        if not record.proved:
            return "both sides are nowhere defined"
        return None if record.points else "no point was found where both sides are defined"
    region, reason = failed
    place = f" where {', '.join(region.path)}" if region.path else ""
    return f"{reason}{place}"


def both(
    words: Vocabulary, region: Region, lhs: Expr, rhs: Expr
) -> list[tuple[sp.Expr, sp.Expr]] | None:
    """The pairs of entries of the two sides, or None where a side is undefined on the region.

    A side that cannot be read does not matter where the other one has no value.
    """
    values: list[Grid] = []
    trouble: Unsupported | None = None
    for side in (lhs, rhs):
        try:
            values.append(Reader(words, region).value(side))
        except Undefined:
            return None
        except Unsupported as found:
            trouble = found
    if trouble is not None:
        for value in values:
            settled = (region.settle(words.finish(entry)) for entry in arrays.entries(value))
            if all(entry.has(sp.nan, sp.zoo) for entry in settled):
                return None
        raise trouble
    left, right = (arrays.entries(value) for value in values)
    size = max(len(left), len(right))
    left, right = (side * size if len(side) == 1 else side for side in (left, right))
    return list(zip(left, right, strict=True))


def settled(side: sp.Expr, region: Region, derived: bool, on_real_line: bool) -> sp.Expr:
    """A side's value on the region. Raises Undefined where it has none.

    A formula as the claim writes it has no value where it breaks down; that of a derivative may
    break down where the derivative exists.
    """
    if side.has(sp.nan):
        raise Undefined
    value = slope_value(side, region) if derived else region.settle(side)
    if value.has(sp.nan, sp.zoo) or (on_real_line and is_nowhere_real(value, region)):
        raise Undefined
    return value


def has_derivative(node: Expr | Condition) -> bool:
    return isinstance(node, Derivative) or any(map(has_derivative, children(node)))


def shorten(expr: sp.Expr) -> str:
    text = str(expr)
    return text if len(text) <= 60 else f"{text[:57]}..."


def points_seen(left: sp.Expr, right: sp.Expr, region: Region, on_real_line: bool) -> int | None:
    """A guard against a slip in the algebra and against an empty domain.

    The number of points where both sides have equal values, None where they differ at one.
    Unspecified functions have no digits; they are defined everywhere.
    """
    if left.has(AppliedUndef) or right.has(AppliedUndef):
        return 1
    pairs = sample(left, right, region, on_real_line)
    return None if any(far(*pair) for pair in pairs) else len(pairs)


def far(left: sp.Expr, right: sp.Expr) -> bool:
    return bool(abs(left - right) > 1e-12 * (1 + abs(left) + abs(right)))


def sample(
    left: sp.Expr, right: sp.Expr, region: Region, on_real_line: bool
) -> list[tuple[sp.Expr, sp.Expr]]:
    """Both sides in digits at a few random points of the region where both have a value."""
    source = random.Random(0)
    both_sides = sp.Tuple(left, right)
    inside = interior(both_sides, region) if on_real_line else region
    found: list[tuple[sp.Expr, sp.Expr]] = []
    for _ in range(4):
        point = _point(both_sides, inside, source)
        if point is None:
            break
        if on_real_line and not is_defined_at(both_sides, point):
            continue
        try:
            values = [side.subs(point, simultaneous=True).evalf(30) for side in (left, right)]
        except (ValueError, ArithmeticError, TypeError):
            continue
        if all(value.is_number and value.is_finite for value in values):
            found.append((values[0], values[1]))
    return found


def _point(expr: sp.Expr, region: Region, source: random.Random) -> dict[sp.Symbol, sp.Expr] | None:
    """A random rational point of the ranges that satisfies the facts."""
    symbols = expr.free_symbols.union(*(fact.free_symbols for fact, _ in region.facts))
    for _ in range(30):
        point: dict[sp.Symbol, sp.Expr] = {}
        for cover in region.parametrisations(sp.Add(*symbols)):
            for symbol, value in cover.items():
                point[symbol] = value.subs({p: _draw(p, source) for p in value.free_symbols})
        for symbol in sorted(symbols - set(point), key=str):
            point[symbol] = _draw(symbol, source)
        facts = (
            sp.sign(region.settle(fact).subs(point, simultaneous=True).evalf(30)) == sign
            for fact, sign in region.facts
            if sign
        )
        if all(facts):
            return point
    return None


def _draw(symbol: sp.Symbol, source: random.Random) -> sp.Expr:
    size = (
        sp.Integer(source.randint(1, 5))
        if symbol.is_integer
        else sp.Rational(source.randint(1, 60), source.randint(7, 29))
    )
    if symbol.is_extended_real and not symbol.is_extended_nonnegative:
        return size * source.choice((1, -1)) if not symbol.is_extended_nonpositive else -size
    return size
