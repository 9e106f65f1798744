"""Derived closed forms, in the claim language."""

from __future__ import annotations

import pytest

from derivcheck.claim import Comparison
from derivcheck.engines.indexed import derive, examine
from derivcheck.evidence import Proof, Settings
from derivcheck.load.statements import quick

VARIABLES = {
    "A": "real[m, n]", "x": "real[n]", "b": "real[m]", "Q": "real[n, n]", "S": "symmetric[n]",
    "X": "invertible[n]", "p": "simplex[n]", "D": "real[N, d]", "W": "real[d, K]",
    "Y": "real[N, K]", "w": "real[n]",
}  # fmt: skip
FORMS = {
    "grad(norm(A@x - b)**2, x)": "2*A.T @ (A @ x - b)",
    "grad(x.T@Q@x, x)": "(Q + Q.T) @ x",
    "grad(x.T@S@x, x)": "2*S @ x",
    "grad(logdet(X), X)": "inv(X).T",
    "grad(norm(x), x)": "x/norm(x)",
    "jac(softmax(x), x)": "diag(softmax(x)) - softmax(x) @ softmax(x).T",
    "grad(-p.T@log(softmax(x)), x)": "softmax(x) - p",
    "grad(norm(x, 1), x)": "sign(x)",
    "grad(sum(tanh(A@x)), x)": "A.T @ (1 - tanh(A @ x)**2)",
    "grad(sum(relu(A@x)), x)": "A.T @ indicator(A @ x > 0)",
    "grad(sum(logsumexp(D@W, axis=1)) - sum(Y*(D@W)), W)": "D.T @ (softmax(D @ W, axis=1) - Y)",
    "jac(A@x, x)": "A",
}


@pytest.mark.parametrize(("text", "form"), FORMS.items(), ids=FORMS)
def test_closed_form(text: str, form: str) -> None:
    statement = quick(f"{text} == {form}", VARIABLES)
    relation = statement.links[0].relation
    assert isinstance(relation, Comparison)
    assert derive(relation.lhs, statement.context) == form
    assert isinstance(examine(relation, statement.context, Settings()).evidence, Proof)


@pytest.mark.parametrize("text", FORMS)
def test_twice_the_closed_form_is_not_proved(text: str) -> None:
    statement = quick(f"{text} == 2*({FORMS[text]})", VARIABLES)
    finding = examine(statement.links[0].relation, statement.context, Settings())
    assert not isinstance(finding.evidence, Proof)
    assert finding.derived == FORMS[text]


def test_no_closed_form_is_said_with_nothing() -> None:
    statement = quick("grad(max(x), x) == x", VARIABLES)
    relation = statement.links[0].relation
    assert isinstance(relation, Comparison)
    assert derive(relation.lhs, statement.context) == ""
