"""Identities between numbers that need their own arguments."""

from __future__ import annotations

import math

import sympy as sp

MAX_FACTOR = 400


def is_zero_number(expr: sp.Expr) -> bool:
    """Zero by the minimal polynomial (nested roots, cos(k pi/n)) or by arctangents."""
    return _is_zero_of_arctangents(expr) or _is_zero_algebraic(expr)


def _is_zero_algebraic(expr: sp.Expr) -> bool:
    if sp.count_ops(expr) > 60 or not expr.is_algebraic:
        return False
    name = sp.Dummy("t")
    try:
        return bool(sp.minimal_polynomial(expr, name) == name)
    except (NotImplementedError, ValueError):
        return False


def _is_zero_of_arctangents(expr: sp.Expr) -> bool:
    """sum k atan(q) + r pi with rational k, q, r, such as Machin's formula.

    Times a common denominator it is the argument of a product P of Gaussian rationals
    (1 + q I)**k and (1 + I)**(4 r), up to a multiple of 2 pi. So it is 0 when P > 0 and its
    value, known to many digits, is less than 1 in size.
    """
    terms: list[tuple[sp.Expr, sp.Rational]] = []
    for term in sp.Add.make_args(sp.expand(expr)):
        factor, rest = term.as_coeff_Mul()
        if rest == sp.pi:
            terms.append((sp.S.One, 4 * factor))
        elif isinstance(rest, sp.atan) and rest.args[0].is_Rational:
            terms.append((rest.args[0], factor))
        else:
            return False
    common = math.lcm(*(int(factor.q) for _, factor in terms))
    if sum(abs(factor * common) for _, factor in terms) > MAX_FACTOR:
        return False
    real, imaginary = sp.S.One, sp.S.Zero
    for slope, factor in terms:
        slope = slope if factor > 0 else -slope
        for _ in range(int(abs(factor * common))):
            real, imaginary = real - imaginary * slope, imaginary + real * slope
    value = (common * expr).evalf(30)
    return bool(imaginary == 0 and real > 0 and abs(value) < 1)
