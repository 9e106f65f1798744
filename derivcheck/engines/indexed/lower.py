"""From the expression tree to index expressions: the entry of each node at two positions."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.axes import (
    ORIGIN,
    Axis,
    Spot,
    as_pair,
    flat,
    spots,
)  # fmt: skip
from derivcheck.engines.indexed.calculus import By, Calculus
from derivcheck.engines.indexed.clearing import atoms_in
from derivcheck.engines.indexed.conjugation import conjugate
from derivcheck.engines.indexed.layout import Layout
from derivcheck.engines.indexed.lower_apply import lower_apply, lower_choice
from derivcheck.engines.indexed.positions import as_dim, names, simplest
from derivcheck.engines.indexed.terms import (
    ONE,
    ZERO,
    Count,
    Poly,
    Position,
    Undefined,
    Unknown,
    Unsupported,
    number,
)  # fmt: skip
from derivcheck.expr.build import is_complex, parts
from derivcheck.expr.dims import ONE as ONE_DIM
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import (
    Apply,
    Array,
    At,
    Call,
    Choice,
    Constant,
    Derivative,
    Expr,
    Index,
    Interval,
    Item,
    Limit,
    Number,
    Recur,
    Reduce,
    Size,
    Target,
    Variable,
)  # fmt: skip

MAX_UNROLL = 12


class Lowering:
    """Reads nodes in one algebra. `env` holds the values of bound indices, `aliases` the names
    of variables bound by an `At`, about which nothing is declared."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.layout = Layout()
        functions = {
            f.name: tuple(p.shape for p in f.parameters) for f in algebra.context.functions
        }
        self.calculus = Calculus(algebra, functions)
        self.env: dict[int, Position] = {}
        self.aliases: dict[str, str] = {}
        self.in_branch = 0
        self._memo: dict[tuple[object, ...], tuple[object, Poly]] = {}

    def forget(self) -> None:
        """After what is known of a variable has changed."""
        self._memo.clear()

    # -- entries -------------------------------------------------------------------------------

    def scalar(self, node: Expr) -> Poly:
        return self.entry(node, ORIGIN, ORIGIN)

    def entry(self, node: Expr, i: Spot, j: Spot) -> Poly:
        """The entry at row i and column j; any entry of a scalar is the scalar."""
        if node.shape.is_scalar:
            i = j = ORIGIN
        marks = (tuple(sorted(self.env.items(), key=lambda p: p[0])), tuple(self.aliases.items()))
        key = (id(node), i, j, bool(self.in_branch), *marks)
        known = self._memo.get(key)
        if known is None:
            self.algebra.tick()
            known = self._memo[key] = (node, self.find(node, i, j))
        return known[1]

    def find(self, node: Expr, i: Spot, j: Spot) -> Poly:
        algebra = self.algebra
        match node:
            case Number(value):
                return number(value.numerator if value.denominator == 1 else value)
            case Constant("pi" | "I" as name):
                return algebra.symbol(name)
            case Constant("e"):
                return algebra.exp(ONE)
            case Constant():
                raise Unsupported("infinity")
            case Size(dim):
                return algebra.from_dim(dim)
            case Index(_, uid):
                return algebra.from_dim(as_dim(self.env[uid]))
            case Variable():
                return self.variable(node, i, j)
            case Apply():
                return lower_apply(self, node, i, j)
            case Item(base, rows, cols):
                return self.entry(
                    base, self.selected(rows, i, base.shape.rows),
                    self.selected(cols, j, base.shape.cols),
                )  # fmt: skip
            case Array(rows):
                row, col = as_dim(flat(i)).constant, as_dim(flat(j)).constant
                if row is None or col is None:
                    raise Unsupported("a matrix literal at a symbolic position")
                return self.scalar(rows[row][col])
            case Reduce():
                return self.reduction(node, i, j)
            case Choice():
                return lower_choice(self, node, i, j)
            case Call():
                return self.call(node, i, j)
            case Recur(name, argument):
                return self.recurrence(name, self.position(argument), i, j)
            case Derivative():
                return self.derivative(node, i, j)
            case Limit():
                raise Unsupported("limits")
            case At(body, bindings):
                return self.at(body, bindings, i, j)
            case _:
                assert_never(node)

    def variable(self, node: Variable, i: Spot, j: Spot) -> Poly:
        name = self.aliases.get(node.name, node.name)
        if name in self.algebra.integer_names:
            return self.algebra.from_dim(Dim.of(name))
        return self.algebra.entry(name, self.places(node, i, j))

    @staticmethod
    def places(node: Variable, i: Spot, j: Spot) -> tuple[Position, ...]:
        """The positions that matter: none along an axis of one."""
        sized = ((i, node.shape.rows), (j, node.shape.cols))
        return tuple(flat(spot) for spot, size in sized if size != ONE_DIM)

    # -- positions -----------------------------------------------------------------------------

    def position(self, node: Expr) -> Position:
        """An integer expression of sizes and indices."""
        return simplest(self.to_dim(self.scalar(node)))

    def to_dim(self, poly: Poly) -> Dim:
        total = Dim(())
        for term, factor in poly.terms.items():
            if int(factor) != factor:
                raise Unsupported("a position that is not an integer polynomial")
            product = Dim.of(int(factor))
            for atom, exponent in term:
                if not isinstance(atom, Count) or exponent < 0 or int(exponent) != exponent:
                    raise Unsupported("a position that is not an integer polynomial")
                for _ in range(int(exponent)):
                    product = product * Dim.of(atom.name)
            total = total + product
        return total

    def selected(self, selector: Expr | Interval, spot: Spot, available: Dim) -> Spot:
        """Where a selector points. That it lies within the array holds where the claim is
        defined, and is remembered for deltas; not in a choice, one branch of which is skipped."""
        if isinstance(selector, Interval):
            if not selector.start.terms and selector.stop == available:
                return spot
            start = selector.start
            if names(start) & self.algebra.integer_names:
                raise Unsupported("a block with variable bounds")
            if start.terms:
                return simplest(start + as_dim(flat(spot)))
            length = selector.stop
            if not self.in_branch:
                self.algebra.ranges.at_most.add((length, available))
            return spot
        position = self.position(selector)
        ranges = self.algebra.ranges
        if not ranges.within(position, available) and not self.in_branch:
            if isinstance(position, str) and position in ranges.extents:
                if not position.startswith("#") or ranges.nonnegative(
                    ranges.extents[position] - ONE_DIM
                ):
                    ranges.at_most.add((ranges.extents[position], available))
            elif not any(name.startswith("#") for name in names(position)):
                ranges.valid.add((as_dim(position), available))
        return position

    # -- sums over axes ------------------------------------------------------------------------

    def sum_axis(self, axis: Axis, body: Callable[[Spot], Poly]) -> Poly:
        total = ZERO
        for bounds, spot in spots(self.algebra, axis):
            total = total + self.algebra.summed(bounds, body(spot))
        return total

    def reduction(self, node: Reduce, i: Spot, j: Spot) -> Poly:
        """A sum (or product) for index = lower … upper - 1, shifted to start at 0."""
        algebra = self.algebra
        lower, upper = as_dim(self.position(node.lower)), as_dim(self.position(node.upper))
        extent = upper - lower
        count = extent.constant
        if count is not None and count <= MAX_UNROLL:
            parts = []
            for step in range(max(count, 0)):
                parts.append(self.with_index(node, simplest(lower + Dim.of(step)), i, j))
            if node.kind == "prod":
                return algebra.product_of(*parts)
            return sum(parts, ZERO)
        if node.kind == "prod":
            raise Unsupported("a product over a symbolic range")
        if not algebra.ranges.nonnegative(extent):
            raise Unsupported("a range that may be empty or reversed")
        name = algebra.fresh(extent)
        inner = self.with_index(node, simplest(lower + Dim.of(name)), i, j)
        return algebra.sum_over(name, extent, inner)

    def with_index(self, node: Reduce, value: Position, i: Spot, j: Spot) -> Poly:
        before = dict(self.env)
        self.env[node.index.uid] = value
        try:
            return self.entry(node.body, i, j)
        finally:
            self.env = before

    # -- functions, recurrences ----------------------------------------------------------------

    def call(self, node: Call, i: Spot, j: Spot) -> Poly:
        if node.is_complex or any(is_complex(arg) for arg in node.args):
            raise Unsupported("an unspecified function of complex values")
        row, col = self.algebra.fresh(None), self.algebra.fresh(None)
        args = []
        for arg in node.args:
            r: Spot = row if arg.shape.rows != ONE_DIM else ORIGIN
            c: Spot = col if arg.shape.cols != ONE_DIM else ORIGIN
            args.append(self.entry(arg, r, c))
        positions = (flat(i), flat(j))
        return self.algebra.unknown(node.function, row, col, tuple(args), positions)

    def recurrence(self, name: str, argument: Position, i: Spot, j: Spot) -> Poly:
        """Unfolded as long as the argument certainly lies above the start values."""
        definition = next(r for r in self.algebra.context.recurrences if r.name == name)
        if self.aliases:
            raise Unsupported("a recurrence at a point")
        if definition.shape.is_scalar:
            i = j = ORIGIN
        at = as_dim(argument)
        for start, value in definition.base:
            if at == Dim.of(start):
                return self.entry(value, i, j)
        first = min(start for start, _ in definition.base)
        before = at - Dim.of(definition.shift)
        if (at.constant or 0) > MAX_UNROLL:
            raise Unsupported("a recurrence at a large argument")
        if at.constant is not None and at.constant < first:
            raise Undefined("a recurrence before its start")
        if self.algebra.ranges.nonnegative(before - Dim.of(first)):
            saved, self.env = self.env, {definition.index.uid: simplest(before)}
            try:
                return self.entry(definition.step, i, j)
            finally:
                self.env = saved
        row, col = self.algebra.fresh(None), self.algebra.fresh(None)
        place = self.algebra.from_dim(at)
        return self.algebra.unknown(name, row, col, (place,), (flat(i), flat(j)))

    # -- derivatives and points ----------------------------------------------------------------

    def derivative(self, node: Derivative, i: Spot, j: Spot) -> Poly:
        first = node.targets[0]
        shape = first.variable.shape
        match node.kind:
            case "diff":
                result = self.entry(node.body, i, j)
                for target in node.targets:
                    for _ in range(target.order):
                        result = self.by(result, target, self.target_spots(target))
                return result
            case "grad":
                result = self.by(self.scalar(node.body), first, (i, j))
                return self.structured(node, result, i, j) if node.structured else result
            case "jac":
                row = as_pair(i, node.body.shape.rows, node.body.shape.cols)
                col = as_pair(j, shape.rows, shape.cols)
                return self.by(self.entry(node.body, *row), first, col)
            case "hess":
                row, col = (as_pair(spot, shape.rows, shape.cols) for spot in (i, j))
                return self.by(self.by(self.scalar(node.body), first, row), first, col)

    def structured(self, node: Derivative, free: Poly, i: Spot, j: Spot) -> Poly:
        """G + G' - diag(G) of the free gradient G by a symmetric matrix."""
        algebra = self.algebra
        turned = self.by(self.scalar(node.body), node.targets[0], (j, i))
        return free + turned - algebra.multiply(algebra.delta(flat(i), flat(j)), free)

    def target_spots(self, target: Target) -> tuple[Spot, Spot]:
        if target.entry is None:
            return ORIGIN, ORIGIN
        rows = self.selected(target.entry[0], ORIGIN, target.variable.shape.rows)
        return rows, self.selected(target.entry[1], ORIGIN, target.variable.shape.cols)

    def by(self, poly: Poly, target: Target, where: tuple[Spot, Spot]) -> Poly:
        name = self.aliases.get(target.variable.name, target.variable.name)
        if name in self.algebra.integer_names:
            raise Unsupported("a derivative by an integer")
        if target.conjugate and name not in self.algebra.complex_names:
            raise Unsupported("a derivative by the conjugate of a real variable")
        for recurrence in self.algebra.context.recurrences:
            if target.variable.name in _mentioned(
                recurrence.step, *(b for _, b in recurrence.base)
            ) and any(r.name in _recurrences(poly) for r in self.algebra.context.recurrences):
                raise Unsupported("the derivative of a recurrence")
        places = self.places(target.variable, *where)
        return self.calculus.derivative(poly, By(name, places, target.conjugate))

    def at(self, body: Expr, bindings: tuple[tuple[Variable, Expr], ...], i: Spot, j: Spot) -> Poly:
        """The body under fresh names for its bound variables, then the values put in: facts
        declared of an outer variable of the same name are not used."""
        algebra, saved = self.algebra, dict(self.aliases)
        inner: dict[str, tuple[Variable, Expr]] = {}
        for variable, bound in bindings:
            if is_complex(bound) and not variable.is_complex:
                raise Unsupported("a complex value for a real variable")
            alias = algebra.fresh(None) + variable.name
            algebra.shapes[alias] = variable.shape
            if variable.is_complex:
                algebra.complex_names.add(alias)
            inner[alias] = (variable, bound)
        self.aliases = {**saved, **{v.name: alias for alias, (v, _) in inner.items()}}
        try:
            poly = self.entry(body, i, j)
        finally:
            self.aliases = saved

        def value(name: str, positions: tuple[Position, ...], conjugate: bool) -> Poly:
            variable, expr = inner[name]
            left = list(positions)
            row: Spot = left.pop(0) if variable.shape.rows != ONE_DIM else ORIGIN
            col: Spot = left.pop(0) if variable.shape.cols != ONE_DIM else ORIGIN
            found = self.entry(expr, row, col)
            return self.conjugate(found) if conjugate else found

        return algebra.replace(poly, frozenset(inner), value)

    def conjugate(self, poly: Poly) -> Poly:
        return conjugate(self.algebra, poly)


def _mentioned(*nodes: Expr) -> set[str]:
    """The names of the variables in some expressions."""
    return {node.name for node in parts(*nodes) if isinstance(node, Variable)}


def _recurrences(poly: Poly) -> set[str]:
    """The names of unspecified functions and recurrences anywhere inside."""
    return {atom.name for atom in atoms_in(poly) if isinstance(atom, Unknown)}
