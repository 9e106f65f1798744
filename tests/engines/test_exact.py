"""The exact engine: what it must prove, what it must not, and that no mutant fools it."""

from __future__ import annotations

import dataclasses
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from derivcheck.claim import Comparison, Context, Statement
from derivcheck.engines.exact import examine
from derivcheck.engines.sampled import examine as sample
from derivcheck.evidence import Cause, Mismatch, Proof, Refutation, Settings, Silence
from derivcheck.expr import build
from derivcheck.expr.nodes import Apply, Number
from derivcheck.load.statements import quick

TABLE = yaml.safe_load(Path(__file__).with_name("exact_claims.yaml").read_text())
SETTINGS = Settings(seconds=5)
FUZZ_SEED, FUZZ_COUNT = 20, 1000
UNARY = (
    "sin", "cos", "exp", "log", "sqrt", "abs", "sign", "relu", "tanh", "asin", "atan", "neg",
    "sigmoid", "cbrt",
)  # fmt: skip
BINARY = ("add", "sub", "mul", "div", "maximum")


def evidence_of(claim: str, variables: dict[str, str], **extra: Any) -> list[Any]:
    statement = quick(claim, variables, **extra)
    return [
        examine(link.relation, statement.context, SETTINGS).evidence for link in statement.links
    ]


@pytest.mark.parametrize(("claim", "variables"), TABLE["proved"], ids=lambda v: str(v)[:60])
def test_proves(claim: str, variables: dict[str, str]) -> None:
    assert [type(e) for e in evidence_of(claim, variables)] == [Proof]


@pytest.mark.parametrize(("claim", "variables"), TABLE["not_proved"], ids=lambda v: str(v)[:60])
def test_does_not_prove_what_is_wrong(claim: str, variables: dict[str, str]) -> None:
    assert [type(e) for e in evidence_of(claim, variables)] == [Silence]


def test_a_kink_is_named_as_an_exception() -> None:
    (proof,) = evidence_of("diff(abs(x), x) == sign(x)", {"x": "real"})
    assert proof.exceptions == ("x == 0",)
    (smooth,) = evidence_of("diff(x*abs(x), x) == 2*abs(x)", {"x": "real"})
    assert smooth.exceptions == ()


def test_symbolic_sizes_are_left_to_others() -> None:
    (silence,) = evidence_of("x.T @ x == norm(x)**2", {"x": "real[n]"})
    assert silence == Silence(Cause.UNSUPPORTED, silence.reason)


def test_assumptions_are_used_and_needed() -> None:
    claim, variables = "abs(x - y) == x - y", {"x": "real", "y": "real"}
    assert isinstance(evidence_of(claim, variables, assume=["x > y"])[0], Proof)
    assert isinstance(evidence_of(claim, variables)[0], Silence)


def test_equations_are_not_used_under_a_derivative() -> None:
    """With x + y = 1 assumed, the derivative of x y by x is still y, not 1 - 2x."""
    variables = {"x": "real", "y": "real"}
    right, wrong = "diff(x*y, x) == 1 - x", "diff(x*y, x) == 1 - 2*x"
    assert isinstance(evidence_of(right, variables, assume=["x + y == 1"])[0], Proof)
    assert isinstance(evidence_of(wrong, variables, assume=["x + y == 1"])[0], Silence)


def test_values_at_a_point_do_not_leak_into_the_derivative() -> None:
    variables = {"x": "real", "y": "real"}
    assert isinstance(evidence_of("at(diff(x**3*y, x), x=y) == 3*y**3", variables)[0], Proof)
    assert isinstance(evidence_of("at(diff(x**3*y, x), x=y) == 4*y**3", variables)[0], Silence)
    assert isinstance(evidence_of("at(diff(x**2*y, x), x=y, y=x) == 2*x*y", variables)[0], Proof)


def test_a_vacuous_claim_is_no_proof() -> None:
    (silence,) = evidence_of("log(-1 - x**2) == 5", {"x": "real"})
    assert isinstance(silence, Silence)


# -- mutants --------------------------------------------------------------------------------------


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Every number and operator of a tree, with its path."""
    found = [(path, node)] if isinstance(node, Apply | Number) else []
    if not dataclasses.is_dataclass(node):
        return found
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if field.name in ("lhs", "rhs", "body"):
            found += _places(value, (*path, (field.name, None)))
        elif field.name == "args":
            for place, item in enumerate(value):
                found += _places(item, (*path, (field.name, place)))
    return found


def _put(node: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    (name, place), *rest = path
    value = getattr(node, name)
    if place is None:
        return dataclasses.replace(node, **{name: _put(value, tuple(rest), new)})
    inner = _put(value[place], tuple(rest), new)
    return dataclasses.replace(node, **{name: (*value[:place], inner, *value[place + 1 :])})


def _mutant(relation: Comparison, rng: random.Random) -> Comparison:
    path, node = rng.choice(_places(relation))
    if isinstance(node, Number):
        return _put(relation, path, Number(node.value + rng.choice((1, -1, Fraction(1, 2)))))  # type: ignore[no-any-return]
    if len(node.args) == 1 and node.op in UNARY:
        new = rng.choice(
            (build.apply(rng.choice(UNARY), node), build.apply(rng.choice(UNARY), node.args[0]))
        )
    elif len(node.args) == 2 and node.op in BINARY:
        new = rng.choice(
            (build.apply(rng.choice(BINARY), *node.args), build.apply(node.op, *node.args[::-1]))
        )
    else:
        new = build.apply("neg", node)
    return _put(relation, path, new)  # type: ignore[no-any-return]


def _equations() -> list[tuple[Comparison, Context]]:
    found = []
    for claim, variables in TABLE["proved"]:
        statement: Statement = quick(claim, variables)
        relation = statement.links[0].relation
        if isinstance(relation, Comparison) and relation.op == "==" and _places(relation):
            found.append((relation, statement.context))
    return found


def test_no_mutant_is_proved_that_numbers_refute() -> None:
    """A mutant may be true; one that is proved must agree with floating point everywhere."""
    rng, pool = random.Random(FUZZ_SEED), _equations()
    proved, silent = 0, 0
    for _ in range(FUZZ_COUNT):
        relation, context = rng.choice(pool)
        mutant = _mutant(relation, rng)
        if not isinstance(examine(mutant, context, SETTINGS).evidence, Proof):
            silent += 1
            continue
        proved += 1
        numbers = sample(mutant, context, SETTINGS).evidence
        assert not isinstance(numbers, Mismatch | Refutation), mutant
    assert silent > proved > 0
