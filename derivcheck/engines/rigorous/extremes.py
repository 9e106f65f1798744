"""The point at which an inequality is nearest to failing, and whether it fails or touches there."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from flint import arb, ctx, fmpq

from derivcheck.claim import Context, Relation
from derivcheck.engines.rigorous.constants import Known, combinations_near
from derivcheck.engines.rigorous.descent import Place, exactly, nelder_mead, newton
from derivcheck.engines.rigorous.environment import Environment, Point, free_variables
from derivcheck.engines.rigorous.hints import roots_of
from derivcheck.engines.rigorous.margins import Sense, margins, sense_of
from derivcheck.engines.rigorous.plans import LADDER
from derivcheck.engines.rigorous.points import PointSource
from derivcheck.engines.rigorous.scalars import (
    Matrix,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
)
from derivcheck.expr.declarations import Kind

FLOAT_BITS, TOUCHING_BITS = 80, 1200
MOST_ENTRIES, MOST_STARTS, MOST_EVALUATIONS = 6, 4, 260
CLOSE, ROUNDING, TOUCHING = 1e-9, 1e-14, 1e-60
FAILURES = (Undefined, Undecided, Unsupported, ValueError, ZeroDivisionError, OverflowError)


@dataclass(frozen=True, slots=True)
class Touching:
    """The sides meet at `point`, a well-known one (`text`), as far as many digits can tell; or
    (no point) they come within `gap` of each other near `text`."""

    text: str
    gap: str
    point: Point | None = None


@dataclass(slots=True)
class Extremes:
    """The search over the real entries of one source's variables; the others stay as drawn."""

    relation: Relation
    context: Context
    source: PointSource
    stop: float
    base: Point = field(default_factory=dict)
    entries: list[tuple[str, int, int]] = field(default_factory=list)
    sense: Sense = Sense.POSITIVE
    signs: dict[int, Place] = field(default_factory=dict)
    lowest: list[tuple[float, Place]] = field(default_factory=list)

    def prepare(self) -> bool:
        """Whether there is something to search: few real entries, free of equations."""
        sense = sense_of(self.relation, self.context)
        if sense is None or self.source.assumptions.equalities:
            return False
        draw = self.source.simple() or self.source.generic()
        if draw is None:
            return False
        self.base, self.sense = draw.point, sense
        used = {v.name for root in roots_of(self.relation) for v in free_variables(root)}
        for name in sorted(used):
            declaration = self.source.declarations.get(name)
            if declaration is None or declaration.domain.kind is not Kind.REAL:
                continue
            value = self.base[name]
            self.entries += [(name, i, j) for i, row in enumerate(value) for j in range(len(row))]
        return 0 < len(self.entries) <= MOST_ENTRIES

    def candidates(self) -> Iterator[Point]:
        """Rational points nearest to failing: by descent from several starts, then sharper."""
        best: list[tuple[float, Place]] = []
        for start in self._starts():
            place, value = nelder_mead(self.height, start, 0.05, MOST_EVALUATIONS)
            if math.isfinite(value):
                yield self.point_at([exactly(x) for x in place])
                best.append((value, place))
            if time.monotonic() > self.stop:
                break
        self.lowest = sorted(best, key=lambda found: sum(map(abs, found[1])))
        for _, place in self.lowest:
            sharp = self._sharpened(place)
            if sharp is not None:
                yield self.point_at(sharp)

    def known_points(self) -> Iterator[Point]:
        """Points of the domain made of well-known numbers near the lowest places, as balls of
        the present bits."""
        for _, place in self.lowest:
            for chosen in combinations_near(place):
                point = self.point_at([known.value for known in chosen])
                if self.source.contains(point):
                    yield point
            yield from self._rational_points(place)

    def _rational_points(self, place: Place) -> Iterator[Point]:
        """The rational point that the stationary point near a place is, to many digits."""
        sharp = self._sharpened(place)
        simple = [found for x in sharp or () if (found := _simple_fraction(x)) is not None]
        if sharp and len(simple) == len(sharp):
            point = self.point_at([fmpq(x.numerator, x.denominator) for x in simple])
            if self.source.contains(point):
                yield point

    def touching(self) -> Touching | None:
        """Where the sides of a strict relation meet, or come too near to tell, inside the domain.

        Only at an isolated lowest place: a gap that closes towards an end of the domain or
        towards infinity stays open at every point.
        """
        if self.sense is Sense.NOT_NEGATIVE:
            return None
        before, near = ctx.prec, None
        try:
            for value, place in self.lowest:
                ctx.prec = FLOAT_BITS
                if value < CLOSE * self._size(place) and self._isolated(place, value):
                    ctx.prec = TOUCHING_BITS
                    found = self._touching_at(place, value)
                    if found is not None and found.point is not None:
                        return found
                    near = near or found
        except FAILURES:
            return None
        finally:
            ctx.prec = before
        return near

    def _touching_at(self, place: Place, value: float) -> Touching | None:
        """At a well-known point (nothing, where the domain leaves it out), else close by."""
        for chosen in combinations_near(place):
            point = self.point_at([known.value for known in chosen])
            try:
                found = self.margins_at(point)
            except FAILURES:
                continue
            small = arb(10) ** -250 * self._size(place)
            balls = [arb(margin) for margin in found]
            if any(ball.contains(0) and ball.abs_upper() < small for ball in balls):
                inside = self.source.contains(point)
                return Touching(self._text(chosen), "0", point) if inside else None
        sharp = self._sharpened(place)
        gap = value if sharp is None else self._gap(sharp)
        if not gap < (ROUNDING if sharp is None else TOUCHING) * self._size(place):
            return None
        text = ", ".join(f"{self._label(k)} = {x:.10g}" for k, x in enumerate(place))
        return Touching(text, f"{gap:.1e}")

    def height(self, place: Place) -> float:
        """The least margin in floats, |margin| for `!=`; inf outside and where undefined."""
        if time.monotonic() > self.stop or not all(abs(x) < 1e12 for x in place):
            return math.inf
        before, ctx.prec = ctx.prec, FLOAT_BITS
        try:
            point = self.point_at([exactly(x) for x in place])
            if not self.source.contains(point):
                return math.inf
            found = [float(arb(x).mid()) for x in self.margins_at(point)]
        except FAILURES:
            return math.inf
        finally:
            ctx.prec = before
        if self.sense is Sense.NOT_ZERO:
            if len(found) == 1 and found[0] != 0:
                self.signs.setdefault(1 if found[0] > 0 else -1, place)
            found = [abs(x) for x in found]
        least = min(found)
        return least if not math.isnan(least) else math.inf

    def margins_at(self, point: Point) -> list[Scalar]:
        evaluator = self.source.evaluator
        evaluator.mode.heuristic = False
        found = margins(self.relation, self.context, evaluator, Environment(point, {}))
        if evaluator.mode.heuristic:
            raise Undecided("an estimate")
        return found

    def _starts(self) -> list[Place]:
        """The best of many places: ladders of numbers, shares of an interval, random points."""
        places: list[Place] = []
        spans = [self.source.ranges[name] for name, _, _ in self.entries]
        middle = [float(arb(self.base[n][i][j]).mid()) for n, i, j in self.entries]
        for k, span in enumerate(spans):
            if span.lower is not None and span.upper is not None:
                low, high = (float(arb(x).mid()) for x in (span.lower, span.upper))
                line = [low + (high - low) * share / 40 for share in range(41)]
            else:
                line = [float(arb(span.place(x)).mid()) for x in LADDER]
            places += [(*middle[:k], x, *middle[k + 1 :]) for x in line]
        for turn in range(40 if len(spans) > 1 else 12):
            draw = self.source.generic() if turn % 2 else self.source.simple()
            if draw is not None:
                point = draw.point
                places.append(tuple(float(arb(point[n][i][j]).mid()) for n, i, j in self.entries))
        rated = sorted((self.height(place), place) for place in dict.fromkeys(places))
        chosen: list[Place] = []
        for value, place in rated:
            if math.isfinite(value) and all(_apart(place, other) for other in chosen):
                chosen.append(place)
            if len(chosen) == MOST_STARTS:
                break
        return chosen

    def _sharpened(self, place: Place) -> list[Scalar] | None:
        """The stationary point of the least margin next to a place, in many bits."""
        if len(place) > 4 or time.monotonic() > self.stop:
            return None
        start = [exactly(x) for x in place]
        before, ctx.prec = ctx.prec, FLOAT_BITS
        try:
            found = [arb(x).mid() for x in self.margins_at(self.point_at(start))]
            least = min(range(len(found)), key=lambda k: abs(found[k]))
            sharp = newton(lambda x: self.margins_at(self.point_at(x))[least], start)
        except FAILURES:
            return None
        finally:
            ctx.prec = before
        return sharp if sharp and self.source.contains(self.point_at(sharp)) else None

    def _isolated(self, place: Place, value: float) -> bool:
        """Whether the margin grows both ways along one entry, and falls along none."""
        grows = False
        for k, x in enumerate(place):
            step = 1e-3 * max(abs(x), 1e-3)
            sides = [self.height((*place[:k], x + sign * step, *place[k + 1 :]))
                     for sign in (1, -1)]  # fmt: skip
            if min(sides) < value * 0.999:
                return False
            grows = grows or (math.isfinite(max(sides)) and min(sides) > 100 * value)
        return grows

    def _gap(self, place: list[Scalar]) -> float:
        found = [arb(x).abs_upper() for x in self.margins_at(self.point_at(place))]
        return float(min(found, key=float))

    def _size(self, place: Place) -> float:
        """The size of the margins a little away from the place."""
        moved = [self.height(tuple(x + shift * max(abs(x), 1.0) for x in place))
                 for shift in (0.1, -0.1)]  # fmt: skip
        finite = [abs(x) for x in moved if math.isfinite(x)]
        return max([*finite, 1e-12]) if finite else 1.0

    def point_at(self, numbers: list[Scalar]) -> Point:
        point: Point = {name: [list(row) for row in value] for name, value in self.base.items()}
        for (name, i, j), x in zip(self.entries, numbers, strict=True):
            point[name][i][j] = x
        return point

    def _text(self, chosen: tuple[Known, ...]) -> str:
        return ", ".join(f"{self._label(k)} = {known.text}" for k, known in enumerate(chosen))

    def _label(self, k: int) -> str:
        name, i, j = self.entries[k]
        value: Matrix = self.base[name]
        if len(value) == len(value[0]) == 1:
            return name
        return f"{name}[{i}]" if len(value[0]) == 1 else f"{name}[{i}, {j}]"


def _apart(a: Place, b: Place) -> bool:
    return any(abs(x - y) > 0.05 * max(abs(x), abs(y), 0.1) for x, y in zip(a, b, strict=True))


def _simple_fraction(x: Scalar) -> Fraction | None:
    """The fraction of a small denominator within 1e-40 of a number; only a guess, tried exactly."""
    mantissa, exponent = arb(x).mid().man_exp()
    value = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    simple = value.limit_denominator(1_000_000)
    return simple if abs(simple - value) < Fraction(1, 10**40) else None
