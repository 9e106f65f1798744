"""Concrete random functions in place of the unspecified ones of a claim."""

from __future__ import annotations

import random

from flint import fmpq

from derivcheck.engines.rigorous.elementary import apply_unary
from derivcheck.engines.rigorous.matrices import (
    add_all,
    adjoint,
    identity,
    inverse,
    matmul,
    softmax,
    transpose,
)
from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Gauss,
    Matrix,
    Mode,
    Scalar,
    Unsupported,
    conjugate,
    divide,
    parts,
)
from derivcheck.expr.declarations import COMPLEX_KINDS, Function, Kind

Bounds = tuple[Scalar | None, Scalar | None]


class Series:
    """c + Σ bᵢ·aᵢ + Σ qᵢ·aᵢ·aᵢ₊₁ + s·sin(Σ wᵢ·aᵢ), of the parts a of the arguments."""

    def __init__(self, source: random.Random, arguments: list[str], smooth: bool) -> None:
        def pick() -> Scalar:
            return fmpq(source.choice((-3, -2, -1, 1, 2, 3)), source.choice((1, 2, 3)))

        count = len(arguments)
        self.constant = pick()
        self.linear = [pick() for _ in range(count)]
        self.quadratic = [pick() if k < 4 else ZERO for k in range(count)]
        self.waves = [fmpq(source.choice((-1, 1)), source.choice((1, 2, 3))) for _ in range(count)]
        self.height = fmpq(source.choice((-2, -1, 1, 2)), 2) if smooth else ZERO
        self.text = self._text(arguments)

    def _text(self, names: list[str]) -> str:
        count = len(names)
        terms = [str(self.constant)]
        terms += [f"{b}*{name}" for b, name in zip(self.linear, names, strict=True)]
        terms += [f"{q}*{names[k]}*{names[(k + 1) % count]}"
                  for k, q in enumerate(self.quadratic) if q != 0]  # fmt: skip
        if self.height != 0:
            inner = " + ".join(f"{w}*{name}" for w, name in zip(self.waves, names, strict=True))
            terms.append(f"{self.height}*sin({inner})")
        return " + ".join(terms).replace("+ -", "- ")

    def __call__(self, a: list[Scalar], mode: Mode) -> Scalar:
        count = len(a)
        total = self.constant + add_all([b * x for b, x in zip(self.linear, a, strict=True)])
        for k, q in enumerate(self.quadratic):
            if q != 0:
                total = total + q * a[k] * a[(k + 1) % count]
        if self.height != 0:
            wave = add_all([w * x for w, x in zip(self.waves, a, strict=True)])
            total = total + self.height * apply_unary("sin", wave, mode)
        return total


class RandomFunction:
    """A smooth map of its parameters into the declared domain, at given sizes."""

    def __init__(
        self,
        function: Function,
        sizes: dict[str, int],
        bounds: Bounds,
        source: random.Random,
        smooth: bool,
    ) -> None:
        self.function, self.bounds = function, bounds
        self.rows, self.cols = function.shape.evaluate(sizes)
        self.is_complex = function.domain.kind in COMPLEX_KINDS
        names: list[str] = []
        self.split: list[bool] = []
        for parameter in function.parameters:
            rows, cols = parameter.shape.evaluate(sizes)
            for j in range(cols):
                for i in range(rows):
                    name = parameter.name + _subscript(parameter.shape, i, j)
                    names += [f"real({name})", f"imag({name})"] if parameter.is_complex else [name]
            self.split.append(parameter.is_complex)
        count = max(self.rows * self.cols, self.rows**2 if self.cols == self.rows else 0)
        if function.domain.kind in (Kind.STIEFEL, Kind.ORTHOGONAL):
            count = self.rows**2
        self.real = [Series(source, names, smooth) for _ in range(count)]
        self.imag = [Series(source, names, smooth) for _ in range(count)] if self.is_complex else []

    @property
    def text(self) -> str:
        entries = [s.text for s in self.real[: self.rows * self.cols]]
        if self.imag:
            entries = [f"{a} + I*({b.text})" for a, b in zip(entries, self.imag, strict=False)]
        kind = self.function.domain.kind
        head = "" if kind in (Kind.REAL, Kind.COMPLEX) and self.bounds == (None, None) else (
            f"a map into its domain ({kind}) made of ")  # fmt: skip
        return head + (entries[0] if len(entries) == 1 else "[" + "; ".join(entries) + "]")

    def __call__(self, arguments: list[Matrix], mode: Mode) -> Matrix:
        flat: list[Scalar] = []
        for value, split in zip(arguments, self.split, strict=True):
            for j in range(len(value[0])):
                for row in value:
                    re, im = parts(row[j])
                    flat += [re, im] if split else [row[j]]
        entries = [series(flat, mode) for series in self.real]
        if self.is_complex:
            imaginary = [series(flat, mode) for series in self.imag]
            unit = Gauss(ZERO, ONE)
            entries = [a + unit * b for a, b in zip(entries, imaginary, strict=True)]
        return into_domain(
            self.function.domain.kind, entries, self.rows, self.cols, self.bounds, mode
        )


def _subscript(shape: object, i: int, j: int) -> str:
    from derivcheck.expr.dims import Shape

    assert isinstance(shape, Shape)
    if shape.is_scalar:
        return ""
    return f"[{i}]" if shape.is_column else f"[{i}, {j}]"


def into_domain(
    kind: Kind, g: list[Scalar], rows: int, cols: int, bounds: Bounds, mode: Mode
) -> Matrix:
    """A matrix of the kind made smoothly (and rationally) from free numbers g."""
    square = [g[i * rows : (i + 1) * rows] for i in range(rows)] if len(g) >= rows**2 else []
    match kind:
        case Kind.REAL | Kind.COMPLEX:
            return [[_bounded(g[i * cols + j], bounds) for j in range(cols)] for i in range(rows)]
        case Kind.SYMMETRIC:
            return _sum(square, transpose(square))
        case Kind.HERMITIAN:
            return _sum(square, adjoint(square))
        case Kind.SKEW:
            return _sum(square, transpose(square), -1)
        case Kind.SPD | Kind.HPD:
            return _sum(matmul(adjoint(square), square), identity(rows))
        case Kind.DIAGONAL:
            return [[square[i][i] if i == j else ZERO for j in range(rows)] for i in range(rows)]
        case Kind.INVERTIBLE:
            return _invertible(square)
        case Kind.ORTHOGONAL | Kind.UNITARY:
            return cayley(_sum(square, adjoint(square), -1))
        case Kind.STIEFEL:
            whole = cayley(_sum(square, transpose(square), -1))
            return [row[:cols] for row in whole]
        case Kind.SIMPLEX:
            return [[x] for x in softmax(g[:rows], mode)]
        case Kind.UNIT:
            return _unit(g[:rows])
        case _:
            raise Unsupported(f"an unspecified function into {kind}")


def _bounded(x: Scalar, bounds: Bounds) -> Scalar:
    """Above a lower bound by 1/4 + x²; in an interval at the share 1/2 + (4/5)·x/(1 + x²)."""
    lower, upper = bounds
    if lower is not None and upper is not None:
        share = HALF + divide(x, ONE + x * x) * fmpq(4, 5)
        return lower + (upper - lower) * share
    if lower is not None:
        return lower + fmpq(1, 4) + x * x
    if upper is not None:
        return upper - fmpq(1, 4) - x * x
    return x


def _sum(a: Matrix, b: Matrix, sign: int = 1) -> Matrix:
    return [[x + y * fmpq(sign) for x, y in zip(*rows, strict=True)]
            for rows in zip(a, b, strict=True)]  # fmt: skip


def _invertible(g: Matrix) -> Matrix:
    """L·D·U with unit triangles and D = ±(1 + g²): det is never 0."""
    n = len(g)
    low = [[ONE if i == j else g[i][j] if j < i else ZERO for j in range(n)] for i in range(n)]
    up = [[ONE if i == j else g[i][j] if j > i else ZERO for j in range(n)] for i in range(n)]
    middle = [[(ONE + g[i][i] * conjugate(g[i][i])) * fmpq(-1 if i % 2 else 1)
               if i == j else ZERO for j in range(n)] for i in range(n)]  # fmt: skip
    return matmul(matmul(low, middle), up)


def cayley(k: Matrix) -> Matrix:
    """(I - K)(I + K)⁻¹ is orthogonal (unitary) for skew (skew-Hermitian) K, where it exists."""
    unit = identity(len(k))
    return matmul(_sum(unit, k, -1), inverse(_sum(unit, k)))


def _unit(g: list[Scalar]) -> Matrix:
    """Stereographic: (2g, ‖g‖² - 1)/(‖g‖² + 1), of norm 1 exactly."""
    head = g[:-1]
    size = add_all([x * x for x in head])
    scale = size + ONE
    return [[divide(x * fmpq(2), scale)] for x in head] + [[divide(size - ONE, scale)]]
