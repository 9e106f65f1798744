"""From a tree to explicit SymPy scalars, on one region of the claim's domain.

A value on a region where a sign is needed and not known raises NeedSign: the caller splits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import assert_never

import sympy as sp

from derivcheck.claim import Context
from derivcheck.engines.symbolic import arrays, derivatives, limits, sums
from derivcheck.engines.symbolic.arrays import Grid, each, fill, scalar
from derivcheck.engines.symbolic.conjugates import conjugate
from derivcheck.engines.symbolic.elementwise import ELEMENTWISE
from derivcheck.engines.symbolic.region import Range, Region, Undefined, Unsupported
from derivcheck.engines.symbolic.symbols import assumptions, interval, structure, variable_grid
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import (
    Apply,
    Array,
    At,
    Call,
    Choice,
    Compare,
    Condition,
    Constant,
    Derivative,
    Expr,
    Index,
    Interval,
    Item,
    Limit,
    Logic,
    Number,
    Param,
    Recur,
    Reduce,
    Size,
    Variable,
)  # fmt: skip

MAX_TERMS = 60
_CONSTANTS = {"pi": sp.pi, "e": sp.E, "I": sp.I, "oo": sp.oo}


class Vocabulary:
    """The symbols of a claim, made once: so every region speaks of the same ones."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.on_real_line = context.on_real_line
        self.grids: dict[str, Grid] = {}
        self.conjugates: dict[sp.Symbol, sp.Symbol] = {}
        self.facts: dict[sp.Symbol, sp.Expr] = {}
        self.dims = {n: sp.Symbol(n, integer=True, positive=True) for n in context.dims}
        ranges: dict[sp.Symbol, Range] = {
            s: Range(sp.S.One, low_open=False) for s in self.dims.values()
        }
        for declaration in context.declarations:
            variable = declaration.variable
            try:
                grid = variable_grid(variable, assumptions(declaration), {})
            except Unsupported:
                continue
            self.grids[variable.name] = grid
            self.facts |= structure(declaration, grid)
            for symbol in arrays.entries(grid):
                if variable.is_complex:
                    self.pair(symbol)
                else:
                    ranges[symbol] = interval(declaration)
        self.start = Region(ranges)

    def pair(self, symbol: sp.Symbol) -> None:
        partner = sp.Symbol(f"conj({symbol.name})")
        self.conjugates[symbol], self.conjugates[partner] = partner, symbol

    def finish(self, expr: sp.Expr) -> sp.Expr:
        """The structure of the variables put in; after this no derivative may be taken."""
        return expr.subs(self.facts, simultaneous=True) if self.facts else expr


class Reader:
    """Reads trees on one region; `beside` is the side of a kink that a derivative looks at."""

    def __init__(self, words: Vocabulary, region: Region) -> None:
        self.words, self.region = words, region
        self.on_real_line = words.on_real_line
        self.scope: dict[str, Grid] = dict(words.grids)
        self.indices: dict[int, sp.Expr] = {}
        self.values: list[dict[sp.Symbol, sp.Expr]] = []
        self.kinks: derivatives.Kinks | None = None
        self.fresh = 0

    # -- signs ----------------------------------------------------------------------------

    def inside(self, expr: sp.Expr, depth: int) -> sp.Expr:
        """The expression in the symbols of the `at` of this depth: inner values put in."""
        for values in reversed(self.values[depth:]):
            expr = expr.subs(values, simultaneous=True)
        return expr

    def outside(self, expr: sp.Expr, depth: int | None = None) -> sp.Expr:
        """The expression in the claim's own symbols: the values of every `at` put in."""
        for values in reversed(self.values[:depth]):
            expr = expr.subs(values, simultaneous=True)
        return self.words.finish(expr)

    def sign(self, expr: sp.Expr) -> int:
        if not self.is_real(expr):
            raise Unsupported("the sign of a complex value")
        expr = self.without_kinks(expr)
        sign = self.region.sign(self.outside(expr))
        if sign == 0 and self.kinks is not None:
            return self.kinks.sign(self, self.inside(expr, self.kinks.depth))
        return sign

    def is_real(self, expr: sp.Expr) -> bool:
        if self.on_real_line or expr.is_extended_real:
            return True
        try:
            return bool((conjugate(expr, self.words.conjugates) - expr).expand() == 0)
        except Unsupported:
            return False

    def conjugate(self, expr: sp.Expr) -> sp.Expr:
        return expr if self.on_real_line else conjugate(expr, self.words.conjugates)

    def without_kinks(self, expr: sp.Expr) -> sp.Expr:
        """Abs and sign that SymPy made by itself (of sqrt(x**2)), decided by signs."""
        while found := expr.atoms(sp.Abs, sp.sign):
            inner = next(a for a in found if not a.args[0].atoms(sp.Abs, sp.sign))
            row = ELEMENTWISE["abs" if isinstance(inner, sp.Abs) else "sign"]
            expr = expr.xreplace({inner: row(self, inner.args[0])})
        if expr.has(sp.Max, sp.Min, sp.Heaviside, sp.Piecewise, sp.re, sp.im, sp.arg):
            raise Unsupported("a piecewise form made by SymPy")
        return expr

    # -- values ---------------------------------------------------------------------------

    def value(self, node: Expr) -> Grid:
        """The entries, nan for one that is undefined. Raises Undefined where all of them are."""
        grid = each(lambda entry: sp.nan if entry.has(sp.zoo) else entry, self._value(node))
        if all(entry.has(sp.nan) for entry in arrays.entries(grid)):
            raise Undefined
        return grid

    def number(self, node: Expr) -> sp.Expr:
        return self.value(node)[0][0]

    def _value(self, node: Expr) -> Grid:
        match node:
            case Number(value):
                return scalar(sp.Rational(value.numerator, value.denominator))
            case Constant(name):
                return scalar(_CONSTANTS[name])
            case Size(dim):
                return scalar(self.size(dim))
            case Variable():
                return self.variable(node)
            case Index(name, uid):
                if uid not in self.indices:
                    raise Unsupported(f"the index {name} of a recurrence")
                return scalar(self.indices[uid])
            case Apply(op, args, params):
                grids = [self.value(arg) for arg in args]
                if op in ELEMENTWISE:
                    row = ELEMENTWISE[op]
                    return each(lambda *entries: row(self, *entries), *grids)
                return arrays.apply(self, op, grids, tuple(map(self.param, params)))
            case Item():
                return self.item(node)
            case Array(rows):
                return tuple(tuple(self.number(entry) for entry in row) for row in rows)
            case Reduce():
                return self.reduction(node)
            case Choice():
                return self.choice(node)
            case Call():
                return self.call(node)
            case Recur():
                return self.recurrence(node)
            case Derivative():
                return derivatives.derivative(self, node)
            case Limit():
                return scalar(limits.limit(self, node))
            case At(body, bindings):
                return self.at(body, bindings)
            case _:
                assert_never(node)

    def size(self, dim: Dim) -> sp.Expr:
        return sp.Add(
            *(factor * sp.Mul(*(self.words.dims[n] for n in names)) for names, factor in dim.terms)
        )

    def extent(self, dim: Dim) -> int:
        if dim.constant is None:
            raise Unsupported("symbolic dims")
        return dim.constant

    def param(self, param: Param) -> int | str:
        return self.extent(param) if isinstance(param, Dim) else param

    def variable(self, variable: Variable) -> Grid:
        """Declared, bound by an `at`, or (a parameter of nothing declared) any real number."""
        if variable.name not in self.scope:
            self.scope[variable.name] = self.new_variable(variable)
        return self.scope[variable.name]

    def new_variable(self, variable: Variable) -> Grid:
        self.fresh += 1
        given = {} if variable.is_complex else {"real": True}
        grid = variable_grid(variable, given, {}, "'" * self.fresh)
        if variable.is_complex:
            for symbol in arrays.entries(grid):
                self.words.pair(symbol)
        return grid

    def item(self, node: Item) -> Grid:
        base = self.value(node.base)
        rows = self.positions(node.rows, len(base))
        cols = self.positions(node.cols, len(base[0]))
        return fill(len(rows), len(cols), lambda i, j: base[rows[i]][cols[j]])

    def positions(self, selector: Expr | Interval, available: int) -> list[int]:
        if isinstance(selector, Interval):
            return list(range(self.extent(selector.start), self.extent(selector.stop)))
        position = self.number(selector)
        if not position.is_Integer:
            raise Unsupported("a symbolic position")
        if not 0 <= position < available:
            raise Undefined
        return [int(position)]

    def reduction(self, node: Reduce) -> Grid:
        """A sum or product: unrolled over literal bounds, else in closed form."""
        lower, upper = self.number(node.lower), self.number(node.upper)
        if not (lower.is_Integer and upper.is_Integer):
            return scalar(self.closed_sum(node, lower, upper))
        if upper - lower > MAX_TERMS:
            raise Unsupported("a sum or product of many terms")
        shape = node.shape
        start = sp.S.Zero if node.kind == "sum" else sp.S.One
        total = fill(self.extent(shape.rows), self.extent(shape.cols), lambda i, j: start)
        for k in range(int(lower), int(upper)):
            self.indices[node.index.uid] = sp.Integer(k)
            term = self.value(node.body)
            join: Callable[..., sp.Expr] = sp.Add if node.kind == "sum" else sp.Mul
            total = each(join, total, term)
        return total

    def closed_sum(self, node: Reduce, lower: sp.Expr, upper: sp.Expr) -> sp.Expr:
        """A sum of scalars over a symbolic range; an empty one is 0."""
        if node.kind != "sum" or not node.shape.is_scalar:
            raise Unsupported("a product or a sum of arrays over a symbolic range")
        if not (lower.is_integer and upper.is_integer):
            raise Unsupported("a range whose bounds are not known to be integers")
        if self.sign(upper - lower) <= 0:
            return sp.S.Zero
        index = sp.Dummy("k", integer=True)
        with self.bound(node.index.uid, index):
            body = self.number(node.body)
        lower, upper, body = (self.outside(one) for one in (lower, upper, body))
        return sums.closed_sum(body, index, lower, upper, self.region, self.on_real_line)

    def choice(self, node: Choice) -> Grid:
        """Entry by entry; only the branch that is taken is read."""
        rows, cols = self.extent(node.shape.rows), self.extent(node.shape.cols)

        def entry(i: int, j: int) -> sp.Expr:
            branch = node.then if self.holds(node.condition, i, j) else node.otherwise
            grid = self.value(branch)
            return grid[0][0] if arrays.extent(grid) == (1, 1) else grid[i][j]

        return fill(rows, cols, entry)

    def holds(self, condition: Condition, i: int = 0, j: int = 0) -> bool:
        match condition:
            case Compare(op, lhs, rhs):
                gap = each(lambda a, b: a - b, self.value(lhs), self.value(rhs))
                sign = self.sign(gap[0][0] if arrays.extent(gap) == (1, 1) else gap[i][j])
                return {"==": sign == 0, "!=": sign != 0, "<": sign < 0, "<=": sign <= 0,
                        ">": sign > 0, ">=": sign >= 0}[op]  # fmt: skip
            case Logic("not", args):
                return not self.holds(args[0], i, j)
            case Logic(op, args):
                parts = [self.holds(arg, i, j) for arg in args]
                return all(parts) if op == "and" else any(parts)
            case _:
                assert_never(condition)

    def call(self, node: Call) -> Grid:
        """An unspecified function: an undefined function of SymPy for each entry of its value."""
        if not self.on_real_line:
            raise Unsupported("an unspecified function next to complex values")
        args = [entry for arg in node.args for entry in arrays.entries(self.value(arg))]
        rows, cols = self.extent(node.shape.rows), self.extent(node.shape.cols)
        name = node.function
        plain = (rows, cols) == (1, 1)

        def entry(i: int, j: int) -> sp.Expr:
            return sp.Function(name if plain else f"{name}[{i}, {j}]", real=True)(*args)

        return fill(rows, cols, entry)

    def recurrence(self, node: Recur) -> Grid:
        """Unrolled down to its base, at a literal argument."""
        argument = self.number(node.argument)
        found = next(r for r in self.words.context.recurrences if r.name == node.name)
        if not argument.is_Integer or argument > MAX_TERMS:
            raise Unsupported("a recurrence at a symbolic argument")
        for start, body in found.base:
            if argument == start:
                return self.value(body)
        if argument < min(start for start, _ in found.base):
            raise Undefined
        with self.bound(found.index.uid, argument - found.shift):
            return self.value(found.step)

    @contextmanager
    def bound(self, uid: int, value: sp.Expr) -> Iterator[None]:
        before = self.indices.get(uid)
        self.indices[uid] = value
        yield
        if before is not None:
            self.indices[uid] = before

    def at(self, body: Expr, bindings: tuple[tuple[Variable, Expr], ...]) -> Grid:
        """The body in symbols of its own, derivatives taken; then the values put in."""
        values: dict[sp.Symbol, sp.Expr] = {}
        inner: dict[str, Grid] = {}
        for variable, value in bindings:
            grid, given = self.new_variable(variable), self.value(value)
            inner[variable.name] = grid
            for symbol, entry in zip(arrays.entries(grid), arrays.entries(given), strict=True):
                values[symbol] = entry
                if variable.is_complex:
                    values[self.words.conjugates[symbol]] = self.conjugate(entry)
        outer, self.scope = self.scope, {**self.scope, **inner}
        self.values.append(values)
        try:
            grid = self.value(body)
        finally:
            self.scope = outer
            self.values.pop()
        return each(lambda entry: put(entry, values), grid)


def put(expr: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    return expr.subs(values, simultaneous=True)
