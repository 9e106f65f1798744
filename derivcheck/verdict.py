"""Verdicts, diagnoses and outcomes: what is reported, pure data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from derivcheck.claim import Claim, Context
from derivcheck.evidence import Agreement, Finding, Witness
from derivcheck.exits import ExitCode as ExitCode
from derivcheck.expr.nodes import Expr


class Verdict(StrEnum):
    PROVED = "proved"
    SUPPORTED = "supported"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    CONFLICT = "conflict"
    ERROR = "error"

    @property
    def is_match(self) -> bool:
        return self in (Verdict.PROVED, Verdict.SUPPORTED)


class Fault(StrEnum):
    """What is wrong with a refuted claim; the kinds of the language page."""

    SIGN = "sign"
    FACTOR = "factor"
    TRANSPOSE = "transpose"
    CONJUGATE = "conjugate"
    MISSING_TERM = "missing-term"
    EXTRA_TERM = "extra-term"
    INNER_DERIVATIVE = "inner-derivative"
    ORDER = "order"
    INDEX = "index"
    DOMAIN = "domain"
    CONSTANT = "constant"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`corrected` is a formula in the claim's own notation; `step` the first broken link."""

    kind: Fault
    text: str
    corrected: str = ""
    step: int | None = None


class Fate(StrEnum):
    """What became of a mutant: refuted, as it should; proved, so no mutant; neither."""

    REFUTED = "refuted"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed claim: which claim, what was changed, the changed text; why it was not refuted."""

    claim: str
    change: str
    text: str
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """The verdict on one relation, with all that was found about it."""

    text: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    certified: bool = False
    witness: Witness | None = None
    gap: str = ""
    derived: str = ""
    method: str = ""
    points: int = 0
    digits: int = 0
    exceptions: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one claim, and on its `corrected:` formula, where there is one."""

    claim: Claim
    verdict: Verdict
    as_expected: bool
    links: tuple[LinkOutcome, ...]
    diagnosis: Diagnosis | None = None
    corrected: tuple[LinkOutcome, ...] = ()
    reason: str = ""
    seconds: float = 0.0

    @property
    def decisive(self) -> LinkOutcome | None:
        """The link that decided: the first with the claim's own verdict, or the first."""
        for link in self.links:
            if link.verdict == self.verdict:
                return link
        return self.links[0] if self.links else None


@dataclass(frozen=True, slots=True)
class Derived:
    """An expression with derivatives and the closed `form` found for it, if one was.

    `check` is the verdict on `expression == form`.
    """

    text: str
    expression: Expr
    context: Context
    form: Expr | None = None
    engine: str = ""
    check: LinkOutcome | None = None

    @property
    def is_confirmed(self) -> bool:
        """Whether it holds and an engine that computes with numbers saw it hold: an engine that
        derived a form also proves it, which alone would say little."""
        return (
            self.check is not None
            and self.check.verdict.is_match
            and any(
                isinstance(finding.evidence, Agreement) and finding.evidence.points > 0
                for finding in self.check.findings
            )
        )
