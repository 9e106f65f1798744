"""A pool of worker processes that are killed at their budget of time or memory.

Pebble keeps the processes. They are forked from one server process that has loaded NumPy and
flint already, so that a killed worker is replaced within milliseconds.
"""

from __future__ import annotations

import contextlib
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TypeAlias

from pebble import ProcessExpired, ProcessPool

from derivcheck.evidence import Cause, Finding, Silence, Witness
from derivcheck.judge.links import RECHECK
from derivcheck.run import worker
from derivcheck.run.options import Engine, Options
from derivcheck.run.server import process_context
from derivcheck.run.worker import Order

Answer: TypeAlias = "Future[tuple[int, bytes]]"

ATTEMPTS = 3


class Stopped(Exception):
    """The pool was stopped while a finding was awaited."""


@dataclass(frozen=True, slots=True)
class Task:
    """An order that was given; `answer` will be its result."""

    order: Order
    answer: Answer


class Pool:
    """Asks engines in worker processes. Safe to use from several threads."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._lock = threading.Lock()
        self._stopped = False
        self._waiting: set[Answer] = set()
        self._used_workers: set[int] = set()
        self._processes = self._start()

    def _start(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.options.jobs,
            initializer=worker.start,
            initargs=(self.options.memory_mb,),
            context=process_context(),
        )

    def ask(self, engine: Engine, parcel: bytes, link: int) -> Task:
        """Queues one engine on one relation of a packed statement. Raises Stopped."""
        return self._schedule(self._order(engine.name, engine.module, parcel, link))

    def ask_again(self, engine: Engine, parcel: bytes, link: int, seen: Witness) -> Task:
        """Queues a second look of an engine at one point. Raises Stopped."""
        return self._schedule(self._order(RECHECK, engine.recheck, parcel, link, seen))

    def _order(
        self, name: str, module: str, parcel: bytes, link: int, seen: Witness | None = None
    ) -> Order:
        options = self.options
        return Order(name, module, parcel, link, options.settings, options.hard_timeout, seen)

    def _schedule(self, order: Order) -> Task:
        """Orders are begun as they are queued."""
        return Task(order, self._put(worker.carry_out, (order,)))

    def _put(self, function: Callable[..., tuple[int, bytes]], args: tuple[object, ...]) -> Answer:
        with self._lock:
            if self._stopped:
                raise Stopped
            if not self._processes.active:
                self._restart()
            answer: Answer = self._processes.schedule(
                function, args=args, timeout=self.options.hard_timeout
            )
            self._waiting.add(answer)
        return answer

    def finding(self, task: Task) -> Finding:
        """Waits for what the engine says; a worker that had to be killed is its silence.

        Raises Stopped, and nothing for what an engine does.
        """
        silence = Silence(Cause.CRASH, "the worker processes ended again and again")
        for _ in range(ATTEMPTS):
            try:
                return self._collect(task.answer)
            except TimeoutError:
                reason = f"no answer within {self.options.timeout:g} s"
                return Finding(task.order.engine, Silence(Cause.TIMEOUT, reason))
            except BrokenProcessPool:
                pass
            except ProcessExpired as expired:
                silence = _why_ended(expired.exitcode, self.options.memory_mb)
                if silence.cause is not Cause.MEMORY or expired.pid not in self._used_workers:
                    break
                # Memory that earlier tasks left behind must not decide: again, in another worker.
            task = self._schedule(task.order)
        return Finding(task.order.engine, silence)

    def _collect(self, answer: Answer) -> Finding:
        finding = pickle.loads(self._collect_bytes(answer))
        assert isinstance(finding, Finding)
        return finding

    def _collect_bytes(self, answer: Answer) -> bytes:
        try:
            pid, pickled = answer.result()
        except CancelledError:
            raise Stopped from None
        finally:
            with self._lock:
                self._waiting.discard(answer)
        self._used_workers.add(pid)
        return pickled

    def call(self, module: str, function: str, argument: bytes) -> bytes | None:
        """What a function of bytes answers in a worker; None where the worker had to be killed.

        Raises Stopped, and what the function raises.
        """
        args = (module, function, argument, self.options.hard_timeout)
        try:
            return self._collect_bytes(self._put(worker.call, args))
        except (TimeoutError, BrokenProcessPool, ProcessExpired):
            return None

    def _restart(self) -> None:
        """A new pool in place of one that lost all its workers; who waits is told, to ask again."""
        _end(self._processes)
        for answer in self._waiting:
            if not answer.done():
                answer.set_exception(BrokenProcessPool("the workers were replaced"))
        self._processes = self._start()

    def stop(self) -> None:
        """Kills the workers at once; whoever waits for a finding gets Stopped."""
        with self._lock:
            self._stopped = True
            waiting = tuple(self._waiting)
        for answer in waiting:
            answer.cancel()
        _end(self._processes)


def _end(processes: ProcessPool) -> None:
    processes.stop()  # type: ignore[no-untyped-call]
    processes.join()


def _why_ended(code: int, memory_mb: int) -> Silence:
    """What the exit code of a worker tells; GMP and flint abort when they cannot allocate."""
    if code == worker.MEMORY_EXIT:
        return Silence(Cause.MEMORY, f"more than {memory_mb} MB are needed")
    name = f"exit code {code}"
    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name
    if name in ("SIGABRT", "SIGKILL"):
        return Silence(Cause.MEMORY, f"the worker was ended by {name}, most likely out of memory")
    return Silence(Cause.CRASH, f"the worker ended with {name}")
