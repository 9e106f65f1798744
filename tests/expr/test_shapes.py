"""The shape rule of the language against the shapes NumPy gives, on random matrix formulas."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivcheck.claim import Comparison
from derivcheck.load.statements import quick
from derivcheck.text import SpecError

SIZES = {"m": 2, "n": 3, "k": 4}
SHAPES = {"A": ("m", "n"), "B": ("n", "k"), "C": ("n", "n"), "x": ("n",), "y": ("m",), "s": ()}
VARIABLES = {name: f"real[{', '.join(dims)}]" if dims else "real" for name, dims in SHAPES.items()}

FORMULAS = st.recursive(
    st.sampled_from(sorted(SHAPES)),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "*", "@", "-"]), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        inner.map(lambda f: f"({f}).T"),
        inner.map(lambda f: f"exp({f})"),
        inner.map(lambda f: f"sum({f}, axis=0)"),
        inner.map(lambda f: f"sum({f}, axis=1)"),
        inner.map(lambda f: f"vec({f})"),
        st.tuples(inner, inner).map(lambda p: f"kron({p[0]}, {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"hstack({p[0]}, {p[1]})"),
        inner.map(lambda f: f"({f})[:, 0]"),
    ),
    max_leaves=5,
)


class Matrix:
    """A NumPy array whose operators follow the language: scalars alone are broadcast."""

    def __init__(self, entries: np.ndarray) -> None:
        self.entries = entries

    def _elementwise(self, other: Matrix) -> Matrix:
        if self.entries.shape != other.entries.shape and 1 not in (
            self.entries.size,
            other.entries.size,
        ):
            raise ValueError("shapes")
        return Matrix(self.entries + other.entries)

    __add__ = __mul__ = __sub__ = _elementwise

    def __matmul__(self, other: Matrix) -> Matrix:
        if 1 in (self.entries.size, other.entries.size):
            return self._elementwise(other)
        return Matrix(self.entries @ other.entries)

    @property
    def T(self) -> Matrix:
        return Matrix(self.entries.T)

    def __getitem__(self, key: tuple[slice, int]) -> Matrix:
        return Matrix(self.entries[:, key[1]].reshape(-1, 1))


NUMPY = {
    "exp": lambda a: Matrix(np.exp(a.entries)),
    "sum": lambda a, axis: Matrix(np.sum(a.entries, axis=axis, keepdims=True)),
    "vec": lambda a: Matrix(a.entries.reshape(-1, 1, order="F")),
    "kron": lambda a, b: Matrix(np.kron(a.entries, b.entries)),
    "hstack": lambda a, b: Matrix(np.hstack([a.entries, b.entries])),
    **{
        name: Matrix(np.zeros([SIZES[d] for d in dims] + [1] * (2 - len(dims))))
        for name, dims in SHAPES.items()
    },
}


@settings(max_examples=400, deadline=None, derandomize=True)
@given(FORMULAS)
def test_shapes_are_those_of_numpy(formula: str) -> None:
    """Where the language gives a shape NumPy gives the same; where it refuses, so does NumPy."""
    try:
        expected = eval(formula, {"__builtins__": {}}, NUMPY).entries.shape  # our own formula
    except ValueError:
        expected = None
    try:
        relation = quick(f"{formula} == 0", VARIABLES).links[0].relation
    except SpecError as error:
        assert error.diagnostics[0].code == "P004"
        assert expected is None
        return
    assert isinstance(relation, Comparison)
    assert relation.lhs.shape.evaluate(SIZES) == expected


@settings(max_examples=100, deadline=None, derandomize=True)
@given(FORMULAS)
def test_a_jacobian_has_the_sizes_of_both(formula: str) -> None:
    try:
        relation = quick(f"jac({formula}, A) == 0", VARIABLES).links[0].relation
    except SpecError:
        assume(False)
    assert isinstance(relation, Comparison)
    inside = quick(f"{formula} == 0", VARIABLES).links[0].relation
    assert isinstance(inside, Comparison)
    rows, cols = inside.lhs.shape.evaluate(SIZES)
    assert relation.lhs.shape.evaluate(SIZES) == (rows * cols, 6)
