"""Right claims agree at every point; each wrong twin is refuted, certainly unless it is a limit."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from derivcheck.claim import Statement
from derivcheck.engines.rigorous import examine
from derivcheck.evidence import Agreement, Cause, Evidence, Mismatch, Refutation, Settings, Silence
from derivcheck.load.statements import quick

TABLE = yaml.load(
    Path(__file__).with_name("rigorous.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
RIGHT = [case["right"] for case in TABLE["cases"]]
WRONG = [wrong for case in TABLE["cases"] for wrong in case["wrong"]]


def read(text: str) -> Statement:
    return quick(text, TABLE["variables"], define=TABLE["define"])


def judged(text: str, variables: dict[str, str] | None = None, **rest: object) -> Evidence:
    statement = read(text) if variables is None else quick(text, variables, **rest)  # type: ignore[arg-type]
    (link,) = statement.links
    return examine(link.relation, statement.context, Settings(seconds=5)).evidence


@pytest.mark.parametrize("text", RIGHT)
def test_right_claims_agree(text: str) -> None:
    found = judged(text)
    assert isinstance(found, Agreement), found
    assert found.points >= 1
    assert found.digits >= (3 if "limit" in text else 25)


@pytest.mark.parametrize("text", WRONG)
def test_wrong_claims_are_refuted(text: str) -> None:
    assert isinstance(judged(text), Mismatch if "limit" in text else Refutation)


@pytest.mark.parametrize(
    ("text", "variables", "assume", "right"),
    [
        ("x.T @ y == 0", {"x": "real[n]", "y": "real[n]"}, ["x.T @ y == 0"], True),
        ("x.T @ y == 0", {"x": "real[n]", "y": "real[n]"}, ["x.T @ x == 1"], False),
        ("A @ A @ A == A", {"A": "real[n, n]"}, ["A @ A == A"], True),
        ("A == eye(n)", {"A": "real[n, n]"}, ["A @ A == A"], False),
        ("A == A.T", {"A": "real[n, n]"}, ["A.T @ A == A @ A.T"], False),
        ("cos(a)**2 == b**2", {"a": "real", "b": "real"}, ["b == cos(a)"], True),
        ("cos(a) == b**2", {"a": "real", "b": "real"}, ["b == cos(a)"], False),
        ("a < c", {"a": "real", "b": "real", "c": "real"}, ["a < b < c"], True),
        ("b < 0", {"a": "real", "b": "real", "c": "real"}, ["a < b < c"], False),
        ("p[0] <= 1", {"p": "real[n] >= 0"}, ["sum(p) == 1"], True),
        ("p[0] < 1", {"p": "real[n] >= 0"}, ["sum(p) == 1"], False),
        ("x > 3", {"x": "real"}, ["x > 1000000 or x < -5 and x > -6"], False),
        ("n >= 4", {"x": "real[n]"}, ["n >= 4"], True),
        ("n >= 5", {"x": "real[n]"}, ["n >= 4"], False),
        ("convex(x**3, x)", {"x": "real"}, ["x > 0"], True),
        ("convex(x**3, x)", {"x": "real"}, ["x > -1"], False),
    ],
)
def test_assumptions_are_met(
    text: str, variables: dict[str, str], assume: list[str], right: bool
) -> None:
    found = judged(text, variables, assume=assume)
    assert isinstance(found, Agreement if right else Refutation), found


@pytest.mark.parametrize(
    ("variables", "assume", "cause"),
    [
        ({"x": "real"}, ["x > 3", "x < 2"], Cause.VACUOUS),
        ({"x": "real > 0"}, ["x**2 + 1 <= 1", "0 > x"], Cause.VACUOUS),
        ({"x": "real[n]"}, ["n >= 3", "n < 3"], Cause.VACUOUS),
        ({"x": "real"}, ["x**3 + x == sqrt(2)", "x > 10"], Cause.INCONCLUSIVE),
        ({"x": "real[n]"}, ["n*n == 999"], Cause.INCONCLUSIVE),
    ],
)
def test_an_empty_domain_says_nothing(
    variables: dict[str, str], assume: list[str], cause: Cause
) -> None:
    found = judged("norm(x) < 3", variables, assume=assume)
    assert isinstance(found, Silence)
    assert found.cause is cause


@pytest.mark.parametrize(
    ("text", "variables", "assume"),
    [
        ("sum(sum(sin(i*j*x) for i in range(3000)) for j in range(3000)) == x", {"x": "real"}, []),
        ("sum(A) == 0", {"A": "real[200, 200]"}, []),
        ("sum(A) == 0", {"A": "real[n, n]"}, ["n >= 100"]),
        ("det(A) == 0", {"A": "real[25, 25]"}, []),
        ("A @ inv(A) == eye(25)", {"A": "invertible[25, 25]"}, []),
    ],
)
def test_too_large_is_not_vacuous(text: str, variables: dict[str, str], assume: list[str]) -> None:
    found = judged(text, variables, assume=assume)
    assert isinstance(found, Silence)
    assert found.cause is Cause.UNSUPPORTED
    assert found.reason.startswith("too large")


def test_sizes_near_those_assumed_are_tried() -> None:
    assert isinstance(judged("sum(x) == 0", {"x": "real[n]"}, assume=["n >= 20"]), Refutation)


@pytest.mark.parametrize("text", ["(-8)**(1/3) == -2", "at(diff(abs(x), x), x=0) == 0"])
def test_undefined_everywhere_says_nothing(text: str) -> None:
    found = judged(text)
    assert isinstance(found, Silence)
    assert found.cause is Cause.VACUOUS


def test_a_kink_is_an_exception_and_a_region_is_not() -> None:
    kink = judged("diff(abs(x), x) == sign(x)")
    assert isinstance(kink, Agreement)
    assert kink.exceptions == ("derivative of abs at a kink at x = 0",)
    smooth = judged("exp(log(x)) == x")
    assert isinstance(smooth, Agreement)
    assert smooth.exceptions == ("log of 0 at x = 0",)


def test_a_slope_is_estimated_where_a_formula_breaks_down() -> None:
    joined = "(x**2*atan(1/x) if x != 0 else 0)"
    slope = "(2*x*atan(1/x) - x**2/(1 + x**2) if x != 0 else {})"
    assert isinstance(judged(f"diff({joined}, x) == {slope.format(0)}"), Agreement)
    assert isinstance(judged(f"diff({joined}, x) == {slope.format(1)}"), Mismatch)


def test_a_witness_is_small_and_shows_the_gap() -> None:
    found = judged("grad(u.T @ B @ u, u) == 2*B @ u")
    assert isinstance(found, Refutation)
    assert dict(found.witness.sizes)["m"] == 2
    entries = [x for _, value in found.witness.values if not isinstance(value, str)
               for row in value for x in row]  # fmt: skip
    assert set(entries) <= {"0", "1", "-1", "2"}
    close = judged("x*sigmoid(x) == x*sigmoid(x)*(1 + 1e-40)")
    assert isinstance(close, Refutation)
    assert close.witness.lhs != close.witness.rhs


def test_shapes_that_differ_are_refuted_where_they_differ() -> None:
    found = judged("u == u.T")
    assert isinstance(found, Refutation)
    assert "shapes" in found.witness.note
    assert dict(found.witness.sizes)["m"] > 1
