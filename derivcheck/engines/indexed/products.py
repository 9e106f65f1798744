"""Products of atoms in normal form: the algebraic relations between atoms of one term."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derivcheck.engines.indexed.core import Core
from derivcheck.engines.indexed.positions import as_dim
from derivcheck.engines.indexed.terms import (
    ONE,
    ZERO,
    Base,
    Delta,
    Entry,
    Function,
    Kind,
    Matrix,
    Poly,
    Position,
    Rational,
    Symbol,
    Unsupported,
)  # fmt: skip
from derivcheck.expr.declarations import Kind as Set

Powers = dict[Kind, Rational]


class Products(Core):
    """Each rule rewrites one term as a polynomial, or says None where it does not apply."""

    def product(self, powers: Mapping[Kind, Rational], factor: Rational) -> Poly:
        special = [
            atom
            for atom in powers
            if isinstance(atom, Delta | Symbol | Function | Base)
            or (self.final and self.has_relations(atom))
        ]
        if special:
            self.tick()
            for rule in (
                self.unit_powers, self.deltas, self.imaginary, self.absolute, self.indicators,
                self.sigmoids, self.sines, self.whole_bases, self.onehots, self.unit_determinants,
            ):  # fmt: skip
                result = rule(dict(powers), special)
                if result is not None:
                    return result.scale(factor)
        return Poly({frozenset(powers.items()): factor})

    def unit_powers(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """δ, indicators and one-hot entries are 0 or 1: equal to all their positive powers. So are
        the slopes of max(u, 0) from one side, hence wherever a derivative exists."""
        changed = False
        for atom in special:
            is_bit = isinstance(atom, Delta | Entry) or (
                isinstance(atom, Function) and atom.name in ("positive", "step")
            )
            if is_bit and powers[atom] != 1:
                if powers[atom] < 0:
                    raise Unsupported("a quotient by an indicator")
                powers[atom], changed = 1, True
        return self.product(powers, 1) if changed else None

    def deltas(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """δ(i, j) f(j) = δ(i, j) f(i): one position of each class of equal ones remains."""
        deltas = [atom for atom in special if isinstance(atom, Delta)]
        if not deltas:
            return None
        mapping: dict[str, Position] = {}

        def find(position: Position) -> Position:
            while isinstance(position, str) and position in mapping:
                position = mapping[position]
            return position

        compound: list[Delta] = []
        for atom in deltas:
            left, right = find(atom.left), find(atom.right)
            if left == right:
                continue
            if isinstance(left, str) and isinstance(right, str):
                mapping[max(left, right)] = min(left, right)
            elif isinstance(right, str) and right not in as_dim(left).names:
                mapping[right] = left
            elif isinstance(left, str) and left not in as_dim(right).names:
                mapping[left] = right
            else:
                compound.append(atom)
        mapping = {name: find(name) for name in mapping}
        others: Powers = {a: e for a, e in powers.items() if not isinstance(a, Delta)}
        moved = any(not atom.free.isdisjoint(mapping) for atom in others)
        fixed = self.product_of(
            *(self.delta(value, name) for name, value in mapping.items()),
            *(self.rename_atom(atom, mapping) for atom in compound),
        ) if moved or compound else None  # fmt: skip
        kept: Powers = {self.delta_atom(value, name): 1 for name, value in mapping.items()}
        is_reduced = all(atom in kept or atom in compound for atom in deltas)
        if not moved and is_reduced and len(kept) + len(compound) == len(deltas):
            return None
        if fixed is None:
            return self.product({**others, **kept}, 1)
        for other, exponent in others.items():
            renamed = self.rename(Poly({frozenset({(other, exponent)}): 1}), mapping)
            fixed = self.multiply(renamed, fixed)
        return fixed

    def imaginary(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """I**2 = -1."""
        for atom in special:
            if isinstance(atom, Symbol) and atom.name == "I" and powers[atom] != 1:
                exponent = powers.pop(atom)
                if int(exponent) != exponent:
                    raise Unsupported("a root of I")
                sign = -1 if int(exponent) % 4 in (2, 3) else 1
                rest = self.product(powers, sign)
                return (
                    self.multiply(rest, Poly({frozenset({(atom, 1)}): 1}))
                    if int(exponent) % 2
                    else rest
                )
        return None

    def absolute(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """|u|**2 = u**2 for real u, and |u|**-1 = |u| u**-2."""
        for atom in special:
            if isinstance(atom, Function) and atom.name == "abs" and powers[atom] != 1:
                exponent = powers.pop(atom)
                if int(exponent) != exponent:
                    return None
                odd = int(exponent) % 2
                result = self.multiply(
                    self.product(powers, 1), self.power(atom.args[0], int(exponent) - odd)
                )
                return self.multiply(result, self.of(atom)) if odd else result
        return None

    def indicators(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """1[u>0] 1[-u>0] = 0; and u 1[-u>0] = u - u 1[u>0] where u is one monomial."""
        found = {
            atom.args[0]: atom
            for atom in special
            if isinstance(atom, Function) and atom.name == "positive"
        }
        for argument, atom in found.items():
            opposite = found.get(-argument)
            if opposite is not None:
                return ZERO
            single = argument.monomial
            if single is None or single[1] > 0 or not single[0]:
                continue
            if all(powers.get(a, 0) >= e > 0 for a, e in single[0]):
                del powers[atom]
                rest = self.product(powers, 1)
                flipped = self.of(self.function_atom("positive", -argument))
                return self.multiply(rest, ONE - flipped)
        return None

    def sigmoids(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """σ(u)**-1 = 1 + e**-u;  e**-u σ(u) = 1 - σ(u);  e**u σ(u) = e**u - e**u (1 - σ(u)),
        where e**u (1 - σ(u)) = σ(u): each step lowers the number of exponentials."""
        for atom in special:
            if not (isinstance(atom, Function) and atom.name == "sigmoid"):
                continue
            exponent, argument = powers[atom], atom.args[0]
            if exponent < 0 and int(exponent) == exponent:
                del powers[atom]
                inverse = ONE + self.exp(-argument)
                return self.multiply(
                    self.product(powers, 1), self.natural_power(inverse, -int(exponent))
                )
            for sign in (-1, 1):
                rest = self.take_exponential(powers, argument.scale(sign))
                if rest is not None and exponent >= 1:
                    product = self.product(rest, 1)
                    reduced: Powers = dict(rest)
                    if exponent == 1:
                        reduced.pop(atom)
                    else:
                        reduced[atom] = exponent - 1
                    less = self.product(reduced, 1)
                    if sign == -1:
                        return less - product
                    return self.multiply(less, self.exp(argument)) - product
        return None

    def take_exponential(self, powers: Powers, argument: Poly) -> Powers | None:
        """The powers without one factor e**argument, where all of it is there."""
        if not argument.terms:
            return None
        rest = dict(powers)
        for term, coefficient in argument.terms.items():
            atom = self.exp_atom(term)
            have = rest.get(atom, 0)
            if coefficient * have <= 0 or abs(Fraction(have)) < abs(Fraction(coefficient)):
                return None
            if have == coefficient:
                del rest[atom]
            else:
                rest[atom] = have - coefficient
        return rest

    def sines(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """sin(u)**2 = 1 - cos(u)**2."""
        for atom in special:
            if isinstance(atom, Function) and atom.name == "sin" and powers[atom] >= 2:
                exponent = powers.pop(atom)
                if exponent != 2:
                    powers[atom] = exponent - 2
                cosine = self.of(self.function_atom("cos", atom.args[0]))
                square = ONE - self.natural_power(cosine, 2)
                return self.multiply(self.product(powers, 1), square)
        return None

    def whole_bases(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """base**(k + r) = base**k base**r with k the whole part, for exponents of at least 1."""
        for atom in special:
            if isinstance(atom, Base) and powers[atom] >= 1:
                exponent = powers.pop(atom)
                whole = int(exponent)
                if exponent != whole:
                    powers[atom] = exponent - whole
                return self.multiply(self.product(powers, 1), self.natural_power(atom.poly, whole))
        return None

    def onehots(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """y_i y_j = δ(i, j) y_i for a one-hot y."""
        entries = [a for a in special if isinstance(a, Entry) and a.positions]
        for i, atom in enumerate(entries):
            for other in entries[i + 1 :]:
                if atom.name == other.name:
                    self.note("y_i y_j = δ_ij y_i (one-hot)")
                    del powers[other]
                    delta = self.delta(atom.positions[0], other.positions[0])
                    return self.multiply(self.product(powers, 1), delta)
        return None

    def has_relations(self, atom: Kind) -> bool:
        """One-hot entries, and determinants."""
        if isinstance(atom, Entry):
            return self.kinds.get(atom.name) is Set.ONEHOT
        return isinstance(atom, Matrix) and atom.kind == "det"

    def unit_determinants(self, powers: Powers, special: list[Kind]) -> Poly | None:
        """det(Q)**2 = 1 for an orthogonal Q."""
        for atom in special:
            single = atom.body.monomial if isinstance(atom, Matrix) else None
            if single is None or len(single[0]) != 1 or single[1] not in (1, -1):
                continue
            ((entry, exponent),) = single[0]
            if isinstance(entry, Entry) and self.kinds.get(entry.name) is Set.ORTHOGONAL:
                power = powers[atom]
                if exponent == 1 and power != 1 and int(power) == power:
                    self.note(f"det({entry.name})² = 1")
                    del powers[atom]
                    if int(power) % 2:
                        powers[atom] = 1
                    return self.product(powers, 1)
        return None

    def delta(self, left: Position, right: Position) -> Poly:
        match self.ranges.compare(left, right):
            case True:
                return ONE
            case False:
                return ZERO
            case None:
                return Poly({frozenset({(self.delta_atom(left, right), 1)}): 1})
