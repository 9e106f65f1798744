"""Differences that vanish after multiplication by a divisor or by an inverted matrix."""

from __future__ import annotations

from collections.abc import Iterator

from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.positions import names
from derivcheck.engines.indexed.terms import (
    ZERO,
    Base,
    Exp,
    Function,
    Kind,
    Matrix,
    Poly,
    Power,
    Rational,
    Sum,
    Term,
    Unknown,
    Unsupported,
)  # fmt: skip
from derivcheck.expr.dims import Dim

MAX_DIVISORS = 6
MAX_INVERSES = 4
MAX_TERMS = 12


def vanishes(algebra: Algebra, gap: Poly, bounds: dict[str, Dim], depth: int = 2) -> bool:
    """Whether gap = 0 wherever it is defined: divisors and inverted matrices are not singular
    there, so multiplying by them changes nothing about being 0."""
    gap = without_divisors(algebra, gap)
    if not gap.terms:
        return True
    if depth == 0:
        return False
    for inverse in inverses(gap)[:MAX_INVERSES]:
        for name, extent in bounds.items():
            if extent != inverse.extent:
                continue
            for product in multiplied(algebra, gap, inverse, name):
                if not product.terms:
                    return True
                if len(product.terms) <= MAX_TERMS and vanishes(
                    algebra, product, bounds, depth - 1
                ):
                    return True
    return False


def without_divisors(algebra: Algebra, gap: Poly) -> Poly:
    """Multiplied by each polynomial that divides some term, to its largest power there."""
    for _ in range(MAX_DIVISORS):
        least: dict[Kind, Rational] = {}
        for term in gap.terms:
            for atom, exponent in term:
                if isinstance(atom, Base) and exponent < least.get(atom, 0):
                    least[atom] = exponent
        if not least:
            return gap
        atom, exponent = next(iter(least.items()))
        algebra.note("multiplied by a common denominator")
        total = ZERO
        for term, factor in gap.terms.items():
            powers = dict(term)
            powers[atom] = powers.get(atom, 0) - exponent
            if not powers[atom]:
                del powers[atom]
            total = total + algebra.product(powers, factor)
        gap = total
    return gap


def multiplied(algebra: Algebra, gap: Poly, inverse: Matrix, name: str) -> list[Poly]:
    """Σ_i M[r, i] gap[i] and Σ_i gap[i] M[i, r], for the inverted matrix M."""
    extent, results = inverse.extent, []
    for slot in (0, 1):
        outer = algebra.fresh(extent)
        first, second = (inverse.row, inverse.col) if slot == 0 else (inverse.col, inverse.row)
        try:
            total = ZERO
            for term, factor in gap.terms.items():
                done = undone(algebra, term, inverse, slot, name, outer)
                if done is None:
                    inner = algebra.fresh(extent)
                    body = algebra.rename(inverse.body, {first: outer, second: inner})
                    moved = algebra.rename(Poly({term: 1}), {name: inner})
                    done = algebra.sum_over(inner, extent, algebra.multiply(body, moved))
                total = total + done.scale(factor)
        except Unsupported:
            continue
        results.append(algebra.rename(total, {outer: name}))
    if results:
        algebra.note("multiplied by an inverted matrix")
    return results


def undone(
    algebra: Algebra, term: Term, inverse: Matrix, slot: int, name: str, outer: str
) -> Poly | None:
    """M times inv(M) B is B: where the index `name` occurs in one place, as that of inv(M)."""
    places = [atom for atom, _ in term if name in atom.free]
    if len(places) != 1 or (places[0], 1) not in term:
        return None
    (atom,) = places
    rest = algebra.monomial(term - {(atom, 1)})
    if isinstance(atom, Matrix):
        if atom.kind != "inv" or atom.body != inverse.body or atom.extent != inverse.extent:
            return None
        places_ = atom.positions
        is_symmetric = algebra.is_symmetric(inverse.body, inverse.row, inverse.col)
        at = slot if places_[slot] == name or not is_symmetric else 1 - slot
        if places_[at] != name or name in names(places_[1 - at]) or name in atom.body.free:
            return None
        return algebra.multiply(rest, algebra.delta(outer, places_[1 - at]))
    if isinstance(atom, Sum):
        bounds, body = algebra.opened(atom)
        single = body.monomial
        if single is None:
            return None
        inner = undone(algebra, single[0], inverse, slot, name, outer)
        if inner is None:
            return None
        return algebra.multiply(rest, algebra.summed(bounds, inner.scale(single[1])))
    return None


def inverses(poly: Poly) -> list[Matrix]:
    """The inverses anywhere inside, each matrix once, those of the longest sums first."""
    found: dict[Poly, Matrix] = {}
    for atom in atoms_in(poly):
        if isinstance(atom, Matrix) and atom.kind == "inv":
            found.setdefault(atom.body, atom)
    return sorted(found.values(), key=lambda inverse: -len(inverse.body.terms))


def atoms_in(poly: Poly) -> Iterator[Kind]:
    """All atoms, those inside others too."""
    stack = [poly]
    while stack:
        for term in stack.pop().terms:
            for atom, _ in term:
                yield atom
                match atom:
                    case Exp(inner) | Sum(_, inner):
                        stack.append(Poly({inner: 1}))
                    case Function(_, args) | Unknown(_, _, _, args):
                        stack.extend(args)
                    case Base(inside) | Matrix(_, _, _, _, inside):
                        stack.append(inside)
                    case Power(base, exponent):
                        stack.extend((base, Poly({exponent: 1})))
                    case _:
                        pass
