"""Sums over indices: deltas eliminated, independent factors taken out, facts contracted."""

from __future__ import annotations

from collections.abc import Iterable

from derivcheck.engines.indexed.canonical import Canonical
from derivcheck.engines.indexed.contraction import Contraction
from derivcheck.engines.indexed.positions import names
from derivcheck.engines.indexed.rewriting import Rewriting
from derivcheck.engines.indexed.terms import (
    ONE,
    ZERO,
    Delta,
    Entry,
    Kind,
    Poly,
    Rational,
    Sum,
    Term,
)  # fmt: skip
from derivcheck.expr.dims import Dim

Powers = dict[Kind, Rational]


class Sums(Canonical, Rewriting, Contraction):
    """Σ distributes over + ; each connected component of bound indices becomes one atom."""

    def sum_over(self, index: str, extent: Dim, poly: Poly) -> Poly:
        return self.summed({index: extent}, poly)

    def summed(self, bounds: dict[str, Dim], poly: Poly) -> Poly:
        total = ZERO
        for term, factor in poly.terms.items():
            total = total + self.close(bounds, term).scale(factor)
        return total

    def close(self, bounds: dict[str, Dim], term: Term) -> Poly:
        """The sum of one term. Terminates: each step removes an index or a sum from the term."""
        self.tick()
        for atom, exponent in term:
            is_natural = exponent > 0 and int(exponent) == exponent
            if isinstance(atom, Sum) and is_natural and not atom.free.isdisjoint(bounds):
                return self.flattened(bounds, term)
        for atom, _ in term:
            if isinstance(atom, Delta) and not atom.free.isdisjoint(bounds):
                eliminated = self.eliminate(bounds, term, atom)
                if eliminated is not None:
                    return eliminated
        result = ONE
        for names_, factors in self.components(bounds, term):
            if not names_:
                part = self.monomial(frozenset(factors.items()))
            elif not factors:
                part = ONE
                for name in names_:
                    part = self.multiply(part, self.from_dim(bounds[name]))
            else:
                part = self.component({n: bounds[n] for n in names_}, factors)
            result = self.multiply(result, part)
        return result

    def flattened(self, bounds: dict[str, Dim], term: Term) -> Poly:
        """f(i) Σ_j g(i, j) under a sum over i is a sum over i and j."""
        product, inner = ONE, dict(bounds)
        for atom, exponent in term:
            if (
                isinstance(atom, Sum)
                and exponent > 0
                and int(exponent) == exponent
                and not atom.free.isdisjoint(bounds)
            ):
                for _ in range(int(exponent)):
                    more, body = self.opened(atom)
                    inner.update(more)
                    product = self.multiply(product, body)
            else:
                product = self.multiply(product, self.monomial(frozenset({(atom, exponent)})))
        return self.summed(inner, product)

    def eliminate(self, bounds: dict[str, Dim], term: Term, atom: Delta) -> Poly | None:
        """Σ_j δ(i, j) f(j) = f(i), where i certainly lies in the range of j."""
        for index, other in ((atom.right, atom.left), (atom.left, atom.right)):
            if not isinstance(index, str) or index not in bounds or index in names(other):
                continue
            if not self.ranges.within(other, bounds[index]):
                continue
            rest = ONE
            for factor, exponent in term:
                if factor is not atom:
                    renamed = self.rename_factor(factor, exponent, {index: other})
                    rest = self.multiply(rest, renamed)
            left = {n: e for n, e in bounds.items() if n != index}
            return self.summed(left, rest)
        return None

    def components(
        self, bounds: dict[str, Dim], term: Iterable[tuple[Kind, Rational]]
    ) -> list[tuple[list[str], Powers]]:
        """Bound indices joined by common factors; factors without any; indices without any."""
        groups: list[tuple[set[str], Powers]] = [({name}, {}) for name in bounds]
        free: Powers = {}
        for atom, exponent in term:
            own = atom.free & bounds.keys()
            if not own:
                free[atom] = exponent
                continue
            joined: tuple[set[str], Powers] = (set(own), {atom: exponent})
            rest = []
            for group in groups:
                if group[0] & own:
                    joined[0].update(group[0])
                    joined[1].update(group[1])
                else:
                    rest.append(group)
            groups = [joined, *rest]
        # an index that only the extent of another mentions is bound with it
        for name, extent in bounds.items():
            for outer in extent.names & bounds.keys():
                first = next(g for g in groups if name in g[0])
                second = next(g for g in groups if outer in g[0])
                if first is not second:
                    groups.remove(second)
                    first[0].update(second[0])
                    first[1].update(second[1])
        found = [(sorted(names_, key=list(bounds).index), powers) for names_, powers in groups]
        return [([], free), *found] if free else found

    def component(self, bounds: dict[str, Dim], factors: Powers) -> Poly:
        """The sum of a connected term."""
        for rule in (self.cancelled, self.declared, self.contracted):
            result = rule(bounds, factors)
            if result is not None:
                return result
        named = self.named(bounds, frozenset(factors.items()))
        return self.summed(*named) if isinstance(named, tuple) else named

    def cancelled(self, bounds: dict[str, Dim], factors: Powers) -> Poly | None:
        """Σ_ij f_ij (Σ_j f_ij)**-1 g_i = Σ_i g_i: an inner sum that also divides is cancelled."""
        for divisor, exponent in factors.items():
            if not isinstance(divisor, Sum) or (exponent > 0 and int(exponent) == exponent):
                continue
            inner = {n: e for n, e in bounds.items() if n not in divisor.free}
            if not inner:
                continue
            for names_, powers in self.components(inner, factors.items()):
                if not names_ or not powers or len(names_) < len(divisor.bounds):
                    continue
                if set(names_) == set(bounds):
                    continue
                part = self.close({n: inner[n] for n in names_}, frozenset(powers.items()))
                single = part.monomial
                if single is None or not any(a is divisor for a, _ in single[0]):
                    continue
                rest = {a: e for a, e in factors.items() if a not in powers}
                whole = self.multiply(self.product(rest, 1), part)
                left = {n: e for n, e in bounds.items() if n not in names_}
                return self.summed(left, whole)
        return None

    def declared(self, bounds: dict[str, Dim], factors: Powers) -> Poly | None:
        """Facts of declared kinds: Σ y = 1 (one-hot, simplex), Σ x**2 = 1 (unit), U'U = I."""
        if not self.final:
            return None
        for name, extent in bounds.items():
            own = [(a, e) for a, e in factors.items() if name in a.free]
            entries = [(a, e) for a, e in own if isinstance(a, Entry)]
            if len(entries) != len(own):
                continue
            if len(bounds) == 1 and len(own) == 1 and self.total_is_one(*entries[0], name, extent):
                return ONE
            delta = self.orthonormal(entries, name, extent)
            if delta is not None:
                rest = {a: e for a, e in factors.items() if name not in a.free}
                left = {n: e for n, e in bounds.items() if n != name}
                return self.summed(left, self.multiply(self.product(rest, 1), delta))
        return None
