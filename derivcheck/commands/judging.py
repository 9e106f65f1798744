"""Claims through the engines, with a progress bar and an orderly stop at Ctrl-C."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Protocol

from derivcheck.claim import Claim
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
    with _progress(len(claims), show_progress) as progress:
        for outcome in run_claims(claims, options, diagnose=explain):
            outcomes.append(outcome)
            progress(outcome)


def _in_order(entries: Sequence[Entry], files: Sequence[str]) -> tuple[Entry, ...]:
    rank = {file: position for position, file in enumerate(files)}

    def place(entry: Entry) -> tuple[int, int]:
        file, line = place_of(entry)
        return rank.get(file, len(rank)), line

    return tuple(sorted(entries, key=place))


class _Progress(Protocol):
    def __call__(self, outcome: Outcome) -> None: ...


@contextmanager
def _progress(total: int, is_shown: bool) -> Generator[_Progress]:
    """A bar on standard error while claims are judged, gone when they are."""
    if not is_shown or not sys.stderr.isatty():
        yield lambda outcome: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    failed = 0
    with Progress(
        TextColumn("judging"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[failed]}", style="red"),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=total, failed="")

        def advance(outcome: Outcome) -> None:
            nonlocal failed
            failed += not outcome.as_expected
            bar.update(task, advance=1, failed=f"{failed} not as expected" if failed else "")

        yield advance
