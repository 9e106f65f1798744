"""Arctangents of numbers: sums over Gaussian primes, and rational multiples of pi.

atan(p/q) is the argument of q + pI = unit · Π (a + bI)**e over Gaussian primes, so it is a
whole combination of the angles atan(b/a), 0 < b < a, of the primes, plus a multiple of pi/4 that
a ball fixes. Machin-like formulas are then sums that cancel.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import flint

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.balls import PRECISION, enclose
from derivcheck.algebra.circle import cos_sin_of_pi
from derivcheck.algebra.field import Element
from derivcheck.algebra.signs import POSITIVE

MAX_NORM = 10**24
DENOMINATORS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 24, 30, 32, 60)


def atan_rational(algebra: Algebra, value: Fraction) -> Element:
    """atan(p/q) over angles of Gaussian primes; of an integer too large to factor, a kernel."""
    p, q = value.numerator, value.denominator
    norm = p * p + q * q
    if norm > MAX_NORM:
        return _angle(algebra, value)
    total = algebra.field.zero
    before = flint.ctx.prec
    flint.ctx.prec = PRECISION
    try:
        difference = flint.arb(flint.fmpq(p, q)).atan()
        for prime, exponent in flint.fmpz(norm).factor():
            number, multiple = int(prime), int(exponent)
            if number == 2:
                continue  # 1 + I: a multiple of pi/4, found with the rest
            a, b = _two_squares(number)
            # p and q have no common factor, so only one of a + bI, a - bI divides q + pI.
            signed = multiple if (q * a + p * b) % number == 0 else -multiple
            if (p, q) == (b, a):
                return _angle(algebra, value)
            total = total + signed * _angle(algebra, Fraction(b, a))
            difference = difference - signed * flint.arb(flint.fmpq(b, a)).atan()
        eighths = (difference * 4 / flint.arb.pi()).unique_fmpz()
        assert eighths is not None
        return total + algebra.pi * Fraction(int(eighths), 4)
    finally:
        flint.ctx.prec = before


def _angle(algebra: Algebra, value: Fraction) -> Element:
    from derivcheck.algebra.trigonometry import atan

    return algebra.opaque(
        "atan",
        (algebra.of(value),),
        lambda: (algebra.of(1 / (1 + value**2)),),
        lambda v: atan(algebra, v),
        sign=POSITIVE,
        enclose=flint.arb.atan,
    )


def _two_squares(prime: int) -> tuple[int, int]:
    """a > b > 0 with a² + b² = p, for a prime p = 1 mod 4 (Cornacchia)."""
    residue = next(
        r for r in (pow(g, (prime - 1) // 4, prime) for g in range(2, prime))
        if r * r % prime == prime - 1
    )  # fmt: skip
    large, small = prime, residue
    while small * small > prime:
        large, small = small, large % small
    other = isqrt(prime - small * small)
    return max(small, other), min(small, other)


def pi_multiple(algebra: Algebra, u: Element, inverse: str) -> Fraction | None:
    """q with asin(u) = q pi, or atan(u) = q pi: guessed from a ball, then verified exactly.

    Sound: sin is one to one on [-pi/2, pi/2], tan between -pi/2 and pi/2, and q is in there.
    """
    before = flint.ctx.prec
    flint.ctx.prec = PRECISION
    try:
        ball = enclose(u, {})
        ratio = (ball.asin() if inverse == "asin" else ball.atan()) / flint.arb.pi()
        if not ratio.is_finite():
            return None
        guess = None
        for denominator in DENOMINATORS:
            numerator = (ratio * denominator).unique_fmpz()
            if numerator is not None:
                guess = Fraction(int(numerator), denominator)
                break
    finally:
        flint.ctx.prec = before
    if guess is None or abs(guess) > Fraction(1, 2):
        return None
    cosine, sine = cos_sin_of_pi(algebra, guess)
    defect = sine - u if inverse == "asin" else sine - u * cosine
    return guess if algebra.is_zero(defect) else None
