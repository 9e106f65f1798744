"""Why a refuted claim is wrong: the search for a repair, in a worker process like all engines."""

from __future__ import annotations

import importlib
import pickle
from dataclasses import dataclass, replace
from fractions import Fraction

from derivcheck.claim import Claim, Context, Relation, Statement
from derivcheck.diagnose import Case, Tools, diagnose
from derivcheck.evidence import (
    Agreement,
    Cause,
    Finding,
    Mismatch,
    Refutation,
    Settings,
    Silence,
    Witness,
)
from derivcheck.expr.declarations import Kind
from derivcheck.expr.names import Names
from derivcheck.expr.scope import Scope
from derivcheck.judge import judge_link
from derivcheck.load.statements import read_claim
from derivcheck.run.examination import Examiner
from derivcheck.text import Fragment
from derivcheck.verdict import Diagnosis, Outcome, Verdict

SECONDS = 5.0
QUICK_SECONDS, CAREFUL_SECONDS = 0.06, 1.5
FEWEST_POINTS, MOST_SEEN = 8, 4
_DISCRETE = frozenset({Kind.INTEGER, Kind.INDEX, Kind.ONEHOT})


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs: formulas as text, so that nothing deep is sent to it."""

    case: Case
    within: Fraction | None
    settings: Settings
    balls: str
    floats: str
    recheck: str
    seen: Witness | None


def explain(claim: Claim, outcome: Outcome, examiner: Examiner) -> Diagnosis | None:
    """A confirmed repair of the first refuted relation, or None where none was found in time."""
    named = {engine.name: engine for engine in examiner.engines}
    reading = claim.reading
    step = next((i for i, o in enumerate(outcome.links) if o.verdict is Verdict.REFUTED), None)
    if reading is None or step is None or not {"rigorous", "sampled"} <= named.keys():
        return None
    text, link = claim.statement.text, step
    if claim.is_derivation:
        text, link = f"({claim.lines[step]}) == ({claim.lines[step + 1]})", 0
    case = Case(
        text, link, reading.names, reading.assume, outcome.links[step].derived,
        step if len(outcome.links) > 1 else None, claim.is_derivation,
        _ratio(outcome.links[step].witness),
    )  # fmt: skip
    options = examiner.pool.options
    settings = replace(options.settings, seconds=min(SECONDS, options.timeout))
    within = claim.statement.context.within
    balls, floats = named["rigorous"], named["sampled"]
    seen = outcome.links[step].witness
    job = Job(case, within, settings, balls.module, floats.module, balls.recheck, seen)
    answer = examiner.pool.call(__name__, search.__name__, pickle.dumps(job))
    found = None if answer is None else pickle.loads(answer)
    if not isinstance(found, Diagnosis):
        return None
    if claim.is_derivation:
        found = replace(found, text=f"line {step + 2}: {found.text}")
    return found


def _ratio(witness: Witness | None) -> Fraction | None:
    """lhs/rhs at a counterexample, of scalars or of the entry that differs, where it is simple."""
    if witness is None:
        return None
    row, col = witness.entry or (0, 0)
    try:
        left, right = (
            Fraction(side if isinstance(side, str) else side[row][col])
            for side in (witness.lhs, witness.rhs)
        )
        simple = (left / right).limit_denominator(1000)
    except (ValueError, ZeroDivisionError, IndexError):
        return None
    return simple if abs(simple * right - left) <= abs(left) / 10**6 else None


def search(parcel: bytes) -> bytes:
    """Runs in a worker: a pickled Job of its parent to the pickled Diagnosis or None."""
    job = pickle.loads(parcel)
    assert isinstance(job, Job)
    return pickle.dumps(diagnose(job.case, _Engines(job, [job.seen] if job.seen else []).tools()))


@dataclass(frozen=True, slots=True)
class _Engines:
    """The numeric engines as the search wants them; balls reject within milliseconds.

    `seen` are points at which changed claims failed: the next one is likely to fail there too.
    """

    job: Job
    seen: list[Witness]

    def tools(self) -> Tools:
        seconds = self.job.settings.seconds
        return Tools(self.read, self.refutes, self.holds, self.points, seconds)

    def read(self, text: str, names: Names, assume: tuple[Fragment, ...]) -> Statement:
        return read_claim(Fragment.whole(text), Scope(names.copy()), assume, self.job.within)

    def _ask(self, module: str, relation: Relation, context: Context, seconds: float) -> Finding:
        """An engine that fails on a changed claim says nothing about it; the search goes on."""
        settings = replace(self.job.settings, seconds=seconds)
        try:
            finding = importlib.import_module(module).examine(relation, context, settings)
        except Exception as error:
            return Finding(module, Silence(Cause.CRASH, str(error)))
        assert isinstance(finding, Finding)
        return finding

    def _fails_at(self, witness: Witness, relation: Relation, context: Context) -> bool:
        settings = replace(self.job.settings, seconds=QUICK_SECONDS)
        try:
            recheck = importlib.import_module(self.job.recheck).recheck
            return isinstance(recheck(relation, context, settings, witness).evidence, Refutation)
        except Exception:
            return False

    def refutes(self, relation: Relation, context: Context) -> bool:
        """At the points that refuted others first, the latest of them before the rest."""
        for witness in reversed(self.seen if self.job.recheck else ()):
            if self._fails_at(witness, relation, context):
                return True
        evidence = self._ask(self.job.balls, relation, context, QUICK_SECONDS).evidence
        if isinstance(evidence, Refutation):
            self._remember(evidence.witness)
        return isinstance(evidence, Refutation | Mismatch)

    def _remember(self, witness: Witness) -> None:
        self.seen[:] = [*self.seen[1 - MOST_SEEN :], witness]

    def holds(self, statement: Statement) -> bool:
        """By balls first, then by floats too; agreement at a handful of points is none."""
        context = statement.context
        is_continuous = any(d.domain.kind not in _DISCRETE for d in context.declarations)
        for link in statement.links:
            first = self._ask(self.job.balls, link.relation, context, CAREFUL_SECONDS)
            match first.evidence:
                case Refutation(witness) | Mismatch(witness):
                    self._remember(witness)
                    return False
                case Agreement(points=points) if points < FEWEST_POINTS and is_continuous:
                    return False
            second = self._ask(self.job.floats, link.relation, context, CAREFUL_SECONDS)
            if not judge_link(link.text, (first, second)).verdict.is_match:
                return False
        return True

    def points(self, relation: Relation, context: Context) -> int:
        evidence = self._ask(self.job.floats, relation, context, CAREFUL_SECONDS).evidence
        return evidence.points if isinstance(evidence, Agreement) else 0
