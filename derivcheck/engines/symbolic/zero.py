"""Whether a SymPy expression is 0 wherever it is defined: exactly, or no answer.

As a rational function of its kernels: 0 as such means 0 at every point where the kernels have
values. Beside that: constants, and functions whose derivative is 0.
"""

from __future__ import annotations

import sympy as sp

from derivcheck.engines.symbolic.constants import is_zero_number
from derivcheck.engines.symbolic.continuation import interior, is_constant_zero
from derivcheck.engines.symbolic.kernels import Kernels
from derivcheck.engines.symbolic.region import Region, Unsupported
from derivcheck.engines.symbolic.special import with_two_orders

MAX_OPERATIONS = 6_000


def is_zero(expr: sp.Expr, region: Region, on_real_line: bool) -> bool:
    """Whether the expression is 0 wherever it is defined on the region.

    Raises NeedSign where a root's sign would help, Unsupported where a kernel has no rule.
    """
    expr = region.settle(expr)
    if on_real_line:
        region = interior(expr, region)

    def cancels(part: sp.Expr, where: Region) -> bool:
        return _cancels(part, where, on_real_line)

    if cancels(expr, region):
        return True
    return on_real_line and is_constant_zero(expr, region, cancels)


def _cancels(expr: sp.Expr, region: Region, on_real_line: bool) -> bool:
    """Whether the expression is 0 as a rational function of its kernels."""
    if expr == 0:
        return True
    if sp.count_ops(expr) > MAX_OPERATIONS:
        raise Unsupported("a difference of more than 6000 operations")
    if expr.has(sp.gamma, sp.polygamma, sp.loggamma):
        expr = sp.expand_func(expr)
    if expr.has(sp.besselj):
        expr = with_two_orders(expr)
    if _vanishes(expr, region, on_real_line):
        return True
    if expr.has(sp.gamma) and sp.count_ops(expr) <= 100:
        return _vanishes(sp.gammasimp(expr), region, on_real_line)
    return bool(expr.is_number and is_zero_number(expr))


def _vanishes(expr: sp.Expr, region: Region, on_real_line: bool) -> bool:
    kernels = Kernels(region, on_real_line)
    found = kernels.read(expr)
    for _ in range(3):
        above = sp.expand(sp.fraction(sp.together(found))[0])
        if above == 0:
            return True
        found = kernels.reduce(above)
    return bool(sp.expand(found) == 0)
