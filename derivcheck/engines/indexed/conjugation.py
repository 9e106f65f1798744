"""The complex conjugate of index expressions."""

from __future__ import annotations

from derivcheck.engines.indexed.algebra import Algebra
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
    Power,
    Sum,
    Symbol,
    Unknown,
    Unsupported,
)  # fmt: skip

REFLECTED = frozenset({"sigmoid", "sin", "cos", "erf", "gamma", "digamma"})


def conjugate(algebra: Algebra, poly: Poly) -> Poly:
    """conj(f(u)) = f(conj(u)) for functions real on the real line and without a branch cut;
    roots and logarithms only of expressions that are real and >= 0 (where this is certain)."""
    if algebra.is_real(poly):
        return poly
    total = ZERO
    for term, factor in poly.terms.items():
        product = Poly({frozenset(): factor})
        for atom, exponent in term:
            product = algebra.multiply(product, of_factor(algebra, atom, exponent))
        total = total + product
    return total


def of_factor(algebra: Algebra, atom: Kind, exponent: object) -> Poly:
    from fractions import Fraction

    power = Fraction(str(exponent))
    if power.denominator != 1 and not isinstance(atom, Exp):
        if is_modulus(algebra, atom):
            return algebra.product({atom: power}, 1)
        raise Unsupported("the conjugate of a root")
    return (
        algebra.power(of_atom(algebra, atom), power)
        if not isinstance(atom, Exp)
        else algebra.exp(conjugate(algebra, Poly({atom.exponent: power})))
    )


def is_modulus(algebra: Algebra, atom: Kind) -> bool:
    """A sum or product equal to its own conjugate, and a sum of squares: real and >= 0."""
    if algebra.is_real(algebra.plain(atom)):
        return algebra.atom_sign(atom) is not None
    term = atom.body if isinstance(atom, Sum) else None
    if term is None:
        return False
    entries = dict(term)
    return all(
        isinstance(a, Entry)
        and entries.get(algebra.entry_atom(a.name, a.positions, not a.conjugate)) == e
        for a, e in term
    )


def of_atom(algebra: Algebra, atom: Kind) -> Poly:
    match atom:
        case Entry(name, positions, flag):
            return algebra.entry(name, positions, not flag)
        case Count() | Delta():
            return algebra.plain(atom)
        case Symbol(name):
            return -algebra.plain(atom) if name == "I" else algebra.plain(atom)
        case Sum():
            bounds, body = algebra.opened(atom)
            return algebra.summed(bounds, conjugate(algebra, body))
        case Function(name, args) if name in REFLECTED:
            return algebra.apply(name, *(conjugate(algebra, arg) for arg in args))
        case Base(poly):
            return conjugate(algebra, poly)
        case Matrix(kind, extent, row, col, body, positions, None):
            r, c = algebra.fresh(extent), algebra.fresh(extent)
            inside = conjugate(algebra, algebra.rename(body, {row: r, col: c}))
            return algebra.matrix(kind, extent, r, c, inside, positions)
        case Exp() | Function() | Power() | Matrix() | Unknown():
            if algebra.is_real(algebra.plain(atom)):
                return algebra.plain(atom)
            raise Unsupported("the conjugate of a function with a branch cut")
