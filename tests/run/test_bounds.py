"""Whatever an engine does to its worker costs that engine its answer, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench import ALL, DEAR, FLOATS, NUMBERS, PROVER, QUICK, a_claim
from derivcheck.evidence import Agreement, Cause, Proof, Silence
from derivcheck.run import Engine, run_claims
from derivcheck.verdict import Outcome, Verdict

ENDS = {
    "sleep": (Cause.TIMEOUT, "0.2 s"),
    "spin": (Cause.TIMEOUT, "0.2 s"),
    "eat": (Cause.MEMORY, "1024 MB"),
    "abort": (Cause.MEMORY, "SIGABRT"),
    "segfault": (Cause.CRASH, "SIGSEGV"),
    "leave": (Cause.CRASH, "SystemExit"),
    "raise": (Cause.CRASH, "ZeroDivisionError: a defect of the engine (prover.py:"),
    "recurse": (Cause.CRASH, "RecursionError"),
    "nothing": (Cause.CRASH, "not a Finding"),
}


def by_id(outcomes: list[Outcome]) -> dict[str, Outcome]:
    return {outcome.claim.id: outcome for outcome in outcomes}


def test_ten_good_claims_beside_one_that_hangs_and_one_that_eats_memory() -> None:
    good = [f"good{i}" for i in range(10)]
    claims = [a_claim(word) for word in ["sleep", *good[:5], "eat", *good[5:]]]
    outcomes = by_id(list(run_claims(claims, QUICK, engines=(PROVER,))))
    assert len(outcomes) == 12
    assert all(outcomes[word].verdict is Verdict.PROVED for word in good)
    for word, cause in {"sleep": "timeout", "eat": "memory"}.items():
        assert outcomes[word].verdict is Verdict.UNDECIDED
        assert not outcomes[word].as_expected
        assert outcomes[word].reason.startswith(f"{cause} (exact): ")


def test_a_lost_engine_is_silent_with_the_reason_and_the_others_are_heard() -> None:
    outcomes = by_id(
        list(run_claims([a_claim(word) for word in ENDS], QUICK, engines=(PROVER, NUMBERS)))
    )
    assert set(outcomes) == set(ENDS)
    for word, (cause, part) in ENDS.items():
        lost, heard = outcomes[word].links[0].findings
        assert isinstance(lost.evidence, Silence)
        assert (lost.engine, lost.evidence.cause) == ("exact", cause), word
        assert part in lost.evidence.reason
        assert isinstance(heard.evidence, Agreement)
        assert outcomes[word].verdict is Verdict.SUPPORTED


def test_a_link_that_hangs_keeps_the_findings_on_the_others() -> None:
    (outcome,) = run_claims([a_claim("one", "sleep", "three")], QUICK, engines=(PROVER,))
    assert [link.verdict for link in outcome.links] == ["proved", "undecided", "proved"]
    assert outcome.verdict is Verdict.UNDECIDED


def test_an_engine_that_cannot_be_imported() -> None:
    missing = Engine("indexed", "fakes.no_such_engine")
    (outcome,) = run_claims([a_claim("x")], QUICK, engines=(missing, NUMBERS))
    evidence = outcome.links[0].findings[0].evidence
    assert isinstance(evidence, Silence)
    assert evidence.cause is Cause.CRASH
    assert "ModuleNotFoundError" in evidence.reason
    assert outcome.verdict is Verdict.SUPPORTED


def test_memory_left_by_other_tasks_does_not_decide() -> None:
    """One worker keeps 600 MB of 1024: who then needs 600 more is asked again in a new worker."""
    options = replace(QUICK, jobs=1, timeout=1.0)
    claims = [a_claim("keep"), a_claim("need")]
    outcomes = by_id(list(run_claims(claims, options, engines=(PROVER,))))
    assert outcomes["keep"].verdict is Verdict.PROVED
    assert outcomes["need"].verdict is Verdict.PROVED


def test_what_an_engine_prints_is_not_part_of_the_report(
    capfd: pytest.CaptureFixture[str],
) -> None:
    (outcome,) = run_claims([a_claim("print")], QUICK, engines=(PROVER,))
    assert outcome.verdict is Verdict.PROVED
    assert capfd.readouterr() == ("", "")


def test_engines_of_the_last_stage_are_asked_only_where_something_is_open() -> None:
    claims = [a_claim("settled"), a_claim("wrong"), a_claim("open")]
    asked = {
        key: [finding.engine for finding in outcome.links[0].findings]
        for key, outcome in by_id(list(run_claims(claims, QUICK, engines=ALL))).items()
    }
    assert asked == {
        "settled": ["exact", "rigorous"],
        "wrong": ["exact", "rigorous"],
        "open": ["exact", "rigorous", "symbolic"],
    }
    everyone = replace(QUICK, all_engines=True)
    (outcome,) = run_claims([a_claim("settled")], everyone, engines=ALL)
    assert isinstance(outcome.links[0].findings[-1].evidence, Proof)
    assert outcome.links[0].findings[-1].engine == DEAR.name


def test_where_floats_saw_a_failure_balls_look_at_that_very_point() -> None:
    claims = [a_claim("noisy"), a_claim("rare"), a_claim("wrong"), a_claim("calm")]
    outcomes = by_id(list(run_claims(claims, QUICK, engines=(NUMBERS, FLOATS))))
    found = {
        key: (str(outcome.verdict), [finding.engine for finding in outcome.links[0].findings])
        for key, outcome in outcomes.items()
    }
    assert found == {
        "noisy": ("supported", ["rigorous", "sampled", "recheck"]),
        "rare": ("refuted", ["rigorous", "sampled", "recheck"]),
        "wrong": ("refuted", ["rigorous", "sampled"]),
        "calm": ("supported", ["rigorous", "sampled"]),
    }
    assert outcomes["rare"].links[0].certified
