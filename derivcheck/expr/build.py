"""The only makers of nodes: each checks the shapes, so a node that exists is well shaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal as OneOf
from typing import assert_never

from derivcheck.expr.dims import ONE, SCALAR, Dim, Shape, column
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
    Target,
    Variable,
)  # fmt: skip
from derivcheck.expr.operators import OPERATORS, ShapeError, broadcast


def number(value: int | Fraction) -> Number:
    return Number(Fraction(value))


ZERO, UNIT = number(0), number(1)


def apply(op: str, *args: Expr, params: tuple[Param, ...] = ()) -> Apply:
    """An operator applied. Raises ShapeError when the shapes do not fit."""
    row = OPERATORS[op]
    if not row.arity[0] <= len(args) <= row.arity[1]:
        raise ShapeError(f"{op} takes {row.arity[0]} arguments, not {len(args)}")
    return Apply(op, args, params, row.rule(tuple(arg.shape for arg in args), params))


def matmul(left: Expr, right: Expr) -> Apply:
    """`left @ right`; a scalar next to `@` scales."""
    if left.shape.is_scalar or right.shape.is_scalar:
        return apply("mul", left, right)
    return apply("matmul", left, right)


def transpose(expr: Expr) -> Expr:
    return expr if expr.shape.is_scalar else apply("transpose", expr)


def item(base: Expr, rows: Expr | Interval, cols: Expr | Interval) -> Item:
    """`base[rows, cols]`, 0-based. Positions known to be outside are a ShapeError."""
    return Item(
        base,
        rows,
        cols,
        Shape(_extent(rows, base.shape.rows, "row"), _extent(cols, base.shape.cols, "column")),
    )


def _extent(selector: Expr | Interval, available: Dim, what: str) -> Dim:
    if isinstance(selector, Interval):
        length = selector.stop - selector.start
        for bound in (selector.start, length, available - selector.stop):
            if bound.constant is not None and bound.constant < 0:
                raise ShapeError(
                    f"{what}s {selector.start} to {selector.stop} of {available} do not exist"
                )
        return length
    if not selector.shape.is_scalar:
        raise ShapeError(f"a {what} index must be a scalar, this is {selector.shape}")
    position = _as_dim(selector)
    if position is not None:
        left = (available - position).constant
        if (left is not None and left <= 0) or (position.constant or 0) < 0:
            raise ShapeError(
                f"{what} {position} does not exist: there are {available}",
                "entries are counted from 0",
            )
    return ONE


def _as_dim(expr: Expr) -> Dim | None:
    if isinstance(expr, Size):
        return expr.dim
    if isinstance(expr, Number) and expr.value.denominator == 1:
        return Dim.of(int(expr.value))
    return None


def array(rows: Sequence[Sequence[Expr]]) -> Array:
    if not rows or not rows[0]:
        raise ShapeError("an empty matrix literal")
    for row in rows:
        if len(row) != len(rows[0]):
            raise ShapeError(f"rows of {len(rows[0])} and of {len(row)} entries")
        for entry in row:
            if not entry.shape.is_scalar:
                raise ShapeError(
                    f"an entry of a matrix literal is {entry.shape}, not a scalar",
                    "hstack and vstack join blocks",
                )
    return Array(tuple(tuple(row) for row in rows))


def reduce(
    kind: OneOf["sum", "prod"], index: Index, lower: Expr, upper: Expr, body: Expr
) -> Reduce:
    if not (lower.shape.is_scalar and upper.shape.is_scalar):
        raise ShapeError("the bounds of a range must be scalars")
    if kind == "prod" and not body.shape.is_scalar:
        raise ShapeError(f"prod multiplies scalars, this is {body.shape}")
    return Reduce(kind, index, lower, upper, body)


def compare(op: OneOf["==", "!=", "<", "<=", ">", ">="], lhs: Expr, rhs: Expr) -> Compare:
    return Compare(op, lhs, rhs, broadcast((lhs.shape, rhs.shape)))


def logic(op: OneOf["and", "or", "not"], *args: Condition) -> Logic:
    return Logic(op, args, broadcast(tuple(arg.shape for arg in args)))


def choice(condition: Condition, then: Expr, otherwise: Expr) -> Choice:
    shape = broadcast((condition.shape, then.shape, otherwise.shape))
    return Choice(condition, then, otherwise, shape)


def diff(body: Expr, targets: Sequence[Target]) -> Derivative:
    for target in targets:
        if target.entry is None and not target.variable.shape.is_scalar:
            raise ShapeError(
                f"diff is by a scalar, {target.variable.name} is {target.variable.shape}",
                "write grad or jac, or an entry such as x[j]",
            )
    return Derivative("diff", body, tuple(targets), body.shape)


def grad(body: Expr, target: Target, structured: bool = False) -> Derivative:
    if not body.shape.is_scalar:
        raise ShapeError(f"grad is of a scalar, this is {body.shape}", "write jac(F, x)")
    return Derivative("grad", body, (target,), target.variable.shape, structured)


def jac(body: Expr, target: Target) -> Derivative:
    shape = Shape(body.shape.size, target.variable.shape.size)
    return Derivative("jac", body, (target,), shape)


def hess(body: Expr, target: Target) -> Derivative:
    if not body.shape.is_scalar:
        raise ShapeError(f"hess is of a scalar, this is {body.shape}")
    size = target.variable.shape.size
    return Derivative("hess", body, (target,), Shape(size, size))


def limit(body: Expr, variable: Variable, point: Expr, side: OneOf["+", "-", ""]) -> Limit:
    if not variable.shape.is_scalar or not point.shape.is_scalar:
        raise ShapeError("limit is in a scalar variable, at a scalar point")
    return Limit(body, variable, point, side)


def at(body: Expr, bindings: Sequence[tuple[Variable, Expr]]) -> At:
    for variable, value in bindings:
        if value.shape != variable.shape:
            raise ShapeError(f"{variable.name} is {variable.shape}, its value is {value.shape}")
    return At(body, tuple(bindings))


def children(node: Expr | Condition) -> tuple[Expr | Condition, ...]:
    """The direct sub-expressions and sub-conditions, from left to right."""
    match node:
        case Number() | Constant() | Size() | Variable() | Index():
            return ()
        case Apply(args=args) | Call(args=args):
            return args
        case Item(base, rows, cols):
            return (base, *(s for s in (rows, cols) if not isinstance(s, Interval)))
        case Array(rows):
            return tuple(entry for row in rows for entry in row)
        case Reduce(_, _, lower, upper, body):
            return (lower, upper, body)
        case Choice(condition, then, otherwise):
            return (condition, then, otherwise)
        case Recur(_, argument):
            return (argument,)
        case Derivative(_, body, targets):
            return (body, *(e for t in targets if t.entry is not None for e in t.entry))
        case Limit(body, _, point):
            return (body, point)
        case At(body, bindings):
            return (body, *(value for _, value in bindings))
        case Compare(_, lhs, rhs):
            return (lhs, rhs)
        case Logic(_, args):
            return args
        case _:
            assert_never(node)


def parts(*roots: Expr | Condition) -> Iterator[Expr | Condition]:
    """Everything inside, the roots too: outer before inner, from left to right, and what trees
    share only once, so a walk takes time by the parts there are and not by how often each is used.
    """
    seen: set[int] = set()
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            stack.extend(reversed(children(node)))


def is_complex(node: Expr | Condition, memo: dict[int, bool] | None = None) -> bool:
    """Whether a complex variable or `I` may reach the value (not through abs, real, norm …)."""
    memo = {} if memo is None else memo
    if id(node) not in memo:
        match node:
            case Constant(name):
                found = name == "I"
            case Variable(_, _, complex_) | Call(_, _, _, complex_) | Recur(_, _, _, complex_):
                found = complex_
            case Apply(op) if OPERATORS[op].field == "real":
                found = False
            case Compare() | Logic():
                found = False
            case Item(base):
                found = is_complex(base, memo)
            case Reduce(_, _, _, _, body):
                found = is_complex(body, memo)
            case _:
                found = any(is_complex(child, memo) for child in children(node))
        memo[id(node)] = found
    return memo[id(node)]


__all__ = [
    "SCALAR", "UNIT", "ZERO", "apply", "array", "at", "children", "choice", "column", "compare",
    "diff", "grad", "hess", "is_complex", "item", "jac", "limit", "logic", "matmul", "number",
    "parts", "reduce", "transpose",
]  # fmt: skip
