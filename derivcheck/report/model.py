"""What a run hands to a report: outcomes and unreadable claims in order, errors, totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from derivcheck.judge import exit_code
from derivcheck.load.assembling import BrokenClaim
from derivcheck.text import Diagnostic
from derivcheck.verdict import ExitCode, Mutant, Outcome, Verdict

Entry: TypeAlias = Outcome | BrokenClaim


@dataclass(frozen=True, slots=True)
class Report:
    """`entries` are in the order of the files; `selected` counts those left unfinished too.

    `mutants` is None where none were asked for.
    """

    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    selected: int = 0
    seconds: float = 0.0
    seed: int = 0
    interrupted: bool = False
    mutants: tuple[Mutant, ...] | None = None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return tuple(entry for entry in self.entries if isinstance(entry, Outcome))

    @property
    def as_expected(self) -> int:
        return sum(is_as_expected(entry) for entry in self.entries)

    @property
    def unfinished(self) -> int:
        return max(0, self.selected - len(self.entries))

    def count(self, verdict: Verdict) -> int:
        return sum(verdict_of(entry) is verdict for entry in self.entries)

    @property
    def exit_code(self) -> ExitCode:
        broken = bool(self.diagnostics) or len(self.outcomes) < len(self.entries)
        return exit_code(self.outcomes, broken_specs=broken, interrupted=self.interrupted)


def verdict_of(entry: Entry) -> Verdict:
    match entry:
        case Outcome(verdict=verdict):
            return verdict
        case BrokenClaim():
            return Verdict.ERROR
        case _:
            assert_never(entry)


def is_as_expected(entry: Entry) -> bool:
    return isinstance(entry, Outcome) and entry.as_expected


def id_of(entry: Entry) -> str:
    return entry.claim.id if isinstance(entry, Outcome) else entry.id


def place_of(entry: Entry) -> tuple[str, int]:
    """The file and line of a claim."""
    span = entry.claim.span if isinstance(entry, Outcome) else entry.span
    return span.source.name, span.line


def reason_of(entry: Entry) -> str:
    """Why an entry is not as expected or open; for a claim that cannot be read, its first error."""
    if isinstance(entry, Outcome):
        return entry.reason
    return entry.diagnostics[0].message if entry.diagnostics else ""


def derived_of(outcome: Outcome) -> str:
    """What an engine derived for the relation that decided; else for the first that has a
    derivative, from which the others of a derivation follow."""
    links = (outcome.decisive, *outcome.links)
    return next((link.derived for link in links if link is not None and link.derived), "")


def exceptions_of(outcome: Outcome) -> tuple[str, ...]:
    """Where a side of a matching claim is undefined, over all its relations, each once."""
    return tuple(dict.fromkeys(text for link in outcome.links for text in link.exceptions))
