"""erf, gamma, digamma, polygamma, Bessel: kernels with their recurrences and derivatives."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, factorial, floor

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import Undefined, Unsupported
from derivcheck.algebra.field import ANY, Element, Sign
from derivcheck.algebra.powers import exp, kernel_of, log_absolute, power
from derivcheck.algebra.signs import POSITIVE
from derivcheck.algebra.trigonometry import cos_sin, leads_negative

MAX_SHIFT = 60


def erf(algebra: Algebra, u: Element) -> Element:
    """Odd; erf' = 2/sqrt(pi) exp(-u²); erf(erfinv(v)) = v."""
    if u.is_zero:
        return u
    if leads_negative(u):
        return -erf(algebra, -u)
    kernel = kernel_of(algebra, u)
    if kernel is not None and kernel.name == "erfinv":
        return kernel.args[0]
    return algebra.opaque(
        "erf",
        (u,),
        lambda: (2 * exp(algebra, -(u**2)) / power(algebra, algebra.pi, Fraction(1, 2)),),
        lambda v: erf(algebra, v),
        sign=lambda: algebra.sign(u),
        enclose=lambda v: v.erf(),
    )


def erfinv(algebra: Algebra, u: Element) -> Element:
    """Odd; erfinv' = sqrt(pi)/2 exp(erfinv²); erfinv(erf(v)) = v."""
    if u.is_zero:
        return u
    if leads_negative(u):
        return -erfinv(algebra, -u)
    kernel = kernel_of(algebra, u)
    if kernel is not None and kernel.name == "erf":
        return kernel.args[0]

    def partials() -> tuple[Element]:
        root = power(algebra, algebra.pi, Fraction(1, 2))
        return (root / 2 * exp(algebra, result**2),)

    result = algebra.opaque(
        "erfinv", (u,), partials, lambda v: erfinv(algebra, v), sign=lambda: algebra.sign(u)
    )
    return result


# -- gamma ----------------------------------------------------------------------------------------


def shifted(algebra: Algebra, u: Element) -> tuple[Element, int]:
    """u = base + n, n whole; the constant term of base is in [0, 1), of a number in (0, 1]."""
    if not u.den.is_one():
        return u, 0
    constant = Fraction(0)
    for monomial, coefficient in u.num.terms():
        if not any(monomial):
            constant = Fraction(int(coefficient.p), int(coefficient.q))
    shift = floor(constant) if u.rational is None else ceil(constant) - 1
    if abs(shift) > MAX_SHIFT:
        raise MemoryError("an argument is shifted too far")
    return u - shift, shift


def _reflects(u: Element) -> bool:
    return u.rational is None and leads_negative(u)


def gamma(algebra: Algebra, u: Element) -> Element:
    """gamma(x+1) = x gamma(x); gamma(x) gamma(1-x) = pi/sin(pi x); gamma(1/2) = sqrt(pi)."""
    value = u.rational
    if value is not None and value.denominator == 1 and value <= 0:
        raise Undefined("gamma at a pole")
    if _reflects(u):
        sine = cos_sin(algebra, algebra.pi * u)[1]
        return algebra.pi / (sine * gamma(algebra, 1 - u))
    base, shift = shifted(algebra, u)
    result = _gamma_kernel(algebra, base)
    for k in range(shift):
        result = result * (base + k)
    for k in range(1, -shift + 1):
        result = result / (base - k)
    return result


def _gamma_kernel(algebra: Algebra, u: Element) -> Element:
    if u.rational == 1:
        return algebra.field.one
    if u.rational == Fraction(1, 2):
        return power(algebra, algebra.pi, Fraction(1, 2))

    def sign() -> Sign:
        return POSITIVE if algebra.sign(u) == POSITIVE else frozenset({-1, 1})

    result = algebra.opaque(
        "gamma",
        (u,),
        lambda: (result * digamma(algebra, u),),
        lambda v: gamma(algebra, v),
        sign=sign,
        enclose=lambda v: v.gamma(),
    )
    return result


def loggamma(algebra: Algebra, u: Element) -> Element:
    """log(gamma(u)) for u > 0."""
    if algebra.sign(u) != POSITIVE:
        raise Unsupported("loggamma of an argument not known to be positive")
    return log_absolute(algebra, gamma(algebra, u))


def digamma(algebra: Algebra, u: Element) -> Element:
    """psi(x+1) = psi(x) + 1/x; psi(1-x) = psi(x) + pi cot(pi x); derivative polygamma(1, x)."""
    return polygamma(algebra, algebra.field.zero, u)


def polygamma(algebra: Algebra, order: Element, u: Element) -> Element:
    """psi_k(x+1) = psi_k(x) + (-1)**k k!/x**(k+1), for a whole number k >= 0."""
    k = order.rational
    if k is None or k.denominator != 1 or not 0 <= k <= 20:
        raise Unsupported("polygamma of an order that is not a small whole number")
    n, value = int(k), u.rational
    if value is not None and value.denominator == 1 and value <= 0:
        raise Undefined("polygamma at a pole")
    if n == 0 and _reflects(u):
        cosine, sine = cos_sin(algebra, algebra.pi * u)
        return digamma(algebra, 1 - u) - algebra.pi * cosine / sine
    base, shift = shifted(algebra, u)
    result = _polygamma_kernel(algebra, n, base)
    scale = (-1) ** n * factorial(n)
    for i in range(shift):
        result = result + scale / (base + i) ** (n + 1)
    for i in range(1, -shift + 1):
        result = result - scale / (base - i) ** (n + 1)
    return result


def _polygamma_kernel(algebra: Algebra, n: int, u: Element) -> Element:
    """psi(1/2) = psi(1) - 2 log 2; psi_1(1) = pi²/6, psi_1(1/2) = pi²/2."""
    if n == 0 and u.rational == Fraction(1, 2):
        return digamma(algebra, algebra.field.one) - 2 * log_absolute(algebra, algebra.of(2))
    if n == 1 and u.rational in (1, Fraction(1, 2)):
        return algebra.pi**2 / (6 if u.rational == 1 else 2)
    order = algebra.of(n)

    def sign() -> Sign:
        if n == 0 or algebra.sign(u) != POSITIVE:
            return ANY
        return frozenset({1 if n % 2 else -1})

    return algebra.opaque(
        "polygamma",
        (order, u),
        lambda: (algebra.field.zero, polygamma(algebra, algebra.of(n + 1), u)),
        lambda _, v: polygamma(algebra, order, v),
        sign=sign,
    )


def besselj(algebra: Algebra, order: Element, u: Element) -> Element:
    """J_{v+1} = 2v/x J_v - J_{v-1}; J_{-n} = (-1)**n J_n; J_v' = (J_{v-1} - J_{v+1})/2."""
    value = order.rational
    if value is not None and value.denominator == 1:
        if value < 0:
            return besselj(algebra, -order, u) * (-1 if value % 2 else 1)
        if u.is_zero:
            return algebra.of(1 if value == 0 else 0)
        if leads_negative(u):
            return besselj(algebra, order, -u) * (-1 if value % 2 else 1)
    if u.is_zero:
        raise Unsupported("a Bessel function of this order at 0")
    shift = shifted(algebra, order)[1]
    if value is not None and value.denominator == 1:
        shift = int(value)
    if shift > 1:
        lower = order - 1
        return 2 * lower / u * besselj(algebra, lower, u) - besselj(algebra, order - 2, u)
    if shift < 0:
        upper = order + 1
        return 2 * upper / u * besselj(algebra, upper, u) - besselj(algebra, order + 2, u)

    def partials() -> tuple[Element, Element]:
        if not order.is_constant:
            raise Unsupported("a derivative of a Bessel function by its order")
        lower, upper = besselj(algebra, order - 1, u), besselj(algebra, order + 1, u)
        return algebra.field.zero, (lower - upper) / 2

    return algebra.opaque("besselj", (order, u), partials, lambda v, w: besselj(algebra, v, w))
