"""Sizes known only by name: integer polynomials in dim names, and the shapes made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Monomial = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dim:
    """An integer polynomial in dim names, e.g. `2*M + 1`; canonical, so equality is identity.

    `terms` maps each sorted monomial to a non-zero coefficient, as a sorted tuple of pairs.
    """

    terms: tuple[tuple[Monomial, int], ...]

    @staticmethod
    def of(value: int | str) -> Dim:
        if isinstance(value, str):
            return Dim((((value,), 1),))
        return Dim((((), value),) if value else ())

    @staticmethod
    def _collect(pairs: Iterable[tuple[Monomial, int]]) -> Dim:
        total: dict[Monomial, int] = {}
        for monomial, factor in pairs:
            total[monomial] = total.get(monomial, 0) + factor
        return Dim(tuple(sorted((m, c) for m, c in total.items() if c)))

    def __add__(self, other: Dim) -> Dim:
        return Dim._collect(self.terms + other.terms)

    def __neg__(self) -> Dim:
        return Dim(tuple((m, -c) for m, c in self.terms))

    def __sub__(self, other: Dim) -> Dim:
        return self + (-other)

    def __mul__(self, other: Dim) -> Dim:
        return Dim._collect(
            (tuple(sorted(m + k)), c * d) for m, c in self.terms for k, d in other.terms
        )

    @property
    def constant(self) -> int | None:
        """The integer this dim is, or None where a name is involved."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and self.terms[0][0] == ():
            return self.terms[0][1]
        return None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for monomial, _ in self.terms for name in monomial)

    def evaluate(self, sizes: Mapping[str, int]) -> int:
        """The integer at given sizes. Raises KeyError for a size that is missing."""
        total = 0
        for monomial, factor in self.terms:
            for name in monomial:
                factor *= sizes[name]
            total += factor
        return total

    def substitute(self, values: Mapping[str, Dim]) -> Dim:
        total = Dim(())
        for monomial, factor in self.terms:
            product = Dim.of(factor)
            for name in monomial:
                product = product * values.get(name, Dim.of(name))
            total = total + product
        return total

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        text = ""
        for monomial, factor in sorted(self.terms, key=lambda term: (-len(term[0]), term[0])):
            sign = "-" if factor < 0 else "+"
            size = abs(factor)
            body = "*".join(([str(size)] if size != 1 or not monomial else []) + list(monomial))
            text += f" {sign} {body}" if text else ("-" if factor < 0 else "") + body
        return text


ONE = Dim.of(1)


@dataclass(frozen=True, slots=True)
class Shape:
    """Rows and columns; a scalar is 1×1, a column vector n×1."""

    rows: Dim
    cols: Dim

    @property
    def is_scalar(self) -> bool:
        return self.rows == ONE and self.cols == ONE

    @property
    def is_column(self) -> bool:
        return self.cols == ONE

    @property
    def is_row(self) -> bool:
        return self.rows == ONE

    @property
    def is_square(self) -> bool:
        return self.rows == self.cols

    @property
    def size(self) -> Dim:
        return self.rows * self.cols

    @property
    def transposed(self) -> Shape:
        return Shape(self.cols, self.rows)

    @property
    def names(self) -> frozenset[str]:
        return self.rows.names | self.cols.names

    def evaluate(self, sizes: Mapping[str, int]) -> tuple[int, int]:
        return self.rows.evaluate(sizes), self.cols.evaluate(sizes)

    def __str__(self) -> str:
        return "scalar" if self.is_scalar else f"{_factor(self.rows)}×{_factor(self.cols)}"


def _factor(dim: Dim) -> str:
    return f"({dim})" if len(dim.terms) > 1 else str(dim)


SCALAR = Shape(ONE, ONE)


def column(size: Dim) -> Shape:
    return Shape(size, ONE)
