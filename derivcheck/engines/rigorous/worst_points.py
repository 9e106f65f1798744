"""What an inequality comes to at the points where it is nearest to failing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx, fmpq

from derivcheck.claim import Comparison, Context, Predicate, Relation
from derivcheck.engines.rigorous.crossing import crossing
from derivcheck.engines.rigorous.environment import Environment, Point
from derivcheck.engines.rigorous.extremes import TOUCHING_BITS, Extremes
from derivcheck.engines.rigorous.points import Draw, PointSource
from derivcheck.engines.rigorous.relations import Failed
from derivcheck.engines.rigorous.tally import METHOD, Tally
from derivcheck.engines.rigorous.witness import witness
from derivcheck.evidence import Cause, Refutation, Silence
from derivcheck.expr import build
from derivcheck.expr.nodes import Number, Target

MOST_SOURCES = 3
CHORDS = (1, 2, 3, 5, 8)
Try = Callable[[PointSource, Draw, Point | None], Refutation | None]


@dataclass(frozen=True, slots=True)
class WorstPoints:
    """The search at a few sizes; `attempt` decides one point (or chord) by balls."""

    relation: Relation
    context: Context
    tally: Tally
    attempt: Try
    stop: float

    def found(self, sources: list[PointSource]) -> Refutation | Silence | None:
        """A point that refutes, or a place so near to equality that nothing can be said.

        A strict relation whose sides meet at a well-known point is noted as a doubt.
        """
        searched = self._searched()
        for source in sources[:MOST_SOURCES] if searched is not None else ():
            assert searched is not None
            search = Extremes(searched, self.context, source, self.stop)
            if not search.prepare():
                continue
            for point in search.candidates():
                refutation = self._tried(source, point)
                if refutation is not None:
                    return refutation
            found = self._where_equal(source, search) if searched is self.relation else None
            if found is not None:
                return found
        return None

    def _searched(self) -> Relation | None:
        """The relation itself; for convexity in a scalar, that the second derivative is >= 0."""
        if not (isinstance(self.relation, Predicate) and self.relation.name == "convex"):
            return self.relation
        variable = self.relation.variable
        if variable is None or not variable.shape.is_scalar or variable.is_complex:
            return None
        second = build.diff(self.relation.argument, [Target(variable, order=2)])
        return Comparison(">=", second, Number(Fraction(0)))

    def _tried(self, source: PointSource, point: Point) -> Refutation | None:
        if not (isinstance(self.relation, Predicate) and self.relation.name == "convex"):
            return self.attempt(source, Draw(point, True), None)
        assert self.relation.variable is not None
        name = self.relation.variable.name
        for k in CHORDS:
            reach = fmpq(1, 10**k)
            ends = [{**point, name: [[point[name][0][0] + side * reach]]} for side in (-1, 1)]
            if source.contains(ends[0]):
                refutation = self.attempt(source, Draw(ends[0], True), ends[1])
                if refutation is not None:
                    return refutation
        return None

    def _where_equal(self, source: PointSource, search: Extremes) -> Refutation | Silence | None:
        """Well-known points near the extreme, and those at which the two sides meet."""
        before, ctx.prec = ctx.prec, TOUCHING_BITS
        points = list(search.known_points())
        ctx.prec = before
        for point in points:
            refutation = self._tried(source, point)
            if refutation is not None:
                return refutation
        around = crossing(search)
        if around is not None:
            failure = self._equal(source, around, "equal within 1e-40 of this point", True)
            shown = witness(source, around, failure, self.relation, None)
            return Refutation(shown, "0", METHOD)
        met = search.touching()
        if met is not None and met.point is None:
            reason = f"comes within {met.gap} of equality near {met.text}"
            return Silence(Cause.CONTESTED, reason)
        if met is not None and met.point is not None:
            failure = self._equal(source, met.point, f"equal to 250 digits at {met.text}", False)
            self.tally.record_doubt(source, Draw(met.point, True), None, failure, self.relation)
        return None

    def _equal(self, source: PointSource, point: Point, note: str, certain: bool) -> Failed:
        """A strict relation whose sides are equal at the point, or next to it."""
        assert isinstance(self.relation, Comparison)
        env = Environment(point, {})
        source.evaluator.mode.heuristic = False
        lhs, rhs = (source.evaluator.evaluate(side, env)
                    for side in (self.relation.lhs, self.relation.rhs))  # fmt: skip
        return Failed(lhs, rhs, arb(0), None, certain, note)
