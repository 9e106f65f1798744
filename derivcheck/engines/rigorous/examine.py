"""The engine: many points, each decided by balls; the first certain failure is a refutation."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from flint import ctx

from derivcheck.claim import Context, Predicate, Relation
from derivcheck.engines.rigorous.emptiness import shown_empty
from derivcheck.engines.rigorous.environment import Names, Point
from derivcheck.engines.rigorous.evaluate import Evaluator, OutOfTime
from derivcheck.engines.rigorous.points import Draw, PointSource
from derivcheck.engines.rigorous.relations import Failed, Held
from derivcheck.engines.rigorous.scalars import Undecided, Undefined, Unsupported
from derivcheck.engines.rigorous.show import gap_text
from derivcheck.engines.rigorous.shrink import simplify
from derivcheck.engines.rigorous.sizes import Sizes, all_sizes
from derivcheck.engines.rigorous.sources import point_source, point_sources
from derivcheck.engines.rigorous.subdivision import prove
from derivcheck.engines.rigorous.tally import METHOD, Tally
from derivcheck.engines.rigorous.trial import PRECISIONS, Nothing, Trial, attempt
from derivcheck.engines.rigorous.witness import witness
from derivcheck.engines.rigorous.worst_points import WorstPoints
from derivcheck.evidence import Cause, Evidence, Finding, Proof, Refutation, Settings, Silence

CORE_POINTS, MOST_POINTS = 48, 400
EXTRA_SECONDS = 0.25
SHRINK_SECONDS = 0.4
SLOW_SHARE = 0.08
PROOF_SHARE, WORST_SHARE = 0.3, 0.12


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    """Evidence about one relation: from points, or from boxes that cover a bounded domain."""
    start, precision = time.monotonic(), ctx.prec
    run = Run(relation, context, settings, start)
    ctx.prec = PRECISIONS[0]
    try:
        evidence = run.evidence()
    except Unsupported as problem:
        evidence = Silence(Cause.UNSUPPORTED, str(problem))
    except (Undefined, Undecided) as problem:
        evidence = Silence(Cause.INCONCLUSIVE, f"a bound or an assumption: {problem}")
    except RecursionError:
        evidence = Silence(Cause.INCONCLUSIVE, "an expression nested too deeply")
    finally:
        ctx.prec = precision
    seconds = round(time.monotonic() - start, 4)
    return Finding("rigorous", evidence, notes=run.tally.notes(), seconds=seconds)


@dataclass(slots=True)
class Run:
    """One examination. A failure that is certain ends it."""

    relation: Relation
    context: Context
    settings: Settings
    start: float
    tally: Tally = field(default_factory=Tally)

    @property
    def deadline(self) -> float:
        return self.start + 0.85 * self.settings.seconds

    def evidence(self) -> Evidence:
        names = Names(self.context)
        try:
            sources = point_sources(
                self.relation, self.context, names, self.settings.seed, self.deadline
            )
            if not sources:
                return self._no_sizes(names)
            refutation = self._visit(sources, names)
            if refutation is not None:
                return refutation
            found = self._at_worst(sources) or self._proof(sources[0])
            if found is not None:
                return found
        except OutOfTime:
            self.tally.timed_out = True
            sources = []
        self.tally.empty = all(
            shown_empty(self.context, source.evaluator, source.ranges) for source in sources
        ) and bool(sources)
        return self.tally.conclusion()

    def _at_worst(self, sources: list[PointSource]) -> Refutation | Silence | None:
        """What is found where an inequality is nearest to failing."""
        if self.tally.mismatch is not None or not self.tally.held:
            return None
        stop = min(self.deadline, time.monotonic() + WORST_SHARE * self.settings.seconds)
        worst = WorstPoints(self.relation, self.context, self.tally, self._decide, stop)
        return worst.found(sources)

    def _proof(self, source: PointSource) -> Proof | None:
        """By subdivision, where the points raised no doubt."""
        if self.tally.mismatch is not None or not self.tally.held:
            return None
        stop = min(self.deadline, time.monotonic() + PROOF_SHARE * self.settings.seconds)
        return prove(self.relation, self.context, source.evaluator, source.ranges, stop)

    def _no_sizes(self, names: Names) -> Silence:
        evaluator = Evaluator(self.context, {}, {}, names, self.deadline)
        if shown_empty(self.context, evaluator, {}):
            return Silence(Cause.VACUOUS, "no sizes satisfy the assumptions")
        return Silence(Cause.INCONCLUSIVE, "no sizes were found that satisfy the assumptions")

    def _visit(self, sources: list[PointSource], names: Names) -> Refutation | None:
        """Special and generic points in turn, over all sizes; then more while time is cheap.

        Sizes at which a point is slow are visited once only. Ends: each turn without a point
        counts as idle, and the number of turns is bounded.
        """
        specials = [source.specials(self.relation, names) for source in sources]
        slow: set[int] = set()
        turn, idle = 0, 0
        while idle < 2 * len(sources) + 6 and turn < MOST_POINTS:
            which = turn % len(sources)
            source, queue = sources[which], specials[which]
            turn += 1
            begin = time.monotonic()
            if begin > self.deadline:
                raise OutOfTime
            if turn > CORE_POINTS and begin - self.start > EXTRA_SECONDS:
                break
            if which in slow:
                idle += 1
                continue
            for draw in (next(queue, None), source.generic() if turn % 3 == 1 else None):
                if draw is None:
                    idle += 1
                    continue
                idle = 0
                refutation = self._try(source, draw)
                if refutation is not None:
                    return refutation
            if time.monotonic() - begin > SLOW_SHARE * self.settings.seconds:
                slow.add(which)
        return None

    def _try(self, source: PointSource, draw: Draw) -> Refutation | None:
        return self._decide(source, draw, self._other_end(source))

    def _decide(self, source: PointSource, draw: Draw, other: Point | None) -> Refutation | None:
        self.tally.met += 1
        self.tally.generic += not draw.special
        trial = self._attempt(source, draw.point, other)
        match trial:
            case Failed() if trial.certain:
                return self._refutation(source, draw.point, other, trial)
            case Failed():
                self.tally.record_doubt(source, draw, other, trial, self.relation)
            case Held():
                self.tally.record_held(source, draw, trial)
            case Nothing():
                self.tally.record_nothing(draw, trial)
        return None

    def _attempt(self, source: PointSource, point: Point, other: Point | None) -> Trial:
        """Some points are looked at once more with more bits, for differences below 1e-100."""
        trial = self._tried(source, point, other, PRECISIONS)
        again = self.tally.held % 16 == 0 and not source.evaluator.mode.heuristic
        if isinstance(trial, Held) and again:
            finer = self._tried(source, point, other, (4 * PRECISIONS[0],))
            if isinstance(finer, Failed):
                return finer
        return trial

    def _tried(
        self, source: PointSource, point: Point, other: Point | None, bits: tuple[int, ...]
    ) -> Trial:
        return attempt(
            self.relation, self.context, source.evaluator, point, other, bits, source.contains
        )

    def _other_end(self, source: PointSource) -> Point | None:
        """The second end of a chord, where convexity is claimed."""
        if isinstance(self.relation, Predicate) and self.relation.name == "convex":
            draw = source.simple() or source.generic()
            return None if draw is None else draw.point
        return None

    def _refutation(
        self, source: PointSource, point: Point, other: Point | None, failure: Failed
    ) -> Refutation:
        """The failure at the smallest sizes and simplest numbers at which it is still certain."""
        stop = min(time.monotonic() + SHRINK_SECONDS, self.deadline)
        total = sum(source.evaluator.sizes.values())
        try:
            for sizes in sorted(all_sizes(self.context), key=lambda s: sum(s.values())):
                if sum(sizes.values()) >= total or time.monotonic() > stop - SHRINK_SECONDS / 2:
                    break
                found = self._at_sizes(sizes)
                if found is not None:
                    source, point, failure, other = found
                    break

            def test(at: Point) -> Failed | None:
                trial = self._tried(source, at, other, PRECISIONS[:2])
                return trial if isinstance(trial, Failed) else None

            if failure.gap.is_finite():
                point, failure = simplify(source, point, failure, test, stop)
        except OutOfTime:
            self.tally.timed_out = True
        shown = witness(source, point, failure, self.relation, other)
        gap = gap_text(failure.gap) if failure.gap.is_finite() else "the shapes differ"
        return Refutation(shown, gap, METHOD)

    def _at_sizes(self, sizes: Sizes) -> tuple[PointSource, Point, Failed, Point | None] | None:
        """A certain failure at smaller sizes, if a few points show one."""
        names = Names(self.context)
        source = point_source(
            self.relation, self.context, names, self.settings.seed, self.deadline, sizes
        )
        if source is None:
            return None
        specials = source.specials(self.relation, names)
        for _ in range(5):
            for draw in (next(specials, None), source.generic()):
                if draw is None:
                    continue
                other = self._other_end(source)
                trial = self._tried(source, draw.point, other, PRECISIONS[:1])
                if isinstance(trial, Failed) and trial.certain:
                    return source, draw.point, trial, other
        return None
