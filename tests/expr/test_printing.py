"""Printing and parsing are inverse; the other notations write what they should."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from derivcheck.claim import Comparison
from derivcheck.expr.latex import to_latex
from derivcheck.expr.nodes import Expr, Index
from derivcheck.expr.printing import to_text
from derivcheck.expr.unicode import to_unicode
from derivcheck.load.statements import quick
from derivcheck.text import SpecError

VARIABLES = {
    "x": "real[n]", "A": "real[n, n]", "B": "complex[m, n]", "s": "real", "t": "real",
    "z": "complex", "λ": "real", "F(t)": "real",
}  # fmt: skip


def read(text: str) -> Expr:
    relation = quick(f"({text}) == ({text})", VARIABLES).links[0].relation
    assert isinstance(relation, Comparison)
    return relation.lhs


def without_uids(node: Any, seen: dict[int, int]) -> Any:
    """The tree with indices numbered in the order they are met and their names left out."""
    if isinstance(node, Index):
        return ("index", seen.setdefault(node.uid, len(seen)))
    if isinstance(node, tuple):
        return tuple(without_uids(part, seen) for part in node)
    if dataclasses.is_dataclass(node):
        fields = (getattr(node, field.name) for field in dataclasses.fields(node))
        return (type(node).__name__, *(without_uids(value, seen) for value in fields))
    return node


def same(left: Expr, right: Expr) -> bool:
    return bool(without_uids(left, {}) == without_uids(right, {}))


TEXTS = [
    "-s**2", "(-s)**2", "s**-t", "(s**t)**2", "s**t**2", "s - (t - 1)", "s - t - 1", "s/(t*2)",
    "s/t*2", "-s*t", "-(s*t)", "0.25*s", "1/3*s", "1e-30*s", "A.T @ (A @ x)", "A.T @ A @ x",
    "B.H @ B", "conj(B)", "x[0]", "x[n - 1]", "x[:2]", "A[0, :]", "A[:, 1]", "A[0]", "A[0, 1:]",
    "x.T[0]", "sum(x[k]*s for k in range(n))", "sum(A[i, j] for i in range(n) for j in range(n))",
    "sum(x[k]*sum(x[k] for k in range(n)) for k in range(n))", "prod(s + k for k in range(1, 4))",
    "s if s > 0 else -s", "(s if s > 0 else t) + 1", "indicator(s > 0 and not t <= s)",
    "indicator((s > 0 or t > 0) and s != t)", "grad(norm(A @ x)**2, x)", "diff(s**2*t, s, 2, t)",
    "diff(x.T @ x, x[1])", "diff(z*conj(z), conj(z))", "jac(A @ x, x)", "hess(x.T @ x, x)",
    'limit(sinc(s), s, 0, "+")', "limit(sinc(s), s, oo)", "at(s*t, s=t, t=s + 1)", "norm(x, 1)",
    "norm(A, 2)", "norm(x, oo)", "eye(n)", "eye(2, 3)", "ones(n)", "zeros(n, 2)", "onehot(1, n)",
    "tile(x, 3)", "sum(A, axis=0)", "max(A)", "max(s, t)", "softmax(A, axis=1)", "softmax(x)",
    "logsumexp(x)", "[s, t]", "[[s, t], [1, 2]]", "hstack(A, x)", "kron(A, A)", "F(s + 1)", "n*s",
    "(n + 1)*s", "diag(x)", "matrix_power(A, 3)", "polygamma(1, s)", "λ*s", "e**s", "2*I*z",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_parse_inverts_print(text: str) -> None:
    tree = read(text)
    assert same(read(to_text(tree)), tree), to_text(tree)
    assert to_unicode(tree)
    assert to_latex(tree).count("{") == to_latex(tree).count("}")


@pytest.mark.parametrize("text", ["s - (t - 1)", "(-s)**2", "A.T @ (A @ x)", "-(s*t)", "s/(t*2)"])
def test_brackets_that_matter_are_kept(text: str) -> None:
    assert to_text(read(text)) == text
    assert not same(read(text.replace("(", "").replace(")", "")), read(text))


SCALARS = st.recursive(
    st.sampled_from(["s", "t", "1", "2", "0.5", "-3", "x[0]", "A[0, 1]", "n", "pi"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"sigmoid({text})"),
        inner.map(lambda text: f"sum(({text})*x[k] for k in range(n))"),
        st.tuples(inner, inner).map(lambda p: f"(({p[0]}) if ({p[1]}) >= s else t)"),
        inner.map(lambda text: f"diff(({text}), s)"),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(SCALARS)
def test_parse_inverts_print_of_random_trees(text: str) -> None:
    try:
        tree = read(text)
    except SpecError:
        reject()
    assert same(read(to_text(tree)), tree), to_text(tree)


@pytest.mark.parametrize(
    ("text", "unicode", "latex"),
    [
        ("grad(norm(A @ x)**2, x)", "∇_x ‖A x‖²", r"\nabla_{x} \left\|A x\right\|^{2}"),
        ("sum(x[k] for k in range(n))", "Σ_{k<n} x_k", r"\sum_{k=0}^{n - 1} x_{k}"),
        ("diff(sigmoid(s/2), s, 2)", "∂²/∂s² σ(s/2)",
         r"\frac{\partial^{2}}{\partial s^{2}} \sigma\left(\frac{s}{2}\right)"),
        ("A.T @ inv(A)", "Aᵀ A⁻¹", r"A^{\top} A^{-1}"),
        ("λ*indicator(s <= 0)", "λ·𝟙[s ≤ 0]", r"\lambda \, \mathbb{1}\left[s \le 0\right]"),
    ],
)  # fmt: skip
def test_notations(text: str, unicode: str, latex: str) -> None:
    assert to_unicode(read(text)) == unicode
    assert to_latex(read(text)) == latex
