"""Values that are independent over the rationals, and others as combinations of these."""

from __future__ import annotations

from fractions import Fraction

from field import P, rational, root, sign_of

FACTORS = tuple(Fraction(*q) for q in ((1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2)))
LARGEST = 60
Relation = list[tuple[int, Fraction]]


def ratio(value: int, unit: int) -> Fraction | None:
    """value / unit as a fraction of small numbers, by the Euclidean algorithm."""
    if not unit:
        return None
    r0, r1, s0, s1 = P, value * pow(unit, -1, P) % P, 0, 1
    while r1 > LARGEST:
        quotient = r0 // r1
        r0, r1, s0, s1 = r1, r0 - quotient * r1, s1, s0 - quotient * s1
    return Fraction(r1, s1) if s1 and abs(s1) <= LARGEST else None


class Additive:
    """Independent values, and sums of a few small multiples of them."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.multiples: dict[int, tuple[int, Fraction]] = {}

    def append(self, value: int) -> None:
        for factor in FACTORS:
            self.multiples[value * rational(factor) % P] = (len(self.values), factor)
        self.values.append(value)

    def related(self, value: int, depth: int = 3) -> Relation | None:
        if value == 0:
            return []
        if value in self.multiples:
            return [self.multiples[value]]
        for k, unit in enumerate(self.values):
            found = ratio(value, unit)
            if found is not None:
                return [(k, found)]
        return self._sum(value, depth if len(self.values) < 20 else 2)

    def _sum(self, value: int, depth: int) -> Relation | None:
        for multiple, pair in self.multiples.items():
            rest = (value - multiple) % P
            if rest in self.multiples:
                return [pair, self.multiples[rest]]
        if depth > 2:
            for multiple, pair in self.multiples.items():
                found = self._sum((value - multiple) % P, depth - 1)
                if found is not None:
                    return [pair, *found]
        return None


class Multiplicative:
    """Independent values, and products of a few small powers of them."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.multiples: dict[int, tuple[int, Fraction]] = {}
        self.inverses: dict[tuple[int, Fraction], int] = {}

    def append(self, value: int) -> None:
        for factor in FACTORS:
            if factor.denominator == 1 or sign_of(value) > 0:
                self.multiples[root(value, factor)] = (len(self.values), factor)
        self.values.append(value)

    def related(self, value: int, depth: int = 3) -> Relation | None:
        if value == 1:
            return []
        return self._product(value, depth if len(self.values) < 20 else 2)

    def _product(self, value: int, depth: int) -> Relation | None:
        if value in self.multiples:
            return [self.multiples[value]]
        if depth > 1:
            for k, factor in list(self.multiples.values()):
                rest = value * self.inverse(k, factor) % P
                if depth == 2 and rest not in self.multiples:
                    continue
                found = self._product(rest, depth - 1)
                if found is not None:
                    return [(k, factor), *found]
        return None

    def inverse(self, k: int, factor: Fraction) -> int:
        if (k, factor) not in self.inverses:
            self.inverses[k, factor] = root(self.values[k], -factor)
        return self.inverses[k, factor]
