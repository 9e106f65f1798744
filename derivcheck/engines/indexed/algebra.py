"""The index algebra of one claim: all rewriting rules together."""

from __future__ import annotations

from fractions import Fraction

from derivcheck.claim import Context
from derivcheck.engines.indexed.functions import Functions
from derivcheck.engines.indexed.matrices import Matrices
from derivcheck.engines.indexed.products import Products
from derivcheck.engines.indexed.sums import Sums
from derivcheck.expr.build import is_complex
from derivcheck.expr.declarations import COMPLEX_KINDS, Domain, Kind
from derivcheck.expr.dims import Dim, Shape
from derivcheck.expr.nodes import Apply, Compare, Expr, Number, Size, Variable


class Algebra(Products, Sums, Functions, Matrices):
    """What a context declares, and every rule."""

    def __init__(self, context: Context, deadline: float | None = None) -> None:
        super().__init__(context.on_real_line, deadline)
        self.context = context
        self.shapes: dict[str, Shape] = {}
        self.upper_bounds: dict[str, tuple[Fraction, bool]] = {}
        for declaration in context.declarations:
            self.declare(declaration.variable.name, declaration.variable.shape, declaration.domain)
        for function in context.functions:
            self.declare(function.name, function.shape, function.domain)
        for condition in context.assumptions:
            if isinstance(condition, Compare):
                self.assume(condition)

    def declare(self, name: str, shape: Shape, domain: Domain) -> None:
        self.kinds[name], self.shapes[name] = domain.kind, shape
        if domain.kind in COMPLEX_KINDS:
            self.complex_names.add(name)
        if domain.kind is Kind.INDEX and domain.extent is not None:
            self.ranges.extents[name] = domain.extent.rows
            self.integer_names.add(name)
        upper = domain.upper
        if upper is not None and isinstance(upper.value, Number) and name not in self.complex_names:
            self.upper_bounds[name] = (upper.value.value, upper.is_open)
        lower = domain.lower
        least = lower.value.value if lower and isinstance(lower.value, Number) else None
        if lower is not None and least is not None and least >= 0:
            self.nonnegative_names.add(name)
            if least > 0 or lower.is_open:
                self.positive_names.add(name)
        if domain.kind is Kind.INTEGER and shape.is_scalar:
            self.integer_names.add(name)
            bound = None
            if lower is not None and least is not None:
                bound = int(least) + 1 if lower.is_open else -int(-least // 1)
            self.ranges.lower[name] = bound
            if bound is not None and bound > 0:
                self.positive_names.add(name)

    def assume_structure(self, lhs: Expr, rhs: Expr) -> None:
        """`A == A.T` makes a real A symmetric, `A.T @ A == eye(n)` orthogonal."""
        free = (Kind.REAL, Kind.INVERTIBLE)
        match lhs:
            case Variable(name) if self.kinds.get(name) in free and _is_transpose(rhs, lhs):
                self.kinds[name] = Kind.SYMMETRIC
            case Apply("matmul", (left, Variable(name) as right)) if (
                self.kinds.get(name) in free
                and right.shape.is_square
                and _is_transpose(left, right)
                and isinstance(rhs, Apply)
                and rhs.op == "eye"
            ):
                self.kinds[name] = Kind.ORTHOGONAL

    def assume(self, condition: Compare) -> None:
        """`x > 0`, `x >= 1`, `n >= 2`: a lower bound of a name by a number."""
        places = [_place(side) for side in (condition.lhs, condition.rhs)]
        if condition.op == "!=" and places[0] is not None and places[1] is not None:
            self.ranges.apart |= {places[0] - places[1], places[1] - places[0]}
        if condition.op == "==":
            self.assume_structure(condition.lhs, condition.rhs)
        if condition.op in ("==", "!="):
            return
        large, small = condition.lhs, condition.rhs
        if condition.op in ("<", "<="):
            large, small = small, large
        strict = condition.op in ("<", ">")
        if not isinstance(small, Number):
            return
        name = _size_name(large)
        least = int(small.value // 1) + 1 if strict else -int(-small.value // 1)
        if name is not None and name not in self.shapes:
            self.ranges.lower[name] = max(self.ranges.lower.get(name, 1) or 1, least)
        if isinstance(large, Variable) and not is_complex(large) and small.value >= 0:
            self.nonnegative_names.add(large.name)
            if strict or small.value > 0:
                self.positive_names.add(large.name)
            if self.kinds.get(large.name) is Kind.INTEGER and large.shape.is_scalar:
                old = self.ranges.lower.get(large.name)
                self.ranges.lower[large.name] = least if old is None else max(old, least)


def _is_transpose(first: Expr, second: Expr) -> bool:
    return isinstance(first, Apply) and first.op == "transpose" and first.args == (second,)


def _place(expr: Expr) -> Dim | None:
    """A scalar variable, a size or a number as a position."""
    if isinstance(expr, Size):
        return expr.dim
    if isinstance(expr, Number) and expr.value.denominator == 1:
        return Dim.of(int(expr.value))
    if isinstance(expr, Variable) and expr.shape.is_scalar:
        return Dim.of(expr.name)
    return None


def _size_name(expr: Expr) -> str | None:
    if isinstance(expr, Size) and len(expr.dim.terms) == 1:
        ((monomial, factor),) = expr.dim.terms
        if factor == 1 and len(monomial) == 1:
            return monomial[0]
    return None
