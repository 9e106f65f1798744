"""Wrong claims and what is wrong with them; each beside a claim of which that must not be said."""

from __future__ import annotations

import pickle
from collections.abc import Mapping

import pytest

from derivcheck.diagnose import Case
from derivcheck.engines.rigorous import examine
from derivcheck.evidence import Refutation, Settings
from derivcheck.expr.scope import Scope
from derivcheck.load.statements import read_claim
from derivcheck.run.explaining import Job, search
from derivcheck.text import Fragment
from derivcheck.verdict import Diagnosis, Fault

NAMES = {
    "x": "real", "y": "real", "a": "real > 0", "n": "integer >= 1", "z": "complex",
    "u": "real[d]", "v": "real[d]", "A": "real[m, d]", "b": "real[m]", "Q": "real[d, d]",
    "B": "real[d, d]", "Y": "invertible[d]", "M": "complex[m, d]", "c": "complex[m]",
    "i": "index[m]", "j": "index[d]", "k": "index[d]", "lam": "real > 0",
}  # fmt: skip
DEFINED = {"s(t)": "1/(1 + exp(-lam*t))"}


def scope_of(variables: Mapping[str, str]) -> Scope:
    scope = Scope()
    for name, kind in variables.items():
        scope.declare(Fragment.whole(name), Fragment.whole(kind))
    for name, body in DEFINED.items():
        scope.define(Fragment.whole(name), Fragment.whole(body))
    return scope


def diagnosed(
    text: str, derived: str = "", is_derivation: bool = False, **variables: str
) -> Diagnosis | None:
    """The diagnosis of a claim of one relation, which must be refuted."""
    scope = scope_of({**NAMES, **variables})
    statement = read_claim(Fragment.whole(text), scope)
    settings = Settings(seconds=5)
    evidence = examine(statement.links[0].relation, statement.context, settings).evidence
    assert isinstance(evidence, Refutation), evidence
    case = Case(text, 0, scope.names, (), derived, None, is_derivation)
    engines = "derivcheck.engines.rigorous", "derivcheck.engines.sampled"
    recheck = "derivcheck.engines.rigorous.recheck"
    job = Job(case, None, settings, *engines, recheck, evidence.witness)
    found = pickle.loads(search(pickle.dumps(job)))
    assert found is None or isinstance(found, Diagnosis)
    return found


FORMULAS = [
    ("sign", "diff(cos(x), x) == sin(x)", "diff(cos(x), x) == -sin(x)"),
    ("sign", "diff(x**2 - x, x) == 2*x + 1", "diff(x**2 - x, x) == 2*x - 1"),
    ("sign", "s(x) == 1/(1 + exp(lam*x))", "s(x) == 1/(1 + exp(-lam*x))"),
    ("factor", "grad(norm(A @ u - b)**2, u) == A.T @ (A @ u - b)",
     "grad(norm(A @ u - b)**2, u) == 2*A.T @ (A @ u - b)"),
    ("factor", "grad(norm(u)**2/2, u) == 2*u", "grad(norm(u)**2/2, u) == u"),
    ("factor", "det(2*Q) == 2*det(Q)", "det(2*Q) == 2**d*det(Q)"),
    ("factor", "diff(log(x), x) == 1/x**2", "diff(log(x), x) == 1/x"),
    ("factor", "diff(x*sin(x), x) == sin(x) + cos(x)", "diff(x*sin(x), x) == sin(x) + x*cos(x)"),
    ("transpose", "jac(Q @ u, u) == Q.T", "jac(Q @ u, u) == Q"),
    ("transpose", "grad(v.T @ u, u) == v.T", "grad(v.T @ u, u) == v"),
    ("transpose", "grad(u.T @ Q @ v, Q) == v @ u.T", "grad(u.T @ Q @ v, Q) == u @ v.T"),
    ("conjugate", "diff(abs(z)**2, z) == z", "diff(abs(z)**2, z) == conj(z)"),
    ("conjugate", "grad(norm(M @ u - c)**2, u) == M.T @ (M @ u - c) + M.T @ (M @ u - c)",
     "grad(norm(M @ u - c)**2, u) == M.H @ (M @ u - c) + M.T @ conj(M @ u - c)"),
    ("extra-term", "gamma(a + 1) == (a + 1)*gamma(a)", "gamma(a + 1) == a*gamma(a)"),
    ("inner-derivative", "diff(s(x), x) == s(x)*(1 - s(x))",
     "diff(s(x), x) == lam*s(x)*(1 - s(x))"),
    ("inner-derivative", "diff(exp(2*x), x) == exp(2*x)", "diff(exp(2*x), x) == 2*exp(2*x)"),
    ("order", "kron(A, B).T == kron(B.T, A.T)", "kron(A, B).T == kron(A.T, B.T)"),
    ("index", "diff(sum(A[i, k]*u[k] for k in range(d)), u[j]) == A[i, k]",
     "diff(sum(A[i, k]*u[k] for k in range(d)), u[j]) == A[i, j]"),
    ("constant", "diff(2**x, x) == 0.6931*2**x", "diff(2**x, x) == log(2)*2**x"),
    ("constant", "pi == 355/113", "pi == pi"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "wrong", "corrected"), FORMULAS)
def test_the_repair_of_a_formula(kind: str, wrong: str, corrected: str) -> None:
    found = diagnosed(wrong)
    assert found is not None
    assert (found.kind.value, found.corrected) == (kind, corrected)


DOMAINS = [
    ("sqrt(x**2) == x", "holds for x >= 0 only"),
    ("atan(x) + atan(1/x) == pi/2", "holds for x > 0 only"),
    ("diff(x/(1 + abs(x)), x) == sign(x)/(1 + x)**2", "holds for x > 0 only"),
    ("sign(x)**2 == 1", "holds for x != 0 only"),
    ("grad(u.T @ Q @ u, u) == 2*Q @ u", "holds only if Q is symmetric"),
    ("matrix_power(Q, 2) == Q**2", "holds only if Q is diagonal"),
    ("det(Q + B) == det(Q) + det(B)", "holds only for d = 1"),
    ("log(exp(z)) == z", "holds only for real z"),
]


@pytest.mark.parametrize(("wrong", "text"), DOMAINS)
def test_a_part_of_the_domain(wrong: str, text: str) -> None:
    found = diagnosed(wrong)
    assert found is not None
    assert (found.kind, found.text) == (Fault.DOMAIN, text)


TWINS = [
    # The first looks like a claim of the table above, but that repair does not hold.
    ("diff(cos(x), x) == sin(x)**3 + x", Fault.SIGN),
    ("grad(norm(A @ u - b)**2, u) == A.T @ (A @ u + 3*b)", Fault.FACTOR),
    ("jac(Q @ u, u) == Q.T @ Q", Fault.TRANSPOSE),
    ("grad(v.T @ u, u) == 2*v.T + u.T", Fault.TRANSPOSE),
    ("diff(abs(z)**2, z) == z**2", Fault.CONJUGATE),
    ("gamma(a + 1) == (a + 1)*gamma(a)**2", Fault.EXTRA_TERM),
    ("log(x + y) == log(x) + log(y)", Fault.MISSING_TERM),
    ("diff(s(x), x) == s(x)*(1 - s(x))**2", Fault.INNER_DERIVATIVE),
    ("det(Q @ B) == det(Q) + det(B)", Fault.ORDER),
    ("diff(sum(A[i, k]*u[k] for k in range(d)), u[j]) == A[i, k]**2", Fault.INDEX),
    ("diff(2**x, x) == 0.5*2**x", Fault.CONSTANT),
    ("sqrt(x**2) == x + 1", Fault.DOMAIN),
    ("grad(u.T @ Q @ u, u) == 3*Q @ u + v", Fault.DOMAIN),
    ("tanh(10000*x) == sign(x)", Fault.DOMAIN),
]


@pytest.mark.parametrize(("wrong", "kind"), TWINS)
def test_a_repair_that_does_not_hold_is_not_named(wrong: str, kind: Fault) -> None:
    found = diagnosed(wrong)
    assert found is None or found.kind is not kind


def test_a_repair_that_is_hardly_ever_defined_is_none() -> None:
    found = diagnosed("sqrt(x**2) == x")
    assert found is not None and "sqrt(-x**2)" not in found.corrected


def test_a_term_of_the_derived_form_is_missing() -> None:
    wrong = "hess(logsumexp(u), u) == diag(softmax(u))"
    found = diagnosed(wrong, derived="diag(softmax(u)) - softmax(u) @ softmax(u).T")
    assert found is not None and found.kind is Fault.MISSING_TERM
    assert found.corrected == f"{wrong} - softmax(u) @ softmax(u).T"
    lying = diagnosed(wrong, derived="diag(softmax(u)) - softmax(u) @ u.T")
    assert lying is None or "u.T" not in lying.corrected.replace("softmax(u).T", "")


def test_the_derived_form_corrects_a_claim_on_part_of_its_domain() -> None:
    found = diagnosed("grad(u.T @ Q @ u, u) == 2*Q @ u", derived="(Q + Q.T) @ u")
    assert found is not None
    assert found.corrected == "grad(u.T @ Q @ u, u) == (Q + Q.T) @ u"
    found = diagnosed("grad(u.T @ Q @ u, u) == 2*Q @ u", derived="(Q - Q.T) @ u")
    assert found is not None and found.corrected == ""


def test_the_line_above_stands_in_a_derivation() -> None:
    wrong = "(x + y)**2 == x**2 + x*y + y**2"
    found = diagnosed(wrong, is_derivation=True)
    assert found is not None
    assert found.corrected == "(x + y)**2 == x**2 + 2*x*y + y**2"


def test_a_sign_and_a_power() -> None:
    found = diagnosed("diff(1/(1 + exp(-x)), x) == -exp(-x)/(1 + exp(-x))")
    assert found is not None and found.kind is Fault.SIGN
    assert found.corrected == "diff(1/(1 + exp(-x)), x) == exp(-x)/(1 + exp(-x))**2"
