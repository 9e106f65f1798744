"""Convexity by composition: affine maps, sums, and convex functions that grow in each argument."""

from __future__ import annotations

from dataclasses import dataclass

from derivcheck.engines.indexed.lower import Lowering
from derivcheck.expr import build
from derivcheck.expr.declarations import Kind
from derivcheck.expr.nodes import (
    Apply,
    Array,
    Condition,
    Constant,
    Derivative,
    Expr,
    Interval,
    Item,
    Number,
    Recur,
    Reduce,
    Variable,
)

CONVEX_DOMAINS = frozenset(
    {Kind.REAL, Kind.SYMMETRIC, Kind.SPD, Kind.SKEW, Kind.DIAGONAL, Kind.SIMPLEX}
)
LINEAR = frozenset({"neg", "transpose", "sum", "mean", "trace", "vec", "diag", "diagonal", "tile"})
JOINING = frozenset({"add", "sub", "hstack", "vstack"})
REARRANGING = frozenset({"transpose", "sum", "mean", "vec", "diagonal"})
GROWING = frozenset({"exp", "softplus", "logsumexp"})
KINKED_GROWING = frozenset({"relu", "max", "maximum"})
KINKED_EVEN = frozenset({"abs", "norm"})
NONNEGATIVE = frozenset({"exp", "softplus", "relu", "abs", "norm"})


def is_convex_by_rules(low: Lowering, body: Expr, variable: Variable) -> bool:
    """A function that is convex on the whole space is so on every part of it. Every rule is for
    functions that are defined for all real arguments."""
    algebra = low.algebra
    if not algebra.on_real_line or algebra.kinds.get(variable.name) not in CONVEX_DOMAINS:
        return False
    return Curvature(low, variable.name).is_convex(body)


def is_convex_hessian(low: Lowering, matrix: Expr) -> bool:
    """The Hessian of a smooth convex function is semidefinite."""
    match matrix:
        case Derivative("hess", body, (target,), _, False) if low.algebra.on_real_line:
            return Curvature(low, target.variable.name, smooth=True).is_convex(body)
    return False


def is_covariance(low: Lowering, matrix: Expr) -> bool:
    """diag(p) - p pᵀ for a probability vector p: vᵀ(diag(p) - p pᵀ)v is the variance of v."""
    match matrix:
        case Apply("sub", (Apply("diag", (p,)), Apply("matmul", (left, Apply("transpose", (q,)))))):
            if not (p == left == q and p.shape.is_column and low.algebra.on_real_line):
                return False
            match p:
                case Apply("softmax", _, ()):
                    return True
                case Variable(name):
                    return low.algebra.kinds.get(name) in (Kind.SIMPLEX, Kind.ONEHOT)
    return False


@dataclass(frozen=True, slots=True)
class Curvature:
    """Rules in one variable, all else fixed. `smooth`: only functions without a kink."""

    low: Lowering
    name: str
    smooth: bool = False

    def is_fixed(self, node: Expr | Condition) -> bool:
        """Certainly free of the variable, and finite; recurrences may mention anything."""
        match node:
            case Variable(name):
                return name != self.name
            case Constant("oo") | Recur():
                return False
            case Derivative(_, _, targets):
                if any(target.variable.name == self.name for target in targets):
                    return False
        return all(map(self.is_fixed, build.children(node)))

    def is_affine(self, node: Expr) -> bool:
        if self.is_fixed(node):
            return True
        match node:
            case Variable():
                return True
            case Apply(op, args) if op in LINEAR or op in JOINING:
                return all(map(self.is_affine, args))
            case Apply("mul" | "matmul" | "kron", (left, right)):
                pairs = ((left, right), (right, left))
                return any(self.is_fixed(a) and self.is_affine(b) for a, b in pairs)
            case Apply("div", (above, below)):
                return self.is_fixed(below) and self.is_affine(above)
            case Item(base, rows, cols):
                return self.are_fixed(rows, cols) and self.is_affine(base)
            case Reduce("sum", _, lower, upper, body):
                return self.are_fixed(lower, upper) and self.is_affine(body)
            case Array(rows):
                return all(self.is_affine(entry) for row in rows for entry in row)
        return False

    def are_fixed(self, *parts: Expr | Interval) -> bool:
        return all(isinstance(part, Interval) or self.is_fixed(part) for part in parts)

    def is_convex(self, node: Expr, sign: int = 1) -> bool:
        """Whether each entry of sign·node is convex.

        Sums; c f for a number c >= 0 that is fixed; exp, softplus, logsumexp, relu and max of
        convex entries (convex, and growing in each argument); |u|, ‖u‖ and u² of an affine u;
        f**p with p >= 1 for a convex f >= 0.
        """
        if self.is_affine(node):
            return True
        match node:
            case Apply("add", args):
                return all(self.is_convex(arg, sign) for arg in args)
            case Apply("sub", (left, right)):
                return self.is_convex(left, sign) and self.is_convex(right, -sign)
            case Apply("neg", (arg,)):
                return self.is_convex(arg, -sign)
            case Apply("mul", (left, right)):
                return self.is_scaled(left, right, sign) or self.is_scaled(right, left, sign)
            case Apply("div", (above, below)):
                return self.is_scaled(below, above, sign)
            case Apply(op, (arg,)) if op in REARRANGING:
                return self.is_convex(arg, sign)
            case Item(base, rows, cols):
                return self.are_fixed(rows, cols) and self.is_convex(base, sign)
            case Reduce("sum", _, lower, upper, body):
                return self.are_fixed(lower, upper) and self.is_convex(body, sign)
        return self.is_composed(node) if sign == 1 else self.is_smallest(node)

    def is_composed(self, node: Expr) -> bool:
        match node:
            case Apply(op, args) if op in GROWING or (op in KINKED_GROWING and not self.smooth):
                return all(map(self.is_convex, args))
            case Apply(op, (arg,)) if op in KINKED_EVEN and not self.smooth:
                return self.is_affine(arg)
            case Apply("pow", (base, Number(p))):
                if p.denominator == 1 and p > 0 and p % 2 == 0 and self.is_affine(base):
                    return True
                is_nonnegative = isinstance(base, Apply) and base.op in NONNEGATIVE
                return is_nonnegative and p >= 1 and not self.smooth and self.is_convex(base)
        return False

    def is_smallest(self, node: Expr) -> bool:
        """-min(u) = max(-u)."""
        match node:
            case Apply("min" | "minimum", args) if not self.smooth:
                return all(self.is_convex(arg, -1) for arg in args)
        return False

    def is_scaled(self, factor: Expr, node: Expr, sign: int) -> bool:
        if not factor.shape.is_scalar or not self.is_fixed(factor):
            return False
        algebra, value = self.low.algebra, self.low.scalar(factor)
        if algebra.is_real(value) and algebra.is_nonnegative(value):
            return self.is_convex(node, sign)
        return algebra.is_real(value) and algebra.is_nonnegative(-value) and self.is_convex(
            node, -sign
        )  # fmt: skip
