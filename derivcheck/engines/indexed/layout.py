"""The axes of an expression: where pairs (vec, kron, jac) and blocks (hstack) come from."""

from __future__ import annotations

from typing import assert_never

from derivcheck.engines.indexed.axes import Axis, blocks, join, pair, plain
from derivcheck.expr.dims import ONE, Shape
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

Axes = tuple[Axis, Axis]


def of_shape(shape: Shape) -> Axes:
    return plain(shape.rows), plain(shape.cols)


class Layout:
    """Remembers the axes of each node."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, Axes]] = {}

    def axes(self, node: Expr | Condition) -> Axes:
        if id(node) not in self._known:
            self._known[id(node)] = (node, self.find(node))
        return self._known[id(node)][1]

    def find(self, node: Expr | Condition) -> Axes:
        match node:
            case Number() | Constant() | Size() | Index() | Variable() | Call() | Recur():
                return of_shape(node.shape)
            case Array():
                return of_shape(node.shape)
            case Apply():
                return self.of_apply(node)
            case Item(base, rows, cols):
                own = of_shape(node.shape)
                whole = self.axes(base)
                return (
                    whole[0] if _is_whole(rows, base.shape.rows) else own[0],
                    whole[1] if _is_whole(cols, base.shape.cols) else own[1],
                )
            case Reduce(_, _, _, _, body) | Limit(body) | At(body):
                return self.axes(body)
            case Choice(condition, then, otherwise):
                return self.joined(node.shape, condition, then, otherwise)
            case Compare(_, lhs, rhs):
                return self.joined(node.shape, lhs, rhs)
            case Logic(_, args):
                return self.joined(node.shape, *args)
            case Derivative(kind, body, targets):
                inner = self.axes(body)
                of_target = of_shape(targets[0].variable.shape)
                match kind:
                    case "diff":
                        return inner
                    case "grad":
                        return of_target
                    case "jac":
                        return pair(*inner), pair(*of_target)
                    case "hess":
                        return pair(*of_target), pair(*of_target)
            case _:
                assert_never(node)

    def joined(self, shape: Shape, *nodes: Expr | Condition) -> Axes:
        rows, cols = of_shape(shape)
        for node in nodes:
            if node.shape == shape:
                more = self.axes(node)
                rows, cols = join(rows, more[0]), join(cols, more[1])
        return rows, cols

    def of_apply(self, node: Apply) -> Axes:
        args = [self.axes(arg) for arg in node.args]
        match node.op:
            case "matmul":
                return args[0][0], args[1][1]
            case "transpose":
                return args[0][1], args[0][0]
            case "softmax" | "inv" | "matrix_power" | "expm" | "adjugate":
                return args[0]
            case "sum" | "mean" | "logsumexp" | "max" | "min" if node.params:
                one = plain(ONE)
                return (one, args[0][1]) if node.params[0] == 0 else (args[0][0], one)
            case "diag":
                line = args[0][0] if node.args[0].shape.is_column else args[0][1]
                return line, line
            case "diagonal":
                return join(*args[0]), plain(ONE)
            case "kron":
                return pair(args[1][0], args[0][0]), pair(args[1][1], args[0][1])
            case "vec":
                return pair(args[0][0], args[0][1]), plain(ONE)
            case "tile":
                return args[0][0], plain(node.shape.cols)
            case "hstack":
                rows = args[0][0]
                for more in args[1:]:
                    rows = join(rows, more[0])
                return rows, blocks(tuple(arg[1] for arg in args))
            case "vstack":
                cols = args[0][1]
                for more in args[1:]:
                    cols = join(cols, more[1])
                return blocks(tuple(arg[0] for arg in args)), cols
            case _:
                if node.args and any(arg.shape == node.shape for arg in node.args):
                    return self.joined(node.shape, *node.args)
                return of_shape(node.shape)


def _is_whole(selector: Expr | Interval, size: object) -> bool:
    return isinstance(selector, Interval) and not selector.start.terms and selector.stop == size
