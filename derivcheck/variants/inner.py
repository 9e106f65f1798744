"""The chain rule: the derivative of an inner argument, missing or too much."""

from __future__ import annotations

import ast
from collections.abc import Callable

from derivcheck.expr import build
from derivcheck.expr.build import children
from derivcheck.expr.nodes import (
    Apply,
    Call,
    Constant,
    Derivative,
    Expr,
    Number,
    Recur,
    Size,
    Target,
    Variable,
)  # fmt: skip
from derivcheck.expr.operators import OPERATORS
from derivcheck.expr.printing import to_text
from derivcheck.variants.change import Change, Changes
from derivcheck.variants.factors import divided, scale
from derivcheck.variants.sides import Side
from derivcheck.variants.signs import sums
from derivcheck.variants.syntax import product, snippet, terms, write
from derivcheck.verdict import Fault

_RULES: dict[str, Callable[[Expr], Expr]] = {
    "sin": lambda u: build.apply("cos", u),
    "cos": lambda u: build.apply("neg", build.apply("sin", u)),
    "exp": lambda u: build.apply("exp", u),
    "log": lambda u: build.apply("div", build.UNIT, u),
    "sinh": lambda u: build.apply("cosh", u),
    "cosh": lambda u: build.apply("sinh", u),
    "abs": lambda u: build.apply("sign", u),
    "relu": lambda u: build.apply("heaviside", u),
    "softplus": lambda u: build.apply("sigmoid", u),
}
_ARITHMETIC = frozenset({"add", "sub", "mul", "div", "neg", "matmul", "transpose"})
MOST_TEXT = 60


def derivatives(side: Side, other: Side) -> Changes:
    """s -> s*u', s/u' for the arguments u of the functions under the derivative across."""
    for slope in _slopes(other.meaning):
        text = to_text(slope)
        if len(text) > MOST_TEXT:
            continue
        factor = snippet(text)
        places = [side.root]
        places += [t for n in sums(side) for _, t in terms(n) if side.means(t) is not None]
        for place in places:
            within = "" if place is side.root else f" in the term {write(place)}"
            missing = f"the inner derivative {text} is missing{within}"
            surplus = f"the inner derivative {text} is too much{within}"
            more, less = scale(factor, place), divided(place, factor)
            match factor:
                case ast.BinOp(left=ast.Constant(value=1), op=ast.Div(), right=divisor):
                    more, less = divided(place, divisor), scale(divisor, place)
            yield Change(Fault.INNER_DERIVATIVE, missing, side.put(place, more))
            yield Change(Fault.INNER_DERIVATIVE, surplus, side.put(place, less))


def matrices(side: Side, other: Side) -> Changes:
    """s -> M.T @ s, s @ M.T, M @ s, s @ M for the matrix variables M of the derivative."""
    wanted, here = other.meaning.shape, side.meaning.shape
    for matrix in _variables(other.meaning):
        if matrix.shape.is_scalar or not matrix.name.isidentifier():
            continue
        for turned in (True, False):
            shape = matrix.shape.transposed if turned else matrix.shape
            text = matrix.name + (".T" if turned else "")
            missing = f"the inner derivative {text} is missing"
            if shape.cols == here.rows and shape.rows == wanted.rows:
                yield Change(Fault.INNER_DERIVATIVE, missing, product(snippet(text), side.root))
            if here.cols == shape.rows and shape.cols == wanted.cols:
                yield Change(Fault.INNER_DERIVATIVE, missing, product(side.root, snippet(text)))


def _variables(root: Expr) -> list[Variable]:
    return [node for node in _nodes(root) if isinstance(node, Variable)]


def _nodes(root: Expr) -> list[Expr]:
    found: dict[int, Expr] = {}
    todo: list[Expr] = [root]
    while todo:
        node = todo.pop(0)
        if id(node) in found:
            continue
        found[id(node)] = node
        todo.extend(children(node))  # type: ignore[arg-type]
    return list(found.values())


def _slopes(root: Expr) -> list[Expr]:
    """The derivatives, by what is differentiated by, of all arguments of functions inside."""
    found: dict[str, Expr] = {}
    for derivative in _nodes(root):
        if not isinstance(derivative, Derivative):
            continue
        target = derivative.targets[0]
        for node in _nodes(derivative.body):
            for inner in _arguments(node):
                result = slope(inner, target)
                if result is not None and result not in (build.UNIT, build.ZERO):
                    for one in (*_without_sign(result), result):
                        found.setdefault(to_text(one), one)
    return list(found.values())


def _without_sign(node: Expr) -> tuple[Expr, ...]:
    """c*u for -c*u, where there is a sign: it may stand elsewhere in the formula."""
    match node:
        case Apply("neg", (inner,)):
            return (inner,)
        case Number(value) if value < -1:
            return (build.number(-value),)
        case Apply("mul", (Number(value), rest)) if value < 0:
            return (rest,) if value == -1 else (build.apply("mul", build.number(-value), rest),)
    return ()


def _arguments(node: Expr) -> tuple[Expr, ...]:
    match node:
        case Apply(op, args) if op not in _ARITHMETIC:
            return args if OPERATORS[op].elementwise else args[:1]
        case Call(_, args):
            return args
        case Apply("div", (_, below)):
            return (below,)
    return ()


def slope(node: Expr, target: Target) -> Expr | None:
    """The derivative of a polynomial by a scalar variable, and of a multiple of a variable by it.

    None where nothing simple stands for it. Only a guess at a factor: whoever uses it checks it.
    """
    variable = target.variable
    if not depends(node, variable):
        return build.ZERO
    if target.entry is not None or target.conjugate:
        return None
    match node:
        case Variable():
            return build.UNIT
        case Apply("neg", (inner,)):
            return _times(build.number(-1), slope(inner, target))
        case Apply("add" | "sub" as op, (left, right)):
            one, two = slope(left, target), slope(right, target)
            if one is None or two is None:
                return None
            if two == build.ZERO:
                return one
            if one == build.ZERO:
                return two if op == "add" else _times(build.number(-1), two)
            return build.apply(op, one, two)
        case Apply("mul", (left, right)):
            if not depends(left, variable) and left.shape.is_scalar:
                return _times(left, slope(right, target))
            if not depends(right, variable) and right.shape.is_scalar:
                return _times(right, slope(left, target))
        case Apply("div", (left, right)) if not depends(right, variable):
            inner_slope = slope(left, target)
            if inner_slope is not None and right.shape.is_scalar:
                return build.apply("div", inner_slope, right)
        case Apply("pow", (base, Number(value))) if variable.shape.is_scalar:
            power: Expr = base if value == 2 else build.apply("pow", base, build.number(value - 1))
            return _times(_times(build.number(value), power), slope(base, target))
        case Apply(op, (inner,)) if op in _RULES:
            return _times(_RULES[op](inner), slope(inner, target))
    if node.shape.is_scalar and variable.name.isidentifier() and not isinstance(node, Recur):
        return build.diff(node, [target]) if variable.shape.is_scalar else build.grad(node, target)
    return None


def _times(left: Expr | None, right: Expr | None) -> Expr | None:
    if left is None or right is None:
        return None
    match left, right:
        case Number(a), Number(b):
            return build.number(a * b)
        case Number(value), _ if value == 1:
            return right
        case _, Number(value) if value == 1:
            return left
        case _, Number():
            return build.apply("mul", right, left)
    return build.apply("mul", left, right)


def depends(node: Expr, variable: Variable) -> bool:
    if isinstance(node, Number | Constant | Size):
        return False
    return any(part == variable for part in _nodes(node))


__all__ = ["derivatives", "matrices", "slope"]
