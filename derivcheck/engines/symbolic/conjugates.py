"""The complex conjugate of a formula in z and conj(z), taken as independent symbols."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from derivcheck.engines.symbolic.region import Unsupported

# Real on the real axis and analytic wherever defined: f(conj z) = conj(f(z)).
_REFLECTED = (
    sp.Add, sp.Mul, sp.exp, sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.sinh, sp.cosh,
    sp.tanh, sp.coth, sp.sech, sp.csch, sp.sinc, sp.erf, sp.gamma,
)  # fmt: skip


def conjugate(expr: sp.Expr, pairs: Mapping[sp.Symbol, sp.Symbol]) -> sp.Expr:
    """conj of sums, products, integer powers and reflected functions, part by part.

    A root or logarithm is its own conjugate where its argument is never negative; elsewhere the
    branch cut breaks the symmetry, so there is no answer. Raises Unsupported.
    """
    if expr.is_extended_real:
        return expr
    if isinstance(expr, sp.Symbol):
        return pairs.get(expr, expr)
    if expr == sp.I:
        return -sp.I
    if expr.is_Atom:
        return expr
    if isinstance(expr, _REFLECTED):
        return expr.func(*(conjugate(arg, pairs) for arg in expr.args))
    if isinstance(expr, sp.Pow):
        base, exponent = expr.args
        if exponent.is_integer:
            return conjugate(base, pairs) ** conjugate(exponent, pairs)
        if exponent.is_extended_real and is_sum_of_squares(base, pairs):
            return expr
    if isinstance(expr, sp.log) and is_sum_of_squares(expr.args[0], pairs):
        return expr
    raise Unsupported(f"the conjugate of {expr.func.__name__}")


def is_sum_of_squares(expr: sp.Expr, pairs: Mapping[sp.Symbol, sp.Symbol]) -> bool:
    """Whether every term is visibly not negative: a number, or c |w|**2 with c >= 0."""
    terms = sp.Add.make_args(expr.expand())
    for term in terms:
        factor, rest = term.as_coeff_Mul()
        if factor.is_negative or factor.is_extended_real is not True:
            return False
        powers = rest.as_powers_dict() if rest != 1 else {}
        for base, power in powers.items():
            twin = pairs.get(base)
            matched = twin is not None and powers.get(twin) == power
            even = base.is_extended_real and power.is_even
            if not (matched or even or (base**power).is_nonnegative):
                return False
    return True
