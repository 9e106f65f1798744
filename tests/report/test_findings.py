"""The findings report: only what a run refuted, and the committed page is that of the specs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_data import CERTAIN, DIAGNOSIS, FINE, NUMBERS, PROOF, REPORT, SEEN, outcome

from derivcheck.claim import Expectation
from derivcheck.load import select
from derivcheck.report.formats import render
from derivcheck.report.model import Report
from derivcheck.report.view import View
from derivcheck.verdict import Outcome

ROOT = Path(__file__).parents[2]
HEADING = re.compile(r"^### .*`([\w-]+)`\)?$", re.MULTILINE)


def findings(*outcomes: Outcome) -> str:
    return render("findings", Report(outcomes, selected=len(outcomes)), View())


def test_the_committed_page_names_exactly_the_claims_expected_to_be_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    selected = [claim for chosen in select(["all"]).files for claim in chosen.claims]
    wrong = {claim.id for claim in selected if claim.expect == Expectation.MISMATCH.value}
    assert wrong and sorted(HEADING.findall(page)) == sorted(wrong)
    assert "Not as expected" not in page


def test_only_refuted_claims_that_were_expected_to_be_are_findings() -> None:
    page = render("findings", REPORT, View())
    assert HEADING.findall(page) == ["wrong-on-purpose"]
    assert "- `wrong` (`specs/page.yaml`): refuted" in page
    assert "- `cut-short` (`specs/page.yaml`): error" in page


def test_a_claim_expected_to_be_wrong_that_is_not_refuted_is_no_finding() -> None:
    page = findings(outcome("sound", 2, PROOF, NUMBERS, expect="mismatch"))
    assert HEADING.findall(page) == []
    assert "- `sound` (`specs/page.yaml`): proved" in page


def test_a_finding_shows_formula_witness_diagnosis_and_correction() -> None:
    one = replace(outcome("wrong", 2, CERTAIN, SEEN, expect="mismatch"), diagnosis=DIAGNOSIS)
    page = findings(one)
    assert "```\nabs(x) == x\n```" in page
    assert "at `m = 2, n = 1`, `A = [1, 1/3]`, `x = [-1/2]`, `z = 1 + 2*I` (certified)" in page
    assert "left: `[1, 0.1]`, entry `[0]` is `1`" in page
    assert "right: `[-1, 0.1]`, entry `[0]` is `-1`" in page
    assert "Diagnosis: sign, the second term has the wrong sign; what holds: `abs(x) == -x`" in page
    assert "Corrected, **proved**:\n\n```\nabs(x) == abs(x)\n```" in page


def test_a_correction_shows_its_own_verdict_even_when_it_fails() -> None:
    right = outcome("wrong", 2, CERTAIN, expect="mismatch")
    failed = replace(right.corrected[0], verdict=right.links[0].verdict)
    assert "Corrected, **refuted**:" in findings(replace(right, corrected=(failed,)))


def test_repaired_claims_are_listed_with_their_note() -> None:
    one = outcome("fixed", 2, PROOF)
    note = "Readable only with Diag_1 around it."
    page = findings(replace(one, claim=replace(one.claim, tags=("repaired",), note=note)))
    assert r"- `fixed` (`specs/page.yaml`), **proved**: Readable only with Diag\_1" in page
    assert "repair" not in render("findings", FINE, View())


def test_the_text_does_not_depend_on_the_time_a_run_takes() -> None:
    slow = replace(
        REPORT, seconds=99.0, entries=tuple(replace(one, seconds=50.0) for one in REPORT.outcomes)
    )
    quick = replace(REPORT, entries=REPORT.outcomes)
    assert render("findings", slow, View()) == render("findings", quick, View())


def test_markup_in_the_text_of_a_spec_stays_text() -> None:
    one = outcome("wrong", 2, CERTAIN, expect="mismatch")
    page = findings(replace(one, claim=replace(one.claim, title="A [b](c) *d*\n# e", note="<br>")))
    assert r"### A \[b\](c) \*d\* \# e (`wrong`)" in page
    assert r"\<br\>" in page
