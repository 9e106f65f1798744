"""A point where floats failed, looked at again: read exactly, used only inside the domain."""

from __future__ import annotations

import pytest

from derivcheck.engines.rigorous.recheck import read_number, recheck
from derivcheck.evidence import Agreement, Evidence, Refutation, Settings, Silence, Value, Witness
from derivcheck.load.statements import quick


def looked_at(
    claim: str, variables: dict[str, str], values: dict[str, Value], **sizes: int
) -> Evidence:
    statement = quick(claim, variables)
    seen = Witness(tuple(sizes.items()), tuple(values.items()), "0", "1")
    return recheck(statement.links[0].relation, statement.context, Settings(), seen).evidence


def test_a_saturated_sigmoid_was_rounding() -> None:
    """Floats round sigmoid(100) to 1; balls do not."""
    found = looked_at("1 - sigmoid(x) == sigmoid(-x)", {"x": "real"}, {"x": "100.25"})
    assert isinstance(found, Agreement)
    assert (found.points, found.digits > 30) == (1, True)


def test_a_rare_failure_is_certified_at_its_point() -> None:
    rare = "max(x, 3.9) == 3.9"
    found = looked_at(rare, {"x": "real"}, {"x": "3.9000000001"})
    assert isinstance(found, Refutation)
    assert dict(found.witness.values) == {"x": "39000000001/10000000000"}
    assert isinstance(looked_at(rare, {"x": "real"}, {"x": "3.8"}), Agreement)


def test_matrices_and_derivatives() -> None:
    values: dict[str, Value] = {"x": (("0.5",), ("2",)), "Q": (("0", "1"), ("0", "0"))}
    variables = {"x": "real[n]", "Q": "real[n, n]"}
    wrong = looked_at("grad(x.T @ Q @ x, x) == 2*Q @ x", variables, values, n=2)
    assert isinstance(wrong, Refutation)
    right = looked_at("grad(x.T @ Q @ x, x) == (Q + Q.T) @ x", variables, values, n=2)
    assert isinstance(right, Agreement)


@pytest.mark.parametrize(
    ("variables", "values", "sizes"),
    [
        ({"x": "real > 0"}, {"x": "-1"}, {}),
        ({"x": "real[n]"}, {"x": (("1",), ("2",))}, {"n": 3}),
        ({"x": "real[n]"}, {"x": (("1",), ("2",))}, {}),
        ({"x": "real"}, {}, {}),
        ({"x": "real"}, {"x": "undefined"}, {}),
        ({"x": "orthogonal[n]"}, {"x": (("0.6", "0.8"), ("-0.8", "0.60000001"))}, {"n": 2}),
    ],
)
def test_a_point_not_certainly_in_the_domain_is_not_used(
    variables: dict[str, str], values: dict[str, Value], sizes: dict[str, int]
) -> None:
    """The claim is wrong everywhere, and still not refuted there."""
    found = looked_at("sum(x) == sum(x) + 1", variables, values, **sizes)
    assert isinstance(found, Silence)


@pytest.mark.parametrize(
    ("text", "real", "imaginary"),
    [
        ("-1/2", "-1/2", "0"),
        ("1e-7", "1/10000000", "0"),
        ("I", "0", "1"),
        ("-I", "0", "-1"),
        ("-2.5*I", "0", "-5/2"),
        ("1 - I", "1", "-1"),
        ("-0.5 - 1e-02*I", "-1/2", "-1/100"),
    ],
)
def test_numbers_are_read_exactly(text: str, real: str, imaginary: str) -> None:
    number = read_number(text)
    assert str(getattr(number, "re", number)) == real
    assert str(getattr(number, "im", 0)) == imaginary


@pytest.mark.parametrize("text", ["", "undefined", "1 + 2", "x*I", "1 * I", "1/0", "a map"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None
