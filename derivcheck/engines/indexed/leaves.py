"""Single factors in matrix notation: an atom with one index is a column, with two a matrix."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction

from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.positions import as_dim
from derivcheck.engines.indexed.terms import (
    Base,
    Count,
    Delta,
    Entry,
    Exp,
    Function,
    Kind,
    Matrix,
    Poly,
    Position,
    Power,
    Rational,
    Sum,
    Symbol,
    Unknown,
)  # fmt: skip
from derivcheck.expr import build
from derivcheck.expr.declarations import Kind as Set
from derivcheck.expr.dims import ONE as ONE_DIM
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Apply, Call, Constant, Expr, Interval, Number, Size, Variable
from derivcheck.expr.operators import OPERATORS


class NoClosedForm(Exception):
    """Nothing in matrix notation was found; the message says why."""


class Leaves(ABC):
    """`order` are the indices of the factor: none, the row, or row and column."""

    algebra: Algebra
    variables: Mapping[str, Variable]

    @abstractmethod
    def array(self, poly: Poly, free: tuple[str, ...]) -> Expr:
        """A polynomial with these free indices."""

    def leaf(self, atom: Kind, power: Rational, order: tuple[str, ...]) -> Expr:
        norm = self.norm_of(atom) if not order else None
        if norm is not None:
            return self.raised(norm, 2 * Fraction(power))
        if power == 1 or isinstance(atom, Delta):
            return self.base(atom, order)
        return self.raised(self.base(atom, order), Fraction(power))

    @staticmethod
    def raised(inner: Expr, exponent: Fraction) -> Expr:
        if exponent == 1:
            return inner
        if exponent == Fraction(1, 2):
            return build.apply("sqrt", inner)
        if exponent == -1:
            return build.apply("div", build.UNIT, inner)
        if exponent == Fraction(-1, 2):
            return build.apply("div", build.UNIT, build.apply("sqrt", inner))
        if exponent < 0:
            positive = build.apply("pow", inner, build.number(-exponent))
            return build.apply("div", build.UNIT, positive)
        return build.apply("pow", inner, build.number(exponent))

    def norm_of(self, atom: Kind) -> Expr | None:
        """norm(x), where the atom is Σ_i x_i**2 (or over both indices of a matrix)."""
        if not isinstance(atom, Sum) or len(atom.body) != 1 or len(atom.bounds) > 2:
            return None
        ((inner, power),) = atom.body
        if power != 2 or not self.algebra.is_real(self.algebra.plain(inner)):
            return None
        mapping: dict[str, Position] = {n: self.algebra.fresh(e) for n, e in atom.bounds}
        moved = self.algebra.rename(self.algebra.plain(inner), mapping)
        value = self.array(moved, tuple(str(name) for name in mapping.values()))
        return build.apply("norm", value, params=("fro",))

    def base(self, atom: Kind, order: tuple[str, ...]) -> Expr:
        match atom:
            case Entry(name, positions, conjugate):
                value = self.placed(self.variable(name), self.padded(name, positions), order)
                return build.apply("conj", value) if conjugate else value
            case Count(name):
                if name in order:
                    raise NoClosedForm("an index as a number")
                variable = self.variables.get(name)
                return variable if variable is not None else Size(Dim.of(name))
            case Symbol("pi"):
                return Constant("pi")
            case Symbol():
                return Constant("I")
            case Delta(left, right):
                return self.identity(left, right, order)
            case Function("softmax", (u, _)):
                return self.softmax(atom, u, order)
            case Function("positive" | "step", (u,)):
                condition = build.compare(">", self.array(u, order), build.ZERO)
                return build.choice(condition, build.UNIT, build.ZERO)
            case Function("log", (u,)):
                return self.logarithm(u, order)
            case Function(name, args) if name in OPERATORS:
                return build.apply(name, *(self.array(arg, order) for arg in args))
            case Base(poly):
                return self.array(poly, order)
            case Power(base, exponent):
                above = self.array(Poly({exponent: 1}), ())
                return build.apply("pow", self.array(base, order), above)
            case Sum():
                return self.array(Poly({frozenset({(atom, 1)}): 1}), order)
            case Matrix():
                return self.matrix(atom, order)
            case Unknown(name, row, col, args, positions, ()):
                return self.placed(self.call(name, row, col, args), positions, order)
            case Exp() | Function() | Unknown():
                raise NoClosedForm("a factor without a name in the language")

    def variable(self, name: str) -> Variable:
        if name not in self.variables:
            raise NoClosedForm(f"the name {name}")
        return self.variables[name]

    def padded(self, name: str, positions: tuple[Position, ...]) -> tuple[Position, Position]:
        """Row and column, 0 along an axis of one."""
        shape, left, origin = self.variables[name].shape, list(positions), Dim.of(0)
        row: Position = left.pop(0) if shape.rows != ONE_DIM else origin
        return row, left.pop(0) if shape.cols != ONE_DIM else origin

    def is_symmetric(self, value: Expr) -> bool:
        """A variable declared so."""
        kinds = (Set.SYMMETRIC, Set.SPD, Set.DIAGONAL)
        return isinstance(value, Variable) and self.algebra.kinds.get(value.name) in kinds

    def placed(
        self, value: Expr, positions: tuple[Position, ...], order: tuple[str, ...],
        symmetric: bool = False,
    ) -> Expr:  # fmt: skip
        """The array, or its row, column, diagonal or entry, that has just these indices."""
        if value.shape.is_scalar:
            return value
        row, col = positions
        here = [p if isinstance(p, str) and p in order else None for p in (row, col)]
        if here[0] is not None and here[0] == here[1]:
            return build.apply("diagonal", value)
        whole = [Interval(Dim.of(0), value.shape.rows), Interval(Dim.of(0), value.shape.cols)]
        selectors: list[Expr | Interval] = []
        for place, size, everything in zip((row, col), here, whole, strict=True):
            if size is not None:
                selectors.append(everything)
            else:
                if not as_dim(place).names.isdisjoint(order):
                    raise NoClosedForm("a shifted index")
                selectors.append(self.position(place))
        if here == [None, None] or None in here:
            is_column = value.shape.is_column and here[0] is not None
            is_row = value.shape.is_row and here[1] is not None
            result: Expr = value if is_column or is_row else build.item(value, *selectors)
            return build.transpose(result) if here[1] is not None else result
        if here == list(order) or symmetric or self.is_symmetric(value):
            return value
        return build.transpose(value)

    def position(self, position: Position) -> Expr:
        if isinstance(position, str):
            if position in self.variables:
                return self.variables[position]
            if position.startswith(("#", "_", "~")):
                raise NoClosedForm("an index that is not free")
            return Size(Dim.of(position))
        value = position.constant
        if value is not None:
            return Number(Fraction(value))
        if any(name in self.variables for name in position.names):
            raise NoClosedForm("a shifted index")
        return Size(position)

    def identity(self, left: Position, right: Position, order: tuple[str, ...]) -> Expr:
        if len(order) == 2:
            extents = [self.algebra.ranges.extents[name] for name in order]
            return build.apply("eye", params=(extents[0], extents[1]))
        if len(order) == 1:
            at, other = (left, right) if left == order[0] else (right, left)
            if at != order[0] or order[0] in as_dim(other).names:
                raise NoClosedForm("a shifted index")
            extent = self.algebra.ranges.extents[order[0]]
            return build.apply("onehot", self.position(other), params=(extent,))
        raise NoClosedForm("an equality of positions")

    def softmax(self, atom: Function, u: Poly, order: tuple[str, ...]) -> Expr:
        ((((index, _),), _),) = ((tuple(term), c) for term, c in atom.args[1].terms.items())
        assert isinstance(index, Count)
        inner = self.array(u, order)
        if len(order) == 1:
            return build.apply("softmax", inner)
        axis = 0 if order[0] == index.name else 1
        return build.apply("softmax", inner, params=(axis,))

    def logarithm(self, u: Poly, order: tuple[str, ...]) -> Expr:
        """log Σ_k exp(v_k) is logsumexp(v)."""
        single = u.monomial
        if single is not None and single[1] == 1 and len(single[0]) == 1 and not order:
            ((atom, power),) = single[0]
            inner = self.exponent_of(atom)
            if inner is not None and power == 1:
                return build.apply("logsumexp", inner)
        return build.apply("log", self.array(u, order))

    def exponent_of(self, atom: Kind) -> Expr | None:
        """v as a column, where the atom is Σ_k exp(v_k)."""
        if not isinstance(atom, Sum) or len(atom.bounds) != 1:
            return None
        exponents = {a.exponent: e for a, e in atom.body if isinstance(a, Exp)}
        if len(exponents) != len(atom.body):
            return None
        ((bound, extent),) = atom.bounds
        name = self.algebra.fresh(extent)
        return self.array(self.algebra.rename(Poly(exponents), {bound: name}), (name,))

    def matrix(self, atom: Matrix, order: tuple[str, ...]) -> Expr:
        row, col = self.algebra.fresh(atom.extent), self.algebra.fresh(atom.extent)
        body = self.algebra.rename(atom.body, {atom.row: row, atom.col: col})
        inner, positions = self.array(body, (row, col)), atom.positions
        match inner:
            case Apply("transpose", (straight,)):
                inner, positions = straight, positions[::-1]
        match atom.kind:
            case "det":
                return build.apply("det", inner)
            case "power":
                assert atom.exponent is not None
                exponent = self.array(atom.exponent, ())
                value: Expr = build.apply("matrix_power", inner, exponent)
            case kind:
                value = build.apply(kind, inner)
        return self.placed(value, positions, order, self.is_symmetric(inner))

    def call(self, name: str, row: str, col: str, args: tuple[Poly, ...]) -> Expr:
        function = next((f for f in self.algebra.context.functions if f.name == name), None)
        if function is None:
            raise NoClosedForm("a recurrence")
        values = []
        for arg, parameter in zip(args, function.parameters, strict=True):
            names: list[str] = []
            mapping: dict[str, Position] = {}
            for placeholder, size in ((row, parameter.shape.rows), (col, parameter.shape.cols)):
                if size != ONE_DIM:
                    mapping[placeholder] = self.algebra.fresh(size)
                    names.append(str(mapping[placeholder]))
            values.append(self.array(self.algebra.rename(arg, mapping), tuple(names)))
        return Call(name, tuple(values), function.shape)
