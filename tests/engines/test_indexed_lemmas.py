"""Lemmas of the indexed engine: each right claim proved, its wrong twins not."""

from __future__ import annotations

import pytest

from derivcheck.engines.indexed import examine
from derivcheck.evidence import Proof, Settings
from derivcheck.load.statements import quick

VARIABLES = {
    "x": "real[n]", "a": "real[n]", "b": "real[n]", "c": "real[n]", "A": "real[n, m]",
    "B": "real[n, n]", "K": "skew[n]", "P": "spd[n]", "X": "real[N, d]", "w": "real[d]",
    "y": "real[N]", "p": "simplex[n]", "lam": "real > 0", "mu": "real", "u": "real[m]",
    "C": "real[m, n]", "Y": "invertible[n]",
}  # fmt: skip
CASES = [
    # skew: a sum that is its own negative
    ("x.T @ K @ x == 0", ("x.T @ K @ a == 0", "x.T @ K @ K @ x == 0")),
    ("trace(K @ P) == 0", ("trace(K @ B) == 0", "trace(K @ K) == 0")),
    ("x.T @ K @ K @ K @ x == 0", ("x.T @ K @ K.T @ x == 0",)),
    # determinant of an exponential
    ("det(expm(B)) == exp(trace(B))", ("det(expm(B)) == exp(det(B))",)),
    ("logdet(expm(B)) == trace(B)", ("logdet(expm(B)) == 2*trace(B)",)),
    # determinants turned round
    ("det(eye(n) + A @ C) == det(eye(m) + C @ A)", ("det(eye(n) + A @ C) == det(eye(m) - C @ A)",)),
    ("det(eye(n) - A @ A.T) == det(eye(m) - A.T @ A)",
     ("det(eye(n) - A @ A.T) == det(eye(m) + A.T @ A)", "det(A @ A.T) == det(A.T @ A)")),
    ("det(eye(n) + a @ b.T) == 1 + b.T @ a", ("det(eye(n) + a @ b.T) == 1 + norm(b)*norm(a)",)),
    ("det(Y + a @ b.T) == det(Y)*(1 + b.T @ inv(Y) @ a)",
     ("det(Y + a @ b.T) == det(Y)*(1 + a.T @ inv(Y) @ b)", "det(Y + a @ b.T) == det(Y)*b.T @ a")),
    ("logdet(P + a @ a.T) == logdet(P) + log(1 + a.T @ inv(P) @ a)",
     ("logdet(P + a @ a.T) == logdet(P) + a.T @ inv(P) @ a",
      "logdet(P - a @ a.T) == logdet(P) + log(1 + a.T @ inv(P) @ a)")),
    # normal equations
    ("(X.T @ X + lam*eye(d)) @ inv(X.T @ X + lam*eye(d)) @ X.T @ y == X.T @ y",
     ("(X.T @ X - lam*eye(d)) @ inv(X.T @ X + lam*eye(d)) @ X.T @ y == X.T @ y",)),
    ("at(grad(norm(X @ w - y)**2 + lam*norm(w)**2, w),"
     " w=inv(X.T @ X + lam*eye(d)) @ X.T @ y) == zeros(d)",
     ("at(grad(norm(X @ w - y)**2 + lam*norm(w)**2, w),"
      " w=inv(X.T @ X + 2*lam*eye(d)) @ X.T @ y) == zeros(d)",
      "at(grad(norm(X @ w - y)**2 + lam*norm(w)**2, w),"
      " w=inv(X.T @ X) @ X.T @ y) == zeros(d)")),
    # the largest entry as a number
    ("logsumexp(x) == max(x) + log(sum(exp(x - max(x))))",
     ("logsumexp(x) == max(x) + log(sum(exp(x - min(x))))",
      "logsumexp(x) == max(a) + log(sum(exp(x - max(x))))")),
    ("softmax(x) == softmax(x - max(x))",
     ("softmax(x) == softmax(x*max(x))", "grad(max(x), x) == zeros(n)", "max(x) == min(x)")),
    # inequalities with a name
    ("norm(a + b) <= norm(a) + norm(b)",
     ("norm(a + b) <= norm(a) - norm(b)", "norm(a + b) < norm(a) + norm(b)",
      "norm(a + 2*b) <= norm(a) + norm(b)", "norm(a + b) >= norm(a) + norm(b)")),
    ("norm(a - b, 1) <= norm(a - c, 1) + norm(c - b, 1)",
     ("norm(a - b, 1) <= norm(a - c, 1) + norm(c + b, 1)",
      "norm(a - b, 1) <= norm(a - c) + norm(c - b)")),
    ("norm(a - b) >= norm(a) - norm(b)", ("norm(a - b) <= norm(a) - norm(b)",)),
    ("abs(norm(a) - norm(b)) <= norm(a - b)", ("abs(norm(a) + norm(b)) <= norm(a - b)",)),
    ("abs(a + b) <= abs(a) + abs(b)", ("abs(a + b) <= abs(a) + b",)),
    ("abs(a.T @ b) <= norm(a)*norm(b)",
     ("abs(a.T @ b) <= norm(a)*norm(c)", "abs(a.T @ b) <= norm(a) + norm(b)",
      "abs(a.T @ b) <= norm(a, oo)*norm(b)")),
    ("(a.T @ b)**2 <= (a.T @ a)*(b.T @ b)", ("(a.T @ b)**2 <= (a.T @ a)*norm(b)",)),
    ("-sum(a*b) <= norm(a)*norm(b)", ("-sum(2*a*b) <= norm(a)*norm(b)",)),
    ("norm(A @ u) <= norm(A, 2)*norm(u)", ("norm(A @ u) <= norm(A, 1)*norm(u)",)),
    ("norm(A @ u) <= norm(A)*norm(u)", ("norm(A @ u, 1) <= norm(A)*norm(u)",)),
    # convexity by composition
    ("convex(logsumexp(X @ w), w)",
     ("convex(-logsumexp(X @ w), w)", "convex(logsumexp(w*w*w), w)", "convex(softmax(w)[0], w)")),
    ("convex(norm(X @ w - y) + lam*norm(w, 1), w)",
     ("convex(norm(X @ w - y) + mu*norm(w, 1), w)", "convex(norm(X @ w - y) - norm(w, 1), w)")),
    ("convex(sum(relu(X @ w)), w)", ("convex(sum(relu(-relu(w))), w)", "convex(-max(w), w)")),
    ("convex(norm(w)**3, w)", ("convex(norm(w)**(1/2), w)", "convex(sum(w**3), w)")),
    ("convex(-min(w), w)", ("convex(min(w), w)",)),
    ("convex(mean(max(0, 1 - y*(X @ w))) + lam*norm(w)**2, w)",
     ("convex(mean(min(0, 1 - y*(X @ w))) + lam*norm(w)**2, w)",)),
    ("psd(hess(logsumexp(X @ w), w))", ("psd(-hess(logsumexp(X @ w), w))",)),
    ("psd(diag(softmax(x)) - softmax(x) @ softmax(x).T)",
     ("psd(diag(x) - x @ x.T)", "psd(diag(softmax(x)) - 2*softmax(x) @ softmax(x).T)")),
    ("psd(diag(p) - p @ p.T)", ("psd(diag(a) - a @ a.T)", "psd(p @ p.T - diag(p))")),
]  # fmt: skip
WRONG = [text for _, twins in CASES for text in twins]


def is_proved(text: str) -> bool:
    statement = quick(text, VARIABLES)
    found = [examine(link.relation, statement.context, Settings()) for link in statement.links]
    return all(isinstance(one.evidence, Proof) for one in found)


@pytest.mark.parametrize("text", [right for right, _ in CASES])
def test_proved(text: str) -> None:
    assert is_proved(text)


@pytest.mark.parametrize("text", WRONG)
def test_never_proved(text: str) -> None:
    assert not is_proved(text)
