"""Many claims at once: each is followed by a thread that waits for its workers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TypeAlias

from derivcheck.claim import Claim
from derivcheck.judge import judge_claim
from derivcheck.run.examination import Examiner
from derivcheck.run.options import ENGINES, Engine, Options, Stage
from derivcheck.run.pool import Pool, Stopped
from derivcheck.verdict import Diagnosis, Outcome, Verdict

Diagnose: TypeAlias = Callable[[Claim, Outcome, Examiner], Diagnosis | None]
"""Explains a refuted claim: tries repaired claims with the examiner it is given, which has the
cheap engines only, and names one that holds. None leaves the judge's own diagnosis."""


def run_claims(
    claims: Sequence[Claim],
    options: Options,
    *,
    engines: tuple[Engine, ...] = ENGINES,
    diagnose: Diagnose | None = None,
) -> Iterator[Outcome]:
    """Yields each outcome as soon as it is known, in the order in which they become known.

    Closing the iterator, or a KeyboardInterrupt in it, kills the workers at once. With
    `fail_fast` it ends after the first outcome that is not as expected.
    """
    asked = options.select(engines)
    if not claims:
        return
    pool = Pool(options)
    # Enough claims under way that no worker waits while a slow claim holds others.
    threads = ThreadPoolExecutor(max_workers=2 * options.jobs + 2)
    try:
        bench = _Bench(pool, asked, options, diagnose)
        futures = [threads.submit(bench.judge, claim) for claim in claims]
        for future in as_completed(futures):
            outcome = future.result()
            yield outcome
            if options.fail_fast and not outcome.as_expected:
                return
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        pool.stop()
        threads.shutdown(wait=True)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What one claim needs on its way from statement to outcome."""

    pool: Pool
    engines: tuple[Engine, ...]
    options: Options
    diagnose: Diagnose | None

    def judge(self, claim: Claim) -> Outcome:
        """A defect of ours that only this claim meets must not cost the others: it is undecided."""
        began = time.perf_counter()
        try:
            outcome = self._outcome(claim)
        except Stopped:
            raise
        except Exception as error:
            reason = f"an internal error: {type(error).__name__}: {error}"
            outcome = Outcome(claim, Verdict.UNDECIDED, False, (), reason=reason)
        return replace(outcome, seconds=time.perf_counter() - began)

    def _outcome(self, claim: Claim) -> Outcome:
        examiner = Examiner(self.pool, self.engines, self.options.all_engines)
        links = examiner.examine(claim.statement)
        corrected = examiner.examine(claim.corrected) if claim.corrected else ()
        outcome = judge_claim(claim, links, corrected, require=self.options.require)
        if outcome.verdict is Verdict.REFUTED and self.diagnose:
            return self._explained(outcome, self.diagnose)
        return outcome

    def _explained(self, outcome: Outcome, diagnose: Diagnose) -> Outcome:
        """A failing explanation must not cost the verdict: then the judge's own one stays."""
        cheap = tuple(engine for engine in self.engines if engine.stage is Stage.FIRST)
        try:
            diagnosis = diagnose(outcome.claim, outcome, Examiner(self.pool, cheap))
        except Stopped:
            raise
        except Exception as error:
            note = f"the diagnosis failed: {type(error).__name__}: {error}"
            return replace(outcome, reason="; ".join(filter(None, (outcome.reason, note))))
        return replace(outcome, diagnosis=diagnosis or outcome.diagnosis)
