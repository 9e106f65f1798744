"""What names stand for: variables with their domains, unspecified functions, recurrences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from derivcheck.expr.dims import Shape
from derivcheck.expr.nodes import Expr, Index, Variable


class Kind(StrEnum):
    """The kinds of variables of the language page."""

    REAL = "real"
    COMPLEX = "complex"
    INTEGER = "integer"
    INDEX = "index"
    ONEHOT = "onehot"
    SIMPLEX = "simplex"
    UNIT = "unit"
    SYMMETRIC = "symmetric"
    SPD = "spd"
    SKEW = "skew"
    DIAGONAL = "diagonal"
    ORTHOGONAL = "orthogonal"
    INVERTIBLE = "invertible"
    HERMITIAN = "hermitian"
    HPD = "hpd"
    UNITARY = "unitary"
    STIEFEL = "stiefel"


COMPLEX_KINDS = frozenset({Kind.COMPLEX, Kind.HERMITIAN, Kind.HPD, Kind.UNITARY})


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of the interval of a variable's entries; `value` is a constant expression."""

    value: Expr
    is_open: bool


@dataclass(frozen=True, slots=True)
class Domain:
    """The set of a variable's values: a kind, and bounds that hold for each entry.

    For `index[m]` the positions are 0 … m-1 and `extent` is the shape m×1.
    """

    kind: Kind
    lower: Bound | None = None
    upper: Bound | None = None
    excluded: tuple[Expr, ...] = ()
    extent: Shape | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared variable and its domain."""

    variable: Variable
    domain: Domain


@dataclass(frozen=True, slots=True)
class Function:
    """An unspecified differentiable function: any smooth map of its parameters into its domain."""

    name: str
    parameters: tuple[Variable, ...]
    shape: Shape
    domain: Domain


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`name(k) = base[k]` for the start values, then `name(index + shift) = step`.

    `step` mentions `index` and values of recurrences at arguments below `index + shift`.
    """

    name: str
    base: tuple[tuple[int, Expr], ...]
    index: Index
    shift: int
    step: Expr

    @property
    def shape(self) -> Shape:
        return self.step.shape
