"""Two arguments from analysis beside the algebra: interiors and constant functions."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivcheck.engines.symbolic.region import Range, Region, affine_in_a_symbol

_ENTIRE = (
    sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.tanh, sp.sech, sp.atan, sp.asinh, sp.erf,
)  # fmt: skip
_JUMPS = (sp.floor, sp.ceiling, sp.acot, sp.arg)


def interior(expr: sp.Expr, region: Region) -> Region:
    """The region without the values at which a root or logarithm of the real line is undefined.

    Roots sqrt(u), logarithms log(u), asin(u) … of an affine u of one symbol bound that symbol. The
    bounds are taken open: every function here is continuous where it is defined, so an identity
    on the interior of an interval holds at its ends too.
    """
    if expr.has(*_JUMPS):
        return region
    ranges = dict(region.ranges)
    for u in _never_negative(expr):
        affine = affine_in_a_symbol(u)
        if affine is None or not affine[2].is_number:
            continue
        symbol, slope, root = affine
        if len(u.free_symbols) != 1 or symbol.is_integer:
            continue
        old = ranges.get(symbol, Range())
        ranges[symbol] = old.above(root, True) if slope > 0 else old.below(root, True)
    if any(one.is_empty or one.low == one.high for one in ranges.values()):
        return region
    return Region(ranges, region.facts, region.fixed, region.path)


def _never_negative(expr: sp.Expr) -> list[sp.Expr]:
    found: list[sp.Expr] = []
    for part in sp.preorder_traversal(expr):
        root = part.is_Pow and part.args[1].is_Rational and not part.args[1].is_integer
        if root or isinstance(part, sp.log):
            found.append(part.args[0])
        elif isinstance(part, sp.asin | sp.acos | sp.atanh | sp.erfinv):
            found += [1 - part.args[0], 1 + part.args[0]]
        elif isinstance(part, sp.acosh):
            found.append(part.args[0] - 1)
    return found


def is_nowhere_real(expr: sp.Expr, region: Region) -> bool:
    """Whether the region makes the argument of a root or logarithm negative everywhere."""
    return any(region.known_sign(u) == -1 for u in _never_negative(expr))


def is_defined_at(expr: sp.Expr, point: dict[sp.Symbol, sp.Expr]) -> bool:
    """Whether no root or logarithm of the real line certainly lacks a value at the point."""
    for u in _never_negative(expr):
        value = u.subs(point, simultaneous=True).evalf(30)
        if not value.is_extended_real or value.is_negative:
            return False
    return True


def is_constant_zero(
    expr: sp.Expr, region: Region, is_zero: Callable[[sp.Expr, Region], bool]
) -> bool:
    """0 because the derivative is 0 on an interval and the value at one point is 0.

    Sound on the real line where `expr` is analytic in the symbol on the whole interval; the other
    symbols are then treated one after another.
    """
    symbols = sorted(expr.free_symbols, key=str)
    if not symbols or any(s.is_integer for s in symbols) or not is_analytic(expr, region):
        return False
    symbol = symbols[0]
    if not is_zero(sp.diff(expr, symbol), region):
        return False
    inside = region.ranges.get(symbol, Range())
    for point in points(inside):
        value = expr.subs(symbol, point)
        if value.has(sp.nan, sp.zoo, sp.oo):
            continue
        if value == 0 or is_zero(value, region):
            return True
    return False


def points(inside: Range) -> list[sp.Expr]:
    wanted = [sp.S.Zero, sp.S.One, -sp.S.One, sp.Rational(1, 2), sp.Integer(2), sp.Integer(-2)]
    found = [point for point in wanted if inside.contains(point)]
    if inside.low.is_finite and inside.high.is_finite:
        found.append((inside.low + inside.high) / 2)
    return found[:3]


def is_analytic(expr: sp.Expr, region: Region) -> bool:
    """Whether every function in `expr` is analytic at every point of the region's ranges."""
    if expr.is_Symbol:
        return bool(expr.is_extended_real)
    if expr.is_number:
        return bool(expr.is_finite)
    if not all(is_analytic(arg, region) for arg in expr.args):
        return False
    if expr.is_Add or expr.is_Mul or isinstance(expr, _ENTIRE):
        return True
    if expr.is_Pow:
        base, exponent = expr.args
        if exponent.is_integer and exponent.is_nonnegative:
            return True
        known = region.known_sign(base)
        return known == 1 or (known == -1 and exponent.is_integer is True)
    inner = expr.args[0]
    if isinstance(expr, sp.log | sp.gamma | sp.loggamma):
        return region.known_sign(inner) == 1
    if isinstance(expr, sp.asin | sp.acos | sp.atanh):
        return region.known_sign(1 - inner) == 1 and region.known_sign(1 + inner) == 1
    if isinstance(expr, sp.acosh):
        return region.known_sign(inner - 1) == 1
    return False
