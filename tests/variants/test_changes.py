"""Each kind of change makes the formulas it should, in the notation of the claim."""

from __future__ import annotations

import pytest

from derivcheck.expr.scope import Scope
from derivcheck.load.statements import read_claim
from derivcheck.text import Fragment
from derivcheck.variants import domains, exponents, factors, inner, names, numbers, signs, terms
from derivcheck.variants import transposes as turns
from derivcheck.variants.change import Generator
from derivcheck.variants.mutants import mutants
from derivcheck.variants.sides import Written, read_relation
from derivcheck.variants.syntax import write

NAMES = {
    "x": "real", "y": "real", "lam": "real > 0", "n": "integer >= 1", "z": "complex",
    "u": "real[d]", "v": "real[d]", "A": "real[m, d]", "Q": "real[d, d]", "M": "complex[m, d]",
    "i": "index[m]", "j": "index[d]",
}  # fmt: skip


def scope_of() -> Scope:
    scope = Scope()
    for name, kind in NAMES.items():
        scope.declare(Fragment.whole(name), Fragment.whole(kind))
    scope.define(Fragment.whole("f(t)"), Fragment.whole("sigmoid(lam*t)"))
    return scope


def relation(text: str) -> Written:
    names = scope_of().names
    read_claim(Fragment.whole(text), Scope(names))
    written = read_relation(text, 0, names)
    assert written is not None
    return written


def changed(generate: Generator, text: str) -> list[str]:
    """The right side of a claim, changed in every way."""
    written = relation(text)
    return [write(change.root) for change in generate(written.rhs, written.lhs)]


CHANGES: list[tuple[Generator, str, str]] = [
    (signs.whole, "x == y - x", "x - y"),
    (signs.whole, "x == -2*y", "2*y"),
    (signs.whole, "x == (x + y)*lam", "-(x + y)*lam"),
    (signs.of_terms, "x == x**2 - 2*y  +  1", "x**2 + 2*y + 1"),
    (signs.of_arguments, "x == 1/(1 + exp(y/2))", "1/(1 + exp(-y/2))"),
    (signs.of_exponents, "x == lam**n", "lam**-n"),
    (factors.dropped, "x == n*sin(x)*y", "n*y"),
    (factors.dropped, "x == sin(x)/y", "sin(x)"),
    (factors.numeric, "x == -sin(x)", "-2*sin(x)"),
    (factors.numeric, "x == 2*x", "4*x"),
    (factors.numeric, "x == x + sin(y)", "x + sin(y)/2"),
    (factors.scalars, "lam*x == sin(y)", "lam*sin(y)"),
    (factors.subexpressions, "sin(x) == cos(x)", "sin(x)*cos(x)"),
    (factors.subexpressions, "x == sigmoid(x)", "(1 - sigmoid(x))*sigmoid(x)"),
    (factors.arguments, "x == sigmoid(x)", "sigmoid(2*x)"),
    (factors.inverted, "x == sin(x)*y", "sin(x)/y"),
    (factors.diagonals, "Q == diag(sigmoid(u))", "diag(sigmoid(u)*(1 - sigmoid(u)))"),
    (factors.entrywise, "u == Q @ u", "Q @ (Q @ u*u)"),
    (terms.dropped, "x == x + 2*y - 1", "x + 2*y"),
    (terms.added, "x == log(lam)", "log(lam) + 1"),
    (terms.added_inside, "x == (x*y)/2", "(x*y + 1)/2"),
    (terms.complements, "Q == Q @ Q", "(eye(d) - Q) @ Q"),
    (turns.transposes, "Q == diag(u) @ Q.T", "diag(u) @ Q"),
    (turns.transposes, "A == -2*A @ Q", "-2*A @ Q.T"),
    (turns.transposes, "Q == 2*u @ v.T", "2*v @ u.T"),
    (turns.transpose_pairs, "Q == Q @ Q", "Q.T @ Q.T"),
    (turns.conjugates, "z == z**2*x", "conj(z)**2*x"),
    (turns.conjugates, "norm(u)**2 == u.T @ M.T @ M @ u", "u.T @ M.H @ M @ u"),
    (turns.orders, "Q == Q @ (u @ v.T) @ Q", "u @ v.T @ Q @ Q"),
    (turns.orders, "Q == Q @ (u @ v.T) @ Q", "Q @ Q @ (u @ v.T)"),
    (exponents.shifted, "x == x**2", "x**3"),
    (exponents.shifted, "x == x**2", "x"),
    (exponents.shifted, "x == x**(n - 1)", "x**n"),
    (exponents.raised, "x == 1 - tanh(x)", "1 - tanh(x)**2"),
    (numbers.rounded, "x == 0.6931*x", "log(2)*x"),
    (numbers.rounded, "x == 355/113", "pi"),
    (numbers.shifted, "x == sqrt(7)", "sqrt(6)"),
    (numbers.constants, "x == pi", "pi/2"),
    (names.functions, "x == sin(2*x)", "cos(2*x)"),
    (names.functions, "x == asinh(x)", "acosh(x)"),
    (names.variables, "u.T @ v == sum(u*u)", "sum(u*v)"),
    (names.indices, "A[i, j] == sum(A[i, k]*u[k] for k in range(d))",
     "sum(A[i, j]*u[k] for k in range(d))"),
    (names.indices, "x == sum(u[k] for k in range(d))", "sum(u[k] for k in range(d - 1))"),
    (names.reshaped, "Q == Q + 2*lam", "Q + 2*lam*eye(d)"),
    (names.wrapped, "sqrt(x**2) == x", "abs(x)"),
    (inner.derivatives, "diff(f(x), x) == f(x)*(1 - f(x))", "lam*f(x)*(1 - f(x))"),
    (inner.derivatives, "diff(exp(x**2), x) == exp(x**2)", "2*x*exp(x**2)"),
    (inner.derivatives, "diff(sin(x/lam), x) == cos(x/lam)", "cos(x/lam)/lam"),
    (inner.matrices, "grad(sum(sin(A @ u)), u) == cos(A @ u)", "A.T @ cos(A @ u)"),
]  # fmt: skip


@pytest.mark.parametrize(("generate", "claim", "wanted"), CHANGES)
def test_a_change_in_the_words_of_the_claim(generate: Generator, claim: str, wanted: str) -> None:
    found = changed(generate, claim)
    assert wanted in found
    assert write(relation(claim).rhs.root) not in found


@pytest.mark.parametrize(("generate", "claim", "unwanted"), [
    (signs.whole, "x == 0", "-0"),
    (turns.transposes, "x == x*y", "x.T*y"),
    (turns.conjugates, "x == sin(x)", "sin(conj(x))"),
    (exponents.shifted, "x == 2*x", "2*x**2"),
    (numbers.rounded, "x == 0.9*x", "log(2)*x"),
    (names.indices, "x == sin(x)", "sin(y)"),
    (terms.dropped, "x == x*y", "x"),
    (inner.derivatives, "diff(sin(x), x) == cos(x)", "lam*cos(x)"),
    (names.reshaped, "Q == Q + Q", "Q + Q*eye(d)"),
])  # fmt: skip
def test_nothing_is_changed_without_a_reason(
    generate: Generator, claim: str, unwanted: str
) -> None:
    assert unwanted not in changed(generate, claim)


def test_what_was_not_changed_keeps_its_text() -> None:
    claim = "f( x ) == (1 + 1.50e-3*x) * sin( x )"
    assert "(1 - 1.50e-3*x)*sin( x )" in changed(signs.of_terms, claim)


def test_derivatives_are_left_alone() -> None:
    assert changed(names.functions, "x == diff(sin(x), x)") == []
    assert changed(names.functions, "x == sin(x)") != []


def restated(claim: str, restrict: domains.Restrict) -> list[str]:
    names = scope_of().names
    statement = read_claim(Fragment.whole(claim), Scope(names))
    return [one.text for one in restrict(statement.context, names, ())]


def test_domains() -> None:
    assert "holds for x > 0" in restated("sqrt(x**2) == x", domains.signs)
    assert restated("sqrt(lam**2) == lam", domains.signs) == []
    assert "holds only if Q is symmetric" in restated("Q.T == Q", domains.symmetric)
    assert restated("A == 2*A", domains.symmetric) == []
    assert "holds only for d = 1" in restated("Q.T == Q", domains.sizes)
    assert restated("abs(lam) == lam", domains.dropped) == ["without the bounds of lam"]
    assert restated("x == 2*x", domains.dropped) == []


def test_a_mutant_differs_from_its_claim_and_there_are_not_too_many() -> None:
    written = relation("sin(x)*cos(y) + cos(x)*sin(y) == sin(x + y)")
    found = [text for _, text in mutants(written, 5)]
    assert len(found) == len(set(found)) == 5
    assert written.claim() not in found
    assert found == [text for _, text in mutants(written, 5)]


def test_an_order_relation_is_negated() -> None:
    assert [text for _, text in mutants(relation("x**2 >= 2*x - 1"), 9)] == ["x**2 < 2*x - 1"]
