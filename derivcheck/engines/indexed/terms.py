"""Index expressions as data: atoms with named index positions, and polynomials in them.

A term is a product of atoms with rational exponents; a `Poly` is a sum of terms with rational
coefficients. Sums over indices are atoms themselves (`Sum`), one for each connected component,
so products and sums of polynomials never see a bound index. Atoms are interned by `Core`:
equal atoms are identical, so equal canonical polynomials are equal dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from derivcheck.expr.dims import Dim

# A position: the name of an index, or an integer polynomial in names of indices and sizes.
Position: TypeAlias = str | Dim
Rational: TypeAlias = int | Fraction


class Atom:
    """Identity is equality (interned); the serial number makes hashes the same in every run."""

    __slots__ = ("free", "height", "serial")
    serial: int
    free: frozenset[str]
    height: int

    def __hash__(self) -> int:
        return self.serial

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True, slots=True, eq=False)
class Entry(Atom):
    """An entry of a variable: `x[i]`, `A[i, j]`, a scalar without positions; or its conjugate."""

    name: str
    positions: tuple[Position, ...]
    conjugate: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Count(Atom):
    """A size, an integer variable or an index used as a number."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Symbol(Atom):
    """A constant: `pi`, or the imaginary unit `I` (whose square is -1)."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Delta(Atom):
    """1 where two positions are equal, else 0."""

    left: Position
    right: Position


@dataclass(frozen=True, slots=True, eq=False)
class Exp(Atom):
    """exp of a monomial; exp(c m) is this atom to the power c, so products merge by themselves."""

    exponent: Term


@dataclass(frozen=True, slots=True, eq=False)
class Function(Atom):
    """An elementwise function of polynomials.

    `abs` is the real absolute value, `positive` is 1 where its argument is > 0, else 0;
    `step` the derivative of max(u, 0): 0 or 1, and undefined at u = 0.
    """

    name: str
    args: tuple[Poly, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Base(Atom):
    """A primitive polynomial as the base of a power that is not a natural number."""

    poly: Poly


@dataclass(frozen=True, slots=True, eq=False)
class Power(Atom):
    """`base` to a symbolic monomial; base**(c m) is this atom to the power c."""

    base: Poly
    exponent: Term


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Atom):
    """The sum of one term over bound indices 0 … extent - 1, connected and canonically named."""

    bounds: tuple[tuple[str, Dim], ...]
    body: Term


@dataclass(frozen=True, slots=True, eq=False)
class Matrix(Atom):
    """An entry of a function of a square matrix given by its entry at two placeholders.

    `kind`: inv, det (no positions), power (with `exponent`), expm.
    """

    kind: str
    extent: Dim
    row: str
    col: str
    body: Poly
    positions: tuple[Position, ...]
    exponent: Poly | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Unknown(Atom):
    """An entry of an unspecified function or of a recurrence at its arguments, differentiated.

    Each argument is its entry at the placeholders `row`, `col`; `slots` are the entries
    (argument, row, column) by which it is differentiated, in no particular order.
    """

    name: str
    row: str
    col: str
    args: tuple[Poly, ...]
    positions: tuple[Position, ...]
    slots: tuple[tuple[int, Position, Position], ...] = ()


Kind: TypeAlias = (
    Entry | Count | Symbol | Delta | Exp | Function | Base | Power | Sum | Matrix | Unknown
)
Factor: TypeAlias = tuple[Kind, Rational]
Term: TypeAlias = frozenset[Factor]

UNIT: Term = frozenset()


class Poly:
    """A sum of terms, `terms[term]` its non-zero coefficient. Never changed once made."""

    __slots__ = ("_free", "_hash", "_height", "terms")

    def __init__(self, terms: Mapping[Term, Rational]) -> None:
        self.terms = terms
        self._free: frozenset[str] | None = None
        self._hash: int | None = None
        self._height = -1

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Poly) and self.terms == other.terms)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    @property
    def free(self) -> frozenset[str]:
        """The names of indices and sizes at free positions."""
        if self._free is None:
            self._free = frozenset().union(*(a.free for term in self.terms for a, _ in term))
        return self._free

    @property
    def height(self) -> int:
        """How deeply sums and matrix functions are nested; inner bound names differ by it."""
        if self._height < 0:
            self._height = max((a.height for term in self.terms for a, _ in term), default=0)
        return self._height

    @property
    def constant(self) -> Rational | None:
        """The number this is, or None."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and UNIT in self.terms:
            return self.terms[UNIT]
        return None

    @property
    def monomial(self) -> tuple[Term, Rational] | None:
        """The only term and its coefficient, or None."""
        if len(self.terms) != 1:
            return None
        return next(iter(self.terms.items()))

    def __add__(self, other: Poly) -> Poly:
        if not other.terms:
            return self
        if not self.terms:
            return other
        total = dict(self.terms)
        for term, factor in other.terms.items():
            value = total.get(term, 0) + factor
            if value:
                total[term] = value
            else:
                del total[term]
        return Poly(total)

    def scale(self, factor: Rational) -> Poly:
        if not factor:
            return ZERO
        return self if factor == 1 else Poly({t: c * factor for t, c in self.terms.items()})

    def __neg__(self) -> Poly:
        return self.scale(-1)

    def __sub__(self, other: Poly) -> Poly:
        return self + other.scale(-1)


def number(value: Rational) -> Poly:
    return Poly({UNIT: value}) if value else ZERO


ZERO = Poly({})
ONE = Poly({UNIT: 1})


class Unsupported(Exception):
    """Something this engine cannot express; the message says what."""


class Undefined(Exception):
    """A value that does not exist (1/0, log 0, a derivative at a kink)."""
