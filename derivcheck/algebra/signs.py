"""Facts about signs, and what follows from them: which of -1, 0, 1 a polynomial's sign can be."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction

from derivcheck.algebra.balls import sign_of_constant
from derivcheck.algebra.field import ANY, Element, Field, Polynomial, Sign, constant_of

POSITIVE: Sign = frozenset({1})
NONNEGATIVE: Sign = frozenset({0, 1})
NEGATIVE: Sign = frozenset({-1})
NONZERO: Sign = frozenset({-1, 1})
ZERO: Sign = frozenset({0})


def times(left: Sign, right: Sign) -> Sign:
    return frozenset(a * b for a in left for b in right)


def square(sign: Sign) -> Sign:
    return frozenset(s * s for s in sign)


def plus(left: Sign, right: Sign) -> Sign:
    """The signs a sum can have: opposite signs leave everything open."""
    result: set[int] = set()
    for a in left:
        for b in right:
            result |= {-1, 0, 1} if a * b < 0 else {a or b}
    return frozenset(result)


@dataclass(slots=True)
class Facts:
    """Signs known of polynomials (leading coefficient 1), within one case of a proof.

    Sound because a fact only ever narrows the points considered to those where it holds.
    """

    field: Field
    signs: dict[str, tuple[Polynomial, Sign]] = dataclasses.field(default_factory=dict)
    memo: dict[str, Sign] = dataclasses.field(default_factory=dict)
    is_contradictory: bool = False

    def copy(self) -> Facts:
        return Facts(self.field, dict(self.signs), {}, self.is_contradictory)

    def learn(self, element: Element, sign: Sign) -> None:
        """The element's sign is in `sign` at every point considered.

        A contradiction is noted: then there is no such point.
        """
        if not self.of(element) & sign:
            self.is_contradictory = True
        if element.is_zero:
            return
        constant, factors = self.field.factored(element)
        unknown = Fraction(constant)
        rest = self.field.one.num
        known: Sign = POSITIVE
        parts: list[Polynomial] = []
        for factor, exponent in factors:
            current = self.sign(factor)
            if 0 in current and (exponent < 0 or 0 not in sign):
                self._narrow(factor, current & NONZERO)
                current &= NONZERO
            if exponent % 2 == 0:
                if 0 in current:
                    known = times(known, NONNEGATIVE)
            elif len(current) == 1 or current in (NONNEGATIVE, frozenset({-1, 0})):
                known = times(known, current)
            else:
                rest = rest * factor
                parts.append(factor)
        if 0 in known and len(known) > 1:
            return
        if unknown < 0:
            known = times(known, NEGATIVE)
        if known not in (POSITIVE, NEGATIVE) or not parts:
            return
        wanted = sign if known == POSITIVE else times(sign, NEGATIVE)
        self._narrow(rest, wanted)

    def _narrow(self, polynomial: Polynomial, sign: Sign) -> None:
        key = str(polynomial)
        old = self.signs.get(key, (polynomial, ANY))[1]
        self.signs[key] = (polynomial, old & sign)
        if not old & sign:
            self.is_contradictory = True
        self.memo.clear()

    # -- what follows -----------------------------------------------------------------------------

    def of(self, element: Element) -> Sign:
        return times(self.sign(element.num), self.sign(element.den) & NONZERO)

    def sign(self, polynomial: Polynomial) -> Sign:
        key = str(polynomial)
        if key not in self.memo:
            self.memo[key] = ANY  # where the question comes up again inside, nothing is known
            self.memo[key] = self._sign(polynomial)
        return self.memo[key]

    def _sign(self, polynomial: Polynomial) -> Sign:
        if not polynomial:
            return ZERO
        if polynomial.is_constant():
            return POSITIVE if constant_of(polynomial) > 0 else NEGATIVE
        direct = self._known(polynomial)
        if len(direct) == 1:
            return direct
        constant, factors = self.field.factor(polynomial)
        result: Sign = POSITIVE if constant > 0 else NEGATIVE
        odd = self.field.one.num
        count = 0
        for factor, exponent in factors:
            current = self._irreducible(factor)
            if exponent % 2 == 0:
                current = square(current)
            elif current == ANY:
                odd, count = odd * factor, count + 1
                continue
            result = times(result, current)
        if count:
            result = times(result, self._known(odd) if count > 1 else ANY)
        return result & direct

    def _known(self, polynomial: Polynomial) -> Sign:
        lead = polynomial.leading_coefficient()
        entry = self.signs.get(str(polynomial / lead))
        if entry is None:
            return ANY
        return entry[1] if lead > 0 else times(entry[1], NEGATIVE)

    def _irreducible(self, polynomial: Polynomial) -> Sign:
        result = self._known(polynomial)
        if len(result) == 1:
            return result
        result &= self._by_terms(polynomial)
        if len(result) == 1:
            return result
        if all(kernel.is_constant for kernel in self.field.kernels_of(polynomial)):
            found = sign_of_constant(self.field, polynomial)
            if found is not None:
                return frozenset({found})
        if len(polynomial) > 60:
            return result
        over_roots = self._over_roots(polynomial)
        if over_roots is not None:
            return result & self.sign(over_roots)
        result &= self._quadratic(polynomial)
        if len(result) == 1:
            return result
        for scale in (1, -1):
            bound = self._combination(polynomial * scale, 3)
            if bound is not None:
                result &= bound if scale == 1 else times(bound, NEGATIVE)
        return result

    def _over_roots(self, polynomial: Polynomial) -> Polynomial | None:
        """The same with g replaced by R**d for a root R of a kernel g in it, if it factors then."""
        result = polynomial
        for root in self.field.kernels_of(polynomial):
            if root.name != "root" or root.index not in self.field.relations:
                continue
            base = self.field.single(root.args[0].num)
            if base is None or base.is_constant:
                continue
            degree = self.field.relations[root.index].degrees()[root.index]
            power = self.field.context.gen(root.index) ** int(degree)
            parts = self.field.split(result, base.index)
            result = sum((p * power**n for n, p in parts.items()), self.field.zero.num)
        if result == polynomial:
            return None
        factors = self.field.factor(result)[1]
        return result if len(factors) > 1 or any(e > 1 for _, e in factors) else None

    def _by_terms(self, polynomial: Polynomial) -> Sign:
        """The sum of the signs of the terms."""
        total: Sign | None = None
        for monomial, coefficient in polynomial.terms():
            sign: Sign = POSITIVE if coefficient > 0 else NEGATIVE
            for index, exponent in enumerate(monomial):
                if exponent:
                    own = self._generator(index)
                    sign = times(sign, square(own) if exponent % 2 == 0 else own)
            total = sign if total is None else plus(total, sign)
            if total == ANY:
                break
        return total or ZERO

    def _generator(self, index: int) -> Sign:
        kernel = self.field.kernels[index]
        own = kernel.sign if isinstance(kernel.sign, frozenset) else kernel.sign()
        return own & self._known(self.field.context.gen(index))

    def _quadratic(self, polynomial: Polynomial) -> Sign:
        """a x² + b x + c with a > 0 and 4ac - b² > 0 is positive (>= 0: not negative)."""
        for index, degree in enumerate(polynomial.degrees()):
            if degree != 2:
                continue
            parts = self.field.split(polynomial, index)
            zero: Polynomial = self.field.zero.num
            a: Polynomial = parts[2]
            b: Polynomial = parts.get(1, zero)
            c: Polynomial = parts.get(0, zero)
            if len(parts) < 3 or len(b) * len(b) + len(a) * len(c) > 60:
                continue
            lead = self._by_terms(a)
            if lead not in (POSITIVE, NEGATIVE):
                continue
            gap = 4 * a * c - b * b
            gap_sign = self._by_terms(gap) if gap else ZERO
            if gap and gap_sign == ANY and gap.total_degree() <= 4:
                gap_sign = self._quadratic(gap)
            if gap_sign == POSITIVE:
                return lead
            if gap_sign <= NONNEGATIVE:
                return lead | ZERO
        return ANY

    def _positive(self, polynomial: Polynomial) -> list[tuple[Polynomial, Sign]]:
        """The facts p > 0 and p >= 0, and their products with positive kernels of a polynomial."""
        facts = []
        for fact, sign in self.signs.values():
            if sign in (POSITIVE, NONNEGATIVE):
                facts.append((fact, sign))
            elif sign in (NEGATIVE, frozenset({-1, 0})):
                facts.append((-fact, times(sign, NEGATIVE)))
        if polynomial.total_degree() < 2:
            return facts
        generators = [
            self.field.context.gen(kernel.index)
            for kernel in self.field.kernels_of(polynomial)
            if self._generator(kernel.index) == POSITIVE
        ]
        return facts + [(p * g, sign) for g in generators for p, sign in facts if len(p) > 1]

    def _combination(self, polynomial: Polynomial, depth: int) -> Sign | None:
        """f = k p + rest with p > 0 (or >= 0) known, k > 0 and the rest not negative: so is f."""
        terms = polynomial.to_dict()
        for positive, sign in self._positive(polynomial):
            for monomial, coefficient in positive.terms():
                mine = terms.get(monomial)
                if mine is None or mine * coefficient <= 0 or not any(monomial):
                    continue
                rest = polynomial - positive * (mine / coefficient)
                if not rest:
                    return sign
                if len(rest) > len(polynomial) + 1:
                    continue
                below = self._by_terms(rest)
                if not below <= NONNEGATIVE and depth > 1:
                    below = self._combination(rest, depth - 1) or below
                if below <= NONNEGATIVE:
                    return plus(sign, below)
        return None
