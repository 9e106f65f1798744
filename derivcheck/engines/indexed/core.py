"""Atoms made once each, polynomials multiplied, and the signatures of all rewriting rules.

`Algebra` (algebra.py) puts the rules together; each mixin holds one family of them. Every rule
keeps the value of a term wherever that term is defined, so equal results prove equality where
both sides are defined.
"""

from __future__ import annotations

import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import lru_cache

from derivcheck.engines.indexed.positions import Ranges, as_dim, names
from derivcheck.engines.indexed.terms import (
    ONE,
    UNIT,
    ZERO,
    Base,
    Count,
    Delta,
    Entry,
    Exp,
    Function,
    Kind,
    Matrix,
    Poly,
    Position,
    Power,
    Rational,
    Sum,
    Symbol,
    Term,
    Unknown,
    Unsupported,
    number,
)  # fmt: skip
from derivcheck.expr.declarations import Kind as Set
from derivcheck.expr.dims import Dim

MAX_TERMS = 4000
MAX_STEPS = 400_000


@lru_cache(maxsize=10_000)
def name_code(name: str) -> int:
    return zlib.crc32(name.encode())


class Core(ABC):
    """Interned atoms and what is declared of the variables; `final` switches on facts about
    constrained variables, which a derivative (taken as if entries were free) must not see."""

    def __init__(self, on_real_line: bool, deadline: float | None = None) -> None:
        self.on_real_line = on_real_line
        self.deadline = deadline
        self.ranges = Ranges()
        self.kinds: dict[str, Set] = {}
        self.complex_names: set[str] = set()
        self.positive_names: set[str] = set()
        self.nonnegative_names: set[str] = set()
        self.integer_names: set[str] = set()
        self.final = False
        self.keeps_kinks = False
        self.kink: Poly | None = None
        self.exceptions: set[str] = set()
        self.steps: dict[str, None] = {}
        self._atoms: dict[tuple[object, ...], Kind] = {}
        self._symmetric: dict[tuple[Poly, str, str, bool], bool] = {}
        self._fresh = 0
        self._work = 0

    # -- bookkeeping ---------------------------------------------------------------------------

    def tick(self, amount: int = 1) -> None:
        """Bounds the work; raises Unsupported when it is spent."""
        self._work += amount
        if self._work > MAX_STEPS:
            raise Unsupported("too many terms")
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise Unsupported("out of time")

    def note(self, rule: str) -> None:
        """Remembers a rule for the steps of the proof, in the order of first use."""
        self.steps.setdefault(rule)

    def fresh(self, extent: Dim | None) -> str:
        """A new index name; without an extent only known to be >= 0."""
        self._fresh += 1
        name = f"#{self._fresh}"
        if extent is None:
            self.ranges.lower[name] = 0
        else:
            self.ranges.extents[name] = extent
        return name

    def _make(self, key: tuple[object, ...], atom: Kind, free: frozenset[str], height: int) -> Kind:
        found = self._atoms.get(key)
        if found is not None:
            return found
        object.__setattr__(atom, "serial", len(self._atoms) * 2654435761 % (1 << 61))
        object.__setattr__(atom, "free", free)
        object.__setattr__(atom, "height", height)
        self._atoms[key] = atom
        return atom

    def term_height(self, term: Term) -> int:
        return max((atom.height for atom, _ in term), default=0)

    def term_free(self, term: Term) -> frozenset[str]:
        return frozenset().union(*(atom.free for atom, _ in term))

    # -- atoms ---------------------------------------------------------------------------------

    def count_atom(self, name: str) -> Kind:
        return self._make((Count, name), Count(name), frozenset((name,)), 0)

    def symbol(self, name: str) -> Poly:
        return self.of(self._make((Symbol, name), Symbol(name), frozenset(), 0))

    def entry_atom(self, name: str, positions: tuple[Position, ...], conjugate: bool) -> Kind:
        free = frozenset().union(*map(names, positions))
        key = (Entry, name, positions, conjugate)
        return self._make(key, Entry(name, positions, conjugate), free, 0)

    def delta_atom(self, left: Position, right: Position) -> Kind:
        """Ordered: an expression before a name, then by name, so that both orders are one atom."""
        first, second = sorted((left, right), key=_position_key)
        free = names(left) | names(right)
        return self._make((Delta, first, second), Delta(first, second), free, 0)

    def exp_atom(self, exponent: Term) -> Kind:
        free, height = self.term_free(exponent), self.term_height(exponent)
        return self._make((Exp, exponent), Exp(exponent), free, height)

    def function_atom(self, name: str, *args: Poly) -> Kind:
        free = frozenset().union(*(arg.free for arg in args))
        height = max(arg.height for arg in args)
        return self._make((Function, name, args), Function(name, args), free, height)

    def base_atom(self, poly: Poly) -> Kind:
        return self._make((Base, poly), Base(poly), poly.free, poly.height)

    def power_atom(self, base: Poly, exponent: Term) -> Kind:
        free = base.free | self.term_free(exponent)
        height = max(base.height, self.term_height(exponent))
        return self._make((Power, base, exponent), Power(base, exponent), free, height)

    def sum_atom(self, bounds: tuple[tuple[str, Dim], ...], body: Term) -> Kind:
        own = frozenset(name for name, _ in bounds)
        free = (self.term_free(body) | frozenset().union(*(e.names for _, e in bounds))) - own
        height = 1 + self.term_height(body)
        return self._make((Sum, bounds, body), Sum(bounds, body), free, height)

    def matrix_atom(
        self, kind: str, extent: Dim, row: str, col: str, body: Poly,
        positions: tuple[Position, ...], exponent: Poly | None = None,
    ) -> Kind:  # fmt: skip
        free = (body.free | extent.names) - {row, col}
        free |= frozenset().union(*map(names, positions))
        height = 1 + body.height
        if exponent is not None:
            free, height = free | exponent.free, max(height, exponent.height)
        atom = Matrix(kind, extent, row, col, body, positions, exponent)
        key = (Matrix, kind, extent, row, body, positions, exponent)
        return self._make(key, atom, free, height)

    def unknown_atom(
        self, name: str, row: str, col: str, args: tuple[Poly, ...],
        positions: tuple[Position, ...], slots: tuple[tuple[int, Position, Position], ...] = (),
    ) -> Kind:  # fmt: skip
        """Derivatives commute (functions are smooth), so the slots are sorted."""
        slots = tuple(sorted(slots, key=lambda s: (s[0], _position_key(s[1]), _position_key(s[2]))))
        free = frozenset().union(*(arg.free for arg in args)) - {row, col}
        free |= frozenset().union(*map(names, positions))
        free |= frozenset().union(*(names(s[1]) | names(s[2]) for s in slots))
        height = 1 + max((arg.height for arg in args), default=0)
        atom = Unknown(name, row, col, args, positions, slots)
        return self._make((Unknown, name, row, args, positions, slots), atom, free, height)

    # -- polynomials ---------------------------------------------------------------------------

    def of(self, atom: Kind, exponent: Rational = 1) -> Poly:
        return self.product({atom: exponent}, 1)

    def from_dim(self, dim: Dim) -> Poly:
        """A size or a position as a number."""
        total = ZERO
        for monomial, factor in dim.terms:
            powers: dict[Kind, Rational] = {}
            for name in monomial:
                atom = self.count_atom(name)
                powers[atom] = powers.get(atom, 0) + 1
            total = total + Poly({frozenset(powers.items()): factor})
        return total

    def multiply(self, left: Poly, right: Poly) -> Poly:
        if left is ONE or right is ZERO:
            return right
        if right is ONE or left is ZERO:
            return left
        if len(left.terms) * len(right.terms) > MAX_TERMS:
            raise Unsupported("too many terms")
        total = ZERO
        for term, factor in left.terms.items():
            for other, scale in right.terms.items():
                self.tick()
                if not term:
                    total = total + Poly({other: factor * scale})
                elif not other:
                    total = total + Poly({term: factor * scale})
                else:
                    powers = dict(term)
                    for atom, exponent in other:
                        power = powers.get(atom, 0) + exponent
                        if power:
                            powers[atom] = power
                        else:
                            del powers[atom]
                    total = total + self.product(powers, factor * scale)
        return total

    def product_of(self, *factors: Poly) -> Poly:
        total = ONE
        for factor in factors:
            total = self.multiply(total, factor)
        return total

    def natural_power(self, base: Poly, exponent: int) -> Poly:
        if exponent > 64:
            raise Unsupported("a large power")
        total = ONE
        for _ in range(exponent):
            total = self.multiply(total, base)
        return total

    def monomial(self, term: Term, factor: Rational = 1) -> Poly:
        return self.product(dict(term), factor)

    def map_terms(
        self, poly: Poly, atoms: Callable[[Kind], Poly], parts: Callable[[Poly], Poly]
    ) -> Poly:
        """Each atom replaced, to its power, everything multiplied out again; `parts` says the
        same of polynomials."""
        total = ZERO
        for term, factor in poly.terms.items():
            product = number(factor)
            for atom, exponent in term:
                product = self.multiply(product, self.map_factor(atom, exponent, atoms, parts))
            total = total + product
        return total

    def map_factor(
        self,
        atom: Kind,
        exponent: Rational,
        atoms: Callable[[Kind], Poly],
        parts: Callable[[Poly], Poly],
    ) -> Poly:
        """One power of an atom. exp(m) and u**m to the power c stand for exp(c m) and u**(c m),
        which a root of the whole is not in general."""
        match atom:
            case Exp(inner):
                return self.exp(parts(Poly({inner: exponent})))
            case Power(base, inner):
                return self.symbolic_power(parts(base), parts(Poly({inner: exponent})))
            case _:
                return self.power(atoms(atom), exponent)

    # -- the rules, in the mixins --------------------------------------------------------------

    @abstractmethod
    def product(self, powers: Mapping[Kind, Rational], factor: Rational) -> Poly:
        """A product of powers of atoms, in normal form (products.py)."""

    @abstractmethod
    def power(self, base: Poly, exponent: Rational) -> Poly:
        """A rational power of a polynomial (powers.py)."""

    @abstractmethod
    def rename(self, poly: Poly, mapping: Mapping[str, Position]) -> Poly:
        """Free index names replaced by positions (rewriting.py)."""

    @abstractmethod
    def rename_atom(self, atom: Kind, mapping: Mapping[str, Position]) -> Poly:
        """The same for one atom."""

    @abstractmethod
    def sum_over(self, index: str, extent: Dim, poly: Poly) -> Poly:
        """The sum of a polynomial over an index (sums.py)."""

    @abstractmethod
    def invariant(self, poly: Poly, colours: Mapping[str, int]) -> int:
        """A number that does not depend on names other than through `colours` (canonical.py)."""

    @abstractmethod
    def is_symmetric(self, body: Poly, row: str, col: str) -> bool:
        """Whether a matrix given by its entry is its own transpose (canonical.py)."""

    @abstractmethod
    def delta(self, left: Position, right: Position) -> Poly:
        """1 where two positions are equal."""

    @abstractmethod
    def symbolic_power(self, base: Poly, exponent: Poly) -> Poly:
        """base ** exponent."""

    @abstractmethod
    def exp(self, exponent: Poly) -> Poly:
        """The exponential of a polynomial (functions.py)."""

    @abstractmethod
    def is_positive(self, poly: Poly) -> bool:
        """Certainly > 0 wherever defined (signs.py)."""

    @abstractmethod
    def is_real(self, poly: Poly) -> bool:
        """Certainly real wherever defined (signs.py)."""


def _position_key(position: Position) -> tuple[int, str]:
    return (1, position) if isinstance(position, str) else (0, str(as_dim(position)))


__all__ = ["MAX_TERMS", "UNIT", "Core", "name_code"]
