"""Claims through the engines, with a progress bar and an orderly stop at Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Sequence

from derivcheck.claim import Claim
from derivcheck.commands.progress import progress
from derivcheck.load.assembling import BrokenClaim, Loaded
from derivcheck.report.model import Entry, Report, place_of
from derivcheck.run import Options, explain, run_claims
from derivcheck.verdict import Outcome


def judge(loaded: Loaded, options: Options, show_progress: bool = False) -> Report:
    """All outcomes in the order of the files; at Ctrl-C those that were finished."""
    began = time.perf_counter()
    claims = [claim for claim in loaded.claims if isinstance(claim, Claim)]
    broken = [claim for claim in loaded.claims if isinstance(claim, BrokenClaim)]
    outcomes: list[Outcome] = []
    interrupted = False
    if not (options.fail_fast and broken):
        try:
            _collect(claims, options, outcomes, show_progress)
        except KeyboardInterrupt:
            interrupted = True
    return Report(
        entries=_in_order([*outcomes, *broken], loaded.files),
        diagnostics=loaded.diagnostics,
        selected=len(loaded.claims),
        seconds=time.perf_counter() - began,
        seed=options.seed,
        interrupted=interrupted,
    )


def _collect(
    claims: Sequence[Claim], options: Options, outcomes: list[Outcome], show_progress: bool
) -> None:
    """Adds the outcomes one by one, so that those before an interruption are there."""
    with progress("judging", len(claims), "not as expected", show_progress) as advance:
        for outcome in run_claims(claims, options, diagnose=explain):
            outcomes.append(outcome)
            advance(int(not outcome.as_expected))


def _in_order(entries: Sequence[Entry], files: Sequence[str]) -> tuple[Entry, ...]:
    rank = {file: position for position, file in enumerate(files)}

    def place(entry: Entry) -> tuple[int, int]:
        file, line = place_of(entry)
        return rank.get(file, len(rank)), line

    return tuple(sorted(entries, key=place))
