"""What a checker says of a claim, how long it took, and the score of many answers."""

from __future__ import annotations

import signal
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import FrameType


class Says(StrEnum):
    """`OPEN`: no answer, an exception, or the time ran out. `UNFIT`: not its kind of claim."""

    YES = "yes"
    NO = "no"
    OPEN = "open"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class Answer:
    claim: str
    is_right: bool
    says: Says
    seconds: float
    reason: str = ""


class _TooSlow(Exception):
    """The time of one call is spent."""


def ask(claim: str, is_right: bool, checker: Callable[[], Says], seconds: float) -> Answer:
    """One question under a time limit; an exception of the checker is no answer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooSlow

    previous = signal.signal(signal.SIGALRM, stop)
    start = time.perf_counter()
    reason = ""
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        says = checker()
    except _TooSlow:
        says, reason = Says.OPEN, f"more than {seconds:g} s"
    except Exception as error:  # a checker under test may raise anything
        says, reason = Says.OPEN, type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    return Answer(claim, is_right, says, time.perf_counter() - start, reason)


@dataclass(frozen=True, slots=True)
class Score:
    asked: int
    confirmed: int
    false_alarms: int
    refuted: int
    false_proofs: int
    open: int
    median: float
    mean: float


def score(answers: Sequence[Answer]) -> Score:
    fit = [answer for answer in answers if answer.says is not Says.UNFIT]

    def count(is_right: bool, says: Says) -> int:
        return sum(answer.is_right is is_right and answer.says is says for answer in fit)

    times = [answer.seconds for answer in fit] or [0.0]
    return Score(
        len(fit), count(True, Says.YES), count(True, Says.NO), count(False, Says.NO),
        count(False, Says.YES), sum(answer.says is Says.OPEN for answer in fit),
        statistics.median(times), statistics.mean(times),
    )  # fmt: skip
