"""`derivcheck run --mutants`: the claims that match, changed, must be refuted."""

from __future__ import annotations

import time
from dataclasses import replace

from derivcheck.commands.progress import progress
from derivcheck.report.model import Report
from derivcheck.run import Options, run_mutants
from derivcheck.verdict import Fate, Mutant


def mutate(report: Report, options: Options, show_progress: bool = False) -> Report:
    """The report with the mutants of its matching claims, in its order; at Ctrl-C those judged."""
    if report.interrupted:
        return report
    began = time.perf_counter()
    claims = [outcome.claim for outcome in report.outcomes if outcome.verdict.is_match]
    found: dict[int, tuple[Mutant, ...]] = {}
    interrupted = False
    try:
        with progress("mutating", len(claims), "survived", show_progress) as advance:
            for claim, mutants in run_mutants(claims, options):
                found[id(claim)] = mutants
                advance(sum(mutant.fate is Fate.SURVIVED for mutant in mutants))
    except KeyboardInterrupt:
        interrupted = True
    return replace(
        report,
        mutants=tuple(mutant for claim in claims for mutant in found.get(id(claim), ())),
        interrupted=interrupted,
        seconds=report.seconds + time.perf_counter() - began,
    )
