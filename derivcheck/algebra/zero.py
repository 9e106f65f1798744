"""The zero test: the normal form, then algebraic numbers among the coefficients decided exactly.

An algebraic number e given by nested radicals and cosines is 0 if a ball around it lies within
the root bound of a polynomial that has e as a root: no other root is so close to 0.
"""

from __future__ import annotations

from typing import Any

import flint

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.balls import PRECISION, enclose_polynomial
from derivcheck.algebra.field import Element, Polynomial

MAX_DEGREE = 64


def is_zero(algebra: Algebra, element: Element) -> bool:
    """Sound: coefficients of different monomials in the other kernels are each certainly 0."""
    if element.is_zero:
        return True
    field = algebra.field
    algebraic = {
        i for i in field.relations if field.kernels[i].is_constant and _is_algebraic(algebra, i)
    }
    if not any(element.num.degrees()[i] for i in algebraic):
        return False
    groups: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
    for monomial, coefficient in element.num.terms():
        outer = tuple(0 if i in algebraic else e for i, e in enumerate(monomial))
        inner = tuple(e if i in algebraic else 0 for i, e in enumerate(monomial))
        groups.setdefault(outer, {})[inner] = coefficient
    return all(_number_is_zero(algebra, field.context.from_dict(g)) for g in groups.values())


def _is_algebraic(algebra: Algebra, index: int) -> bool:
    """Whether the kernel's relation leads down to rationals only."""
    field = algebra.field
    if index not in field.relations:
        return False
    others = [k.index for k in field.kernels_of(field.relations[index]) if k.index != index]
    return all(_is_algebraic(algebra, other) for other in others)


def _number_is_zero(algebra: Algebra, number: Polynomial) -> bool:
    if number.is_constant():
        return not number
    field = algebra.field
    before = flint.ctx.prec
    flint.ctx.prec = 4 * PRECISION
    try:
        ball = enclose_polynomial(field, number, {})
        if not ball.contains(0) or not ball.is_finite():
            return False
        polynomial = _annihilator(algebra, number)
        if polynomial is None:
            return False
        return bool(abs(ball) < _root_bound(polynomial))
    finally:
        flint.ctx.prec = before


def _annihilator(algebra: Algebra, number: Polynomial) -> list[Any] | None:
    """Coefficients (lowest first) of a polynomial that vanishes at the number: by resultants."""
    field = algebra.field
    free = next((i for i in range(field.context.nvars()) if i not in field.kernels), None)
    if free is None:
        return None
    unknown = field.context.gen(free)
    current = unknown - number
    degree = 1
    while True:
        indices = [i for i, d in enumerate(current.degrees()) if d and i != free]
        if not indices:
            break
        relation = field.relations[indices[0]]  # newest first: relations only mention older ones
        degree *= int(relation.degrees()[indices[0]])
        if degree > MAX_DEGREE:
            return None
        current = current.resultant(relation, field.context.name(indices[0]))
    coefficients = [flint.fmpq(0)] * (int(current.degrees()[free]) + 1)
    for monomial, coefficient in current.terms():
        coefficients[monomial[free]] = coefficient
    return coefficients


def _root_bound(coefficients: list[Any]) -> Any:
    """Each root other than 0 is at least |c0|/(|c0| + max |ci|) away from 0, c0 the lowest ≠ 0."""
    while coefficients and coefficients[0] == 0:
        coefficients = coefficients[1:]
    lowest = abs(coefficients[0])
    if len(coefficients) == 1:
        return flint.arb("inf")
    return flint.arb(lowest / (lowest + max(abs(c) for c in coefficients[1:])))
