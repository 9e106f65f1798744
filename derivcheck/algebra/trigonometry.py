"""sin, cos, tan and their inverses on the real line.

The angle is split over its monomials; each is a whole multiple of a basic angle w with one
generator t = tan(w/2): cos w = (1 - t²)/(1 + t²), sin w = 2t/(1 + t²). Sums of angles are
products of the pairs (cos, sin) as complex numbers. Multiples of pi are exact.

t is infinite at w = pi; what does not extend there by continuity has to be proved in a second
chart too, where t = tan((w - pi)/2).
"""

from __future__ import annotations

from fractions import Fraction

import flint

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.circle import cos_sin_of_pi
from derivcheck.algebra.errors import Undefined
from derivcheck.algebra.field import ANY, Element, Kernel, Sign
from derivcheck.algebra.gaussian import atan_rational, pi_multiple
from derivcheck.algebra.powers import in_units, kernel_of, power, terms_of
from derivcheck.algebra.signs import NEGATIVE, POSITIVE

Pair = tuple[Element, Element]
HALF = Fraction(1, 2)


def cos_sin(algebra: Algebra, u: Element) -> Pair:
    """(cos u, sin u)."""
    result: Pair = (algebra.field.one, algebra.field.zero)
    for factor, base in terms_of(algebra, u):
        result = _turned(result, _multiple(algebra, base, factor))
    return result


def _turned(left: Pair, right: Pair) -> Pair:
    """cos(a + b), sin(a + b)."""
    if left[1].is_zero and left[0].rational == 1:
        return right
    return left[0] * right[0] - left[1] * right[1], left[0] * right[1] + left[1] * right[0]


def _repeated(pair: Pair, count: int) -> Pair:
    """cos(n a), sin(n a) by repeated doubling."""
    if count < 0:
        pair, count = (pair[0], -pair[1]), -count
    if count > 100:
        raise MemoryError("a multiple angle is too large")
    result: Pair | None = None
    while count:
        if count & 1:
            result = pair if result is None else _turned(result, pair)
        count >>= 1
        if count:
            pair = _turned(pair, pair)
    return result or (pair[0].field.one, pair[0].field.zero)


def _multiple(algebra: Algebra, base: Element, factor: Fraction) -> Pair:
    kernel = kernel_of(algebra, base)
    if kernel is not None and kernel.name == "pi":
        return cos_sin_of_pi(algebra, factor)
    if kernel is not None and kernel.name in ("asin", "atan", "atan2"):
        pair = _of_inverse(algebra, kernel)
        halvings = factor.denominator.bit_length() - 1
        if factor.denominator == 1 << halvings and (kernel.name != "atan2" or not halvings):
            for _ in range(halvings):
                pair = _halved(algebra, pair)
            return _repeated(pair, factor.numerator)
    if factor.denominator == 1 and base.den.is_one():
        inside = base.kernels
        if any(k.name == "pi" for k in inside) and _is_whole_turns(algebra, base):
            return parity(algebra, base / algebra.pi * factor), algebra.field.zero
    unit, count = in_units(algebra, "angle", base, factor)
    key, angle = f"chart {base}", base * unit
    sign = -1 if algebra.hints.get(key) else 1
    t = _half_tangent(algebra, angle if sign == 1 else angle - algebra.pi)
    quarter = algebra.pi / 2
    # Of an auxiliary atom (of a derivative or limit) only values are used that t has.
    is_auxiliary = any(" at " in atom.name for atom in base.atoms)
    if (
        not base.is_constant
        and not is_auxiliary
        and not (algebra.sign(quarter - angle / 2) == POSITIVE == algebra.sign(quarter + angle / 2))
    ):
        algebra.poles.add(key)
    size = sign * (1 + t**2)
    return _repeated(((1 - t**2) / size, 2 * t / size), count)


def _is_whole_turns(algebra: Algebra, base: Element) -> bool:
    rest = base / algebra.pi
    return is_integer(rest)


def is_integer(element: Element) -> bool:
    """Whether it is a polynomial with integer coefficients in integer kernels."""
    if not element.den.is_one() or not all(k.is_integer for k in element.kernels):
        return False
    return all(c.q == 1 for c in element.num.coeffs())


def parity(algebra: Algebra, n: Element) -> Element:
    """(-1)**n for an integer n: a product of kernels whose square is 1, one for each monomial."""
    result = algebra.field.one
    for factor, base in terms_of(algebra, n):
        if factor % 2 == 0:
            continue
        if base.rational is not None:
            result = -result
            continue
        result = result * _parity_kernel(algebra, base)
    return result


def parity_of_whole(algebra: Algebra, n: Element) -> Element:
    """(-1)**n where only n as a whole is known to be an integer, not its parts."""
    constant = Fraction(0)
    for factor, base in terms_of(algebra, n):
        if base.rational is not None:
            constant = factor * base.rational
    shift = constant.__floor__()
    rest = n - shift
    sign = -1 if shift % 2 else 1
    return algebra.of(sign) if rest.is_zero else sign * _parity_kernel(algebra, rest)


def _parity_kernel(algebra: Algebra, n: Element) -> Element:
    generator = algebra.field.kernel(
        "(-1)**",
        (n,),
        sign=frozenset({-1, 1}),
        partials=None,
        rebuild=lambda u: parity(algebra, u) if is_integer(u) else parity_of_whole(algebra, u),
    )
    kernel = kernel_of(algebra, generator)
    assert kernel is not None
    if kernel.index not in algebra.field.relations:
        algebra.field.relate(kernel, generator.num**2 - 1)
    return generator


def _half_tangent(algebra: Algebra, angle: Element) -> Element:
    """tan(w/2), with the facts about its place that the place of w gives."""
    w = angle / 2

    def sign() -> Sign:
        """tan w > 0 for 0 < w < pi/2, < 0 for -pi/2 < w < 0."""
        own = algebra.sign(w)
        quarter = algebra.pi / 2
        if own == POSITIVE and algebra.sign(quarter - w) == POSITIVE:
            return POSITIVE
        if own == NEGATIVE and algebra.sign(quarter + w) == POSITIVE:
            return NEGATIVE
        return ANY

    t = algebra.opaque(
        "tan",
        (w,),
        lambda: (1 + t**2,),
        lambda u: tangent(algebra, u),
        sign=sign,
        enclose=lambda u: u.tan(),
    )
    _learn_place(algebra, w, t)
    return t


def learn_angles(algebra: Algebra) -> None:
    """What the facts of the case say about each angle, as facts about its tangent."""
    for kernel in list(algebra.field.kernels.values()):
        if kernel.name == "tan":
            _learn_place(algebra, kernel.args[0], algebra.field.generator(kernel))


def _learn_place(algebra: Algebra, w: Element, t: Element) -> None:
    """|t| < 1 for |w| < pi/4; t > 1 for pi/4 < w < pi/2; t < -1 for -pi/2 < w < -pi/4."""
    if not algebra.facts.signs or w.is_constant:
        return
    eighth = algebra.pi / 4
    below, above = algebra.sign(eighth - w), algebra.sign(eighth + w)
    if below == POSITIVE == above:
        algebra.facts.learn(1 - t, POSITIVE)
        algebra.facts.learn(1 + t, POSITIVE)
    elif below == NEGATIVE and algebra.sign(2 * eighth - w) == POSITIVE:
        algebra.facts.learn(t - 1, POSITIVE)
    elif above == NEGATIVE and algebra.sign(2 * eighth + w) == POSITIVE:
        algebra.facts.learn(-1 - t, POSITIVE)


def tangent(algebra: Algebra, u: Element) -> Element:
    cosine, sine = cos_sin(algebra, u)
    return sine / cosine


def _of_inverse(algebra: Algebra, kernel: Kernel) -> Pair:
    """cos and sin of asin(v): sqrt(1 - v²), v; of atan(v): 1/sqrt(1 + v²), v/sqrt(1 + v²).

    Of atan2(y, x): x/r, y/r.
    """
    v = kernel.args[0]
    if kernel.name == "atan2":
        size = power(algebra, v**2 + kernel.args[1] ** 2, HALF)
        return kernel.args[1] / size, v / size
    if kernel.name == "asin":
        return power(algebra, 1 - v**2, HALF), v
    length = power(algebra, 1 + v**2, HALF)
    return 1 / length, v / length


def _halved(algebra: Algebra, pair: Pair) -> Pair:
    """Of half an angle in (-pi, pi): its cosine is sqrt((1 + c)/2) > 0, its sine s/(2 cosine)."""
    cosine = power(algebra, (1 + pair[0]) / 2, HALF)
    return cosine, pair[1] / (2 * cosine)


# -- inverse functions ----------------------------------------------------------------------------


def leads_negative(u: Element) -> bool:
    """A choice between u and -u, for odd functions."""
    return bool(u.num.leading_coefficient() < 0)


def atan(algebra: Algebra, u: Element) -> Element:
    """atan(u), odd; of a rational number through Gaussian primes; multiples of pi recognised."""
    if u.is_zero:
        return u
    if leads_negative(u):
        return -atan(algebra, -u)
    if u.rational is not None:
        return atan_rational(algebra, u.rational)
    if u.is_constant:
        known = pi_multiple(algebra, u, "atan")
        if known is not None:
            return algebra.pi * known
    kernel = kernel_of(algebra, u)
    if kernel is not None and kernel.name == "tan":
        angle, quarter = kernel.args[0], algebra.pi / 2
        if algebra.sign(quarter - angle) == POSITIVE == algebra.sign(quarter + angle):
            return angle
    return algebra.opaque(
        "atan",
        (u,),
        lambda: (1 / (1 + u**2),),
        lambda v: atan(algebra, v),
        sign=lambda: algebra.sign(u),
        enclose=flint.arb.atan,
    )


def asin(algebra: Algebra, u: Element) -> Element:
    """asin(u) for |u| <= 1, odd; multiples of pi recognised."""
    if u.is_zero:
        return u
    if algebra.sign(1 - u) == NEGATIVE or algebra.sign(1 + u) == NEGATIVE:
        raise Undefined("asin beyond 1")
    if leads_negative(u):
        return -asin(algebra, -u)
    if u.is_constant:
        known = pi_multiple(algebra, u, "asin")
        if known is not None:
            return algebra.pi * known
    return algebra.opaque(
        "asin",
        (u,),
        lambda: (1 / power(algebra, 1 - u**2, HALF),),
        lambda v: asin(algebra, v),
        sign=lambda: algebra.sign(u),
        enclose=flint.arb.asin,
    )


def acos(algebra: Algebra, u: Element) -> Element:
    """pi/2 - asin(u)."""
    return algebra.pi / 2 - asin(algebra, u)
