"""Positions of entries: names and integer polynomials, and what is certain about their ranges."""

from __future__ import annotations

from collections.abc import Mapping

from derivcheck.engines.indexed.terms import Position
from derivcheck.expr.dims import ONE, Dim


def as_dim(position: Position) -> Dim:
    return Dim.of(position) if isinstance(position, str) else position


def simplest(dim: Dim) -> Position:
    """A bare name where the polynomial is one, so that equal positions are equal objects."""
    if len(dim.terms) == 1:
        monomial, factor = dim.terms[0]
        if factor == 1 and len(monomial) == 1:
            return monomial[0]
    return dim


def names(position: Position) -> frozenset[str]:
    return frozenset((position,)) if isinstance(position, str) else position.names


def substitute(position: Position, mapping: Mapping[str, Position]) -> Position:
    if isinstance(position, str):
        return mapping.get(position, position)
    if position.names.isdisjoint(mapping):
        return position
    return simplest(position.substitute({k: as_dim(v) for k, v in mapping.items()}))


class Ranges:
    """What is known of names: sizes are at least 1, an index lies in 0 … extent - 1."""

    def __init__(self) -> None:
        self.extents: dict[str, Dim] = {}
        self.lower: dict[str, int | None] = {}  # sizes default to 1; None: unbounded
        self.at_most: set[tuple[Dim, Dim]] = set()  # extents known to be at most another
        self.apart: set[Dim] = set()  # differences assumed not to be 0
        self.valid: set[tuple[Dim, Dim]] = set()  # positions known to lie below an extent

    def nonnegative(self, dim: Dim) -> bool:
        """Certainly >= 0: with each name written as its lower bound plus something >= 0 (and each
        index of negative coefficient as extent - 1 minus something), no coefficient is negative."""
        for _ in range(4):
            uppers = {
                monomial[0]
                for monomial, factor in dim.terms
                if factor < 0 and len(monomial) == 1 and monomial[0] in self.extents
            }
            if not uppers:
                break
            if any(self.mixed(dim, name) for name in uppers):
                return False
            dim = dim.substitute({name: self.extents[name] - ONE for name in uppers})
        shifts: dict[str, Dim] = {}
        for name in dim.names - self.extents.keys():
            least = self.lower.get(name, 1)
            if least is None:
                return False
            shifts[name] = Dim.of(name) + Dim.of(least)
        shifted = dim.substitute(shifts)
        return all(factor >= 0 for _, factor in shifted.terms)

    @staticmethod
    def mixed(dim: Dim, name: str) -> bool:
        """Whether a name occurs in more than its own linear term."""
        return any(name in monomial and len(monomial) > 1 for monomial, _ in dim.terms)

    def within(self, position: Position, extent: Dim) -> bool:
        """Whether 0 <= position < extent is certain."""
        if isinstance(position, str) and position in self.extents:
            own = self.extents[position]
            if own == extent or (own, extent) in self.at_most:
                return True
        if (as_dim(position), extent) in self.valid:
            return True
        dim = as_dim(position)
        return self.nonnegative(dim) and self.nonnegative(extent - dim - ONE)

    def compare(self, left: Position, right: Position) -> bool | None:
        """True: certainly equal; False: certainly different; None: it depends."""
        if left == right:
            return True
        gap = as_dim(left) - as_dim(right)
        if not gap.terms:
            return True
        if gap.constant is not None or gap in self.apart:
            return False
        if self.nonnegative(gap - ONE) or self.nonnegative(-gap - ONE):
            return False
        return None
