"""Limits by SymPy's Gruntz algorithm, taken only where signs are known and digits agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy as sp

from derivcheck.engines.symbolic.region import NeedSign, Range, Region, Undefined, Unsupported
from derivcheck.expr.nodes import Limit

if TYPE_CHECKING:
    from derivcheck.engines.symbolic.reading import Reader

_FAR = sp.Integer(10) ** 6
_NEAR = sp.Rational(1, 10**6)


def limit(reader: Reader, node: Limit) -> sp.Expr:
    """The value of a one-sided limit, or of both sides where they certainly agree."""
    if not reader.on_real_line:
        raise Unsupported("a limit next to complex values")
    point = reader.number(node.point)
    if point == sp.oo:
        return _one_side(reader, node, point, "-")
    if point == -sp.oo:
        return _one_side(reader, node, point, "+")
    if node.side:
        return _one_side(reader, node, point, node.side)
    right, left = (_one_side(reader, node, point, side) for side in ("+", "-"))
    if sp.cancel(right - left) != 0:
        raise Undefined if (right - left).is_nonzero else Unsupported("a two-sided limit")
    return right


def _one_side(reader: Reader, node: Limit, point: sp.Expr, side: str) -> sp.Expr:
    """SymPy's limit on a neighbourhood on which every sign is known.

    Refused: parameters of unknown sign, functions on which SymPy's limit is known to go wrong,
    a result with anything left to evaluate, and a result that the digits near the point deny.
    """
    if not point.is_number:
        raise Unsupported("a limit at a symbolic point")
    symbol = reader.new_variable(node.variable)[0][0]
    outer, before = reader.region, reader.scope
    reader.region = Region(
        {**outer.ranges, symbol: _neighbourhood(point, side)}, outer.facts, outer.fixed
    )
    reader.scope = {**before, node.variable.name: ((symbol,),)}
    try:
        body = reader.without_kinks(reader.number(node.body))
    except NeedSign as need:
        if symbol in need.factor.free_symbols:
            raise Unsupported("a sign near the limit") from None
        raise
    finally:
        reader.region, reader.scope = outer, before
    body = outer.settle(reader.outside(body))
    if body.has(sp.floor, sp.ceiling, sp.gamma, sp.Derivative, sp.Subs):
        raise Unsupported("a limit of a function on which SymPy's limit is not reliable")
    signed = _signed_parameters(body, symbol, outer)
    found = sp.limit(*_with_known_side(body.subs(signed), symbol, point, side))
    found = _restored(found, signed)
    if found.has(sp.Limit, sp.AccumBounds, sp.nan, sp.zoo, sp.oo, -sp.oo, sp.sign, sp.Piecewise):
        raise Unsupported("a limit that SymPy does not finish")
    if not _digits_agree(body, symbol, point, side, found, outer):
        raise Unsupported("a limit that the digits near it do not show")
    return found


def _neighbourhood(point: sp.Expr, side: str) -> Range:
    if point == sp.oo:
        return Range(low=_FAR)
    if point == -sp.oo:
        return Range(high=-_FAR)
    return Range(point, point + _NEAR) if side == "+" else Range(point - _NEAR, point)


def _signed_parameters(
    body: sp.Expr, symbol: sp.Symbol, region: Region
) -> dict[sp.Symbol, sp.Expr]:
    """Each parameter as a positive symbol or minus one. Raises NeedSign where that is not known."""
    found: dict[sp.Symbol, sp.Expr] = {}
    for parameter in sorted(body.free_symbols - {symbol}, key=str):
        if body.is_polynomial(parameter) or not parameter.is_extended_real:
            continue
        positive = sp.Symbol(f"{parameter.name}'", positive=True)
        found[parameter] = positive if region.sign(parameter) > 0 else -positive
    return found


def _restored(found: sp.Expr, signed: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    for parameter, value in signed.items():
        (positive,) = value.free_symbols
        found = found.subs(positive, parameter if value == positive else -parameter)
    return found


def _with_known_side(
    body: sp.Expr, symbol: sp.Symbol, point: sp.Expr, side: str
) -> tuple[sp.Expr, sp.Symbol, sp.Expr]:
    """The same limit as t -> oo of a positive t: SymPy then knows the sign of everything."""
    t = sp.Symbol("t", positive=True)
    if point == sp.oo:
        return body.subs(symbol, t), t, sp.oo
    if point == -sp.oo:
        return body.subs(symbol, -t), t, sp.oo
    return body.subs(symbol, point + (1 / t if side == "+" else -1 / t)), t, sp.oo


def _digits_agree(
    body: sp.Expr, symbol: sp.Symbol, point: sp.Expr, side: str, found: sp.Expr, region: Region
) -> bool:
    """Whether the body comes closer to the value on the way to the point, for sample parameters."""
    parameters = sorted((body.free_symbols | found.free_symbols) - {symbol}, key=str)
    values: dict[sp.Symbol, sp.Expr] = {}
    for position, parameter in enumerate(parameters):
        sign = -1 if region.known_sign(parameter) == -1 else 1
        values[parameter] = sign * sp.Rational(7 + 3 * position, 5)
    target = found.subs(values)
    gaps: list[sp.Expr] = []
    for exponent in (1, 2, 4):
        far = sp.Integer(10) ** exponent
        if point == sp.oo:
            place = far
        elif point == -sp.oo:
            place = -far
        else:
            place = point + 1 / far if side == "+" else point - 1 / far
        value, aim = body.subs({**values, symbol: place}).evalf(40), target.evalf(40)
        if not (value.is_comparable and aim.is_comparable):
            return False
        gaps.append(abs(value - aim))
    return bool(gaps[2] <= gaps[0] and gaps[2] < sp.Rational(1, 20) * (1 + abs(target.evalf())))
