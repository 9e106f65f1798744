"""The process that workers are forked from: it has loaded the libraries once for all of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.context import BaseContext

SHARED = "derivcheck.run.shared"


def process_context() -> BaseContext:
    """How workers start: forked from the server, which is started now; afresh on Windows.

    Calling it before specs are read lets the server load its libraries meanwhile.
    """
    _set_environment()
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", SHARED])
    _start_server()
    return context


def _set_environment() -> None:
    """One thread a worker, since the workers are the parallelism; one hash seed for all of them,
    since SymPy's results may depend on the order of sets."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("PYTHONHASHSEED", "0")


def _start_server() -> None:
    """Starts it with interrupts ignored, which its workers inherit: Ctrl-C is for this process."""
    from multiprocessing.forkserver import ensure_running

    if threading.current_thread() is not threading.main_thread():
        ensure_running()
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ensure_running()
    finally:
        signal.signal(signal.SIGINT, handler)
