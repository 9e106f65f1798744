"""Elementwise functions in normal form: everything that can is written by few of them.

Exponentials, `sigmoid`, `softplus`, `log`, `abs`, `positive` (an indicator), sine, cosine and
powers carry relations; other functions are atoms of which only a derivative may be known.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivcheck.engines.indexed.rewriting import Rewriting
from derivcheck.engines.indexed.signs import Signs
from derivcheck.engines.indexed.terms import (
    ONE,
    UNIT,
    ZERO,
    Base,
    Exp,
    Function,
    Kind,
    Poly,
    Position,
    Power,
    Rational,
    Term,
    Undefined,
    Unsupported,
    number,
)  # fmt: skip
from derivcheck.expr.declarations import Kind as Set

HALF = Fraction(1, 2)
# f(-u) = f(u) or -f(u); for functions with a branch cut only of real arguments
ENTIRE = {"cos": 1, "sin": -1, "erf": -1}
CUT = {"atan": -1, "asinh": -1, "asin": -1, "atanh": -1, "erfinv": -1}


class Functions(Signs, Rewriting):
    """Constructors; each keeps the value wherever the original is defined."""

    def entry(self, name: str, positions: tuple[Position, ...], conjugate: bool = False) -> Poly:
        """An entry; with facts on: symmetric, Hermitian, skew and diagonal matrices."""
        if conjugate and name not in self.complex_names:
            conjugate = False
        plain = Poly({frozenset({(self.entry_atom(name, positions, conjugate), 1)}): 1})
        if not self.final or len(positions) != 2:
            return plain
        kind = self.kinds.get(name)
        if kind is Set.DIAGONAL:
            return self.multiply(self.delta(*positions), plain)
        swapped = positions[::-1]
        if _order(swapped) >= _order(positions):
            if kind is Set.SKEW and positions[0] == positions[1]:
                return ZERO
            return plain
        if kind in (Set.SYMMETRIC, Set.SPD):
            self.note(f"{name} is symmetric")
            return self.entry(name, swapped, conjugate)
        if kind in (Set.HERMITIAN, Set.HPD):
            self.note(f"{name} is Hermitian")
            return self.entry(name, swapped, not conjugate)
        if kind is Set.SKEW:
            self.note(f"{name} is skew")
            return -self.entry(name, swapped, conjugate)
        return plain

    # -- exponentials and logarithms -----------------------------------------------------------

    def exp(self, exponent: Poly) -> Poly:
        """e**(Σ c_k m_k) = Π (e**m_k)**c_k;  e**(c log u) = u**c;  e**softplus(u) = 1 + e**u."""
        result = ONE
        for term, factor in exponent.terms.items():
            special = self.exp_of_log(term, factor)
            if special is None:
                special = Poly({frozenset({(self.exp_atom(term), factor)}): 1})
            result = self.multiply(result, special)
        return result

    def exp_of_log(self, term: Term, factor: Rational) -> Poly | None:
        for atom, exponent in term:
            if exponent == 1 and isinstance(atom, Function):
                rest = term - {(atom, exponent)}
                if atom.name == "log" and (not rest or not self.is_positive(atom.args[0])):
                    return self.symbolic_power(atom.args[0], Poly({rest: factor}))
                if atom.name == "softplus" and not rest:
                    return self.power(ONE + self.exp(atom.args[0]), factor)
        return None

    def log(self, poly: Poly) -> Poly:
        """log(Π f) = Σ log f for factors that are >= 0 (so > 0 where this is defined);
        log(e**u) = u for real u; log(1 + e**u) = softplus(u)."""
        if not poly.terms:
            raise Undefined("log(0)")
        factor, common, rest = self.content(poly)
        if factor < 0:
            factor, rest = -factor, -rest
        total, unknown = _log_number(self, factor), ONE
        for atom, exponent in common.items():
            single = Poly({frozenset({(atom, exponent)}): 1})
            if self.is_real(single) and self.term_sign(frozenset({(atom, 1)}), 1) is not None:
                total = total + self.log_atom(atom).scale(exponent)
            elif self.is_real(single) and exponent % 2 == 0:
                total = total + self.log_atom_of(self.absolute_value(self.plain(atom))).scale(
                    exponent
                )
            else:
                unknown = self.multiply(unknown, single)
        if rest != ONE:
            soft = self.soft_exponent(rest)
            if unknown == ONE and soft is not None and self.is_real(soft):
                total = total + self.softplus(soft)
            elif self.is_real(rest) and self.is_nonnegative(rest):
                total = total + self.log_atom_of(rest)
            else:
                unknown = self.multiply(unknown, rest)
        return total if unknown == ONE else total + self.log_atom_of(unknown)

    def log_atom(self, atom: Kind) -> Poly:
        match atom:
            case Exp(exponent):
                return Poly({exponent: 1})
            case Function("sigmoid", (u,)):
                return -self.softplus(-u)
            case Power(base, exponent) if self.is_positive(base):
                return self.multiply(Poly({exponent: 1}), self.log(base))
            case Base(poly):
                return self.log_atom_of(poly)
            case _:
                return self.log_atom_of(self.plain(atom))

    def log_atom_of(self, poly: Poly) -> Poly:
        value = poly.constant
        if value is not None:
            return _log_number(self, value)
        return Poly({frozenset({(self.function_atom("log", poly), 1)}): 1})

    def soft_exponent(self, poly: Poly) -> Poly | None:
        """u, where the polynomial is 1 + e**u; -u where it is (1 - σ(u)) e**u …, else None."""
        if len(poly.terms) != 2 or poly.terms.get(UNIT) != 1:
            return None
        other = next(term for term in poly.terms if term)
        if poly.terms[other] != 1 or not all(isinstance(a, Exp) for a, _ in other):
            return None
        return Poly({a.exponent: e for a, e in other if isinstance(a, Exp)})

    def complement(self, poly: Poly) -> Poly | None:
        """u, where the polynomial is 1 - σ(u)."""
        if len(poly.terms) != 2 or poly.terms.get(UNIT) not in (1, -1):
            return None
        other = next(term for term in poly.terms if term)
        if poly.terms[other] != -poly.terms[UNIT] or len(other) != 1:
            return None
        ((atom, exponent),) = other
        if isinstance(atom, Function) and atom.name == "sigmoid" and exponent == 1:
            return atom.args[0]
        return None

    def softplus(self, u: Poly) -> Poly:
        """softplus(-u) = softplus(u) - u."""
        if self.is_real(u) and self.prefers_negative(u):
            return u + self.softplus(-u)
        value = u.constant
        if value == 0:
            return self.log(number(2))
        return Poly({frozenset({(self.function_atom("softplus", u), 1)}): 1})

    def sigmoid(self, u: Poly) -> Poly:
        """σ(-u) = 1 - σ(u)."""
        if u.constant == 0:
            return number(HALF)
        if self.prefers_negative(u):
            return ONE - self.sigmoid(-u)
        return Poly({frozenset({(self.function_atom("sigmoid", u), 1)}): 1})

    # -- kinks ---------------------------------------------------------------------------------

    def absolute_value(self, u: Poly) -> Poly:
        """|c m u| = |c| |m| |u| for factors of known sign; with facts on u (2·1[u>0] - 1)."""
        if not u.terms:
            return ZERO
        if not self.is_real(u):
            raise Unsupported("the absolute value of a complex expression")
        factor, common, rest = self.content(u)
        result = self.multiply(number(abs(Fraction(factor))), self.size(rest))
        for atom, exponent in common.items():
            term = frozenset({(atom, exponent)})
            if self.term_sign(term, 1) is not None:
                result = self.multiply(result, Poly({term: 1}))
            else:
                result = self.multiply(result, self.power(self.size(self.plain(atom)), exponent))
        return result

    def size(self, u: Poly) -> Poly:
        """|u| of a primitive u."""
        if u == ONE or self.is_nonnegative(u):
            return u
        if self.is_nonnegative(-u):
            return -u
        if self.final and self.is_unit_determinant(u):
            return ONE
        if self.final and not self.keeps_kinks:
            return self.multiply(u, self.positive(u).scale(2) - ONE)
        return Poly({frozenset({(self.function_atom("abs", u), 1)}): 1})

    def is_unit_determinant(self, u: Poly) -> bool:
        """det(Q) of an orthogonal Q is 1 or -1: its square is simplified to 1."""
        return self.multiply(u, u) == ONE

    def bit(self, name: str, u: Poly) -> Poly:
        """An indicator of u > 0: positive factors of u do not matter."""
        if not self.is_real(u):
            raise Unsupported("a condition on a complex expression")
        factor, common, rest = self.content(u)
        if self.is_positive(rest) or self.is_positive(-rest):
            factor = factor if self.is_positive(rest) else -factor
            rest = ONE
        if factor < 0:
            rest = -rest
        for atom, exponent in common.items():
            single = frozenset({(atom, exponent)})
            if self.term_sign(single, 1) is not True:
                rest = self.multiply(rest, Poly({single: 1}))
        value = rest.constant
        if value is not None:
            return ONE if value > 0 else ZERO
        if self.is_positive(rest):
            return ONE
        if self.is_nonnegative(-rest):
            return ZERO
        return Poly({frozenset({(self.function_atom(name, rest), 1)}): 1})

    def positive(self, u: Poly) -> Poly:
        """1 where u > 0, else 0."""
        return self.bit("positive", u) if u.terms else ZERO

    def step(self, u: Poly) -> Poly:
        """The derivative of max(u, 0); with a convention chosen for u = 0 where `kink` says so."""
        if not u.terms:
            raise Undefined("a derivative at a kink")
        if self.is_nonnegative(u) or self.is_nonnegative(-u):
            return ONE if self.is_nonnegative(u) else ZERO  # max(u, 0) is u, or 0
        if self.kink is not None:
            above, below = self.positive(u), self.positive(-u)
            at_zero = ONE - above - below
            return above + self.multiply(at_zero, self.kink)
        if self.prefers_negative(u):
            return ONE - self.bit("step", -u)
        return self.bit("step", u)

    # -- powers --------------------------------------------------------------------------------

    def power(self, base: Poly, exponent: Rational) -> Poly:
        """A rational power. (u v)**r = u**r v**r needs r an integer, or u >= 0."""
        if exponent == 1:
            return base
        if exponent == 0:
            return ONE
        whole = int(exponent) == exponent
        if not base.terms:
            if exponent < 0:
                raise Undefined("a power of 0 with a negative exponent")
            return ZERO
        if whole and exponent > 0:
            return self.natural_power(base, int(exponent))
        factor, common, rest = self.content(base)
        if not whole and factor < 0:
            factor, rest = -factor, -rest
        result, unknown = _number_power(self, factor, exponent), rest
        for atom, power in common.items():
            single = Poly({frozenset({(atom, power)}): 1})
            if (
                whole
                or (isinstance(atom, Exp) and self.is_real(single))
                or (self.is_real(single) and self.atom_sign(atom) is not None)
            ):
                result = self.multiply(result, self.product({atom: power * exponent}, 1))
            elif self.is_real(single) and power % 2 == 0:
                size = self.absolute_value(self.plain(atom))
                result = self.multiply(result, self.power(size, power * exponent))
            else:
                unknown = self.multiply(unknown, single)
        if unknown == ONE:
            return result
        return self.multiply(result, self.opaque_power(unknown, exponent))

    def opaque_power(self, base: Poly, exponent: Rational) -> Poly:
        single = base.monomial
        if single is not None and single[1] == 1 and len(single[0]) == 1:
            ((atom, power),) = single[0]
            # a root of exp(m) or u**m is not that of m in general (m is not known to be real)
            is_exponential = isinstance(atom, Base | Exp | Power)
            if power == 1 and (not is_exponential or int(exponent) == exponent):
                return self.product({atom: exponent}, 1)
        if exponent < 0 and int(exponent) == exponent:
            soft = self.soft_exponent(base)
            if soft is not None:
                return self.natural_power(self.sigmoid(-soft), -int(exponent))
            inner = self.complement(base)
            if inner is not None:
                sign = base.terms[UNIT] if int(exponent) % 2 else 1
                return self.natural_power(ONE + self.exp(inner), -int(exponent)).scale(sign)
        return self.product({self.base_atom(base): exponent}, 1)

    def symbolic_power(self, base: Poly, exponent: Poly) -> Poly:
        """b**e: exp(e log b) for b > 0; else split by the terms of e, b**(m + k) = b**m b**k."""
        value = exponent.constant
        if value is not None:
            return self.power(base, value)
        if base == ONE:
            return ONE
        if self.is_real(base) and self.is_positive(base):
            return self.exp(self.multiply(exponent, self.log(base)))
        if not base.terms:
            raise Unsupported("a power of 0 with a symbolic exponent")
        result = ONE
        for term, factor in exponent.terms.items():
            if not term:
                part = self.power(base, factor)
            else:
                part = Poly({frozenset({(self.power_atom(base, term), factor)}): 1})
            result = self.multiply(result, part)
        return result

    # -- the table -----------------------------------------------------------------------------

    def angles(self, name: str, u: Poly) -> Poly | None:
        """sin(a + b) and cos(a + b) by sines and cosines of a and b; one step of it."""
        if not u.terms or len(u.terms) > 4:
            return None
        term, factor = next(iter(u.terms.items()))
        if len(u.terms) == 1:
            if int(factor) != factor or not 1 < abs(Fraction(factor)) <= 8:
                return None
            first = Poly({term: 1 if factor > 0 else -1})
        else:
            first = Poly({term: factor})
        second = u - first
        sine, cosine = (
            tuple(self.apply(f, part) for part in (first, second)) for f in ("sin", "cos")
        )
        if name == "sin":
            return self.multiply(sine[0], cosine[1]) + self.multiply(cosine[0], sine[1])
        return self.multiply(cosine[0], cosine[1]) - self.multiply(sine[0], sine[1])

    def apply(self, name: str, *args: Poly) -> Poly:
        u = args[0]
        table: dict[str, Callable[[Poly], Poly]] = {
            "log": self.log, "sigmoid": self.sigmoid, "softplus": self.softplus,
            "abs": self.absolute_value, "positive": self.positive, "step": self.step,
        }  # fmt: skip
        if name in table:
            return table[name](u)
        if name in ("sin", "cos") and self.final and not self.keeps_kinks:
            expanded = self.angles(name, u)
            if expanded is not None:
                return expanded
        parity = {**ENTIRE, **(CUT if self.is_real(u) else {})}.get(name)
        if parity is not None and not u.terms:
            return ONE if parity == 1 else ZERO
        if parity is not None and self.prefers_negative(u):
            return self.apply(name, -u).scale(parity)
        return Poly({frozenset({(self.function_atom(name, *args), 1)}): 1})


def _order(positions: tuple[Position, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((1, p) if isinstance(p, str) else (0, str(p)) for p in positions)


def _log_number(algebra: Functions, value: Rational) -> Poly:
    """log of a positive rational, by its prime factors."""
    total, fraction = ZERO, Fraction(value)
    for part, sign in ((fraction.numerator, 1), (fraction.denominator, -1)):
        for prime, count in _factors(part):
            atom = algebra.function_atom("log", number(prime))
            total = total + Poly({frozenset({(atom, 1)}): sign * count})
    return total


def _number_power(algebra: Functions, value: Rational, exponent: Rational) -> Poly:
    fraction = Fraction(value)
    if int(exponent) == exponent:
        return number(fraction ** int(exponent))
    result = ONE
    for part, sign in ((fraction.numerator, 1), (fraction.denominator, -1)):
        for prime, count in _factors(part):
            total = Fraction(exponent) * count * sign
            whole = total.numerator // total.denominator
            result = result.scale(Fraction(prime) ** whole)
            if total != whole:
                root = algebra.base_atom(number(prime))
                result = algebra.multiply(result, Poly({frozenset({(root, total - whole)}): 1}))
    return result


def _factors(value: int) -> list[tuple[int, int]]:
    """Prime factors; a large rest stays whole."""
    found, prime = [], 2
    while prime * prime <= value and prime < 10_000:
        count = 0
        while value % prime == 0:
            value, count = value // prime, count + 1
        if count:
            found.append((prime, count))
        prime += 1
    return [*found, (value, 1)] if value > 1 else found
