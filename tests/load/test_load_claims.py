"""Spec files to claims: scopes, and which claims an error breaks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from derivcheck.claim import Claim, Expectation
from derivcheck.load import load, select
from derivcheck.load.assembling import BrokenClaim, Loaded


def read(tmp_path: Path, text: str, *selectors: str) -> Loaded:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return load(select([f"{path}::{s}" for s in selectors] or [str(path)]))


def codes(loaded: Loaded) -> list[str]:
    return [f"{d.code} {d.span.line}:{d.span.column}" for d in loaded.diagnostics if d.span]


HEAD = """\
variables:
  x: real
  W: real[m, n]
define:
  swish(t): t * sigmoid(t)
  loss: norm(W)**2 + swish(x)
  r(0): 1
  r(t+1): 2*r(t)
claims:
"""

GOOD = (
    HEAD
    + """\
  - id: uses-the-files
    title: A title
    source: p. 1
    note: A note
    claim: grad(loss, W) == 2*W
    tags: [a, b]
  - id: steps
    steps: [x + x, 2*x]
    require: proved
  - id: shadows
    variables: {x: "real[3]", t: integer >= 0}
    define: {swish(t): 2*t}
    claim: swish(x) == 2*x
    expect: mismatch
    corrected: r(t) == 2**t
  - id: approximate
    claim: x == x
    assume: [x > 1, x < 2]
    within: 1e-30
"""
)


def test_everything_of_a_good_file(tmp_path: Path) -> None:
    loaded = read(tmp_path, GOOD)
    assert loaded.diagnostics == ()
    uses, steps, shadows, approximate = loaded.claims
    assert isinstance(uses, Claim) and isinstance(steps, Claim)
    assert isinstance(shadows, Claim) and isinstance(approximate, Claim)
    assert (uses.id, uses.title, uses.source, uses.note) == (
        "uses-the-files", "A title", "p. 1", "A note",
    )  # fmt: skip
    assert uses.tags == ("a", "b") and uses.span.line == 10
    assert [name for name, _ in uses.definitions] == ["swish(t)", "loss"]
    assert {d.variable.name for d in uses.statement.context.declarations} == {"W", "x"}
    assert steps.is_derivation and len(steps.statement.links) == 1
    assert steps.require == "proved" and steps.definitions == ()
    assert shadows.expect is Expectation.MISMATCH and shadows.corrected is not None
    (declaration,) = shadows.statement.context.declarations
    assert str(declaration.variable.shape) == "3×1"
    assert shadows.definitions == (
        ("r(0)", "1"), ("r(t+1)", "2*r(t)"), ("swish(t)", "2*t"),
    )  # fmt: skip
    assert approximate.statement.context.within == Fraction(1, 10**30)
    assert len(approximate.statement.context.assumptions) == 2


WRONG = (
    HEAD
    + """\
  - id: undeclared
    claim: x == q1 + q2
    assume: q3 > 0
  - id: good
    claim: x == x
  - id: corrected
    claim: x == 2*x
    expect: mismatch
    corrected: x == q4
  - id: own
    variables: {z: reel}
    define: {f: q5}
    claim: z == x
"""
)


def test_all_errors_at_once_and_the_others_still_run(tmp_path: Path) -> None:
    loaded = read(tmp_path, WRONG)
    assert codes(loaded) == [
        "P003 11:17", "P003 11:22", "P003 12:13", "P003 18:21", "P006 20:20", "P003 21:17",
    ]  # fmt: skip
    broken = [claim.id for claim in loaded.claims if isinstance(claim, BrokenClaim)]
    assert broken == ["undeclared", "corrected", "own"]


SHARED = """\
variables:
  x: real
  bad: reel
define:
  wrong: x + q
  needs: x + later + 0*size
claims:
  - id: good
    claim: x == x
  - id: uses-bad
    claim: x == bad
  - id: uses-wrong
    claim: x == wrong
  - id: uses-wrong-too
    claim: wrong == x
  - id: gives-later
    variables: {later: real, u: "real[size]"}
    claim: needs == x + later + 0*size*sum(u)
"""


def test_a_size_of_the_file_may_be_a_variable_where_it_is_not_a_size(tmp_path: Path) -> None:
    claims = "  - id: line\n    variables: {m: real}\n    claim: m*x == x*m\n"
    clash = "  - id: both\n    variables: {m: real}\n    claim: m*W == W*m\n"
    loaded = read(tmp_path, HEAD + claims + clash)
    assert [type(claim) for claim in loaded.claims] == [Claim, BrokenClaim]
    assert codes(loaded) == ["P006 14:17"]


def test_an_error_of_the_file_is_reported_once_and_breaks_what_uses_it(tmp_path: Path) -> None:
    loaded = read(tmp_path, SHARED)
    assert codes(loaded) == ["P006 3:8", "P003 5:14"]
    kinds = {claim.id: type(claim) for claim in loaded.claims}
    assert kinds == {
        "good": Claim,
        "uses-bad": BrokenClaim,
        "uses-wrong": BrokenClaim,
        "uses-wrong-too": BrokenClaim,
        "gives-later": Claim,
    }
    bad = next(claim for claim in loaded.claims if claim.id == "uses-bad")
    assert isinstance(bad, BrokenClaim) and [d.code for d in bad.diagnostics] == ["P006"]


def test_an_error_of_the_file_is_reported_without_a_claim_that_uses_it(tmp_path: Path) -> None:
    loaded = read(tmp_path, SHARED, "good")
    assert codes(loaded) == ["P006 3:8", "P003 5:14"]
    assert [type(claim) for claim in loaded.claims] == [Claim]


def test_only_the_formulas_of_chosen_claims_are_parsed(tmp_path: Path) -> None:
    assert codes(read(tmp_path, WRONG, "good")) == []
    assert codes(read(tmp_path, WRONG, "corrected")) == ["P003 18:21"]


@pytest.mark.parametrize("value", ["0", "-1", "1e999999999", "x", "1/0", "nan", "1_0", "0.0"])
def test_within_is_a_positive_number(tmp_path: Path, value: str) -> None:
    text = f"claims:\n  - id: a\n    claim: 1 == 1\n    within: {value}\n"
    loaded = read(tmp_path, text)
    assert codes(loaded) == ["L032 4:13"]
    assert [type(claim) for claim in loaded.claims] == [BrokenClaim]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1e-6", Fraction(1, 10**6)), (".5", Fraction(1, 2)), ("2/3", Fraction(2, 3)), ("1.", 1)],
)
def test_within_is_read_exactly(tmp_path: Path, value: str, expected: Fraction) -> None:
    (claim,) = read(
        tmp_path, f"claims:\n  - id: a\n    claim: 1 == 1\n    within: {value}\n"
    ).claims
    assert isinstance(claim, Claim)
    assert claim.statement.context.within == expected


@pytest.mark.parametrize(
    "formula",
    ['__import__("os").system("ls") == 1', "x.__class__ == 1", "9**9**9**9 == x", "(" * 10_000],
)
def test_hostile_formulas_are_diagnostics(tmp_path: Path, formula: str) -> None:
    text = f"variables: {{x: real}}\nclaims:\n  - id: a\n    claim: {formula}\n"
    text += "  - id: b\n    claim: x == x\n"
    loaded = read(tmp_path, text)
    assert len(loaded.diagnostics) == 1
    assert [type(claim) for claim in loaded.claims] == [BrokenClaim, Claim]
