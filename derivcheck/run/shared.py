"""Imported once by the server that workers are forked from: loads what nearly every task needs.

A module that fails here fails again in the worker, where its error becomes a finding.
"""

from __future__ import annotations

import contextlib
import importlib
import sys

from derivcheck.run.options import ENGINES, Stage

for _engine in ENGINES:
    # SymPy, behind the last stage, is loaded by the workers that come to need it.
    if _engine.stage is Stage.FIRST:
        with contextlib.suppress(Exception):
            importlib.import_module(_engine.module)

# A worker that is still on its way when Ctrl-C ends the run finds nothing to connect to: its
# traceback would land in the terminal. A pool that goes on notices a lost worker by itself.
sys.excepthook = lambda kind, error, trace: None
