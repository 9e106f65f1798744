"""A bound on the time of one SymPy call, so that a slow one costs only itself."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import sympy as sp

# What SymPy raises from its own depths when an algorithm does not apply.
GIVING_UP = (
    sp.PolynomialError, NotImplementedError, ArithmeticError, RecursionError, ValueError,
    TypeError, AttributeError, KeyError, IndexError, AssertionError,
)  # fmt: skip


class OutOfTime(BaseException):
    """The part of the budget for this step is spent. No handler inside SymPy may catch it."""


class Budget:
    """The engine's soft budget in seconds of wall time."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self.end - time.monotonic()

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Raise OutOfTime inside the block when its time is over.

        By an alarm, which only the main thread can receive; elsewhere the block runs on.
        """
        seconds = min(seconds, self.left)
        if seconds <= 0:
            raise OutOfTime
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before, began = signal.signal(signal.SIGALRM, _ring), time.monotonic()
        outer, _ = signal.getitimer(signal.ITIMER_REAL)
        signal.setitimer(signal.ITIMER_REAL, min(seconds, outer or seconds))
        try:
            yield
        finally:
            rest = max(outer - (time.monotonic() - began), 0.001) if outer else 0
            signal.setitimer(signal.ITIMER_REAL, rest)
            signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: FrameType | None) -> None:
    raise OutOfTime
