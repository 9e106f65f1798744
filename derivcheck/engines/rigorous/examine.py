"""The engine: many points, each decided by balls; the first certain failure is a refutation."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal, localcontext

from flint import arb, ctx

from derivcheck.claim import Context, Predicate, Relation
from derivcheck.engines.rigorous.environment import Environment, Names, Point
from derivcheck.engines.rigorous.evaluate import Evaluator, OutOfTime
from derivcheck.engines.rigorous.points import Draw, PointSource
from derivcheck.engines.rigorous.relations import MOST_DIGITS, Failed, Held
from derivcheck.engines.rigorous.scalars import Unsupported
from derivcheck.engines.rigorous.shrink import simplify
from derivcheck.engines.rigorous.sizes import (
    Sizes,
    admissible,
    candidates,
    is_about_sizes,
    spare_sizes,
)
from derivcheck.engines.rigorous.trial import PRECISIONS, Nothing, Trial, attempt
from derivcheck.engines.rigorous.unspecified import RandomFunction
from derivcheck.engines.rigorous.witness import exception_text, sample, witness
from derivcheck.evidence import (
    Agreement,
    Cause,
    Evidence,
    Finding,
    Mismatch,
    Refutation,
    Sample,
    Settings,
    Silence,
)  # fmt: skip

ENGINE, METHOD = "rigorous", "interval arithmetic"
CORE_POINTS = 40
EXTRA_SECONDS = 0.25
SHRINK_SECONDS = 0.4
LONGEST_EXPONENT = 3000
MOST_SIZES, FEWEST_SIZES = 8, 3


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    """Evidence about one relation, from points only: Refutation, Mismatch, Agreement or Silence."""
    start, precision = time.monotonic(), ctx.prec
    run = Run(relation, context, settings, start)
    try:
        evidence = run.evidence()
    except Unsupported as problem:
        evidence = Silence(Cause.UNSUPPORTED, str(problem))
    except RecursionError:
        evidence = Silence(Cause.INCONCLUSIVE, "an expression nested too deeply")
    finally:
        ctx.prec = precision
    return Finding(
        ENGINE, evidence, notes=tuple(run.notes), seconds=round(time.monotonic() - start, 4)
    )


@dataclass(slots=True)
class Run:
    """What was met so far."""

    relation: Relation
    context: Context
    settings: Settings
    start: float
    notes: list[str] = field(default_factory=list)
    held: int = 0
    digits: int = MOST_DIGITS
    sizes: list[Sizes] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    mismatch: Mismatch | None = None
    exceptions: dict[str, str] = field(default_factory=dict)
    regional: set[str] = field(default_factory=set)
    generic: int = 0
    generic_undefined: dict[str, int] = field(default_factory=dict)
    undecided: dict[str, int] = field(default_factory=dict)
    unsupported: str = ""
    met: int = 0

    @property
    def deadline(self) -> float:
        return self.start + 0.85 * self.settings.seconds

    def evidence(self) -> Evidence:
        ctx.prec = PRECISIONS[0]
        names = Names(self.context)
        sources: list[PointSource] = []
        try:
            variables = bool(self.context.declarations)
            usual = len(candidates(self.context.dims)) if variables else MOST_SIZES
            for number, sizes in enumerate(_all_sizes(self.context.dims)):
                if len(sources) >= (MOST_SIZES if number < usual else FEWEST_SIZES):
                    break
                source = self.source(sizes, names)
                if source is not None:
                    sources.append(source)
            if self.context.functions:
                again = [self.source(s.sizes, names, number) for s in sources for number in (1, 2)]
                sources = [*sources, *(s for s in again if s is not None)][:MOST_SIZES]
            if not sources:
                return Silence(Cause.VACUOUS, "no sizes satisfy the assumptions")
            refutation = self._visit(sources, names)
            if refutation is not None:
                return refutation
        except OutOfTime:
            self.notes.append("stopped by the time budget")
        return self._conclusion()

    def source(self, sizes: Sizes, names: Names, number: int = 0) -> PointSource | None:
        """Points at these sizes; None where the assumptions on sizes exclude them."""
        if not admissible(sizes, self.context):
            return None
        chance = random.Random(f"{self.settings.seed} {number} {sorted(sizes.items())}")
        evaluator = Evaluator(self.context, sizes, {}, names, self.deadline)
        empty = Environment({}, {})
        for condition in self.context.assumptions:
            if is_about_sizes(condition):
                truth = evaluator.truth(condition, empty)
                if not all(x for row in truth for x in row):
                    return None
        for function in self.context.functions:
            bounds = tuple(
                None if end is None else evaluator.scalar(end.value, empty)
                for end in (function.domain.lower, function.domain.upper)
            )
            smooth = chance.random() < 0.5
            evaluator.functions[function.name] = RandomFunction(
                function, sizes, (bounds[0], bounds[1]), chance, smooth
            )
        return PointSource(self.relation, self.context, evaluator, chance)

    def _visit(self, sources: list[PointSource], names: Names) -> Refutation | None:
        """Special and generic points in turn, over all sizes; then more while time is cheap."""
        specials = [source.specials(self.relation, names) for source in sources]
        turn, idle = 0, 0
        while idle < 2 * len(sources) + 6:
            source, queue = sources[turn % len(sources)], specials[turn % len(sources)]
            turn += 1
            elapsed = time.monotonic() - self.start
            if time.monotonic() > self.deadline:
                raise OutOfTime
            if (turn > CORE_POINTS + 8 and elapsed > EXTRA_SECONDS) or turn > 400:
                break
            for draw in (next(queue, None), source.generic() if turn % 3 == 1 else None):
                if draw is None:
                    idle += 1
                    continue
                idle = 0
                refutation = self._try(source, draw)
                if refutation is not None:
                    return refutation
        return None

    def _try(self, source: PointSource, draw: Draw) -> Refutation | None:
        self.met += 1
        self.generic += not draw.special
        other = self._other_end(source)
        trial = self._attempt(source, draw.point, other)
        match trial:
            case Failed() if trial.certain:
                return self._refutation(source, draw.point, other, trial)
            case Failed():
                if self.mismatch is None:
                    found = witness(source, draw.point, trial, self.relation, other)
                    self.mismatch = Mismatch(found, 10, "estimated limits or very narrow balls")
            case Held():
                self.held += 1
                self.digits = min(self.digits, trial.digits)
                if source.evaluator.sizes not in self.sizes:
                    self.sizes.append(source.evaluator.sizes)
                if len(self.samples) < 6:
                    self.samples.append(sample(source, draw.point, trial))
            case Nothing():
                self._note(source, draw, trial)
        return None

    def _attempt(self, source: PointSource, point: Point, other: Point | None) -> Trial:
        """A few points are looked at once more with far more bits, for differences below 1e-100."""
        trial = attempt(
            self.relation, self.context, source.evaluator, point, other, inside=source.contains
        )
        if isinstance(trial, Held) and self.held % 16 == 0 and not source.evaluator.mode.heuristic:
            finer = attempt(
                self.relation, self.context, source.evaluator, point, other, (4 * PRECISIONS[0],),
                source.contains,
            )
            if isinstance(finer, Failed):
                return finer
        return trial

    def _other_end(self, source: PointSource) -> Point | None:
        if isinstance(self.relation, Predicate) and self.relation.name == "convex":
            draw = source.generic()
            return None if draw is None else draw.point
        return None

    def _note(self, source: PointSource, draw: Draw, trial: Nothing) -> None:
        if trial.unsupported:
            self.unsupported = trial.reason
        elif not trial.undefined:
            self.undecided[trial.reason] = self.undecided.get(trial.reason, 0) + 1
        else:
            if not trial.thin:
                self.regional.add(trial.reason)
            elif draw.special or trial.reason not in self.exceptions:
                self.exceptions.setdefault(trial.reason, exception_text(trial.reason, draw.point))
            if not draw.special:
                count = self.generic_undefined.get(trial.reason, 0)
                self.generic_undefined[trial.reason] = count + 1

    def _refutation(
        self, source: PointSource, point: Point, other: Point | None, failure: Failed
    ) -> Refutation:
        """The failure at the smallest sizes and simplest numbers at which it is still certain."""
        stop = min(time.monotonic() + SHRINK_SECONDS, self.deadline)
        total = sum(source.evaluator.sizes.values())
        smaller = sorted(_all_sizes(self.context.dims), key=lambda s: sum(s.values()))
        try:
            for sizes in smaller:
                if sum(sizes.values()) >= total or time.monotonic() > stop - SHRINK_SECONDS / 2:
                    break
                found = self._at_sizes(sizes)
                if found is not None:
                    source, point, failure, other = found
                    break

            def test(at: Point) -> Failed | None:
                trial = attempt(
                    self.relation, self.context, source.evaluator, at, other, PRECISIONS[:2],
                    source.contains,
                )
                return trial if isinstance(trial, Failed) else None

            if failure.gap.is_finite():
                point, failure = simplify(source, point, failure, test, stop)
        except OutOfTime:
            pass
        shown = witness(source, point, failure, self.relation, other)
        gap = "the shapes differ" if not failure.gap.is_finite() else _gap_text(failure.gap)
        return Refutation(shown, gap, METHOD)

    def _at_sizes(
        self, sizes: Sizes
    ) -> tuple[PointSource, Point, Failed, Point | None] | None:
        names = Names(self.context)
        source = self.source(sizes, names)
        if source is None:
            return None
        specials = source.specials(self.relation, names)
        for _ in range(5):
            for draw in (next(specials, None), source.generic()):
                if draw is None:
                    continue
                other = self._other_end(source)
                trial = attempt(
                    self.relation, self.context, source.evaluator, draw.point, other,
                    PRECISIONS[:1], source.contains,
                )
                if isinstance(trial, Failed) and trial.certain:
                    return source, draw.point, trial, other
        return None

    def _conclusion(self) -> Evidence:
        if self.mismatch is not None:
            return self.mismatch
        if self.held:
            widespread = self.regional | {
                reason for reason, count in self.generic_undefined.items()
                if count > max(3, self.generic // 4)
            }  # fmt: skip
            if widespread:
                reasons = ", ".join(sorted(widespread)[:3])
                self.notes.append(f"undefined on part of the domain: {reasons}")
            count = sum(self.undecided.values())
            if count > self.met // 10:
                self.notes.append(f"{count} points left open: {next(iter(self.undecided))}")
            exceptions = tuple(
                text for reason, text in self.exceptions.items() if reason not in widespread
            )
            sizes = tuple(tuple(sorted(s.items())) for s in self.sizes)
            return Agreement(
                self.held, self.digits, sizes, exceptions, tuple(self.samples), METHOD
            )
        if self.unsupported:
            return Silence(Cause.UNSUPPORTED, self.unsupported)
        if self.undecided:
            return Silence(Cause.INCONCLUSIVE, next(iter(self.undecided)))
        if self.met:
            reasons = sorted({*self.regional, *self.exceptions})[:3]
            return Silence(
                Cause.VACUOUS, "no point where both sides are defined: " + ", ".join(reasons)
            )
        if time.monotonic() > self.deadline:
            return Silence(Cause.TIMEOUT, "no point was decided in time")
        return Silence(Cause.VACUOUS, "no point of the domain was found")


def _all_sizes(dims: tuple[str, ...]) -> list[Sizes]:
    return [*candidates(dims), *spare_sizes(dims)]


def _gap_text(gap: arb) -> str:
    """A short decimal that is not spare_sizes than the gap: the further digits are cut off."""
    mantissa, exponent = (int(x) for x in gap.lower().man_exp())
    if mantissa <= 0:
        return "0"
    if abs(exponent) > LONGEST_EXPONENT:
        return str(gap.str(3, radius=False))
    with localcontext() as decimals:
        decimals.rounding = ROUND_DOWN
        decimals.prec = 50
        exact = Decimal(mantissa) * Decimal(2) ** exponent
        decimals.prec = 3
        return format((+exact).normalize(), "g" if exact >= Decimal("0.0001") else "e")
