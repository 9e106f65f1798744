"""Order, seeds, early ends, corrected formulas, the place of the diagnosis."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench import ALL, NUMBERS, PROVER, QUICK, a_claim
from derivcheck.claim import Claim
from derivcheck.run import Options, run_claims
from derivcheck.run.examination import Examiner
from derivcheck.verdict import Diagnosis, Fault, Outcome, Verdict

WORDS = [f"good{i}" for i in range(6)] + ["open", "wrong", "raise"]


def judged(options: Options) -> dict[str, Outcome]:
    """All outcomes by id, without the times, which are the only thing that may differ."""
    claims = [a_claim(word, "second", corrected="repaired") for word in WORDS]
    outcomes = {}
    for outcome in run_claims(claims, options, engines=ALL):
        groups = [
            tuple(
                replace(link, findings=tuple(replace(f, seconds=0.0) for f in link.findings))
                for link in links
            )
            for links in (outcome.links, outcome.corrected)
        ]
        outcomes[outcome.claim.id] = replace(
            outcome, links=groups[0], corrected=groups[1], seconds=0.0
        )
    return outcomes


def test_neither_jobs_nor_repetition_change_a_result() -> None:
    one = judged(replace(QUICK, jobs=1))
    assert one == judged(replace(QUICK, jobs=2)) == judged(replace(QUICK, jobs=2))
    assert len(one) == len(WORDS)


def test_the_seed_reaches_the_engines() -> None:
    assert judged(replace(QUICK, seed=3)) != judged(replace(QUICK, seed=4))


def test_outcomes_come_as_soon_as_they_are_known() -> None:
    ids = [
        outcome.claim.id
        for outcome in run_claims(
            [a_claim("sleep"), a_claim("one"), a_claim("two")], QUICK, engines=(PROVER,)
        )
    ]
    assert ids[-1] == "sleep"


def test_no_claims_no_outcomes() -> None:
    assert list(run_claims([], QUICK)) == []


def test_an_unknown_engine_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="no engine is called magic"):
        list(run_claims([a_claim("x")], replace(QUICK, engines=("magic",))))


def test_selected_engines_only() -> None:
    options = replace(QUICK, engines=("rigorous",))
    (outcome,) = run_claims([a_claim("x")], options, engines=ALL)
    assert [finding.engine for finding in outcome.links[0].findings] == ["rigorous"]


def test_fail_fast_ends_after_the_first_surprise() -> None:
    claims = [a_claim("wrong"), a_claim("sleep")]
    began = time.monotonic()
    options = replace(QUICK, fail_fast=True, timeout=30.0)
    outcomes = list(run_claims(claims, options, engines=(PROVER, NUMBERS)))
    assert [outcome.claim.id for outcome in outcomes] == ["wrong"]
    assert time.monotonic() - began < 5


def test_the_corrected_formula_is_judged_too() -> None:
    claims = [a_claim("wrong", corrected="right"), a_claim("wrong", corrected="wrong")]
    outcomes = list(run_claims(claims, QUICK, engines=(PROVER, NUMBERS)))
    expected = {o.corrected[0].text: (o.verdict, o.as_expected) for o in outcomes}
    assert expected == {
        "right == y": (Verdict.REFUTED, True),
        "wrong == y": (Verdict.REFUTED, False),
    }


def repaired(claim: Claim, outcome: Outcome, examiner: Examiner) -> Diagnosis | None:
    (link,) = examiner.examine(a_claim("right").statement)
    return Diagnosis(Fault.SIGN, f"the repaired claim is {link.verdict}")


def broken(claim: Claim, outcome: Outcome, examiner: Examiner) -> Diagnosis | None:
    raise KeyError("a defect")


def test_the_diagnosis_of_refuted_claims() -> None:
    claims = [a_claim("wrong"), a_claim("good")]
    found = {
        outcome.claim.id: outcome.diagnosis
        for outcome in run_claims(claims, QUICK, engines=ALL, diagnose=repaired)
    }
    assert found == {"wrong": Diagnosis(Fault.SIGN, "the repaired claim is proved"), "good": None}


def test_a_diagnosis_that_fails_costs_no_verdict() -> None:
    (outcome,) = run_claims([a_claim("wrong", "x")], QUICK, engines=ALL, diagnose=broken)
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.diagnosis is not None and outcome.diagnosis.kind is Fault.STEP
    assert "the diagnosis failed: KeyError" in outcome.reason


def living_in_group(pid: int) -> list[str]:
    listed = subprocess.run(["ps", "-e", "-o", "pgid=,stat="], capture_output=True, text=True)
    rows = [row.split() for row in listed.stdout.splitlines()]
    return [state for group, state in rows if group == str(pid) and not state.startswith("Z")]


INTERRUPTED = """
import json, sys
from bench import PROVER, QUICK, a_claim
from dataclasses import replace
from derivcheck.run import run_claims

if __name__ == "__main__":
    done = []
    try:
        claims = [a_claim(word) for word in ("spin", "good", "sleep", "other")]
        for outcome in run_claims(claims, replace(QUICK, timeout=TIMEOUT), engines=(PROVER,)):
            done.append(outcome.claim.id)
            print("one", flush=True)
    except KeyboardInterrupt:
        print(json.dumps(done))
        sys.exit(130)
"""


def started(script: Path, text: str) -> subprocess.Popen[str]:
    """A run in a process group of its own, after its first outcome."""
    script.write_text(text)
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": path}, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "one\n"
    assert len(living_in_group(process.pid)) >= 3, "the script, and workers that are busy"
    return process


def is_empty_within(seconds: float, group: int) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not living_in_group(group):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX")
def test_an_interrupt_stops_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    """As in a terminal, the signal goes to the whole process group."""
    process = started(tmp_path / "script.py", INTERRUPTED.replace("TIMEOUT", "60.0"))
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - began < 3
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1]) == ["good"]
    assert err == ""
    assert is_empty_within(1, process.pid)


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX")
def test_workers_do_not_outlive_a_run_that_was_killed(tmp_path: Path) -> None:
    process = started(tmp_path / "script.py", INTERRUPTED.replace("TIMEOUT", "0.2"))
    process.kill()
    ended = is_empty_within(8, process.pid)
    if not ended:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    assert ended
