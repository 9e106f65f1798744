"""Expressions rebuilt from their parts: indices renamed, variables replaced, facts applied."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from derivcheck.engines.indexed.core import Core
from derivcheck.engines.indexed.positions import as_dim, simplest, substitute
from derivcheck.engines.indexed.terms import (
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
    Unknown,
)  # fmt: skip
from derivcheck.expr.dims import Dim


class Rewriting(Core):
    """All constructors run again on the way up, so a rebuilt expression is in normal form."""

    @abstractmethod
    def entry(self, name: str, positions: tuple[Position, ...], conjugate: bool = False) -> Poly:
        """An entry of a variable, with the facts of its kind when they are on."""

    @abstractmethod
    def apply(self, name: str, *args: Poly) -> Poly:
        """An elementwise function in normal form."""

    @abstractmethod
    def matrix(
        self, kind: str, extent: Dim, row: str, col: str, body: Poly,
        positions: tuple[Position, ...], exponent: Poly | None = None,
    ) -> Poly:  # fmt: skip
        """An entry of a matrix function, in normal form; `row`, `col` are free in `body`."""

    @abstractmethod
    def unknown(
        self, name: str, row: str, col: str, args: tuple[Poly, ...],
        positions: tuple[Position, ...], slots: tuple[tuple[int, Position, Position], ...] = (),
    ) -> Poly:  # fmt: skip
        """An entry of an unspecified function or recurrence."""

    @abstractmethod
    def summed(self, bounds: dict[str, Dim], poly: Poly) -> Poly:
        """The sum over several indices."""

    def rename(self, poly: Poly, mapping: Mapping[str, Position]) -> Poly:
        if poly.free.isdisjoint(mapping):
            return poly
        return self.map_terms(
            poly,
            lambda atom: self.rename_atom(atom, mapping),
            lambda part: self.rename(part, mapping),
        )

    def rename_factor(
        self, atom: Kind, exponent: Rational, mapping: Mapping[str, Position]
    ) -> Poly:
        """A power of an atom with its indices renamed."""
        return self.rename(Poly({frozenset({(atom, exponent)}): 1}), mapping)

    def rename_atom(self, atom: Kind, mapping: Mapping[str, Position]) -> Poly:
        if atom.free.isdisjoint(mapping):
            return self.plain(atom)
        moved = self.moved(atom, mapping)
        if moved is not None:
            return self.plain(moved)
        return self.rebuild(
            atom, lambda poly: self.rename(poly, mapping), lambda p: substitute(p, mapping)
        )

    def moved(self, atom: Kind, mapping: Mapping[str, Position]) -> Kind | None:
        """A matrix or function of which only the positions change: no part is rebuilt."""
        match atom:
            case Matrix(kind, extent, row, col, body, positions, exponent):
                if kind == "det" or not mapping.keys().isdisjoint(
                    extent.names | body.free | (exponent.free if exponent else frozenset())
                ):
                    return None
                places = tuple(substitute(p, mapping) for p in positions)
                places = self.sorted_places(body, row, col, places)
                return self.matrix_atom(kind, extent, row, col, body, places, exponent)
            case Unknown(name, row, col, args, positions, slots):
                if not all(mapping.keys().isdisjoint(arg.free) for arg in args):
                    return None
                by = tuple((n, substitute(p, mapping), substitute(q, mapping)) for n, p, q in slots)
                places = tuple(substitute(p, mapping) for p in positions)
                return self.unknown_atom(name, row, col, args, places, by)
            case _:
                return None

    @abstractmethod
    def sorted_places(
        self, body: Poly, row: str, col: str, positions: tuple[Position, ...]
    ) -> tuple[Position, ...]:
        """The positions of an entry of a function of a matrix, sorted where it is symmetric."""

    def plain(self, atom: Kind) -> Poly:
        return Poly({frozenset({(atom, 1)}): 1})

    def rebuild(
        self,
        atom: Kind,
        part: Callable[[Poly], Poly],
        place: Callable[[Position], Position] = lambda position: position,
    ) -> Poly:
        """The atom with its parts replaced; bound indices get fresh names first (no capture)."""
        self.tick()
        match atom:
            case Entry(name, positions, conjugate):
                return self.entry(name, tuple(map(place, positions)), conjugate)
            case Count(name):
                return self.from_dim(as_dim(place(name)))
            case Symbol():
                return self.plain(atom)
            case Delta(left, right):
                return self.delta(place(left), place(right))
            case Exp(exponent):
                return self.exp(part(Poly({exponent: 1})))
            case Function(name, args):
                return self.apply(name, *map(part, args))
            case Base(poly):
                return part(poly)
            case Power(base, exponent):
                return self.symbolic_power(part(base), part(Poly({exponent: 1})))
            case Sum():
                bounds, body = self.opened(atom, place)
                return self.summed(bounds, part(body))
            case Matrix(kind, extent, row, col, body, positions, exponent):
                size = as_dim(place(simplest(extent)))
                places = tuple(map(place, positions))
                rest = None if exponent is None else part(exponent)
                r, c = self.fresh(size), self.fresh(size)
                inside = part(self.rename(body, {row: r, col: c}))
                return self.matrix(kind, size, r, c, inside, places, rest)
            case Unknown(name, row, col, args, positions, slots):
                by = tuple((n, place(p), place(q)) for n, p, q in slots)
                places = tuple(map(place, positions))
                r, c = self.fresh(None), self.fresh(None)
                values = tuple(part(self.rename(arg, {row: r, col: c})) for arg in args)
                return self.unknown(name, r, c, values, places, by)

    def opened(
        self, atom: Sum, place: Callable[[Position], Position] = lambda position: position
    ) -> tuple[dict[str, Dim], Poly]:
        """A sum's body under fresh names for its indices."""
        mapping: dict[str, Position] = {}
        bounds: dict[str, Dim] = {}
        for name, extent in atom.bounds:
            size = as_dim(place(substitute(simplest(extent), mapping)))
            fresh = self.fresh(size)
            mapping[name], bounds[fresh] = fresh, size
        return bounds, self.rename(Poly({atom.body: 1}), mapping)

    def replace(
        self, poly: Poly, names: frozenset[str],
        value: Callable[[str, tuple[Position, ...], bool], Poly],
    ) -> Poly:  # fmt: skip
        """Entries (and index or size uses) of the named variables replaced by values."""
        memo: dict[Poly, Poly] = {}

        def part(inner: Poly) -> Poly:
            if inner not in memo:
                memo[inner] = self.map_terms(inner, one, part)
            return memo[inner]

        def one(atom: Kind) -> Poly:
            if isinstance(atom, Entry) and atom.name in names:
                return value(atom.name, atom.positions, atom.conjugate)
            return self.rebuild(atom, part)

        return part(poly)

    def refreshed(self, poly: Poly) -> Poly:
        """Everything rebuilt, e.g. after the facts were switched on."""
        return self.replace(poly, frozenset(), lambda name, positions, conjugate: poly)
