"""Runs claims through the engines: worker processes that are killed at their budget.

Claim --parcel--> worker (one engine, one relation) --Finding--> judge --> Outcome
"""

from derivcheck.run.batch import run_claims
from derivcheck.run.deriving import derive
from derivcheck.run.explaining import explain
from derivcheck.run.mutants import run_mutants
from derivcheck.run.options import ENGINES, Engine, Options, Stage
from derivcheck.run.server import process_context

__all__ = [
    "ENGINES", "Engine", "Options", "Stage", "derive", "explain", "process_context", "run_claims",
    "run_mutants",
]  # fmt: skip
