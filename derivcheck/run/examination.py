"""One statement through the engines: which are asked, in which order, and when it is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derivcheck.claim import Relation, Statement
from derivcheck.evidence import Finding, Mismatch, Proof, Refutation
from derivcheck.judge import judge_link
from derivcheck.run.options import Engine, Stage
from derivcheck.run.parcel import has_derivative, pack
from derivcheck.run.pool import Pool, Task
from derivcheck.verdict import LinkOutcome


@dataclass(frozen=True, slots=True)
class Examiner:
    """Judges statements. Each (relation, engine) is a task of its own: when one is killed, the
    findings of all others stay. `always` asks the engines of the last stage in any case."""

    pool: Pool
    engines: tuple[Engine, ...]
    always: bool = False

    def examine(self, statement: Statement) -> tuple[LinkOutcome, ...]:
        """The outcome of every relation, in order. What is asked depends on the findings about
        the same relation alone, so neither the number of workers nor their pace changes it."""
        parcel = pack(statement)
        count = len(statement.links)
        findings: list[list[Finding]] = [[] for _ in range(count)]

        def collect(tasks: list[list[Task]]) -> None:
            for found, of_link in zip(findings, tasks, strict=True):
                found.extend(self.pool.finding(task) for task in of_link)

        first, last = self._stage(Stage.FIRST), self._stage(Stage.LAST)
        collect([[self.pool.ask(engine, parcel, i) for engine in first] for i in range(count)])
        collect([self._second_looks(parcel, i, findings[i]) for i in range(count)])
        collect(
            [
                [self.pool.ask(engine, parcel, i) for engine in last]
                if self.always or is_open(link.relation, findings[i])
                else []
                for i, link in enumerate(statement.links)
            ]
        )
        return tuple(
            judge_link(link.text, found)
            for link, found in zip(statement.links, findings, strict=True)
        )

    def _second_looks(self, parcel: bytes, link: int, findings: Sequence[Finding]) -> list[Task]:
        """Where floats saw a failure that nobody certified, the engines that can look at that
        very point with more digits: elsewhere their agreement would say little."""
        if any(isinstance(finding.evidence, Refutation) for finding in findings):
            return []
        return [
            self.pool.ask_again(engine, parcel, link, finding.evidence.witness)
            for finding in findings
            if isinstance(finding.evidence, Mismatch)
            for engine in self.engines
            if engine.recheck and engine.name != finding.engine
        ]

    def _stage(self, stage: Stage) -> tuple[Engine, ...]:
        return tuple(engine for engine in self.engines if engine.stage is stage)


def is_open(relation: Relation, findings: Sequence[Finding]) -> bool:
    """Whether the engines of the last stage may add something.

    They do where nobody proved and nobody certainly refuted, and where a derivative is claimed
    and nobody has a derived form to show beside it.
    """
    is_settled = any(isinstance(finding.evidence, Proof | Refutation) for finding in findings)
    if not is_settled:
        return True
    return has_derivative(relation) and not any(finding.derived for finding in findings)
