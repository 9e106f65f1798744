"""What was met over all points, and the evidence it amounts to."""

from __future__ import annotations

from dataclasses import dataclass, field

from derivcheck.claim import Relation
from derivcheck.engines.rigorous.environment import Point
from derivcheck.engines.rigorous.points import Draw, PointSource
from derivcheck.engines.rigorous.relations import MOST_DIGITS, Failed, Held
from derivcheck.engines.rigorous.sizes import Sizes
from derivcheck.engines.rigorous.trial import Nothing
from derivcheck.engines.rigorous.witness import exception_text, sample, witness
from derivcheck.evidence import Agreement, Cause, Evidence, Mismatch, Sample, Silence

METHOD = "interval arithmetic"
MOST_SAMPLES = 6
MISMATCH_DIGITS = 4


@dataclass(slots=True)
class Tally:
    """Points at which the relation held, was undefined, or stayed open, and why.

    `regional`: reasons of undefinedness that concern whole regions; `generic_undefined`: how
    often a reason was met at points that were not chosen on purpose. `empty`: the domain is shown
    to hold no point.
    """

    met: int = 0
    generic: int = 0
    held: int = 0
    digits: int = MOST_DIGITS
    sizes: list[Sizes] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    mismatch: Mismatch | None = None
    exceptions: dict[str, str] = field(default_factory=dict)
    regional: set[str] = field(default_factory=set)
    generic_undefined: dict[str, int] = field(default_factory=dict)
    undecided: dict[str, int] = field(default_factory=dict)
    unsupported: str = ""
    timed_out: bool = False
    empty: bool = False

    def record_held(self, source: PointSource, draw: Draw, trial: Held) -> None:
        self.held += 1
        self.digits = min(self.digits, trial.digits)
        if source.evaluator.sizes not in self.sizes:
            self.sizes.append(source.evaluator.sizes)
        if len(self.samples) < MOST_SAMPLES:
            self.samples.append(sample(source, draw.point, trial))

    def record_doubt(
        self,
        source: PointSource,
        draw: Draw,
        other: Point | None,
        trial: Failed,
        relation: Relation,
    ) -> None:
        """A failure that is not certain: an estimated limit, or equality of very narrow balls."""
        if self.mismatch is None:
            found = witness(source, draw.point, trial, relation, other)
            if source.evaluator.mode.heuristic:
                self.mismatch = Mismatch(found, MISMATCH_DIGITS, "estimated limits")
            else:
                self.mismatch = Mismatch(found, MOST_DIGITS, "equality of very narrow balls")

    def record_nothing(self, draw: Draw, trial: Nothing) -> None:
        if trial.unsupported:
            self.unsupported = trial.reason
        elif not trial.undefined:
            self.undecided[trial.reason] = self.undecided.get(trial.reason, 0) + 1
        else:
            if trial.thin:
                self.exceptions.setdefault(trial.reason, exception_text(trial.reason, draw.point))
            else:
                self.regional.add(trial.reason)
            if not draw.special:
                count = self.generic_undefined.get(trial.reason, 0)
                self.generic_undefined[trial.reason] = count + 1

    def _widespread(self) -> set[str]:
        """Reasons that hold on a region, or at more than a quarter of the generic points."""
        often = max(3, self.generic // 4)
        return self.regional | {r for r, count in self.generic_undefined.items() if count > often}

    def notes(self) -> tuple[str, ...]:
        found = []
        widespread = sorted(self._widespread())
        if self.held and widespread:
            found.append("undefined on part of the domain: " + ", ".join(widespread[:3]))
        left = sum(self.undecided.values())
        if self.held and left > self.met // 10:
            found.append(f"{left} points left open: {next(iter(self.undecided))}")
        if self.timed_out:
            found.append("stopped by the time budget")
        return tuple(found)

    def conclusion(self) -> Evidence:
        """A doubt outweighs agreement elsewhere; without a point where both sides are defined
        nothing is said."""
        if self.mismatch is not None:
            return self.mismatch
        if self.held:
            widespread = self._widespread()
            exceptions = tuple(t for r, t in self.exceptions.items() if r not in widespread)
            sizes = tuple(tuple(sorted(s.items())) for s in self.sizes)
            return Agreement(self.held, self.digits, sizes, exceptions, tuple(self.samples), METHOD)
        if self.unsupported:
            return Silence(Cause.UNSUPPORTED, self.unsupported)
        if self.undecided:
            return Silence(Cause.INCONCLUSIVE, next(iter(self.undecided)))
        if self.timed_out:
            return Silence(Cause.TIMEOUT, "no point was decided in time")
        if self.met:
            reasons = ", ".join(sorted({*self.regional, *self.exceptions})[:3])
            return Silence(Cause.VACUOUS, f"no point where both sides are defined: {reasons}")
        if self.empty:
            return Silence(Cause.VACUOUS, "no point satisfies the assumptions")
        return Silence(Cause.INCONCLUSIVE, "no point of the domain was found")
