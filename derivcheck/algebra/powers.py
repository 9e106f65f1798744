"""exp, log, roots and powers of real elements.

exp(Σ q m) is split over the monomials m of its argument, so equal exponentials become equal
monomials: exp(q m) is a power of one generator exp(m/unit), the unit fine enough for all q.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor, lcm
from typing import Any

import flint

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.circle import square_root_on_circle
from derivcheck.algebra.errors import Restart, SignNeeded, Undefined
from derivcheck.algebra.field import ANY, Element, Kernel, Polynomial, Sign
from derivcheck.algebra.signs import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO

MAX_FACTORED = 10**40


def rational_of(number: Any) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def terms_of(algebra: Algebra, u: Element) -> list[tuple[Fraction, Element]]:
    """u as a sum of rational multiples of monomials and of one proper fraction."""
    field = algebra.field
    if u.den.is_one():
        whole, rest = u.num, field.zero.num
    else:
        whole, rest = divmod(u.num, u.den)
    parts = []
    for monomial, coefficient in whole.terms():
        base = field.polynomial(field.context.from_dict({monomial: 1}))
        parts.append((rational_of(coefficient), base))
    if rest:
        lead = rest.leading_coefficient()
        parts.append((rational_of(lead), field.quotient(rest / lead, u.den)))
    return parts


def kernel_of(algebra: Algebra, element: Element) -> Kernel | None:
    """The kernel this element just is, or None."""
    return algebra.field.single(element.num) if element.den.is_one() else None


def exp(algebra: Algebra, u: Element) -> Element:
    """exp(u); exp(q log|f|) is |f|**q."""
    result = algebra.field.one
    for factor, base in terms_of(algebra, u):
        kernel = kernel_of(algebra, base)
        if kernel is not None and kernel.name == "log":
            result = result * absolute_power(algebra, kernel.args[0], factor)
        else:
            result = result * _exp_multiple(algebra, base, factor)
    return result


def in_units(algebra: Algebra, kind: str, base: Element, factor: Fraction) -> tuple[Fraction, int]:
    """(unit, k) with factor = k unit; the unit is the common divisor of the factors of this base.

    A factor that asks for a smaller unit is a Restart.
    """
    top, bottom = f"{kind} {base} numerator", f"{kind} {base} denominator"
    if top not in algebra.hints:
        algebra.hints[top], algebra.hints[bottom] = abs(factor.numerator), factor.denominator
    unit = Fraction(algebra.hints[top], algebra.hints[bottom])
    count = factor / unit
    if count.denominator != 1:
        unit = unit / count.denominator
        algebra.hints[top], algebra.hints[bottom] = unit.numerator, unit.denominator
        raise Restart
    return unit, int(count)


def _exp_multiple(algebra: Algebra, base: Element, factor: Fraction) -> Element:
    unit, count = in_units(algebra, "exp", base, factor)
    generator = algebra.field.kernel(
        "exp",
        (base * unit,),
        sign=POSITIVE,
        partials=lambda: (generator,),
        rebuild=lambda u: exp(algebra, u),
        enclose=lambda u: u.exp(),
    )
    return generator**count


def log_absolute(algebra: Algebra, u: Element) -> Element:
    """log|u| = log|c| + Σ e log|f| over the irreducible factors of u = c Π f**e, for u ≠ 0."""
    if u.is_zero:
        raise Undefined("log of 0")
    constant, factors = algebra.field.factored(u)
    total = _log_rational(algebra, abs(constant))
    for factor, exponent in factors:
        total = total + exponent * _log_factor(algebra, factor)
    return total


def _log_rational(algebra: Algebra, value: Fraction) -> Element:
    total = algebra.field.zero
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        if number > MAX_FACTORED:
            raise MemoryError("a number too large to factor")
        for prime, exponent in flint.fmpz(number).factor():
            total = total + sign * int(exponent) * _log_kernel(algebra, algebra.of(int(prime)))
    return total


def _log_kernel(algebra: Algebra, f: Element) -> Element:
    def sign() -> Sign:
        """log f > 0 where f > 1, < 0 where 0 < f < 1."""
        if algebra.sign(f) != POSITIVE:
            return ANY
        return algebra.sign(f - 1)

    return algebra.opaque(
        "log",
        (f,),
        lambda: (1 / f,),
        lambda u: log_absolute(algebra, u),
        sign=sign,
        enclose=lambda u: abs(u).log(),
    )


def _log_factor(algebra: Algebra, factor: Polynomial) -> Element:
    """log|f| of an irreducible f; where f = a - b R for a square root R, through its conjugate.

    log|a - b R| = log|a² - b² R²| - log|a + b R|, so that one of the two is a kernel only.
    """
    field = algebra.field
    kernel = field.single(factor)
    if kernel is not None and kernel.name == "exp":
        return kernel.args[0]
    if kernel is not None and kernel.name == "root":
        return log_absolute(algebra, kernel.args[0]) / kernel.args[1]
    for found in field.kernels_of(factor):
        if found.name != "root" or found.args[1].rational != 2:
            continue
        parts = field.split(factor, found.index)
        if set(parts) != {0, 1}:
            continue
        if rational_of(parts[0].leading_coefficient()) > 0:
            break
        other = parts[0] - parts[1] * field.context.gen(found.index)
        norm = field.polynomial(factor * other)
        if norm.is_zero:
            break
        conjugate = _log_kernel(algebra, field.polynomial(other / other.leading_coefficient()))
        return log_absolute(algebra, norm) - conjugate
    return _log_kernel(algebra, field.polynomial(factor))


# -- powers ---------------------------------------------------------------------------------------


def absolute_power(algebra: Algebra, f: Element, exponent: Fraction) -> Element:
    """|f|**q. Raises SignNeeded where f's sign decides."""
    value = f.rational
    if value is not None:
        return rational_power(algebra, abs(value), exponent)
    result = rational_power(algebra, abs(algebra.field.factored(f)[0]), exponent)
    for factor, multiple in algebra.field.factored(f)[1]:
        result = result * _factor_power(algebra, factor, multiple * exponent)
    return result


def _factor_power(algebra: Algebra, factor: Polynomial, exponent: Fraction) -> Element:
    """|f|**q of an irreducible f."""
    element = algebra.field.polynomial(factor)
    if exponent.denominator == 1 and exponent.numerator % 2 == 0:
        return element ** int(exponent)
    kernel = algebra.field.single(factor)
    if kernel is not None and kernel.name == "exp":
        return exp(algebra, kernel.args[0] * exponent)
    if kernel is not None and kernel.name == "root" and exponent.denominator > 1:
        return root(algebra, kernel.args[0], exponent / _degree(kernel))
    return root(algebra, element * algebra.polynomial_sign(factor), exponent)


def _degree(kernel: Kernel) -> Fraction:
    degree = kernel.args[1].rational
    assert degree is not None
    return degree


def root(algebra: Algebra, g: Element, exponent: Fraction) -> Element:
    """g**q for g >= 0, a polynomial: powers of one kernel R = g**(1/unit) with R**unit = g."""
    if exponent.denominator == 1:
        return g ** int(exponent)
    key = f"root {g}"
    unit = algebra.hints.setdefault(key, exponent.denominator)
    if unit % exponent.denominator:
        algebra.hints[key] = lcm(unit, exponent.denominator)
        raise Restart

    def partials() -> tuple[Element, Element]:
        return generator / (unit * g), algebra.field.zero

    generator = algebra.field.kernel(
        "root",
        (g, algebra.of(unit)),
        sign=lambda: algebra.sign(g) & NONNEGATIVE,
        partials=partials,
        rebuild=lambda u, _: power(algebra, u, Fraction(1, unit)),
        enclose=lambda u, _: u.root(unit) if u >= 0 else flint.arb("nan"),
    )
    kernel = kernel_of(algebra, generator)
    assert kernel is not None
    if kernel.index not in algebra.field.relations:
        algebra.field.relate(kernel, generator.num**unit - g.num)
    return generator ** int(exponent * unit)


def rational_power(algebra: Algebra, value: Fraction, exponent: Fraction) -> Element:
    """c**q for a rational c >= 0, through the prime factors of c."""
    if value == 0:
        if exponent <= 0:
            raise Undefined("0 to a negative power")
        return algebra.field.zero
    if exponent.denominator == 1 and abs(exponent) < 2000:
        return algebra.of(Fraction(value ** int(exponent)))
    result = algebra.field.one
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        if number > MAX_FACTORED or abs(exponent) > 2000:
            raise MemoryError("a number too large to factor")
        for prime, multiple in flint.fmpz(number).factor():
            power_of_prime = sign * int(multiple) * exponent
            whole = floor(power_of_prime)
            rest = power_of_prime - whole
            result = result * algebra.of(int(prime)) ** whole
            if rest:
                found = None
                if rest == Fraction(1, 2):
                    found = square_root_on_circle(algebra, int(prime))
                result = result * (found or root(algebra, algebra.of(int(prime)), rest))
    return result


def power(algebra: Algebra, a: Element, exponent: Fraction) -> Element:
    """a**q on the real line, for a not integer q where a >= 0 (elsewhere it has no value).

    Factors of even power or known sign go by themselves; the product g of the others is known to
    have the sign that makes a >= 0, and is one root.
    """
    if exponent.denominator == 1:
        return a ** int(exponent)
    if a.is_zero:
        return rational_power(algebra, Fraction(0), exponent)
    if algebra.sign(a) == NEGATIVE:
        raise Undefined("a root of a negative number")
    constant, factors = algebra.field.factored(a)
    result = rational_power(algebra, abs(constant), exponent)
    sign = 1 if constant > 0 else -1
    unknown: list[tuple[Polynomial, int]] = []
    for factor, multiple in factors:
        if multiple % 2:
            known = algebra.facts.sign(factor)
            if known <= POSITIVE | ZERO:
                pass
            elif known <= NEGATIVE | ZERO:
                sign = -sign
            else:
                unknown.append((factor, multiple))
                continue
        result = result * _factor_power(algebra, factor, multiple * exponent)
    if unknown:
        if len({multiple for _, multiple in unknown}) > 1:
            raise SignNeeded(unknown[0][0])
        product = algebra.field.one
        for factor, _ in unknown:
            product = product * algebra.field.polynomial(factor)
        result = result * root(algebra, product * sign, unknown[0][1] * exponent)
    return result
