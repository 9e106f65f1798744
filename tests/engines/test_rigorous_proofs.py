"""Proofs by subdivision on bounded domains; no false twin is proved."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derivcheck.engines.rigorous import examine
from derivcheck.evidence import Evidence, Proof, Refutation, Settings
from derivcheck.load.statements import quick


def judged(
    text: str, variables: dict[str, str], assume: tuple[str, ...] = (),
    within: Fraction | None = None,
) -> Evidence:  # fmt: skip
    statement = quick(text, variables, assume=assume, within=within)
    (link,) = statement.links
    return examine(link.relation, statement.context, Settings(seconds=5)).evidence


@pytest.mark.parametrize(
    ("right", "wrong", "variables", "assume"),
    [
        ("x*(1 - x) <= 0.250001", "x*(1 - x) <= 0.249999", {"x": "real in [0, 1]"}, ()),
        ("exp(x) - 1 >= x/2", "exp(x) - 1 >= x*2", {"x": "real in [0, 2]"}, ()),
        ("exp(x*y) + x**2 > 1/2", "exp(x*y) + x**2 > 0.83",
         {"x": "real in [-1, 1]", "y": "real in (-1, 1)"}, ()),
        ("cos(x) != x", "cos(x) != x - 1", {"x": "real in [1, pi]"}, ()),
        ("cos(x) > x", "cos(x) > x + 1/10", {"x": "real"}, ("0 <= x", "x <= 0.7")),
        ("diff(x*sigmoid(x), x) < 1.1", "diff(x*sigmoid(x), x) < 1.09",
         {"x": "real in [-50, 50]"}, ()),
        ("v[0]*v[1] < 1.01", "v[0]*v[1] < 0.99", {"v": "real[2] in [0, 1]"}, ()),
        ("max(x, 1 - x) < 1.1", "max(x, 1 - x) < 0.9", {"x": "real in [0, 1]"}, ()),
    ],
)  # fmt: skip
def test_inequalities(
    right: str, wrong: str, variables: dict[str, str], assume: tuple[str, ...]
) -> None:
    found = judged(right, variables, assume)
    assert isinstance(found, Proof), found
    assert found.method == "interval subdivision"
    assert isinstance(judged(wrong, variables, assume), Refutation)


def test_tolerances() -> None:
    claim, variables = "sin(y) == y - y**3/6", {"y": "real in [-0.3, 0.3]"}
    assert isinstance(judged(claim, variables, within=Fraction(1, 40000)), Proof)
    assert isinstance(judged(claim, variables, within=Fraction(1, 60000)), Refutation)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("exp(pi) > pi**e", "exp(pi) < pi**e"), ("sqrt(2) + sqrt(3) != pi", "sqrt(4) != 2"),
     ("1 <= sqrt(1)", "1 < sqrt(1)")],
)  # fmt: skip
def test_numbers(right: str, wrong: str) -> None:
    found = judged(right, {})
    assert isinstance(found, Proof)
    assert found.method == "interval arithmetic"
    assert isinstance(judged(wrong, {}), Refutation)


def test_overlapping_balls_prove_nothing() -> None:
    assert not isinstance(judged("sqrt(2)*sqrt(3) <= sqrt(6)", {}), Proof)
    assert not isinstance(judged("sqrt(2)*sqrt(3) < sqrt(6)", {}), Proof)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("psd([[1, x], [0, 1]])", {"x": "real in [0, 1/2]"}),
        ("x**2 > -1", {"x": "real"}),
        ("log(x) < 1", {"x": "real in (0, 1]"}),
        ("norm(x) < 100", {"x": "real[n] in [0, 1]"}),
        ("floor(x) < 2", {"x": "real in [0, 3/2]"}),
        ("limit(sin(t)/t, t, 0)*x < 2", {"x": "real in [0, 1]", "t": "real"}),
        ("(x if x < 1/3 else x + 1) != 1", {"x": "real in [0, 1]"}),
        ("f(x) < 1000", {"f(t)": "real", "x": "real in [0, 1]"}),
    ],
)
def test_no_proof_where_boxes_cannot_give_one(text: str, variables: dict[str, str]) -> None:
    """Not symmetric, unbounded, undefined at an end, of any size, a jump, an estimate, any f."""
    assert not isinstance(judged(text, variables), Proof)
