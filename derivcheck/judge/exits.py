"""The exit code of a run."""

from __future__ import annotations

from collections.abc import Sequence

from derivcheck.exits import ExitCode
from derivcheck.verdict import Outcome, Verdict


def exit_code(
    outcomes: Sequence[Outcome], *, broken_specs: bool = False, interrupted: bool = False
) -> ExitCode:
    """130 over 3 over 2 over 1 over 0; 5 when there was nothing to judge and nothing broken.

    A conflict counts wherever it is, in the corrected formula of a claim too.
    """
    if interrupted:
        return ExitCode.INTERRUPTED
    if any(_has_conflict(outcome) for outcome in outcomes):
        return ExitCode.BUG
    if broken_specs or any(outcome.verdict is Verdict.ERROR for outcome in outcomes):
        return ExitCode.USAGE
    if not outcomes:
        return ExitCode.NOTHING_SELECTED
    if all(outcome.as_expected for outcome in outcomes):
        return ExitCode.AS_EXPECTED
    return ExitCode.NOT_AS_EXPECTED


def _has_conflict(outcome: Outcome) -> bool:
    verdicts = [outcome.verdict, *(link.verdict for link in (*outcome.links, *outcome.corrected))]
    return Verdict.CONFLICT in verdicts
