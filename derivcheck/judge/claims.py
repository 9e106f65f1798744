"""The verdict on one claim from the verdicts on its relations, and whether it is as expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal as OneOf

from derivcheck.claim import Claim, Expectation
from derivcheck.evidence import Agreement
from derivcheck.judge.links import BALL_ENGINES
from derivcheck.verdict import Diagnosis, Fault, LinkOutcome, Outcome, Verdict

Requirement = OneOf["", "proved", "certified"]


def judge_claim(
    claim: Claim,
    links: Sequence[LinkOutcome],
    corrected: Sequence[LinkOutcome] = (),
    *,
    require: Requirement = "",
    seconds: float = 0.0,
) -> Outcome:
    """`corrected` are the links of the claim's `corrected:` formula, if it has one.

    `require` is what the run demands of every claim; the claim may demand more itself.
    """
    verdict = combine([link.verdict for link in links])
    demand = _stronger(require, claim.require)
    objection = _objection(claim, verdict, links, corrected, demand)
    note = next((link.reason for link in links if link.verdict is verdict), "")
    is_open = verdict in (Verdict.UNDECIDED, Verdict.CONFLICT)
    return Outcome(
        claim=claim,
        verdict=verdict,
        as_expected=not objection,
        links=tuple(links),
        diagnosis=_broken_step(claim, links) if verdict is Verdict.REFUTED else None,
        corrected=tuple(corrected),
        reason=(note or objection) if is_open else (objection or note),
        seconds=seconds,
    )


def combine(verdicts: Sequence[Verdict]) -> Verdict:
    """A claim is as strong as its weakest relation; a contradiction among engines tops all.

    Sound: relations claimed together fail as soon as one does, whatever is open about the others.
    """
    order = (Verdict.ERROR, Verdict.CONFLICT, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.SUPPORTED)
    for verdict in order:
        if verdict in verdicts:
            return verdict
    return Verdict.PROVED if verdicts else Verdict.UNDECIDED


def _objection(
    claim: Claim,
    verdict: Verdict,
    links: Sequence[LinkOutcome],
    corrected: Sequence[LinkOutcome],
    demand: Requirement,
) -> str:
    """Why the outcome is not as expected; empty when it is.

    `undecided`, `conflict` and `error` are never as expected, whatever was expected.
    """
    if claim.expect is Expectation.MATCH:
        if not verdict.is_match:
            return f"a match was expected, it is {verdict}"
        return _match_shortfall(links, demand)
    if verdict is not Verdict.REFUTED:
        return f"a mismatch was expected, it is {verdict}"
    if demand and not any(link.certified for link in links):
        return "the refutation is not certified, as required"
    if claim.corrected is None:
        return ""
    repaired = combine([link.verdict for link in corrected])
    if not repaired.is_match:
        why = next((link.reason for link in corrected if link.verdict is repaired), "")
        return f"the corrected formula is {repaired}" + (f": {why}" if why else "")
    shortfall = _match_shortfall(corrected, demand)
    return f"the corrected formula: {shortfall}" if shortfall else ""


def _match_shortfall(links: Sequence[LinkOutcome], demand: Requirement) -> str:
    """What a match lacks to meet the demand; empty when it meets it."""
    for link in links:
        if demand == "proved" and link.verdict is not Verdict.PROVED:
            return f"a proof is required, it is only {link.verdict}"
        if demand == "certified" and not _is_certified(link):
            return "neither proved nor agreed by interval arithmetic, as required"
    return ""


def _is_certified(link: LinkOutcome) -> bool:
    """A matching link is certified by a proof, or by balls that agree."""
    return link.verdict is Verdict.PROVED or any(
        finding.engine in BALL_ENGINES
        and isinstance(finding.evidence, Agreement)
        and finding.evidence.points > 0
        for finding in link.findings
    )


def _stronger(one: Requirement, other: Requirement) -> Requirement:
    if "proved" in (one, other):
        return "proved"
    return one or other


def _broken_step(claim: Claim, links: Sequence[LinkOutcome]) -> Diagnosis | None:
    """The first refuted link of a derivation or of a chain; a single relation has none."""
    if len(links) < 2:
        return None
    step = next(i for i, link in enumerate(links) if link.verdict is Verdict.REFUTED)
    if claim.is_derivation:
        text = f"line {step + 2} does not follow from line {step + 1}: {links[step].text}"
    else:
        text = f"link {step + 1} of the chain breaks: {links[step].text}"
    return Diagnosis(Fault.STEP, text, step=step)
