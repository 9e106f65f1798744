"""What the symbolic engine proves, and that it does not prove the wrong twin beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from derivcheck.engines.symbolic import examine
from derivcheck.evidence import Finding, Proof, Settings
from derivcheck.load.statements import quick

TABLE = yaml.load(
    (Path(__file__).parent / "symbolic.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
RIGHT = [(case["right"], case.get("assume", [])) for case in TABLE["cases"]]
WRONG = [(text, case.get("assume", [])) for case in TABLE["cases"] for text in case["wrong"]]


def findings(text: str, assume: list[str]) -> list[Finding]:
    statement = quick(text, TABLE["variables"], TABLE["define"], assume)
    return [
        examine(link.relation, statement.context, Settings(seconds=5)) for link in statement.links
    ]


@pytest.mark.parametrize(("text", "assume"), RIGHT)
def test_proved(text: str, assume: list[str]) -> None:
    for finding in findings(text, assume):
        assert isinstance(finding.evidence, Proof), finding.evidence


@pytest.mark.parametrize(("text", "assume"), WRONG)
def test_wrong_twin_is_not_proved(text: str, assume: list[str]) -> None:
    evidence = [finding.evidence for finding in findings(text, assume)]
    assert not all(isinstance(one, Proof) for one in evidence), evidence


@pytest.mark.parametrize(("text", "derived"), TABLE["derived"])
def test_derived_is_shown_in_the_claim_language(text: str, derived: str) -> None:
    (finding,) = findings(f"{text} == 0", [])
    assert finding.derived == derived
    assert finding.derived_latex


@pytest.mark.parametrize(("text", "exception"), TABLE["exceptions"])
def test_a_kink_is_named_as_exception(text: str, exception: str) -> None:
    (finding,) = findings(text, [])
    assert isinstance(finding.evidence, Proof), finding.evidence
    assert exception in finding.evidence.exceptions


@pytest.mark.parametrize("text", TABLE["silent"])
def test_silent_where_nothing_is_known(text: str) -> None:
    for finding in findings(text, []):
        assert not isinstance(finding.evidence, Proof)
