"""Inequalities that fail only near one point are refuted; those that nowhere fail are not."""

from __future__ import annotations

import pytest

from derivcheck.engines.rigorous import examine
from derivcheck.evidence import Agreement, Cause, Evidence, Mismatch, Refutation, Settings, Silence
from derivcheck.load.statements import quick

VARIABLES = {"x": "real", "y": "real", "t": "real > 0", "u": "real != 1", "v": "real[n]"}


def judged(text: str) -> Evidence:
    statement = quick(text, VARIABLES)
    (link,) = statement.links
    return examine(link.relation, statement.context, Settings(seconds=5)).evidence


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("sin(x) <= 1", "sin(x) <= 0.9999999"),
        ("sin(x) + cos(y) <= 2", "sin(x) + cos(y) <= 2 - 1e-25"),
        ("t**t >= 0.6922", "t**t >= 0.6923"),
        ("gamma(t) > 0.8856", "gamma(t) > 0.88565"),
        ("exp(x) != x", "exp(x) != x + 2"),
        ("exp(x) + exp(-x) != cos(x)", "cos(x) != x"),
        ("psd([[x**2 + 1, x], [x, 1]])", "psd([[x**2 + 1, 2*x], [2*x, 3 - 1e-9]])"),
        ("convex(x**4 + x**2/1000, x)", "convex(x**4 - x**2/1000, x)"),
        ("convex(exp(x - 7/3) + x**2/1e6, x)", "convex((x - 5/7)**4 - (x - 5/7)**2/1e5, x)"),
        ("x**4 - 3*x + 2.1 > 0", "x**4 - 3*x + 2.044 > 0"),
    ],
)
def test_the_worst_point_decides(right: str, wrong: str) -> None:
    assert isinstance(judged(right), Agreement)
    assert isinstance(judged(wrong), Refutation)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("abs(sin(x)) < 1", "pi/2"),
        ("sin(x) + cos(y) < 2", "x = pi/2, y = 0"),
        ("sin(x) != 1", "pi/2"),
        ("(x**2 - 2)**2 > 0", "sqrt(2)"),
        ("t**t > exp(-1/e)", "t = 1/e"),
    ],
)
def test_sides_that_meet_at_a_known_point_are_a_mismatch(text: str, place: str) -> None:
    found = judged(text)
    assert isinstance(found, Mismatch), found
    assert place in found.witness.note


def test_sides_that_meet_at_an_unknown_point_are_left_open() -> None:
    found = judged("(x - log(3))**2 > 0")
    assert isinstance(found, Silence)
    assert found.cause is Cause.CONTESTED
    assert "of equality near x = 1.09861" in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "exp(x) > 0", "atan(x) < pi/2", "1/(1 + x**2) > 0", "sin(t) < t", "x**2 + 1e-30 > 0",
        "cosh(t) > 1", "u/(1 + u**2) < 1/2", "sum(exp(v)) > 0",
    ],
)  # fmt: skip
def test_a_gap_that_closes_at_an_end_only_is_none(text: str) -> None:
    assert isinstance(judged(text), Agreement)


def test_a_root_is_enclosed() -> None:
    found = judged("cos(x) != x")
    assert isinstance(found, Refutation)
    assert dict(found.witness.values)["x"].startswith("0.7390851332151606")  # type: ignore[union-attr]
