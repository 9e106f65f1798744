"""What runs inside a worker process: one engine on one relation at a time."""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import signal
import sys
import time
import traceback
from dataclasses import dataclass, replace

from derivcheck.evidence import Cause, Finding, Settings, Silence, Witness
from derivcheck.run.parcel import unpack

MEMORY_EXIT = 77
"""How a worker ends that ran out of memory: a new one starts with clean memory in its place."""

GRACE = 1.0
"""Seconds after which a worker that should have been killed ends itself: its parent is gone."""

RECURSION_LIMIT = 20_000
STACK_BYTES = 100 * 2**20


def start(memory_mb: int) -> None:
    """Prepares a new worker: bounded memory, a deep stack, a quick death, no output."""
    # The default action ends the process even inside a long C loop, where no handler would run.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.setrecursionlimit(RECURSION_LIMIT)
    _limit_memory(memory_mb)
    # The C libraries print when they run out of memory; standard output belongs to the report.
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def _limit_memory(memory_mb: int) -> None:
    """Bounds the address space where the platform can (not on Windows, hardly on macOS)."""
    try:
        import resource
    except ImportError:
        return
    for limit, wanted in (
        (resource.RLIMIT_AS, memory_mb * 2**20),
        (resource.RLIMIT_STACK, STACK_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(limit)
        bound = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (bound, most))


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to do: one engine on one relation of a packed statement.

    With a witness, the engine is to look at this point only.
    """

    engine: str
    module: str
    parcel: bytes
    link: int
    settings: Settings
    hard_timeout: float
    seen: Witness | None = None


def carry_out(order: Order) -> tuple[int, bytes]:
    """This worker's pid, and the pickled Finding.

    An engine that cannot be imported or raises is silent with the last line of its traceback.
    """
    began = time.perf_counter()
    _set_alarm(order.hard_timeout + GRACE)
    try:
        finding = replace(_ask(order), engine=order.engine, seconds=time.perf_counter() - began)
        result = pickle.dumps(finding)
    except MemoryError:
        os._exit(MEMORY_EXIT)
    except BaseException as error:
        silence = Silence(Cause.CRASH, _last_line(error))
        result = pickle.dumps(Finding(order.engine, silence, seconds=time.perf_counter() - began))
    _set_alarm(0)
    return os.getpid(), result


def call(module: str, function: str, argument: bytes, hard_timeout: float) -> tuple[int, bytes]:
    """Another function of bytes: this worker's pid and its answer. Raises what it raises."""
    _set_alarm(hard_timeout + GRACE)
    try:
        answer = getattr(importlib.import_module(module), function)(argument)
    except MemoryError:
        os._exit(MEMORY_EXIT)
    finally:
        _set_alarm(0)
    assert isinstance(answer, bytes)
    return os.getpid(), answer


def _set_alarm(seconds: float) -> None:
    """Ends this process after so many seconds by the default action of the signal; 0 disarms."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _ask(order: Order) -> Finding:
    statement = unpack(order.parcel)
    module = importlib.import_module(order.module)
    relation, context = statement.links[order.link].relation, statement.context
    if order.seen is None:
        finding = module.examine(relation, context, order.settings)
    else:
        finding = module.recheck(relation, context, order.settings, order.seen)
    if not isinstance(finding, Finding):
        raise TypeError(f"{order.module} returned a {type(finding).__name__}, not a Finding")
    return finding


def _last_line(error: BaseException) -> str:
    """`TypeError: message (file.py:12)`: the innermost place is where to look."""
    message = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return message
    return f"{message} ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})"
