"""Balls around the values of elements: rigorous enclosures, used to decide signs of constants."""

from __future__ import annotations

from typing import Any

import flint

from derivcheck.algebra.field import Element, Field, Polynomial

PRECISION = 333


def enclose(element: Element, point: dict[int, Any], memo: dict[int, Any] | None = None) -> Any:
    """A ball that contains the element's value where atoms have the values of `point`."""
    memo = dict(point) if memo is None else memo
    top = enclose_polynomial(element.field, element.num, memo)
    return top / enclose_polynomial(element.field, element.den, memo)


def enclose_polynomial(field: Field, polynomial: Polynomial, memo: dict[int, Any]) -> Any:
    total = flint.arb(0)
    for monomial, coefficient in polynomial.terms():
        term = flint.arb(coefficient)
        for index, exponent in enumerate(monomial):
            if exponent:
                term = term * _kernel(field, index, memo) ** int(exponent)
        total = total + term
    return total


def _kernel(field: Field, index: int, memo: dict[int, Any]) -> Any:
    if index not in memo:
        kernel = field.kernels[index]
        if kernel.enclose is None:
            memo[index] = flint.arb("nan")
        else:
            memo[index] = kernel.enclose(*(enclose(arg, {}, memo) for arg in kernel.args))
    return memo[index]


def sign_of_constant(field: Field, polynomial: Polynomial) -> int | None:
    """1 or -1 where a ball around the constant keeps clear of 0, else None."""
    before = flint.ctx.prec
    flint.ctx.prec = PRECISION
    try:
        ball = enclose_polynomial(field, polynomial, {})
        return 1 if ball > 0 else -1 if ball < 0 else None
    finally:
        flint.ctx.prec = before
