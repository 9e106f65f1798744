"""Canonical names for bound indices: colour refinement, then individualisation of ties.

Any renaming of bound indices keeps the value, so a fault here could cost a proof, never fake one.
"""

from __future__ import annotations

from collections.abc import Mapping

from derivcheck.engines.indexed.core import Core, name_code
from derivcheck.engines.indexed.positions import as_dim, simplest, substitute
from derivcheck.engines.indexed.terms import (
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
)  # fmt: skip
from derivcheck.expr.declarations import Kind as Set
from derivcheck.expr.dims import Dim

MAX_LEAVES = 64


class Canonical(Core):
    """Invariants of expressions, and the choice of names that depends on nothing else."""

    def invariant(self, poly: Poly, colours: Mapping[str, int]) -> int:
        return hash(
            tuple(sorted((self.of_term(t, colours), hash(c)) for t, c in poly.terms.items()))
        )

    def of_term(self, term: Term, colours: Mapping[str, int]) -> int:
        return hash(tuple(sorted((self.of_atom(a, colours), hash(e)) for a, e in term)))

    def of_position(self, position: Position, colours: Mapping[str, int]) -> int:
        if isinstance(position, str):
            return colours.get(position, name_code(position))
        return hash(
            tuple(
                sorted(
                    (tuple(sorted(colours.get(n, name_code(n)) for n in monomial)), factor)
                    for monomial, factor in position.terms
                )
            )
        )

    def of_atom(self, atom: Kind, colours: Mapping[str, int]) -> int:
        if colours and atom.free.isdisjoint(colours):
            colours = {}
        match atom:
            case Entry(name, positions, conjugate):
                parts = [self.of_position(p, colours) for p in positions]
                if self.final and self.kinds.get(name) in (Set.SYMMETRIC, Set.SPD, Set.SKEW):
                    parts.sort()
                return hash((1, name_code(name), tuple(parts), conjugate))
            case Count(name):
                return hash((2, colours.get(name, name_code(name))))
            case Symbol(name):
                return hash((3, name_code(name)))
            case Delta(left, right):
                pair = sorted(self.of_position(p, colours) for p in (left, right))
                return hash((4, *pair))
            case Exp(exponent):
                return hash((5, self.of_term(exponent, colours)))
            case Function(name, args):
                return hash((6, name_code(name), *(self.invariant(a, colours) for a in args)))
            case Base(poly):
                return hash((7, self.invariant(poly, colours)))
            case Power(base, exponent):
                return hash((8, self.invariant(base, colours), self.of_term(exponent, colours)))
            case Sum(bounds, body):
                extents = [self.of_position(extent, colours) for _, extent in bounds]
                inner = {
                    **colours,
                    **{n: hash((9, e)) for (n, _), e in zip(bounds, extents, strict=False)},
                }
                return hash((9, tuple(sorted(extents)), self.of_term(body, inner)))
            case Matrix(kind, extent, row, col, body, positions, exponent):
                inner = {**colours, row: 11, col: 12}
                parts = [self.of_position(p, colours) for p in positions]
                power = 0 if exponent is None else self.invariant(exponent, colours)
                size = self.of_position(extent, colours)
                whole = self.invariant(body, inner)
                if self.is_symmetric(body, row, col):
                    parts.sort()
                return hash((10, name_code(kind), size, whole, tuple(parts), power))
            case Unknown(name, row, col, args, positions, slots):
                inner = {**colours, row: 11, col: 12}
                parts = [self.of_position(p, colours) for p in positions]
                by = sorted(
                    (n, self.of_position(p, colours), self.of_position(q, colours))
                    for n, p, q in slots
                )
                values = tuple(self.invariant(a, inner) for a in args)
                return hash((13, name_code(name), values, tuple(parts), tuple(by)))

    def is_symmetric(self, body: Poly, row: str, col: str) -> bool:
        """Whether the body stays the same when its two placeholders change places."""
        key = (body, row, col, self.final)
        if key not in self._symmetric:
            self._symmetric[key] = body == self.swapped(body, row, col)
        return self._symmetric[key]

    def swapped(self, body: Poly, row: str, col: str) -> Poly:
        """The transposed body of a matrix function."""
        return self.rename(body, {row: col, col: row})

    def named(self, bounds: dict[str, Dim], term: Term) -> Poly | tuple[dict[str, Dim], Poly]:
        """The sum of a connected term with canonical bound names.

        Where the renaming simplifies the term: the bounds and the body, to be summed anew.
        A renaming may change its sign (K[i, j] = -K[j, i] for a skew K); where one and the same
        term comes out with both signs the sum is its own negative, so it is 0.
        """
        height = 1 + self.term_height(term)
        best: tuple[int, Term, tuple[tuple[str, Dim], ...]] | None = None
        signs: dict[tuple[Term, tuple[tuple[str, Dim], ...]], Rational] = {}
        for order in self.orders(bounds, term):
            mapping: dict[str, Position] = {}
            named: tuple[tuple[str, Dim], ...] = ()
            for number, name in enumerate(order):
                extent = as_dim(substitute(simplest(bounds[name]), mapping))
                # the extent is part of the name: what is known of a name never changes
                canonical = f"_{height}.{number}:{extent}"
                self.ranges.extents[canonical] = extent
                mapping[name] = canonical
                named = (*named, (canonical, extent))
            renamed = self.rename(Poly({term: 1}), mapping)
            single = renamed.monomial
            if single is None or abs(single[1]) != 1:
                return dict(named), renamed
            if signs.setdefault((single[0], named), single[1]) != single[1]:
                self.note("a sum that is its own negative is 0")
                return ZERO
            key = hash(
                (self.of_term(single[0], {}), tuple(self.of_position(e, {}) for _, e in named))
            )
            if best is None or key < best[0]:
                best = (key, single[0], named)
        assert best is not None
        sign = signs[best[1], best[2]]
        return Poly({frozenset({(self.sum_atom(best[2], best[1]), 1)}): sign})

    def orders(self, bounds: dict[str, Dim], term: Term) -> list[list[str]]:
        """The orders of the bound indices that refinement cannot tell apart."""
        if len(bounds) == 1:
            return [list(bounds)]
        leaves: list[list[str]] = []
        start = {name: self.of_position(extent, {}) for name, extent in bounds.items()}
        self.individualise(start, term, leaves)
        return leaves

    def individualise(self, colours: dict[str, int], term: Term, leaves: list[list[str]]) -> None:
        self.tick()
        colours = self.refined(colours, term)
        cells: dict[int, list[str]] = {}
        for name, colour in colours.items():
            cells.setdefault(colour, []).append(name)
        ties = sorted(colour for colour, cell in cells.items() if len(cell) > 1)
        if not ties:
            leaves.append(
                sorted(colours, key=lambda name: (self.nesting(name, colours), colours[name]))
            )
            return
        for name in cells[ties[0]]:
            if len(leaves) >= MAX_LEAVES:
                return
            self.individualise({**colours, name: hash((14, colours[name]))}, term, leaves)

    def nesting(self, name: str, bounds: Mapping[str, int]) -> int:
        """How many of the bounds the extent of an index hangs on, directly or not."""
        inner = self.ranges.extents[name].names & bounds.keys()
        return 1 + max((self.nesting(other, bounds) for other in inner), default=-1)

    def refined(self, colours: dict[str, int], term: Term) -> dict[str, int]:
        """Each index coloured by the factors it occurs in, until no class splits further."""
        classes = 0
        while len(set(colours.values())) > classes:
            classes = len(set(colours.values()))
            if classes == len(colours):
                break
            fresh = {}
            for name, colour in colours.items():
                marked = {**colours, name: 15}
                around = sorted(
                    (self.of_atom(atom, marked), hash(exponent))
                    for atom, exponent in term
                    if name in atom.free
                )
                fresh[name] = hash((colour, tuple(around)))
            colours = fresh
        return colours
