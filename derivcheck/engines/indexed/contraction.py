"""Contractions: products of a matrix with its inverse, orthonormal columns, known totals."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction

from derivcheck.engines.indexed.core import Core
from derivcheck.engines.indexed.positions import names, substitute
from derivcheck.engines.indexed.terms import (
    Delta,
    Entry,
    Kind,
    Matrix,
    Poly,
    Position,
    Rational,
    Sum,
    Term,
    Unknown,
)  # fmt: skip
from derivcheck.expr.declarations import Kind as Set
from derivcheck.expr.dims import Dim, Shape

Powers = dict[Kind, Rational]
Binding = dict[str, Position]
ORTHONORMAL = (Set.ORTHOGONAL, Set.UNITARY, Set.STIEFEL)


class Contraction(Core):
    """Rules that use up two or more factors of a sum at once."""

    shapes: dict[str, Shape]

    @abstractmethod
    def summed(self, bounds: dict[str, Dim], poly: Poly) -> Poly:
        """The sum over several indices."""

    @abstractmethod
    def opened(self, atom: Sum) -> tuple[dict[str, Dim], Poly]:
        """A sum's body under fresh names."""

    def total_is_one(self, atom: Kind, exponent: Rational, index: str, extent: Dim) -> bool:
        """Σ_i y_i = 1 for one-hot and simplex columns, Σ_i x_i**2 = 1 for unit ones."""
        if not isinstance(atom, Entry) or atom.positions != (index,):
            return False
        kind = self.kinds.get(atom.name)
        if self.shapes[atom.name].size != extent:
            return False
        if kind in (Set.ONEHOT, Set.SIMPLEX) and exponent == 1:
            self.note(f"Σ_i {atom.name}_i = 1")
            return True
        if kind is Set.UNIT and exponent == 2:
            self.note(f"Σ_i {atom.name}_i² = 1")
            return True
        return False

    def orthonormal(
        self, entries: list[tuple[Entry, Rational]], index: str, extent: Dim
    ) -> Poly | None:
        """Σ_k conj(U_ki) U_kj = δ_ij (and by rows for square U); real U: without the conjugate."""
        flat = [atom for atom, exponent in entries for _ in range(int(exponent))]
        if len(flat) != 2 or any(e not in (1, 2) for _, e in entries):
            return None
        first, second = flat
        kind = self.kinds.get(first.name)
        if first.name != second.name or kind not in ORTHONORMAL or len(first.positions) != 2:
            return None
        if first.name in self.complex_names and first.conjugate == second.conjugate:
            return None
        shape = self.shapes[first.name]
        for slot, size in ((0, shape.rows), (1, shape.cols)):
            if slot == 1 and kind is Set.STIEFEL:
                continue
            if first.positions[slot] == second.positions[slot] == index and size == extent:
                others = first.positions[1 - slot], second.positions[1 - slot]
                if index not in (*others,):
                    self.note(f"{first.name} has orthonormal {('columns', 'rows')[slot]}")
                    return self.delta(*others)
        return None

    def contracted(self, bounds: dict[str, Dim], factors: Powers) -> Poly | None:
        """Σ_p M_rp inv(M)_pq = δ_rq, applied to the longest term of M: it becomes
        δ_rq minus the other terms of M times inv(M)."""
        for atom, exponent in factors.items():
            if not isinstance(atom, Matrix) or atom.kind != "inv" or exponent != 1:
                continue
            for slot in (0, 1):
                position = atom.positions[slot]
                if isinstance(position, str) and position in bounds:
                    result = self.contract_inverse(bounds, factors, atom, slot, position)
                    if result is not None:
                        return result
        return None

    def contract_inverse(
        self, bounds: dict[str, Dim], factors: Powers, inverse: Matrix, slot: int, joint: str
    ) -> Poly | None:
        if sum(1 for atom in factors if joint in atom.free) < 2:
            return None
        if bounds[joint] != inverse.extent or inverse.positions[0] == inverse.positions[1]:
            return None
        other = inverse.positions[1 - slot]
        rest = [(a, e) for a, e in factors.items() if a is not inverse]
        # M at (joint, far) or (far, joint), with far to be found by matching
        body, row, col = inverse.body, inverse.row, inverse.col
        lead, coefficient = self.lead(body)
        near, far = (col, row) if slot == 0 else (row, col)
        symmetric = self.is_symmetric(body, row, col)
        for near_, far_ in ((near, far), (far, near)) if symmetric else ((near, far),):
            pattern_bounds, pattern = self.pattern(lead)
            start: Binding = {near_: joint}
            for binding, used in self.matches(pattern, rest, start, {far_, *pattern_bounds}):
                if not self.is_closed(binding, pattern_bounds, bounds, used, rest, joint):
                    continue
                if far_ not in binding:
                    continue
                end = binding[far_]
                summed_names = {joint, *(b for b in map(binding.get, pattern_bounds) if b)}
                if summed_names & (names(end) | names(other)):
                    continue
                left = self.product({a: e for a, e in rest if a not in used}, 1)
                inner = {n for n in (binding[p] for p in pattern_bounds) if isinstance(n, str)}
                kept = {n: e for n, e in bounds.items() if n not in inner}
                self.note("M M⁻¹ = I")
                done = self.summed(
                    {n: e for n, e in kept.items() if n != joint},
                    self.multiply(left, self.delta(end, other)),
                )
                tail = Poly({t: c for t, c in body.terms.items() if t != lead})
                more = self.rename(tail, {near_: joint, far_: end})
                again = self.multiply(
                    self.multiply(left, more), Poly({frozenset({(inverse, 1)}): 1})
                )
                return (done - self.summed(kept, again)).scale(1 / Fraction(coefficient))
        return None

    def lead(self, body: Poly) -> tuple[Term, Rational]:
        """The longest term, so that rewriting it by the others shortens; ties by invariants.
        A delta counts nothing: it is eliminated, so a term with one would never be found."""

        def length(item: tuple[Term, Rational]) -> tuple[int, int]:
            count = 0
            for atom, exponent in item[0]:
                if isinstance(atom, Delta):
                    continue
                inner = len(atom.body) if isinstance(atom, Sum) else 1
                count += inner * max(int(exponent), 1)
            return count, self.invariant(Poly({item[0]: 1}), {})

        return max(body.terms.items(), key=length)

    def pattern(self, lead: Term) -> tuple[dict[str, Dim], list[tuple[Kind, Rational]]]:
        """The factors of a term with the sums in it opened: their indices are to be matched."""
        bounds: dict[str, Dim] = {}
        factors: list[tuple[Kind, Rational]] = []
        for atom, exponent in lead:
            single = None
            if isinstance(atom, Sum) and exponent == 1:
                more, body = self.opened(atom)
                single = body.monomial
                if single is not None and single[1] == 1:
                    bounds.update(more)
                    factors.extend(single[0])
                    continue
            factors.append((atom, exponent))
        return bounds, factors

    def is_closed(
        self, binding: Binding, pattern_bounds: dict[str, Dim], bounds: dict[str, Dim],
        used: frozenset[Kind], rest: list[tuple[Kind, Rational]], joint: str,
    ) -> bool:  # fmt: skip
        """The joint and the pattern's own indices are fully summed over, and occur nowhere else."""
        own = {joint}
        for name, extent in pattern_bounds.items():
            bound = binding.get(name)
            if not isinstance(bound, str) or bounds.get(bound) != extent or bound in own:
                return False
            own.add(bound)
        return not any(a.free & own for a, _ in rest if a not in used)

    def matches(
        self, pattern: list[tuple[Kind, Rational]], target: list[tuple[Kind, Rational]],
        binding: Binding, variables: set[str],
    ) -> Iterator[tuple[Binding, frozenset[Kind]]]:  # fmt: skip
        """All ways to find the factors of the pattern among those of the target."""
        if not pattern:
            yield binding, frozenset()
            return
        ordered = sorted(pattern, key=lambda f: not isinstance(f[0], Entry | Matrix | Unknown))
        (atom, exponent), remaining = ordered[0], ordered[1:]
        for position, (candidate, power) in enumerate(target):
            self.tick()
            if power != exponent:
                continue
            for found in self.unify(atom, candidate, binding, variables):
                others = target[:position] + target[position + 1 :]
                for final, used in self.matches(remaining, others, found, variables):
                    yield final, used | {candidate}

    def unify(
        self, atom: Kind, candidate: Kind, binding: Binding, variables: set[str]
    ) -> Iterator[Binding]:
        """Bindings under which the atom becomes the candidate (checked by renaming)."""
        trial = dict(binding)
        if isinstance(atom, Entry | Matrix | Unknown):
            if type(atom) is not type(candidate):
                return
            assert isinstance(candidate, Entry | Matrix | Unknown)
            orders = [candidate.positions]
            if len(candidate.positions) == 2:
                orders.append(candidate.positions[::-1])
            for places in orders:
                trial = dict(binding)
                if len(places) == len(atom.positions) and all(
                    _bind(p, q, trial, variables)
                    for p, q in zip(atom.positions, places, strict=True)
                ):
                    renamed = self.rename_atom(atom, trial).monomial
                    if renamed == (frozenset({(candidate, 1)}), 1):
                        yield trial
                        return
            return
        if not (atom.free & variables - trial.keys()):
            renamed = self.rename_atom(atom, trial).monomial
            if renamed == (frozenset({(candidate, 1)}), 1):
                yield trial


def _bind(pattern: Position, value: Position, binding: Binding, variables: set[str]) -> bool:
    if isinstance(pattern, str) and pattern in variables and pattern not in binding:
        binding[pattern] = value
        return True
    return substitute(pattern, binding) == value
