"""SymPy alone: `simplify`, `.equals`, and the derivatives of MatrixSymbol."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import sympy
from answers import Says
from sympy.parsing.sympy_parser import parse_expr, rationalize, standard_transformations
from tables import MatrixRow, ScalarRow
from with_numpy import SIZES, draw, slope

_M, _N, _K, _I = sympy.symbols("m n k i", integer=True, positive=True)
_SHAPES = {
    "A": (_M, _N), "B": (_N, _N), "C": (_M, _M), "P": (_N, _N), "W": (_K, _N), "X": (_N, _N),
    "a": (_N, 1), "b": (_N, 1), "c": (_K, 1), "x": (_N, 1), "y": (_M, 1),
}  # fmt: skip
MATRICES = {name: sympy.MatrixSymbol(name, *shape) for name, shape in _SHAPES.items()}


class Gradient(StrEnum):
    """What SymPy made of the derivative of a matrix expression."""

    RIGHT = "right"
    ZERO = "silently 0"
    WRONG = "wrong"
    UNEVALUATED = "unevaluated"
    RAISES = "raises"


def difference(row: ScalarRow, side: str) -> sympy.Expr:
    """The left side minus the right; decimals are exact."""
    x = sympy.Symbol("x", positive=True) if row.is_positive else sympy.Symbol("x", real=True)
    names = {
        "x": x,
        "abs": sympy.Abs,
        "sigmoid": lambda value: 1 / (1 + sympy.exp(-value)),
        "softplus": lambda value: sympy.log(1 + sympy.exp(value)),
    }
    rules = (*standard_transformations, rationalize)
    left = parse_expr(row.of or row.left, names, rules)
    return (sympy.diff(left, x) if row.of else left) - parse_expr(side, names, rules)


def simplify(row: ScalarRow, side: str) -> Says:
    """0 is a yes; what is left over says nothing, but for a number that is not 0."""
    rest = sympy.simplify(difference(row, side))
    if rest == 0:
        return Says.YES
    return Says.NO if rest.is_number and rest.is_zero is False else Says.OPEN


def equals(row: ScalarRow, side: str) -> Says:
    return {True: Says.YES, False: Says.NO}.get(difference(row, side).equals(0), Says.OPEN)


def gradient(row: MatrixRow) -> Gradient:
    """Differentiates for symbolic sizes, then compares at numbers with differences of values."""
    names = {"m": _M, "n": _N, "k": _K, "i": _I, **MATRICES}
    try:
        derived = parse_expr(row.sympy, names).diff(MATRICES[row.by])
    except _FAILURES:
        return Gradient.RAISES
    if derived.has(sympy.Derivative):
        return Gradient.UNEVALUATED
    point = draw(seed=1)
    try:
        value = _value(derived, point)
    except _FAILURES:
        return Gradient.UNEVALUATED
    truth = slope(row.f, row.by, point)
    if value.shape == truth.shape and np.allclose(value, truth, rtol=1e-5, atol=1e-6):
        return Gradient.RIGHT
    return Gradient.WRONG if np.any(value) else Gradient.ZERO


_FAILURES = (TypeError, ValueError, AttributeError, NotImplementedError, KeyError, IndexError)


def _value(derived: Any, point: dict[str, np.ndarray]) -> np.ndarray:
    """The entries of a matrix expression at numbers, at fixed sizes."""
    sizes = {_M: SIZES["m"], _N: SIZES["n"], _K: SIZES["k"]}
    numbers = {
        sympy.MatrixSymbol(name, *value.shape): sympy.Matrix(value.tolist())
        for name, value in point.items()
    }
    explicit = sympy.sympify(derived).subs(sizes).doit().subs(numbers).doit()
    if hasattr(explicit, "as_explicit"):
        explicit = explicit.as_explicit().doit()
    matrix = explicit if explicit.is_Matrix else sympy.Matrix([[explicit]])
    return np.array(matrix.evalf().tolist(), dtype=float)
