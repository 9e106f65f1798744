"""Norms of vectors and matrices, and the largest and smallest of several numbers."""

from __future__ import annotations

from functools import reduce

from flint import acb, acb_mat, fmpq

from derivcheck.engines.rigorous.elementary import apply_unary
from derivcheck.engines.rigorous.kinks import absolute, euclid, larger
from derivcheck.engines.rigorous.matrices import (
    add_all,
    adjoint,
    entries_of,
    identity,
    matmul,
    transpose,
)
from derivcheck.engines.rigorous.pairs import minimum
from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Dual,
    Matrix,
    Mode,
    Scalar,
    Undecided,
    Unsupported,
    base_value,
    divide,
    parts,
    to_ball,
)


def norm(a: Matrix, kind: str, mode: Mode) -> Scalar:
    """'fro' Euclidean/Frobenius; vectors: '1' Σ|x|, 'oo' max|x|; matrices: largest column sum,
    row sum; '2' the largest singular value."""
    is_vector = len(a) == 1 or len(a[0]) == 1
    if kind == "fro" or (kind == "2" and is_vector):
        return euclid([part for x in entries_of(a) for part in parts(x)], mode)
    sizes = [[absolute(x, mode) for x in row] for row in a]
    match kind:
        case "1" if is_vector:
            return add_all(entries_of(sizes))
        case "oo" if is_vector:
            return largest(entries_of(sizes), mode)
        case "1":
            return largest([add_all(column) for column in transpose(sizes)], mode)
        case "oo":
            return largest([add_all(row) for row in sizes], mode)
        case "2":
            return _spectral(a, mode)
    raise Unsupported(f"norm of kind {kind}")


def largest(entries: list[Scalar], mode: Mode) -> Scalar:
    return reduce(lambda a, b: larger(a, b, mode), entries)


def smallest(entries: list[Scalar], mode: Mode) -> Scalar:
    return reduce(lambda a, b: minimum(a, b, mode), entries)


def _spectral(a: Matrix, mode: Mode) -> Scalar:
    """sqrt of the largest eigenvalue of AᴴA (or AAᴴ, the smaller of the two)."""
    gram = matmul(adjoint(a), a) if len(a[0]) <= len(a) else matmul(a, adjoint(a))
    gram = [[x if i != j else parts(x)[0] for j, x in enumerate(row)] for i, row in enumerate(gram)]
    if len(gram) == 2:
        difference = (gram[0][0] - gram[1][1]) * HALF
        re, im = parts(gram[0][1])
        root = euclid([difference, re, im], mode)
        return apply_unary("sqrt", (gram[0][0] + gram[1][1]) * HALF + root, mode)
    return apply_unary("sqrt", _largest_eigenvalue(gram), mode)


def _largest_eigenvalue(gram: Matrix) -> Scalar:
    """Enclosed by acb_mat.eig at the values; each Newton step on the characteristic polynomial
    then makes one more level of slopes right (the root is simple: its ball is isolated)."""
    plain = acb_mat([[acb(to_ball(base_value(x))) for x in row] for row in gram])
    try:
        roots = sorted((x.real for x in plain.eig()), key=lambda x: float(x.mid()))
    except ValueError:
        raise Undecided("eigenvalues that are not isolated") from None
    if any(not roots[-1] > x for x in roots[:-1]):
        raise Undecided("eigenvalues that are not isolated")
    root: Scalar = roots[-1]
    coefficients = _characteristic(gram)
    for _ in range(_depth(gram)):
        value: Scalar = ZERO
        slope: Scalar = ZERO
        for coefficient in coefficients:
            slope = slope * root + value
            value = value * root + coefficient
        root = _replace_base(root - divide(value, slope), roots[-1])
    return root


def _replace_base(x: Scalar, base: Scalar) -> Scalar:
    return Dual(x.level, _replace_base(x.value, base), x.slope) if isinstance(x, Dual) else base


def _depth(a: Matrix) -> int:
    def depth(x: Scalar) -> int:
        return 1 + depth(x.value) if isinstance(x, Dual) else 0

    return max(depth(x) for x in entries_of(a))


def _characteristic(a: Matrix) -> list[Scalar]:
    """Coefficients of det(t·I - A), highest first (Faddeev-LeVerrier: divides by integers only)."""
    n = len(a)
    coefficients: list[Scalar] = [ONE]
    current = identity(n)
    for k in range(1, n + 1):
        product = matmul(a, current)
        trace = add_all([parts(product[i][i])[0] for i in range(n)])
        coefficients.append(-trace * fmpq(1, k))
        current = [[x + coefficients[-1] if i == j else x for j, x in enumerate(row)]
                   for i, row in enumerate(product)]  # fmt: skip
    return coefficients
