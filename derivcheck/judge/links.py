"""The verdict on one relation from all that the engines found about it.

    Proof     Refutation  Mismatch  Agreement         verdict
    yes       yes         -         -                 conflict
    -         yes         -         -                 refuted, certified
    yes       -           yes       by balls          proved (rounding fooled the floats)
    yes       -           yes       not by balls      conflict
    yes       -           -         -                 proved, unless the domain is vacuous
    -         -           yes       by balls          supported (more digits settled it)
    -         -           yes       not by balls      refuted, not certified
    -         -           -         yes               supported, unless contested by balls
    -         -           -         -                 undecided

A Silence never helps a claim. It harms one only when it says that the domain is empty, or that
balls found a point where a strict relation is too close to tell.

A second look, by balls at the very point where floats saw a mismatch, either refutes (a
Refutation like any other) or shows that it was rounding: then the mismatch is struck out. It is
no agreement, being one point that was chosen for its trouble.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar, assert_never

from derivcheck.evidence import (
    Agreement,
    Cause,
    Finding,
    Mismatch,
    Proof,
    Refutation,
    Silence,
    Witness,
)  # fmt: skip
from derivcheck.judge.exceptions import merged
from derivcheck.verdict import LinkOutcome, Verdict

BALL_ENGINES = frozenset({"rigorous"})
"""Engines whose agreement encloses the exact values, so that it overrules a float's mismatch."""

RECHECK = "recheck"
"""The name under which such a second look is found."""

_ON_NUMBERS = ("rigorous", "sampled")
_DERIVED_PREFERENCE = ("indexed", "symbolic", "exact")
_BY_CASES = ("exact", "symbolic")
_METHODS = {
    "exact": "exact algebra",
    "indexed": "index calculus",
    "symbolic": "SymPy",
    "rigorous": "balls",
    "sampled": "floats",
    RECHECK: "balls",
}
_CAUSES_BY_WEIGHT = (
    Cause.VACUOUS, Cause.CONTESTED, Cause.TIMEOUT, Cause.MEMORY, Cause.CRASH, Cause.UNSUPPORTED,
    Cause.INCONCLUSIVE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The findings on one relation, by kind of evidence, each with its engine's name."""

    proofs: tuple[tuple[str, Proof], ...]
    refutations: tuple[tuple[str, Refutation], ...]
    mismatches: tuple[tuple[str, Mismatch], ...]
    agreements: tuple[tuple[str, Agreement], ...]
    silences: tuple[tuple[str, Silence], ...]
    was_rounding: bool

    @property
    def ball_agreement(self) -> bool:
        return any(engine in BALL_ENGINES for engine, _ in self.agreements)

    @property
    def is_vacuous(self) -> bool:
        """Whether no engine saw a point of the domain and one of them says there is none."""
        saw_a_point = self.agreements or self.mismatches or self.refutations or self.was_rounding
        return not saw_a_point and any(s.cause is Cause.VACUOUS for _, s in self.silences)


def judge_link(text: str, findings: Sequence[Finding]) -> LinkOutcome:
    """The verdict by the table above, and the evidence merged into one outcome."""
    found = _sort(findings)
    verdict, reason = _decide(found)
    failed = verdict in (Verdict.REFUTED, Verdict.CONFLICT)
    strongest = _strongest(found.agreements)
    return LinkOutcome(
        text=text,
        verdict=verdict,
        findings=tuple(findings),
        certified=failed and bool(found.refutations),
        witness=_witness(found) if failed else None,
        gap=found.refutations[0][1].gap if failed and found.refutations else "",
        derived=_derived(findings),
        method=_method(verdict, found, strongest),
        points=strongest[1].points if strongest else 0,
        digits=strongest[1].digits if strongest else 0,
        exceptions=_exceptions(found) if verdict.is_match else (),
        reason=reason,
    )


def _sort(findings: Sequence[Finding]) -> _Sorted:
    proofs: list[tuple[str, Proof]] = []
    refutations: list[tuple[str, Refutation]] = []
    mismatches: list[tuple[str, Mismatch]] = []
    agreements: list[tuple[str, Agreement]] = []
    silences: list[tuple[str, Silence]] = []
    was_rounding = False
    for finding in findings:
        engine = finding.engine
        match finding.evidence:
            case Proof() as proof:
                proofs.append((engine, proof))
            case Refutation() as refutation:
                refutations.append((engine, refutation))
            case Mismatch() as mismatch:
                mismatches.append((engine, mismatch))
            case Agreement(points=points) if points < 1:
                # Sides equal at no point at all (0 == 0 on 64 NaNs) agree about nothing.
                silences.append((engine, Silence(Cause.INCONCLUSIVE, "no point was defined")))
            case Agreement() if engine == RECHECK:
                was_rounding = True
            case Agreement() as agreement:
                agreements.append((engine, agreement))
            case Silence() as silence:
                silences.append((engine, silence))
            case other:
                assert_never(other)
    if was_rounding:
        # What balls estimated, of a limit for example, was not what they looked at again.
        mismatches = [(engine, found) for engine, found in mismatches if engine in BALL_ENGINES]
    return _Sorted(
        tuple(proofs), tuple(refutations), tuple(mismatches), tuple(agreements), tuple(silences),
        was_rounding,
    )  # fmt: skip


def _decide(found: _Sorted) -> tuple[Verdict, str]:
    """The table of the module, row by row, and the reason where the verdict needs one."""
    if found.proofs and found.refutations:
        return Verdict.CONFLICT, (
            f"{_names(found.proofs)} proved it, {_names(found.refutations)} found a counterexample"
        )
    if found.refutations:
        return Verdict.REFUTED, ""
    if found.mismatches and not found.ball_agreement:
        if not found.proofs:
            return Verdict.REFUTED, ""
        return Verdict.CONFLICT, (
            f"{_names(found.proofs)} proved it, {_names(found.mismatches)} saw it fail"
        )
    if found.is_vacuous:
        return Verdict.UNDECIDED, _silence_reason(found.silences)
    rounding = found.mismatches or found.was_rounding
    note = "floats saw a difference that more digits did not confirm" if rounding else ""
    if found.proofs:
        return Verdict.PROVED, note
    contested = [(e, s) for e, s in found.silences if s.cause is Cause.CONTESTED]
    if contested:
        return Verdict.UNDECIDED, _silence_reason(tuple(contested))
    if found.agreements:
        return Verdict.SUPPORTED, note
    return Verdict.UNDECIDED, note or _silence_reason(found.silences)


def _silence_reason(silences: tuple[tuple[str, Silence], ...]) -> str:
    """The weightiest cause, with the engine that gave it: `timeout (symbolic): …`.

    Of equal causes that of an engine on numbers: those are meant to say something of any claim.
    """
    numbers_first = sorted(silences, key=lambda pair: pair[0] not in _ON_NUMBERS)
    for cause in _CAUSES_BY_WEIGHT:
        for engine, silence in numbers_first:
            if silence.cause is cause:
                return f"{cause} ({engine}): {silence.reason}".removesuffix(": ")
    return "no engine was asked"


_E = TypeVar("_E")


def _names(evidence: Iterable[tuple[str, _E]]) -> str:
    return " and ".join(dict.fromkeys(engine for engine, _ in evidence))


def _strongest(
    agreements: tuple[tuple[str, Agreement], ...],
) -> tuple[str, Agreement] | None:
    """The agreement to the most digits; of equals balls, then the one at more points."""
    return max(
        agreements,
        key=lambda pair: (pair[1].digits, pair[0] in BALL_ENGINES, pair[1].points),
        default=None,
    )


def _witness(found: _Sorted) -> Witness | None:
    """A certified counterexample if there is one, else a float's."""
    failures = [evidence.witness for _, evidence in found.refutations]
    failures += [evidence.witness for _, evidence in found.mismatches]
    return failures[0] if failures else None


def _method(verdict: Verdict, found: _Sorted, strongest: tuple[str, Agreement] | None) -> str:
    """How the verdict was reached; for a conflict, both sides of it."""
    deciding: list[tuple[str, Proof | Refutation | Mismatch | Agreement]] = []
    if verdict in (Verdict.PROVED, Verdict.CONFLICT):
        deciding += found.proofs[:1]
    if verdict in (Verdict.REFUTED, Verdict.CONFLICT):
        deciding += found.refutations[:1] or found.mismatches[:1]
    if verdict is Verdict.SUPPORTED and strongest:
        deciding.append(strongest)
    texts = [evidence.method or _METHODS.get(engine, engine) for engine, evidence in deciding]
    return " against ".join(texts)


def _derived(findings: Sequence[Finding]) -> str:
    """The derived form that reads best: closed matrix forms first."""
    by_engine = {finding.engine: finding.derived for finding in findings if finding.derived}
    for engine in (*_DERIVED_PREFERENCE, *by_engine):
        if engine in by_engine:
            return by_engine[engine]
    return ""


def _exceptions(found: _Sorted) -> tuple[str, ...]:
    """Every exception any engine named, each once, provers first.

    Index calculus names every kink it meets, also one that a claim smooths over (z/(1 + |z|) at
    0): where a prover that looks at each case agrees with the claim, that one names them.
    """
    by_cases = any(engine in _BY_CASES for engine, _ in found.proofs)
    named = [
        (engine, text)
        for engine, proof in found.proofs
        for text in proof.exceptions
        if engine in _BY_CASES or not by_cases
    ]
    named += [(engine, text) for engine, one in found.agreements for text in one.exceptions]
    return merged(named)
