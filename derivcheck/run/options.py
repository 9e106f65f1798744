"""What a run is told: which engines there are, and the bounds of their work."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum

from derivcheck.evidence import Settings
from derivcheck.judge.claims import Requirement


class Stage(StrEnum):
    """When an engine runs: always, or only where those that always run left something open."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine by name; `module` has the function `examine`, imported in worker processes only.

    `recheck` is a module with the function `recheck`, if the engine can look again at a point
    where another engine saw a relation fail.
    """

    name: str
    module: str
    stage: Stage = Stage.FIRST
    recheck: str = ""


ENGINES = (
    Engine("exact", "derivcheck.engines.exact"),
    Engine("indexed", "derivcheck.engines.indexed"),
    Engine(
        "rigorous", "derivcheck.engines.rigorous", recheck="derivcheck.engines.rigorous.recheck"
    ),
    Engine("sampled", "derivcheck.engines.sampled"),
    Engine("symbolic", "derivcheck.engines.symbolic", Stage.LAST),
)
"""The cheap provers first, then the numbers; SymPy, the dear one, last."""


@dataclass(frozen=True, slots=True)
class Options:
    """`timeout`: seconds an engine may take for one relation. `memory_mb`: of one worker.

    `engines`: names of those to ask; empty means all. `all_engines`: ask those of the last stage
    even where nothing is open. `require`: what every claim must reach to count as expected.
    """

    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    timeout: float = 20.0
    memory_mb: int = 2048
    seed: int = 0
    fail_fast: bool = False
    engines: tuple[str, ...] = ()
    all_engines: bool = False
    require: Requirement = ""

    @property
    def settings(self) -> Settings:
        return Settings(seed=self.seed, seconds=self.timeout)

    @property
    def hard_timeout(self) -> float:
        """When a worker is killed: engines keep the soft budget themselves, loading takes time."""
        return 1.25 * self.timeout + 2.0

    def select(self, known: tuple[Engine, ...]) -> tuple[Engine, ...]:
        """The engines to ask. Raises ValueError for a name that none of them has."""
        unknown = set(self.engines) - {engine.name for engine in known}
        if unknown:
            names = ", ".join(engine.name for engine in known)
            raise ValueError(f"no engine is called {min(unknown)}; there are {names}")
        return tuple(e for e in known if not self.engines or e.name in self.engines)
