"""Cosines and sines of rational multiples of pi, exactly, as polynomials in k = 2 cos(2 pi/N).

k is an algebraic number with the minimal polynomial of flint's `cos_minpoly`. N is a multiple
of 4, so the sines are among the cosines; the square roots of the primes in N are too (Gauss).
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import flint

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import Restart
from derivcheck.algebra.field import Element, Kernel
from derivcheck.algebra.signs import NEGATIVE, POSITIVE, ZERO

MAX_ORDER = 480


def cos_sin_of_pi(algebra: Algebra, multiple: Fraction) -> tuple[Element, Element]:
    """cos(q pi), sin(q pi)."""
    turn = (multiple / 2) % 1
    order = lcm(4, turn.denominator)
    if order == 4:
        quarter = int(turn * 4)
        return algebra.of((1, 0, -1, 0)[quarter]), algebra.of((0, 1, 0, -1)[quarter])
    current = algebra.hints.get("circle", 1)
    if current % order:
        algebra.hints["circle"] = lcm(current, order)
        if algebra.hints["circle"] > MAX_ORDER:
            raise MemoryError("too fine a division of the circle")
        raise Restart
    place = int(turn * current)
    return cosine(algebra, current, place), cosine(algebra, current, place - current // 4)


def cosine(algebra: Algebra, order: int, place: int) -> Element:
    """cos(2 pi place/order): T_place(k/2), reduced by the minimal polynomial of k."""
    place = min(place % order, -place % order)
    field = algebra.field
    generator = field.kernel(
        f"2*cos(2*pi/{order})",
        sign=POSITIVE if order > 4 else (ZERO if order == 4 else NEGATIVE),
        enclose=lambda: 2 * flint.arb.cos_pi(flint.arb(2) / order),
    )
    minimal = flint.fmpq_poly(flint.fmpz_poly.cos_minpoly(order))
    kernel = field.single(generator.num)
    assert isinstance(kernel, Kernel)
    if kernel.index not in field.relations:
        relation = field.zero.num
        for power, coefficient in enumerate(minimal.coeffs()):
            relation = relation + generator.num**power * coefficient
        field.relate(kernel, relation)
    step = flint.fmpq_poly([0, 1])
    before, now = flint.fmpq_poly([2]), step
    if place == 0:
        return field.one
    for _ in range(place - 1):
        before, now = now, (step * now - before) % minimal
    total = field.zero
    for power, coefficient in enumerate((now % minimal).coeffs()):
        total = total + generator**power * Fraction(int(coefficient.p), int(coefficient.q))
    return total / 2


def square_root_on_circle(algebra: Algebra, prime: int) -> Element | None:
    """sqrt(p) among the cosines in use: sqrt(2) = 2 cos(pi/4); else by Gauss's sum of p terms.

    Σ (k/p) exp(2 pi I k/p) is sqrt(p) for p = 1 mod 4, I sqrt(p) for p = 3 mod 4.
    """
    order = algebra.hints.get("circle", 1)
    if prime == 2:
        return 2 * cosine(algebra, order, order // 8) if order % 8 == 0 else None
    if order % prime:
        return None
    total = algebra.field.zero
    for k in range(1, prime):
        symbol = 1 if pow(k, (prime - 1) // 2, prime) == 1 else -1
        place = k * order // prime
        if prime % 4 == 3:
            place -= order // 4
        total = total + symbol * cosine(algebra, order, place)
    return total
