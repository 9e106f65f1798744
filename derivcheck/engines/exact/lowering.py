"""Trees of the claim language to explicit matrices of numbers of the algebra.

Every size is a literal. Each operator that has a value only somewhere teaches the facts of the
case its domain: a relation is judged only where both sides are defined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import Unsupported
from derivcheck.algebra.field import Element, Sign, mentions
from derivcheck.algebra.powers import log_absolute
from derivcheck.algebra.signs import NONNEGATIVE, NONZERO, POSITIVE
from derivcheck.claim import Context
from derivcheck.engines.exact import matrices
from derivcheck.engines.exact.complexes import Complex, apply_complex
from derivcheck.engines.exact.domains import learn_domain
from derivcheck.engines.exact.kinks import Kinks
from derivcheck.engines.exact.matrices import Matrix
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
    Recur,
    Reduce,
    Size,
    Variable,
)  # fmt: skip
from derivcheck.expr.operators import OPERATORS

MAX_ENTRIES = 400
SIGNS: Mapping[str, Sign] = {
    "<": frozenset({-1}), "<=": frozenset({-1, 0}), ">": POSITIVE, ">=": NONNEGATIVE,
    "==": frozenset({0}), "!=": NONZERO,
}  # fmt: skip


@dataclass(slots=True)
class Lowering:
    """One case of one relation. `memo` holds results by node and environment, by identity, so
    `environments` keeps each environment alive. `singular`: zeros of these may be singular points.
    `differentiating`: the atoms of the complex variables of the derivative around; a function of
    them has no derivative on a branch cut.
    """

    algebra: Algebra
    context: Context
    values: dict[str, Matrix]
    kinks: Kinks | None = None
    singular: list[Element] = field(default_factory=list)
    requirements: list[tuple[Element, Sign]] = field(default_factory=list)
    differentiating: frozenset[int] = frozenset()
    memo: dict[tuple[int, int, frozenset[int]], Matrix] = field(default_factory=dict)
    indices: dict[int, int] = field(default_factory=dict)
    environments: list[dict[str, Matrix]] = field(default_factory=list)
    root: dict[str, Matrix] = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.values

    # -- entry points -----------------------------------------------------------------------------

    def of(self, node: Expr) -> Matrix:
        key = (id(node), id(self.values), self.differentiating)
        if self.indices:
            return self._of(node)
        if key not in self.memo:
            self.memo[key] = self._of(node)
        return self.memo[key]

    def scalar(self, node: Expr) -> Complex:
        value = self.of(node)
        if len(value) != 1 or len(value[0]) != 1:
            raise Unsupported("a scalar was expected")
        return value[0][0]

    def _of(self, node: Expr) -> Matrix:
        match node:
            case Number(value):
                return ((self._real(self.algebra.of(value)),),)
            case Constant(name):
                return ((self._constant(name),),)
            case Size(dim):
                return ((self._real(self.algebra.of(self.size(dim))),),)
            case Variable(name):
                if name not in self.values:
                    raise Unsupported(f"no value of {name}")
                return self.values[name]
            case Index(_, uid):
                return ((self._real(self.algebra.of(self._index(uid))),),)
            case Apply():
                return self._apply(node)
            case Item(base, rows, cols):
                matrix = self.of(base)
                return tuple(
                    tuple(matrix[i][j] for j in self._positions(cols, len(matrix[0])))
                    for i in self._positions(rows, len(matrix))
                )
            case Array(rows):
                return tuple(tuple(self.scalar(entry) for entry in row) for row in rows)
            case Reduce():
                return self._reduce(node)
            case Choice(condition, then, otherwise):
                return self._choice(condition, then, otherwise, node)
            case Derivative():
                from derivcheck.engines.exact.derivatives import lower_derivative

                return lower_derivative(self, node)
            case At(body, bindings):
                inner = dict(self.values)
                inner.update({v.name: self.of(value) for v, value in bindings})
                return self.inside(body, inner)
            case Call():
                return self._call(node)
            case Recur():
                raise Unsupported("a recurrence")
            case Limit():
                from derivcheck.engines.exact.limits import lower_limit

                return lower_limit(self, node)
            case _:
                assert_never(node)

    def _real(self, element: Element) -> Complex:
        return Complex(element, self.algebra.field.zero)

    def _constant(self, name: str) -> Complex:
        match name:
            case "pi":
                return self._real(self.algebra.pi)
            case "e":
                return self._real(self.algebra.apply("exp", self.algebra.field.one))
            case "I":
                return Complex(self.algebra.field.zero, self.algebra.field.one)
        raise Unsupported("infinity as a number")

    def size(self, dim: Dim) -> int:
        if dim.constant is None:
            raise Unsupported("a size known only by name")
        return dim.constant

    # -- indices ----------------------------------------------------------------------------------

    def _index(self, uid: int) -> int:
        if uid not in self.indices:
            raise Unsupported("an index without a value")
        return self.indices[uid]

    def whole(self, node: Expr) -> int:
        value = self.scalar(node)
        number = value.re.rational
        if number is None or not value.is_real or number.denominator != 1:
            raise Unsupported("a position or bound that is no number")
        return int(number)

    def _positions(self, selector: Expr | Interval, available: int) -> list[int]:
        if isinstance(selector, Interval):
            return list(range(self.size(selector.start), self.size(selector.stop)))
        position = self.whole(selector)
        if not 0 <= position < available:
            raise Unsupported("a position outside")
        return [position]

    def _reduce(self, node: Reduce) -> Matrix:
        lower, upper = self.whole(node.lower), self.whole(node.upper)
        if upper - lower > MAX_ENTRIES:
            raise Unsupported("a long sum")
        rows, cols = (self.size(d) for d in (node.shape.rows, node.shape.cols))
        start = self.algebra.field.zero if node.kind == "sum" else self.algebra.field.one
        total: Matrix = tuple(tuple(self._real(start) for _ in range(cols)) for _ in range(rows))
        before = self.indices.get(node.index.uid)
        for k in range(lower, upper):
            self.indices[node.index.uid] = k
            term = self.of(node.body)
            total = matrices.entrywise(
                (lambda a, b: a + b) if node.kind == "sum" else (lambda a, b: a * b), total, term
            )
        self.indices.pop(node.index.uid, None)
        if before is not None:
            self.indices[node.index.uid] = before
        return total

    # -- operators --------------------------------------------------------------------------------

    def _apply(self, node: Apply) -> Matrix:
        match node:
            case Apply("log", (Apply("abs", (inner,)),)) if self.context.on_real_line:
                return matrices.entrywise(self._log_of_absolute, self.of(inner))
        args = tuple(self.of(arg) for arg in node.args)
        if OPERATORS[node.op].elementwise:
            return matrices.entrywise(lambda *z: self.operator(node.op, z), *args)
        params = tuple(self.size(p) if isinstance(p, Dim) else p for p in node.params)
        return matrices.apply(self, node.op, args, params)

    def _log_of_absolute(self, z: Complex) -> Complex:
        """log|u|, for which the sign of u does not matter."""
        self.require(z.re, NONZERO)
        self.singular.append(z.re)
        return self._real(log_absolute(self.algebra, z.re))

    def operator(self, op: str, args: tuple[Complex, ...]) -> Complex:
        """An elementwise operator; its domain becomes a fact, its singular points are noted."""
        learn_domain(self, op, args)
        off_cut = bool(self.differentiating) and any(
            mentions((z.im,), index) for z in args for index in self.differentiating
        )
        return apply_complex(self.algebra, op, args, self.context.on_real_line, off_cut)

    def require(self, element: Element, sign: Sign) -> None:
        """Where the relation has a value, the element's sign is one of these."""
        self.requirements.append((element, sign))
        self.algebra.facts.learn(element, sign)

    # -- conditions -------------------------------------------------------------------------------

    def _choice(self, condition: Condition, then: Expr, otherwise: Expr, node: Choice) -> Matrix:
        """Each entry's branch is decided (or a sign asked for); the other is not looked at."""
        rows, cols = self.size(node.shape.rows), self.size(node.shape.cols)
        holds = [[self.holds(condition, i, j) for j in range(cols)] for i in range(rows)]
        branches = {
            value: self.of(then if value else otherwise) for value in {h for r in holds for h in r}
        }
        return tuple(
            tuple(matrices.entry(branches[holds[i][j]], i, j) for j in range(cols))
            for i in range(rows)
        )

    def holds(self, condition: Condition, row: int = 0, col: int = 0) -> bool:
        match condition:
            case Compare(op, lhs, rhs):
                difference = matrices.entry(self.of(lhs), row, col) - matrices.entry(
                    self.of(rhs), row, col
                )
                if not difference.is_real:
                    raise Unsupported("a condition on complex numbers")
                sign = self.algebra.sign(difference.re)
                if sign <= SIGNS[op]:
                    return True
                if not sign & SIGNS[op]:
                    return False
                return self.algebra.decided_sign(difference.re) in SIGNS[op]
            case Logic("and", args):
                return all(self.holds(arg, row, col) for arg in args)
            case Logic("or", args):
                return any(self.holds(arg, row, col) for arg in args)
            case Logic("not", args):
                return not self.holds(args[0], row, col)
        raise Unsupported("a condition")

    # -- bound variables --------------------------------------------------------------------------

    def inside(self, body: Expr, inner: dict[str, Matrix]) -> Matrix:
        """The body where variables have other values."""
        before, self.values = self.values, inner
        self.environments.append(inner)
        try:
            return self.of(body)
        finally:
            self.values = before

    # -- unspecified functions --------------------------------------------------------------------

    def _call(self, node: Call) -> Matrix:
        """Each entry is a kernel of the entries of the arguments, with partial derivatives."""
        if node.is_complex or any(
            not z.is_real for arg in node.args for row in self.of(arg) for z in row
        ):
            raise Unsupported("an unspecified function of complex numbers")
        args = tuple(z.re for arg in node.args for row in self.of(arg) for z in row)
        rows, cols = self.size(node.shape.rows), self.size(node.shape.cols)
        self.singular.append(self.algebra.field.zero)
        return tuple(
            tuple(
                self._real(_unspecified(self.algebra, f"{node.function}[{i},{j}]", args, ()))
                for j in range(cols)
            )
            for i in range(rows)
        )


def _unspecified(
    algebra: Algebra, name: str, args: tuple[Element, ...], by: tuple[int, ...]
) -> Element:
    """∂…f/∂args[by]…: mixed partial derivatives of a smooth function commute, so `by` is sorted."""
    suffix = "".join(f"_{k}" for k in by)

    def partials() -> tuple[Element, ...]:
        return tuple(
            _unspecified(algebra, name, args, tuple(sorted((*by, k)))) for k in range(len(args))
        )

    def rebuild(*values: Element) -> Element:
        return _unspecified(algebra, name, values, by)

    return algebra.opaque(f"function {name}{suffix}", args, partials, rebuild)
