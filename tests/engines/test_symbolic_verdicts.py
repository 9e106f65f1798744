"""What the symbolic engine proves, and that it does not prove the wrong twin beside it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from derivcheck.engines.symbolic import arrays, examine
from derivcheck.engines.symbolic.elementwise import ELEMENTWISE
from derivcheck.engines.symbolic.region import Unsupported
from derivcheck.evidence import Finding, Proof, Settings, Silence
from derivcheck.expr.operators import OPERATORS
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


def test_a_slow_claim_ends_in_its_budget() -> None:
    tower = "x" + "".join(f" + sin({k}*x)*cos({k + 1}*y)**{k}" for k in range(1, 14))
    statement = quick(f"diff(({tower})**6, x) == y", {"x": "real", "y": "real"})
    began = time.monotonic()
    finding = examine(statement.links[0].relation, statement.context, Settings(seconds=0.5))
    assert isinstance(finding.evidence, Silence)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("name", sorted(set(OPERATORS) - set(ELEMENTWISE)))
def test_every_matrix_operator_has_a_row_or_says_it_has_none(name: str) -> None:
    """A call without arguments fails inside a row that exists, and by name where there is none."""
    with pytest.raises((Unsupported, IndexError, TypeError, ValueError)) as caught:
        arrays.apply(None, name, [], ())  # type: ignore[arg-type]
        raise Unsupported("an empty result")
    assert ("no symbolic row" in str(caught.value)) == (name in arrays.WITHOUT_ROW)


def test_every_elementwise_row_is_an_operator() -> None:
    assert set(ELEMENTWISE) <= set(OPERATORS)
    assert {name for name, row in OPERATORS.items() if row.elementwise} <= set(ELEMENTWISE)
