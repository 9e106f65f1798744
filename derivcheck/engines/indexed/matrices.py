"""Functions of a square matrix given by its entry: inverse, determinant, power, exponential."""

from __future__ import annotations

from fractions import Fraction

from derivcheck.engines.indexed.positions import simplest
from derivcheck.engines.indexed.rewriting import Rewriting
from derivcheck.engines.indexed.signs import Signs
from derivcheck.engines.indexed.terms import (
    ONE,
    Delta,
    Entry,
    Kind,
    Poly,
    Position,
    Rational,
    Undefined,
    Unsupported,
    number,
)  # fmt: skip
from derivcheck.expr.declarations import Kind as Set
from derivcheck.expr.dims import Dim


class Matrices(Signs, Rewriting):
    """Constructors; `row` and `col` are free in `body` and bound by the result."""

    def matrix(
        self, kind: str, extent: Dim, row: str, col: str, body: Poly,
        positions: tuple[Position, ...], exponent: Poly | None = None,
    ) -> Poly:  # fmt: skip
        match kind:
            case "inv":
                return self.inverse(extent, row, col, body, positions)
            case "det":
                return self.determinant(extent, row, col, body)
            case "power":
                assert exponent is not None
                return self.matrix_power(extent, row, col, body, positions, exponent)
            case _:
                return self.exponential(extent, row, col, body, positions)

    def opaque(
        self, kind: str, extent: Dim, row: str, col: str, body: Poly,
        positions: tuple[Position, ...], exponent: Poly | None = None,
    ) -> Poly:  # fmt: skip
        """The atom, with placeholders named by its height; a symmetric body's positions sorted,
        and of a matrix and its transpose the one with the smaller invariant."""
        height = body.height + 1
        low, high = f"~{height}.r:{extent}", f"~{height}.c:{extent}"
        self.ranges.extents[low] = self.ranges.extents[high] = extent
        straight = self.rename(body, {row: low, col: high})
        turned = self.rename(body, {row: high, col: low})
        if straight == turned:
            positions = self.sorted_places(straight, low, high, positions)
        elif self.invariant(turned, {}) < self.invariant(straight, {}):
            straight, positions = turned, positions[::-1]
        atom = self.matrix_atom(kind, extent, low, high, straight, positions, exponent)
        return Poly({frozenset({(atom, 1)}): 1})

    def sorted_places(
        self, body: Poly, row: str, col: str, positions: tuple[Position, ...]
    ) -> tuple[Position, ...]:
        turned = positions[::-1]
        is_turned = len(positions) == 2 and _key(turned) < _key(positions)
        return turned if is_turned and self.is_symmetric(body, row, col) else positions

    def diagonal_of(self, row: str, col: str, body: Poly) -> Poly | None:
        """d(row), where the matrix is δ(row, col) d(row)."""
        total = Poly({})
        for term, factor in body.terms.items():
            delta = next(
                (a for a, _ in term if isinstance(a, Delta) and a.free == {row, col}), None
            )
            if delta is None:
                return None
            rest = self.monomial(term - {(delta, 1)}, factor)
            total = total + self.rename(rest, {col: row})
        return total if body.terms else None

    def scalar_part(self, row: str, col: str, body: Poly) -> tuple[Poly, Poly]:
        """(s, M) with body = s M and s free of both placeholders: a number times common atoms."""
        factor, common, _ = self.content(body)
        kept: dict[Kind, Rational] = {
            atom: e for atom, e in common.items() if atom.free.isdisjoint((row, col))
        }
        scale = self.product(kept, factor)
        inverse = self.product({a: -e for a, e in kept.items()}, 1)
        return scale, self.multiply(body, inverse).scale(1 / Fraction(factor))

    def inverse(
        self, extent: Dim, row: str, col: str, body: Poly, positions: tuple[Position, ...]
    ) -> Poly:
        """inv(c A) = inv(A)/c; inv(diag(d)) = diag(1/d); inv(U) = U' for orthonormal U."""
        if not body.terms:
            raise Undefined("the inverse of 0")
        left, right = positions
        diagonal = self.diagonal_of(row, col, body)
        if diagonal is not None:
            entry = self.power(self.rename(diagonal, {row: left}), -1)
            return self.multiply(self.delta(left, right), entry)
        scale, rest = self.scalar_part(row, col, body)
        if scale != ONE:
            inner = self.inverse(extent, row, col, rest, positions)
            return self.multiply(self.power(scale, -1), inner)
        single = body.monomial
        if self.final and single is not None and len(single[0]) == 1:
            ((atom, exponent),) = single[0]
            if isinstance(atom, Entry) and exponent == 1:
                kind = self.kinds.get(atom.name)
                if kind in (Set.ORTHOGONAL, Set.UNITARY) and set(atom.positions) == {row, col}:
                    self.note(f"inv({atom.name}) is its (conjugate) transpose")
                    value = self.rename(body, {row: right, col: left})
                    return self.conjugated(value) if kind is Set.UNITARY else value
        return self.opaque("inv", extent, row, col, body, positions)

    def conjugated(self, poly: Poly) -> Poly:
        """The conjugate of one entry."""
        ((term, factor),) = poly.terms.items()
        ((atom, _),) = term
        assert isinstance(atom, Entry)
        return self.entry(atom.name, atom.positions, not atom.conjugate).scale(factor)

    def determinant(self, extent: Dim, row: str, col: str, body: Poly) -> Poly:
        """det(c A) = c**n det(A)."""
        if not body.terms:
            return Poly({})
        diagonal = self.diagonal_of(row, col, body)
        if diagonal is not None and row not in diagonal.free:
            return self.symbolic_power(diagonal, self.from_dim(extent))
        scale, rest = self.scalar_part(row, col, body)
        if scale != ONE:
            factor = self.symbolic_power(scale, self.from_dim(extent))
            return self.multiply(factor, self.determinant(extent, row, col, rest))
        return self.opaque("det", extent, row, col, body, ())

    def matrix_power(
        self, extent: Dim, row: str, col: str, body: Poly,
        positions: tuple[Position, ...], exponent: Poly,
    ) -> Poly:  # fmt: skip
        """A**(k + 1) = A A**k for a literal part of the exponent; diag(d)**k = diag(d**k)."""
        left, right = positions
        diagonal = self.diagonal_of(row, col, body)
        if diagonal is not None:
            entry = self.symbolic_power(self.rename(diagonal, {row: left}), exponent)
            return self.multiply(self.delta(left, right), entry)
        shift = exponent.terms.get(frozenset(), 0)
        symbolic = exponent - number(shift)
        if int(shift) != shift or abs(Fraction(shift)) > 8:
            raise Unsupported("a matrix power with this exponent")
        if not symbolic.terms and shift == 0:
            return self.delta(left, right)
        if not shift:
            return self.opaque("power", extent, row, col, body, positions, exponent)
        middle = self.fresh(extent)
        if shift > 0:
            factor = self.rename(body, {row: left, col: middle})
        else:
            factor = self.inverse(extent, row, col, body, (left, middle))
        step = exponent - number(1 if shift > 0 else -1)
        rest = self.matrix_power(extent, row, col, body, (middle, right), step)
        return self.sum_over(middle, extent, self.multiply(factor, rest))

    def exponential(
        self, extent: Dim, row: str, col: str, body: Poly, positions: tuple[Position, ...]
    ) -> Poly:
        """expm(diag(d)) = diag(exp(d)), expm(0) = I."""
        left, right = positions
        if not body.terms:
            return self.delta(left, right)
        diagonal = self.diagonal_of(row, col, body)
        if diagonal is not None:
            entry = self.exp(self.rename(diagonal, {row: left}))
            return self.multiply(self.delta(left, right), entry)
        return self.opaque("expm", extent, row, col, body, positions)

    def unknown(
        self, name: str, row: str, col: str, args: tuple[Poly, ...],
        positions: tuple[Position, ...], slots: tuple[tuple[int, Position, Position], ...] = (),
    ) -> Poly:  # fmt: skip
        """An entry of an unspecified function: its placeholders named by its height."""
        height = 1 + max((arg.height for arg in args), default=0)
        low, high = f"~{height}.r", f"~{height}.c"
        for placeholder in (low, high):
            self.ranges.lower[placeholder] = 0
        values = tuple(self.rename(arg, {row: low, col: high}) for arg in args)
        atom = self.unknown_atom(name, low, high, values, positions, slots)
        return Poly({frozenset({(atom, 1)}): 1})


def _key(positions: tuple[Position, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((1, p) if isinstance(p, str) else (0, str(simplest(p))) for p in positions)
