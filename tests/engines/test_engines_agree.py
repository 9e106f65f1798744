"""Engines that know nothing of one another agree on random functions and their derivatives."""

from __future__ import annotations

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivcheck.engines import exact, indexed, rigorous, sampled, symbolic
from derivcheck.evidence import Agreement, Finding, Mismatch, Proof, Refutation, Settings
from derivcheck.load.statements import quick

SETTINGS = Settings(seed=3, seconds=5)
FUNCTIONS = st.recursive(
    st.sampled_from(["x", "x", "y", "2", "1/3", "-1"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        st.tuples(st.sampled_from(["sin", "exp", "tanh", "sigmoid", "atan", "abs"]), inner).map(
            lambda p: f"{p[0]}({p[1]})"
        ),
        inner.map(lambda f: f"1/(1 + ({f})**2)"),
        inner.map(lambda f: f"({f})**2"),
    ),
    max_leaves=5,
)
VARIABLES = {"x": "real", "y": "real"}


def ask(engine: object, claim: str) -> Finding:
    statement = quick(claim, VARIABLES)
    return engine.examine(statement.links[0].relation, statement.context, SETTINGS)  # type: ignore[attr-defined,no-any-return]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(FUNCTIONS)
def test_a_derived_derivative_is_the_derivative(function: str) -> None:
    """SymPy's derivative agrees with differences of values and with germs; doubled it does not."""
    assume("x" in re.sub("exp", "", function))
    derived = ask(symbolic, f"diff({function}, x) == 0").derived
    assume(derived)
    for engine in (sampled, rigorous):
        evidence = ask(engine, f"diff({function}, x) == {derived}").evidence
        assert not isinstance(evidence, Mismatch | Refutation), (function, derived, evidence)
    wrong = ask(rigorous, f"diff({function}, x) == 2*({derived}) + 1").evidence
    assert not isinstance(wrong, Agreement | Proof), (function, derived)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(FUNCTIONS, FUNCTIONS)
def test_no_prover_contradicts_the_balls(left: str, right: str) -> None:
    claim = f"diff({left}, x) == diff({right}, x)"
    proofs = [e for e in (exact, indexed, symbolic) if isinstance(ask(e, claim).evidence, Proof)]
    evidence = ask(rigorous, claim).evidence
    if proofs:
        assert not isinstance(evidence, Refutation | Mismatch), (claim, proofs, evidence)
    if isinstance(evidence, Refutation):
        assert not isinstance(ask(sampled, claim).evidence, Proof)
