"""Claims proved for every size, each beside wrong twins that must stay unproved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from derivcheck.engines.indexed import examine
from derivcheck.evidence import Proof, Settings
from derivcheck.load.statements import quick


@dataclass(frozen=True)
class Case:
    """A right claim, wrong ones about the same things, and what they are about."""

    right: str
    wrong: tuple[str, ...]
    variables: Mapping[str, str]
    define: Mapping[str, str] = field(default_factory=dict)
    assume: tuple[str, ...] = ()


LEAST_SQUARES = {
    "A": "real[m, n]",
    "x": "real[n]",
    "b": "real[m]",
    "lam": "real",
    "W": "diagonal[m]",
}
SQUARE = {
    "Q": "real[n, n]", "S": "symmetric[n]", "P": "spd[n]", "X": "invertible[n]",
    "U": "orthogonal[n]", "x": "real[n]", "y": "real[n]",
}  # fmt: skip
LOGISTIC = {"X": "real[N, d]", "w": "real[d]", "t": "real[N]"}
LOSS = {"L": "-sum(t*log(sigmoid(X@w)) + (1-t)*log(1-sigmoid(X@w)))"}
BATCH = {"X": "real[N, d]", "W": "real[d, K]", "Y": "real[N, K]"}
NETWORK = {
    "W1": "real[h, d]", "b1": "real[h]", "W2": "real[m, h]", "b2": "real[m]", "v": "real[d]",
    "y": "onehot[m]",
}  # fmt: skip


def network(activation: str) -> dict[str, str]:
    return {"a1": "W1@v + b1", "h1": f"{activation}(a1)", "o": "W2@h1 + b2",
            "L": "-y.T@log(softmax(o))"}  # fmt: skip


SLOPES = (("sigmoid", "h1*(1-h1)"), ("tanh", "1-h1**2"), ("relu", "indicator(a1>0)"))
RECTIFIER = {
    "M": "complex[k, 2*M2]", "A": "complex[k, 2*M2]", "S": "complex[k, k]", "T": "complex[k, k]",
    "x": "real[2*M2]", "lam": "real > 0",
}  # fmt: skip
RESIDUAL = {
    "Sig(t)": "1/(1+exp(-lam*t))",
    "J": "S@diag(Sig(M@x))@(eye(k)+lam*diag(M@x)@(eye(k)-diag(Sig(M@x))))@M - T@A",
    "a": "S@((M@x)*Sig(M@x)) - T@A@x",
}
DESCENT = {
    "U": "orthogonal[n]",
    "l": "real[n]",
    "r0": "real[n]",
    "eta": "real",
    "t": "integer >= 0",
}
RECURRENCE = {"Q": "U@diag(l)@U.T", "r(0)": "r0", "r(s+1)": "(eye(n) - eta*Q)@r(s)"}

CASES = [
    Case("grad(norm(A@x - b)**2, x) == 2*A.T@(A@x - b)",
         ("grad(norm(A@x - b)**2, x) == A.T@(A@x - b)",
          "grad(norm(A@x - b)**2, x) == -2*A.T@(A@x - b)",
          "grad(norm(A@x - b)**2, x) == 2*A.T@(A@x + b)"), LEAST_SQUARES),
    Case("grad(norm(A@x-b)**2 + lam*norm(x)**2, x) == 2*A.T@(A@x-b) + 2*lam*x",
         ("grad(norm(A@x-b)**2 + lam*norm(x)**2, x) == 2*A.T@(A@x-b) + lam*x",), LEAST_SQUARES),
    Case("grad((A@x-b).T@W@(A@x-b), x) == 2*A.T@W@(A@x-b)",
         ("grad((A@x-b).T@W@(A@x-b), x) == 2*A.T@(A@x-b)",), LEAST_SQUARES),
    Case("grad(x.T@Q@x, x) == (Q+Q.T)@x", ("grad(x.T@Q@x, x) == 2*Q@x",), SQUARE),
    Case("grad(x.T@S@x, x) == 2*S@x", ("grad(x.T@S@x, x) == S@x",), SQUARE),
    Case("hess(x.T@Q@x, x) == Q + Q.T", ("hess(x.T@Q@x, x) == 2*Q",), SQUARE),
    Case("grad(trace(A@X@B), X) == A.T@B.T", ("grad(trace(A@X@B), X) == (A@B).T",),
         {"A": "real[n, n]", "X": "real[n, n]", "B": "real[n, n]"}),
    Case("grad(trace(X.T@A), X) == A", ("grad(trace(X.T@A), X) == A.T",),
         {"A": "real[n, n]", "X": "real[n, n]"}),
    Case("grad(logdet(X), X) == inv(X).T", ("grad(logdet(X), X) == inv(X)",), SQUARE),
    Case("grad(det(X), X) == det(X)*inv(X).T", ("grad(det(X), X) == inv(X).T",), SQUARE),
    Case("grad(trace(inv(X)@Q), X) == -(inv(X)@Q@inv(X)).T",
         ("grad(trace(inv(X)@Q), X) == -inv(X)@Q@inv(X)",
          "grad(trace(inv(X)@Q), X) == (inv(X)@Q@inv(X)).T"), SQUARE),
    Case("grad(norm(Q)**2, Q) == 2*Q", ("grad(norm(Q)**2, Q) == 2*Q.T",), SQUARE),
    Case("grad(norm(x), x) == x/norm(x)", ("grad(norm(x), x) == x/norm(x)**2",), SQUARE),
    Case("hess(norm(x), x) == (eye(n) - x@x.T/norm(x)**2)/norm(x)",
         ("hess(norm(x), x) == (eye(n) - x@x.T/norm(x))/norm(x)",), SQUARE),
    Case("jac(softmax(x), x) == diag(softmax(x)) - softmax(x)@softmax(x).T",
         ("jac(softmax(x), x) == diag(softmax(x)) + softmax(x)@softmax(x).T",), SQUARE),
    Case("hess(logsumexp(x), x) == diag(softmax(x)) - softmax(x)@softmax(x).T",
         ("hess(logsumexp(x), x) == diag(softmax(x))",), SQUARE),
    Case("grad(-p.T@log(softmax(x)), x) == softmax(x) - p",
         ("grad(-p.T@log(softmax(x)), x) == p - softmax(x)",),
         {"p": "simplex[n]", "x": "real[n]"}),
    Case("grad(-p.T@log(softmax(x)), x) == sum(p)*softmax(x) - p",
         ("grad(-p.T@log(softmax(x)), x) == softmax(x) - p",),
         {"p": "real[n]", "x": "real[n]"}),
    Case("sum(softmax(x)) == 1", ("sum(softmax(x)) == n", "sum(x) == 1"), SQUARE),
    Case("grad(L, w) == X.T@(sigmoid(X@w) - t)", ("grad(L, w) == X.T@(t - sigmoid(X@w))",),
         LOGISTIC, LOSS),
    Case("hess(L, w) == X.T@diag(sigmoid(X@w)*(1-sigmoid(X@w)))@X",
         ("hess(L, w) == X.T@diag(sigmoid(X@w))@X",), LOGISTIC, LOSS),
    Case("grad(sum(logsumexp(X@W, axis=1)) - sum(Y*(X@W)), W) == X.T@(softmax(X@W, axis=1) - Y)",
         ("grad(sum(logsumexp(X@W, axis=1)) - sum(Y*(X@W)), W) == X.T@(softmax(X@W, axis=0) - Y)",),
         BATCH),
    *(Case(f"grad(L, W1) == ((W2.T@(softmax(o) - y))*({slope}))@v.T",
           (f"grad(L, W1) == ((W2.T@(softmax(o) + y))*({slope}))@v.T",
            "grad(L, W1) == (W2.T@(softmax(o) - y))@v.T"), NETWORK, network(name))
      for name, slope in SLOPES),
    *(Case(f"grad(L, a1) == grad(L, h1)*({slope})", ("grad(L, a1) == grad(L, h1)",), NETWORK,
           network(name))
      for name, slope in SLOPES),
    Case("grad(L, W2) == (softmax(o) - y)@h1.T", ("grad(L, W2) == softmax(o)@h1.T",), NETWORK,
         network("tanh")),
    Case("grad(norm(a)**2, x) == J.T@conj(a) + J.H@a",
         ("grad(norm(a)**2, x) == J.T@a + J.H@a", "grad(norm(a)**2, x) == J.T@a + J.T@a",
          "grad(norm(a)**2, x) == J.H@a"), RECTIFIER, RESIDUAL),
    Case("grad(-log(sigmoid(u.T@c)) - sum(log(sigmoid(-V[k, :]@c)) for k in range(K)), c) == "
         "(sigmoid(u.T@c) - 1)*u + sum(sigmoid(V[k, :]@c)*V[k, :].T for k in range(K))",
         ("grad(-log(sigmoid(u.T@c)) - sum(log(sigmoid(-V[k, :]@c)) for k in range(K)), c) == "
          "(sigmoid(u.T@c) - 1)*u - sum(sigmoid(V[k, :]@c)*V[k, :].T for k in range(K))",),
         {"u": "real[d]", "c": "real[d]", "V": "real[K, d]"}),
    Case("inv(X + B@C@V) == inv(X) - inv(X)@B@inv(inv(C) + V@inv(X)@B)@V@inv(X)",
         ("inv(X + B@C@V) == inv(X) - inv(X)@B@inv(inv(C) - V@inv(X)@B)@V@inv(X)",),
         {"X": "invertible[n]", "B": "real[n, k]", "C": "invertible[k]", "V": "real[k, n]"}),
    Case("inv(eye(n) + x@y.T) == eye(n) - x@y.T/(1 + y.T@x)",
         ("inv(eye(n) + x@y.T) == eye(n) - x@y.T/(1 - y.T@x)",), SQUARE),
    Case("trace(A@B) == trace(B@A)", ("trace(A@B) == trace(A@B.T)",),
         {"A": "real[n, n]", "B": "real[n, n]"}),
    Case("vec(A@X@B) == kron(B.T, A)@vec(X)", ("vec(A@X@B) == kron(B, A)@vec(X)",),
         {"A": "real[n, n]", "X": "real[n, n]", "B": "real[n, n]"}),
    Case("jac(inv(X), X) == -kron(inv(X).T, inv(X))", ("jac(inv(X), X) == -kron(inv(X), inv(X))",),
         SQUARE),
    Case("grad(x.T@Q@x/(x.T@x), x) == ((Q+Q.T)@x)/(x.T@x) - 2*(x.T@Q@x)*x/(x.T@x)**2",
         ("grad(x.T@Q@x/(x.T@x), x) == ((Q+Q.T)@x)/(x.T@x) - (x.T@Q@x)*x/(x.T@x)**2",), SQUARE),
    Case("grad(-logdet(P)/2 - (x-y).T@inv(P)@(x-y)/2, y) == inv(P)@(x-y)",
         ("grad(-logdet(P)/2 - (x-y).T@inv(P)@(x-y)/2, y) == inv(P)@(y-x)",), SQUARE),
    Case("grad(-logdet(P)/2 - (x-y).T@inv(P)@(x-y)/2, P) == "
         "-inv(P)/2 + inv(P)@(x-y)@(x-y).T@inv(P)/2",
         ("grad(-logdet(P)/2 - (x-y).T@inv(P)@(x-y)/2, P) == "
          "-inv(P) + inv(P)@(x-y)@(x-y).T@inv(P)/2",), SQUARE),
    Case("U.T@U == eye(n)", ("Q.T@Q == eye(n)", "U@U == eye(n)"), SQUARE),
    Case("W.T@W == eye(k)", ("W@W.T == eye(n)",), {"W": "stiefel[n, k]"}),
    Case("grad(norm(x, 1), x) == sign(x)", ("grad(norm(x, 1), x) == -sign(x)",), SQUARE),
    Case("r(t) == U@diag((1-eta*l)**t)@U.T@r0",
         ("r(t) == U@diag((1+eta*l)**t)@U.T@r0", "r(t) == U@diag((1-eta*l)**(t+1))@U.T@r0",
          "r(t) == U.T@diag((1-eta*l)**t)@U@r0"), DESCENT, RECURRENCE),
    Case("diff(inv(A(s)), s) == -inv(A(s))@diff(A(s), s)@inv(A(s))",
         ("diff(inv(A(s)), s) == -inv(A(s))@inv(A(s))@diff(A(s), s)",),
         {"s": "real", "A(s)": "invertible[m]"}),
    Case("jac(A@g(z), z) == A@jac(g(z), z)", ("jac(A@g(z), z) == jac(g(z), z)@A",),
         {"A": "real[n, n]", "z": "real[n]", "g(z)": "real[n]"}),
    Case("grad(trace(S@S), S, structure=True) == 4*S - 2*diag(diagonal(S))",
         ("grad(trace(S@S), S, structure=True) == 2*S",), SQUARE),
    Case("at(sqrt(z**2), z=-3) == 3", ("at(sqrt(z**2), z=-3) == -3",), {"z": "real > 0"}),
    Case("diff(relu(z)**2, z) == 2*relu(z)", ("diff(relu(z)**2, z) == 2*z",), {"z": "real"}),
    Case("diff(z if z > 0 else 0, z) == indicator(z > 0)",
         ("diff(z*indicator(z**2 > 0), z) == indicator(z**2 > 0)",
          "diff(sin(z)*indicator(z>0) + sin(z)*indicator(z<0), z) == "
          "cos(z)*(indicator(z>0) + indicator(z<0))"), {"z": "real"}),
    Case("sqrt(z**2) == abs(z)", ("sqrt(z**2) == z", "sign(z)**2 == 1"),
         {"z": "real"}),
    Case("psd(A.T@diag(w)@A)", ("psd(A.T@diag(b)@A)", "psd(-A.T@A)", "psd(A.T@A - eye(n))"),
         {"A": "real[m, n]", "w": "real[m] >= 0", "b": "real[m]"}),
    Case("convex(sum(softplus(-t*(X@w))), w)",
         ("convex(sum(sigmoid(-t*(X@w))), w)", "convex(-norm(X@w)**2, w)"), LOGISTIC),
    Case("convex(norm(A@x - b)**2, x)", ("convex(norm(A@x - b)**(1/2), x)", "convex(1/x[0]**2, x)"),
         LEAST_SQUARES),
    Case("abs(z)**2 == z*conj(z)", ("abs(z)**2 == z**2", "conj(exp(z)) == exp(z)"),
         {"z": "complex"}),
    Case("exp(log(z)) == z", ("log(exp(z)) == z", "sqrt(z**2) == z", "log(z*w) == log(z) + log(w)"),
         {"z": "complex", "w": "complex"}),
]  # fmt: skip


def evidence(text: str, case: Case) -> list[object]:
    statement = quick(text, case.variables, case.define, case.assume)
    return [
        examine(link.relation, statement.context, Settings(seconds=5)).evidence
        for link in statement.links
    ]


@pytest.mark.parametrize("case", CASES, ids=[case.right for case in CASES])
def test_proved_for_every_size(case: Case) -> None:
    found = evidence(case.right, case)
    assert all(isinstance(item, Proof) for item in found), found


WRONG = [(text, case) for case in CASES for text in case.wrong]


@pytest.mark.parametrize(("text", "case"), WRONG, ids=[text for text, _ in WRONG])
def test_never_proved(text: str, case: Case) -> None:
    found = evidence(text, case)
    assert not all(isinstance(item, Proof) for item in found), found
