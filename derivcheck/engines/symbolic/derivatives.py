"""Derivatives of explicit entries, with the rules for kinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.function import AppliedUndef

from derivcheck.engines.symbolic import arrays
from derivcheck.engines.symbolic.arrays import Grid, each, fill
from derivcheck.engines.symbolic.region import (
    NeedSign,
    Undefined,
    Unsupported,
    affine_in_a_symbol,
    is_finite_form,
    slope_value,
)
from derivcheck.expr.nodes import Derivative, Expr, Target

if TYPE_CHECKING:
    from derivcheck.engines.symbolic.reading import Reader

MAX_OPERATIONS = 20_000


class Kinks:
    """What a derivative does with an expression that is 0 at the point and moves with `targets`.

    side 0: remember it. side +1 or -1: give the sign it has where the first one found, `kink`, is
    positive or negative.
    """

    def __init__(
        self, targets: set[sp.Symbol], depth: int, side: int = 0, kink: sp.Expr | None = None
    ) -> None:
        self.targets, self.depth, self.side, self.kink = targets, depth, side, kink

    def sign(self, reader: Reader, expr: sp.Expr) -> int:
        """The sign of an expression that vanishes at the point, on this side of the kink."""
        if not expr.free_symbols & self.targets:
            return 0
        constant, factors = sp.factor_list(sp.numer(sp.together(expr)))
        below = reader.region.sign(reader.outside(sp.denom(sp.together(expr)), self.depth))
        result = reader.region.sign(constant) * below
        for factor, power in factors:
            sign = reader.region.sign(reader.outside(factor, self.depth))
            if sign == 0:
                sign = self._side_of(factor)
            result *= sign**power
        return result

    def _side_of(self, factor: sp.Expr) -> int:
        if not factor.free_symbols & self.targets:
            return 0
        if self.kink is None:
            self.kink = factor
        if (factor - self.kink).expand() == 0:
            return self.side
        if (factor + self.kink).expand() == 0:
            return -self.side
        raise Unsupported("two different kinks at one point")


def derivative(reader: Reader, node: Derivative) -> Grid:
    """The entries of diff, grad, jac or hess."""
    if node.structured:
        return _structured(reader, node)
    match node.kind:
        case "diff":
            symbols = [s for target in node.targets for s in _symbols(reader, target)]
            return partial(reader, node.body, symbols)
        case "grad":
            variable = _entries(reader, node.targets[0])
            rows, cols = arrays.extent(variable)
            return fill(rows, cols, lambda i, j: partial(reader, node.body, [variable[i][j]])[0][0])
        case "jac":
            flat = arrays.entries(_entries(reader, node.targets[0]))
            columns = [_column(reader, node.body, symbol) for symbol in flat]
            return fill(len(columns[0]), len(columns), lambda i, j: columns[j][i])
        case "hess":
            flat = arrays.entries(_entries(reader, node.targets[0]))
            return fill(
                len(flat),
                len(flat),
                lambda i, j: partial(reader, node.body, [flat[i], flat[j]])[0][0],
            )


def _column(reader: Reader, body: Expr, symbol: sp.Symbol) -> list[sp.Expr]:
    try:
        return arrays.entries(partial(reader, body, [symbol]))
    except Undefined:
        return [sp.nan] * reader.extent(body.shape.size)


def _structured(reader: Reader, node: Derivative) -> Grid:
    """By the independent entries of a symmetric matrix: G + G.T - diag(G) of the free G."""
    free = Derivative(node.kind, node.body, node.targets, node.shape)
    grid = derivative(reader, free)
    return fill(
        len(grid), len(grid), lambda i, j: grid[i][j] if i == j else grid[i][j] + grid[j][i]
    )


def _entries(reader: Reader, target: Target) -> Grid:
    grid = reader.variable(target.variable)
    if target.conjugate:
        return each(lambda symbol: reader.words.conjugates.get(symbol, symbol), grid)
    return grid


def _symbols(reader: Reader, target: Target) -> list[sp.Symbol]:
    grid = _entries(reader, target)
    if target.entry is None:
        return [grid[0][0]] * target.order
    row, col = (
        reader.positions(e, n) for e, n in zip(target.entry, arrays.extent(grid), strict=True)
    )
    return [grid[row[0]][col[0]]] * target.order


def partial(reader: Reader, body: Expr, symbols: list[sp.Symbol]) -> Grid:
    """The derivative of `body` by `symbols` in turn, on the reader's region.

    Where an expression that decides a case vanishes at the point and crosses 0 with each of the
    symbols, the derivative, if it exists, equals that of both smooth pieces: a difference quotient
    may run through either side. So different slopes mean: undefined; else either piece serves.
    """
    if reader.kinks is not None and reader.kinks.side:
        if not set(symbols) <= reader.kinks.targets:
            raise Unsupported("a kink inside a mixed derivative")
        return each(lambda entry: _diff(reader, entry, symbols), _smooth(reader, body))
    outer = reader.kinks
    watch = Kinks(set(symbols), len(reader.values))
    reader.kinks = watch
    try:
        grid = _smooth(reader, body)
        if watch.kink is None:
            return each(lambda entry: _diff(reader, entry, symbols), grid)
        if outer is not None and outer.kink is None:
            outer.kink = watch.kink
        flat = _flat_slopes(reader, watch.kink, symbols)
        bodies = []
        for side in (1, -1):
            reader.kinks = Kinks(set(symbols), watch.depth, side, watch.kink)
            bodies.append(_smooth(reader, body))
    finally:
        reader.kinks = outer
    jumps = each(lambda *values: _jump(reader, *values), grid, *bodies)
    for count in range(1, len(symbols)):
        lower = [each(lambda e, n=count: _diff(reader, e, symbols[:n]), one) for one in bodies]
        jumps = each(lambda old, *values: old + _jump(reader, *values), jumps, lower[0], *lower)
    right, left, middle = (
        each(lambda entry: _diff(reader, entry, symbols), one) for one in (*bodies, grid)
    )
    if flat:
        found = each(lambda *values: _agreed(reader, flat, values), right, left, middle)
    else:
        found = each(lambda above, below: _join(reader, above, below), right, left)
    return each(lambda jump, value: sp.nan if jump else value, jumps, found)


def _smooth(reader: Reader, body: Expr) -> Grid:
    return each(reader.without_kinks, reader.value(body))


def _flat_slopes(reader: Reader, kink: sp.Expr, symbols: list[sp.Symbol]) -> list[sp.Expr]:
    """The slopes of the kink's expression that are 0 at the point: there it may not change sign."""
    slopes = [kink.diff(symbol) for symbol in set(symbols) & kink.free_symbols]
    flat = [slope for slope in slopes if reader.region.sign(reader.outside(slope)) == 0]
    if flat and len(symbols) > 1:
        raise Unsupported("a higher derivative where a kink may not cross")
    return flat


def _agreed(reader: Reader, flat: list[sp.Expr], values: tuple[sp.Expr, ...]) -> sp.Expr:
    """The one value of the pieces above, below and on a kink that need not be crossed.

    A difference quotient runs through at least one of the three, so a derivative that exists is
    one of these slopes; when they agree it is known.
    """
    zeros = dict.fromkeys((reader.outside(slope) for slope in flat), sp.S.Zero)
    settled = [reader.region.settle(reader.outside(value).subs(zeros)) for value in values]
    if any(sp.cancel(sp.expand(value - settled[0])) != 0 for value in settled[1:]):
        raise Unsupported("the slope at a kink that may not be crossed")
    return settled[0]


def _jump(reader: Reader, middle: sp.Expr, *sides: sp.Expr) -> sp.Expr:
    """1 where the value jumps at the point, so that no derivative exists there, else 0."""
    shown = [reader.region.settle(reader.outside(value)) for value in (middle, *sides)]
    return sp.Integer(any(_differ(reader, side, shown[0]) for side in shown[1:]))


def _differ(reader: Reader, one: sp.Expr, other: sp.Expr) -> bool:
    """Whether two settled values certainly differ on the whole region."""
    if not (is_finite_form(one) and is_finite_form(other)):
        return False
    gap = sp.cancel(sp.expand(one - other))
    if gap == 0:
        return False
    try:
        return bool(gap.is_nonzero) or reader.region.sign(gap) != 0
    except (NeedSign, Unsupported):
        return False


def _join(reader: Reader, right: sp.Expr, left: sp.Expr) -> sp.Expr:
    """One value from both sides: undefined where they certainly differ or are infinite.

    Where a parameter decides whether they differ, its sign is asked for.
    """
    settled = [slope_value(reader.outside(side), reader.region) for side in (right, left)]
    if _differ(reader, *settled):
        raise Undefined
    gap = sp.cancel(sp.expand(settled[0] - settled[1]))
    if affine_in_a_symbol(gap) is not None and gap.is_extended_real:
        reader.region.sign(gap)
    whole = is_finite_form(reader.region.settle(reader.outside(right)))
    return right if whole else sp.cancel(right)


def _diff(reader: Reader, entry: sp.Expr, symbols: list[sp.Symbol]) -> sp.Expr:
    """SymPy's derivative, refused where SymPy left something for later or made it up."""
    if entry.has(sp.nan):
        return sp.nan
    if entry.atoms(sp.floor, sp.ceiling) and entry.free_symbols & set(symbols):
        raise Unsupported("the derivative of floor or ceil")
    if any(symbol.is_integer for symbol in symbols):
        raise Unsupported("a derivative by an integer")
    entry = entry.replace(sp.sinc, lambda a: sp.sin(a) / a)
    for symbol in symbols:
        entry = sp.diff(entry, symbol)
        if entry.has(sp.DiracDelta, sp.Heaviside, sp.Piecewise, sp.Max, sp.Min):
            raise Unsupported("a derivative that SymPy writes piecewise")
        if sp.count_ops(entry) > MAX_OPERATIONS:
            raise Unsupported("a derivative of more than 20000 operations")
    for left in entry.atoms(sp.Derivative):
        if not isinstance(left.expr, AppliedUndef):
            raise Unsupported(f"the derivative of {left.expr.func.__name__}")
    return entry
