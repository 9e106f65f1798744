"""Right claims agree, each wrong twin is caught, by floating point alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from derivcheck.engines.sampled import examine
from derivcheck.evidence import Agreement, Cause, Evidence, Mismatch, Settings, Silence
from derivcheck.load.statements import quick

CASES = yaml.safe_load((Path(__file__).parent / "sampled.yaml").read_text(encoding="utf-8"))
VARIABLES = CASES["variables"]
TWINS = [(case["right"], case["wrong"]) for case in CASES["cases"]]


def evidence(claim: str, **options: object) -> Evidence:
    variables = options.pop("variables", VARIABLES)
    statement = quick(claim, variables, **options)  # type: ignore[arg-type]
    (link,) = statement.links
    return examine(link.relation, statement.context, Settings()).evidence


@pytest.mark.parametrize("right", [right for right, _ in TWINS])
def test_right_claims_agree(right: str) -> None:
    found = evidence(right)
    assert isinstance(found, Agreement), found
    assert found.points >= 1
    assert found.digits >= 4


@pytest.mark.parametrize("wrong", [wrong for _, wrong in TWINS])
def test_wrong_twins_are_caught(wrong: str) -> None:
    found = evidence(wrong)
    assert isinstance(found, Mismatch), found


def test_kinks_are_named_and_not_counted_as_disagreement() -> None:
    found = evidence("diff(abs(x), x) == sign(x)")
    assert isinstance(found, Agreement)
    assert found.exceptions == ("x = 0 (kink)",)
    joined = evidence("diff(x*abs(x), x) == 2*abs(x)")
    assert isinstance(joined, Agreement)
    assert joined.exceptions == ()


def test_a_removable_gap_is_named() -> None:
    found = evidence("x/x == 1")
    assert isinstance(found, Agreement)
    assert found.exceptions == ("x = 0 (undefined)",)


def test_sizes_are_pairwise_different_equal_and_one() -> None:
    found = evidence("jac(A @ v, v) == A")
    assert isinstance(found, Agreement)
    sizes = [dict(size) for size in found.sizes]
    assert any(s["m"] != s["n"] and 1 not in s.values() for s in sizes)
    assert any(s["m"] == s["n"] == 1 for s in sizes)
    assert any(s["m"] == 1 < s["n"] for s in sizes)


def test_different_shapes_are_a_mismatch_where_they_differ() -> None:
    found = evidence("jac(A @ v, v) == A.T")
    assert isinstance(found, Mismatch)
    sizes = dict(found.witness.sizes)
    assert sizes["m"] != sizes["n"]
    assert "the left side is" in found.witness.note


def test_the_witness_is_simple() -> None:
    found = evidence("diff(x**2, x) == 3*x")
    assert isinstance(found, Mismatch)
    assert found.witness.values == (("x", "1"),)
    assert (found.witness.lhs, found.witness.rhs) == ("2", "3")


@pytest.mark.parametrize(
    ("claim", "assume", "cause"),
    [
        ("x == 1", ["x > 2", "x < 1"], Cause.INCONCLUSIVE),
        ("sqrt(-1 - x**2) == 5", [], Cause.VACUOUS),
        ("(x + 1e12)**2 - 1e24 - 2e12*x == x**2", [], Cause.INCONCLUSIVE),
    ],
)
def test_silence_where_nothing_can_be_said(claim: str, assume: list[str], cause: Cause) -> None:
    found = evidence(claim, assume=assume)
    assert isinstance(found, Silence)
    assert found.cause is cause


def test_assumptions_restrict_the_points() -> None:
    variables = {"x": "real", "y": "real", "c": "real"}
    chained = evidence("x < c", variables=variables, assume=["x < y < c"])
    assert isinstance(chained, Agreement)
    loose = evidence("x < c", variables=variables, assume=["x < y", "c < y"])
    assert isinstance(loose, Mismatch)
    circle = evidence("(x + y)**2 == 1 + 2*x*y", assume=["x**2 + y**2 == 1"])
    assert isinstance(circle, Agreement)
    assert isinstance(evidence("(x + y)**2 == 1 + 2*x*y"), Mismatch)


def test_a_tolerance_is_kept_exactly() -> None:
    claim, variables = "sin(x) == x - x**3/6", {"x": "real in [-1, 1]"}
    assert isinstance(evidence(claim, variables=variables, within=Fraction(1, 100)), Agreement)
    assert isinstance(evidence(claim, variables=variables, within=Fraction(1, 200)), Mismatch)


def test_recurrences_are_unrolled() -> None:
    variables = {"t": "integer >= 0", "c": "real", "r0": "real"}
    define = {"r(0)": "r0", "r(t+1)": "(1 - c)*r(t)"}
    right = evidence("r(t) == (1 - c)**t*r0", variables=variables, define=define)
    assert isinstance(right, Agreement)
    wrong = evidence("r(t) == (1 - c)**(t + 1)*r0", variables=variables, define=define)
    assert isinstance(wrong, Mismatch)
    slope = evidence("diff(r(t), r0) == (1 - c)**t", variables=variables, define=define)
    assert isinstance(slope, Agreement)


def test_the_seed_decides_the_points() -> None:
    statement = quick("grad(norm(v)**2, v) == 2*v", {"v": "real[n]"})
    relation = statement.links[0].relation
    first, again, other = (
        examine(relation, statement.context, Settings(seed=seed)).evidence for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other
