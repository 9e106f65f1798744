"""Positions and sizes: what stands inside `A[…]`, `eye(…)`, `range(…)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from derivcheck.expr import build
from derivcheck.expr.declarations import Declaration, Kind
from derivcheck.expr.dims import Dim
from derivcheck.expr.environment import Environment
from derivcheck.expr.nodes import Expr, Interval, Number, Size

if TYPE_CHECKING:
    from derivcheck.expr.parse import Parser


def selectors(
    parser: Parser, node: ast.Subscript, base: Expr, env: Environment
) -> tuple[Expr | Interval, Expr | Interval]:
    """`[i]` of a column or row is its entry, of a matrix its row; `[i, j]`, `[i, :]`, `[:k, :]`."""
    shape = base.shape
    match node.slice:
        case ast.Tuple(elts=[row, col]):
            return (
                _selector(parser, row, shape.rows, env),
                _selector(parser, col, shape.cols, env),
            )
        case ast.Tuple(elts=elts):
            raise env.formula.error("P002", f"{len(elts)} indices; a matrix has two", node)
        case single if shape.is_row and not shape.is_column:
            return build.ZERO, _selector(parser, single, shape.cols, env)
        case single if shape.is_column:
            return _selector(parser, single, shape.rows, env), build.ZERO
        case single:
            return _selector(parser, single, shape.rows, env), Interval(Dim.of(0), shape.cols)


def _selector(parser: Parser, node: ast.expr, extent: Dim, env: Environment) -> Expr | Interval:
    match node:
        case ast.Slice(lower=lower, upper=upper, step=None):
            start = Dim.of(0) if lower is None else _from_end(parser, lower, extent, env)
            stop = extent if upper is None else _from_end(parser, upper, extent, env)
            return Interval(start, stop)
        case ast.Slice():
            raise env.formula.error("P002", "a slice with a step is not in the language", node)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(back))):
            return Size(extent - Dim.of(back))
    dim = try_dim(parser, node, env)
    if dim is not None:
        constant = dim.constant
        return Size(dim) if constant is None else build.number(constant)
    return parser.expr(node, env)


def _from_end(parser: Parser, node: ast.expr, extent: Dim, env: Environment) -> Dim:
    bound = dim(parser, node, env)
    if bound.constant is not None and bound.constant < 0:
        return extent + bound
    return bound


def dim(parser: Parser, node: ast.expr, env: Environment) -> Dim:
    """An integer expression of dim names. Raises SpecError."""
    found = try_dim(parser, node, env, promote=True)
    if found is None:
        raise env.formula.error(
            "P004",
            f"`{env.formula.text_of(node)}` is not a size",
            node,
            "a size is an integer, a dim name, or a sum or product of these",
        )
    return found


def try_dim(parser: Parser, node: ast.expr, env: Environment, promote: bool = False) -> Dim | None:
    """The size `node` is, or None. `promote` makes an integer variable met here a size."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int(value)):
            return Dim.of(value)
        case ast.Name(id=name) if name in env.local:
            bound = env.local[name]
            if isinstance(bound, Size):
                return bound.dim
            if isinstance(bound, Number) and bound.value.denominator == 1:
                return Dim.of(int(bound.value))
            return None
        case ast.Name(id=name) if name in parser.names.dims:
            return Dim.of(name)
        case ast.Name(id=name) if promote and _is_integer(parser, name):
            parser.names.dims[name] = env.formula.fragment
            parser.promoted = True
            return Dim.of(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = try_dim(parser, operand, env, promote)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=(ast.Add() | ast.Sub() | ast.Mult()) as op, right=right):
            one, two = (try_dim(parser, part, env, promote) for part in (left, right))
            if one is None or two is None:
                return None
            if isinstance(op, ast.Add):
                return one + two
            return one - two if isinstance(op, ast.Sub) else one * two
        case ast.Call(func=ast.Name(id=("rows" | "cols" | "size") as what), args=[arg]):
            shape = parser.expr(arg, env).shape
            return {"rows": shape.rows, "cols": shape.cols, "size": shape.size}[what]
    return None


def _is_integer(parser: Parser, name: str) -> bool:
    match parser.names.entries.get(name):
        case Declaration(variable, domain):
            return domain.kind is Kind.INTEGER and variable.shape.is_scalar
    return False
