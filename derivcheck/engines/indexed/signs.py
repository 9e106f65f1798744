"""What is certain about signs, and polynomials split into content and primitive part."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from derivcheck.engines.indexed.core import Core
from derivcheck.engines.indexed.terms import (
    UNIT,
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
    Rational,
    Sum,
    Symbol,
    Term,
    Unknown,
)  # fmt: skip
from derivcheck.expr.declarations import Kind as Set
from derivcheck.expr.dims import ONE as ONE_DIM

REAL_FUNCTIONS = frozenset(
    {"abs", "positive", "step", "sigmoid", "softplus", "sin", "cos", "atan", "asinh", "erf"}
)
POSITIVE_FUNCTIONS = frozenset({"sigmoid", "softplus"})


class Signs(Core):
    """Each answer "yes" is certain wherever the expression is defined; "no" means unknown."""

    upper_bounds: dict[str, tuple[Fraction, bool]]

    def is_real(self, poly: Poly) -> bool:
        return self.on_real_line or all(self.is_real_term(term) for term in poly.terms)

    def is_real_term(self, term: Term) -> bool:
        """Real factors, and roots only of factors that are >= 0."""
        return all(
            self.is_real_atom(atom) and (int(power) == power or self.atom_sign(atom) is not None)
            for atom, power in term
        )

    def is_real_atom(self, atom: Kind) -> bool:
        match atom:
            case Entry(name):
                return name not in self.complex_names
            case Count() | Delta():
                return True
            case Symbol(name):
                return name != "I"
            case Exp(exponent) | Sum(_, exponent):
                return self.is_real_term(exponent)
            case Function(name, args):
                return name in REAL_FUNCTIONS and all(self.is_real(arg) for arg in args)
            case Base(poly):
                return self.is_positive(poly)
            case Power(base):
                return self.is_positive(base)
            case Matrix(_, _, _, _, body, _, exponent):
                return self.is_real(body) and exponent is None
            case Unknown():
                return self.on_real_line

    def is_positive(self, poly: Poly) -> bool:
        """> 0: every term >= 0 and one of them > 0."""
        poly, is_strict = self.below(poly)
        signs = [self.term_sign(term, factor) for term, factor in poly.terms.items()]
        return all(s is not None for s in signs) and (is_strict or any(signs))

    def below(self, poly: Poly) -> tuple[Poly, bool]:
        """A lower bound, from -c x >= -c u for declared x <= u; is it strict, by x < u?"""
        total, is_strict = dict(poly.terms), False
        for term, factor in poly.terms.items():
            if factor < 0 and len(term) == 1:
                ((atom, exponent),) = term
                if isinstance(atom, Entry) and exponent == 1 and atom.name in self.upper_bounds:
                    bound, is_open = self.upper_bounds[atom.name]
                    del total[term]
                    total[UNIT] = total.get(UNIT, 0) + factor * bound
                    is_strict = is_strict or is_open
        return Poly({term: factor for term, factor in total.items() if factor}), is_strict

    def is_nonnegative(self, poly: Poly) -> bool:
        poly, _ = self.below(poly)
        return all(self.term_sign(term, factor) is not None for term, factor in poly.terms.items())

    def term_sign(self, term: Term, factor: Rational) -> bool | None:
        """True: > 0; False: >= 0; None: unknown."""
        if factor <= 0:
            return None
        strict = True
        for atom, exponent in term:
            sign = self.atom_sign(atom)
            if sign is None and exponent % 2 == 0 and self.is_real_atom(atom):
                sign = exponent < 0
            if sign is None:
                return None
            strict = strict and sign
        return strict

    def atom_sign(self, atom: Kind) -> bool | None:
        """The sign of an atom that is real: True > 0, False >= 0, None unknown."""
        match atom:
            case Entry(name):
                if name in self.positive_names:
                    return True
                kind = self.kinds.get(name)
                if name in self.nonnegative_names or kind in (Set.SIMPLEX, Set.ONEHOT):
                    return False
                return None
            case Count(name):
                if name in self.ranges.extents:
                    return False
                least = self.ranges.lower.get(name, 1)
                return None if least is None or least < 0 else least > 0
            case Delta():
                return False
            case Symbol(name):
                return True if name == "pi" else None
            case Exp(exponent):
                return True if self.on_real_line or self.is_real_term(exponent) else None
            case Function(name, args):
                if not all(self.is_real(arg) for arg in args):
                    return None
                if name in POSITIVE_FUNCTIONS:
                    return True
                return False if name in ("abs", "positive", "step") else None
            case Base(poly):
                return True if self.is_positive(poly) else None
            case Power(base):
                return True if self.is_positive(base) else None
            case Sum(bounds, body):
                sign = self.term_sign(body, 1)
                certain = all(self.ranges.nonnegative(e - ONE_DIM) for _, e in bounds)
                return sign and certain if sign is not None else None
            case Matrix(kind, _, _, _, body):
                single = body.monomial
                if kind == "det" and single is not None and single[1] > 0 and len(single[0]) == 1:
                    ((inner, power),) = single[0]
                    if isinstance(inner, Entry) and power == 1:
                        spd = self.kinds.get(inner.name) in (Set.SPD, Set.HPD)
                        return True if spd else None
                return None
            case Unknown(name):
                return True if name in self.positive_names else None

    def prefers_negative(self, poly: Poly) -> bool | None:
        """Which of u and -u stands for both: decided by invariants; None where they tie."""
        groups: dict[int, list[Rational]] = {}
        colours = {name: 21 for name in poly.free if name[0] in "#_~"}
        for term, factor in poly.terms.items():
            groups.setdefault(self.invariant(Poly({term: 1}), colours), []).append(factor)
        for code in sorted(groups):
            plus, minus = sorted(groups[code]), sorted(-c for c in groups[code])
            if plus != minus:
                return plus < minus
        return None

    def content(self, poly: Poly) -> tuple[Rational, dict[Kind, Rational], Poly]:
        """(c, m, p) with poly = c m p: c rational, m each atom to its least power, p primitive."""
        least: dict[Kind, Rational] = {}
        terms = [dict(term) for term in poly.terms]
        for atom in {atom: None for term in terms for atom in term}:
            powers = [term.get(atom, 0) for term in terms]
            low = min(powers)
            if low:
                least[atom] = low
        values = [Fraction(c) for c in poly.terms.values()]
        top = gcd(*(abs(v.numerator) for v in values))
        factor = Fraction(top, lcm(*(v.denominator for v in values)))
        rest = poly
        if least:
            inverse = {atom: -exponent for atom, exponent in least.items()}
            rest = self.multiply(poly, Poly({frozenset(inverse.items()): 1}))
        rest = rest.scale(1 / factor)
        if self.prefers_negative(rest):
            factor, rest = -factor, -rest
        return factor, least, rest
