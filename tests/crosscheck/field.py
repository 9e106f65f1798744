"""Numbers of the cross-check: a prime field that knows signs, its extension by i, forward duals.

P ≡ -1 modulo 16·3·5·…·23. So -1 is not a square (F_P[i] is a field, conj is its Frobenius), and
all small primes are squares: "x is positive" is read as "x is a square other than 0", which
is right for every rational of small primes and is closed under products and quotients, as > 0 is.
On the squares every root of small order is unique and multiplicative, as on the positive reals.
It is not closed under sums: what must be positive and is no square there is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

P = 2305842989478668639
SMALL = 1 << 20


class Again(Exception):
    """An unlucky point: outside the domain, or at a kink; another one is drawn."""


class Uncovered(Exception):
    """Nothing sound can be said of this expression here."""


@dataclass(frozen=True, slots=True)
class Gauss:
    """re + i·im with im != 0."""

    re: int
    im: int


Scalar: TypeAlias = int | Gauss


@dataclass(frozen=True, slots=True)
class Dual:
    """real + slope·ε with ε² = 0; a derivative inside another has the higher level."""

    level: int
    real: Element
    slope: Element


Element: TypeAlias = int | Gauss | Dual
IMAGINARY = Gauss(0, 1)


def gauss(re: int, im: int) -> Scalar:
    return Gauss(re % P, im % P) if im % P else re % P


def parts(a: Scalar) -> tuple[int, int]:
    return (a, 0) if isinstance(a, int) else (a.re, a.im)


def add(a: Element, b: Element) -> Element:
    if isinstance(a, int) and isinstance(b, int):
        return (a + b) % P
    if isinstance(a, Dual):
        if isinstance(b, Dual):
            if a.level == b.level:
                return Dual(a.level, add(a.real, b.real), add(a.slope, b.slope))
            if b.level > a.level:
                return Dual(b.level, add(a, b.real), b.slope)
        return Dual(a.level, add(a.real, b), a.slope)
    if isinstance(b, Dual):
        return Dual(b.level, add(a, b.real), b.slope)
    (x, y), (u, v) = parts(a), parts(b)
    return gauss(x + u, y + v)


def mul(a: Element, b: Element) -> Element:
    if isinstance(a, int):
        if isinstance(b, int):
            return a * b % P
        if a == 0:
            return 0
        if a == 1:
            return b
    if isinstance(b, int):
        if b == 0:
            return 0
        if b == 1:
            return a
    if isinstance(a, Dual):
        if isinstance(b, Dual):
            if a.level == b.level:
                slope = add(mul(a.real, b.slope), mul(a.slope, b.real))
                return Dual(a.level, mul(a.real, b.real), slope)
            if b.level > a.level:
                return Dual(b.level, mul(a, b.real), mul(a, b.slope))
        return Dual(a.level, mul(a.real, b), mul(a.slope, b))
    if isinstance(b, Dual):
        return Dual(b.level, mul(a, b.real), mul(a, b.slope))
    (x, y), (u, v) = parts(a), parts(b)
    return gauss(x * u - y * v, x * v + y * u)


def neg(a: Element) -> Element:
    return mul(P - 1, a)


def sub(a: Element, b: Element) -> Element:
    return add(a, neg(b))


def reciprocal(a: Element) -> Element:
    if isinstance(a, Dual):
        inverse = reciprocal(a.real)
        return Dual(a.level, inverse, neg(mul(mul(inverse, inverse), a.slope)))
    x, y = parts(a)
    square = (x * x + y * y) % P
    if not square:
        raise Again("division by 0")
    return gauss(x * pow(square, -1, P), -y * pow(square, -1, P))


def div(a: Element, b: Element) -> Element:
    return mul(a, reciprocal(b))


def power(a: Element, exponent: int) -> Element:
    if exponent < 0:
        return power(reciprocal(a), -exponent)
    result: Element = 1
    while exponent:
        if exponent & 1:
            result = mul(result, a)
        a, exponent = mul(a, a), exponent >> 1
    return result


def base(a: Element) -> Scalar:
    while isinstance(a, Dual):
        a = a.real
    return a


def slope_at(a: Element, level: int) -> Element:
    """The coefficient of the ε of this level, which is the highest one still there."""
    return a.slope if isinstance(a, Dual) and a.level == level else 0


def real_base(a: Element) -> int:
    value = base(a)
    if isinstance(value, Gauss):
        raise Uncovered("a complex argument of a function of the real line")
    return value


def lift(value: Callable[[Scalar], Element], slope: Callable[[Element], Element]) -> Callable[
    [Element], Element
]:  # fmt: skip
    """A function of duals from its values and its derivative: f(a + bε) = f(a) + f'(a)·b·ε."""

    def lifted(a: Element) -> Element:
        if isinstance(a, Dual):
            return Dual(a.level, lifted(a.real), mul(slope(a.real), a.slope))
        return value(a)

    return lifted


def conj(a: Element) -> Element:
    """ε is real: complex derivatives are put together from two real directions."""
    if isinstance(a, Dual):
        return Dual(a.level, conj(a.real), conj(a.slope))
    return a if isinstance(a, int) else gauss(a.re, -a.im)


def real_part(a: Element) -> Element:
    return mul(add(a, conj(a)), reciprocal(2))


def imag_part(a: Element) -> Element:
    return mul(sub(a, conj(a)), reciprocal(gauss(0, 2)))


def small(value: Scalar) -> int | None:
    """The integer near 0 that this is, if any: sizes, positions, exponents."""
    if isinstance(value, Gauss):
        return None
    signed = value if value < P // 2 else value - P
    return signed if abs(signed) < SMALL else None


def rational(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, P) % P


def sign_of(value: int) -> int:
    """1, 0 or -1: whether a square (the Legendre symbol)."""
    if value == 0:
        return 0
    return 1 if pow(value, (P - 1) // 2, P) == 1 else -1


def root(value: int, exponent: Fraction) -> int:
    """value ** exponent on the squares, a group of odd order; odd roots on everything."""
    if exponent.denominator % 2 == 0 and sign_of(value) < 0:
        raise Again("an even root of something negative")
    if value == 0:
        if exponent < 0:
            raise Again("division by 0")
        return int(exponent == 0)
    size = abs(value if sign_of(value) > 0 else value * (P - 1)) % P
    order = (P - 1) // 2
    found = pow(size, exponent.numerator * pow(exponent.denominator, -1, order) % order, P)
    return found if sign_of(value) > 0 or exponent.numerator % 2 == 0 else -found % P
