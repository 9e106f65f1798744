"""Transposes, orders of products, conjugates."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import reduce
from itertools import combinations

from derivcheck.expr.nodes import Expr
from derivcheck.variants.change import Change, Changes
from derivcheck.variants.factors import scale
from derivcheck.variants.sides import Side
from derivcheck.variants.syntax import negated, product, replaced, times, write
from derivcheck.verdict import Fault

MOST_LEAVES = 9
_TWO_ARGUMENTS = ("kron", "outer", "cross", "atan2", "binomial", "besselj", "polygamma", "dot")


def transposes(side: Side, other: Side) -> Changes:
    """A -> A.T, A.T -> A, of every array and of products as a whole."""
    for node in _arrays(side):
        yield Change(Fault.TRANSPOSE, _transpose_text(node), side.put(node, transposed(node, side)))


def transposes_inside(side: Side, other: Side) -> Changes:
    """The same for the parts only, not for the side as a whole."""
    for change in transposes(side, other):
        match change.root:
            case ast.Attribute(value=value, attr="T") if value is side.root:
                continue
        yield change


def transpose_pairs(side: Side, other: Side) -> Changes:
    """Two arrays transposed at once."""
    leaves = [node for node in _arrays(side) if not isinstance(node, ast.BinOp)][:MOST_LEAVES]
    for first, second in combinations(leaves, 2):
        if _inside(second, first):
            continue
        root = replaced(side.put(first, transposed(first, side)), second, transposed(second, side))
        text = f"{_transpose_text(first)}, and {_transpose_text(second)}"
        yield Change(Fault.TRANSPOSE, text, root)


def conjugates(side: Side, other: Side) -> Changes:
    """z -> conj(z), A.T -> A.H, and back, of every complex part."""
    for node in _complex_parts(side):
        yield Change(Fault.CONJUGATE, _conjugate_text(node), side.put(node, conjugated(node)))


def conjugate_sets(side: Side, other: Side) -> Changes:
    """Two or three conjugates at once."""
    leaves = [n for n in _complex_parts(side) if not _is_product(n)][:MOST_LEAVES]
    for count in (2, 3):
        for chosen in combinations(leaves, count):
            if any(_inside(b, a) or _inside(a, b) for a, b in combinations(chosen, 2)):
                continue
            root = side.root
            for node in chosen:
                root = replaced(root, node, conjugated(node))
            plural = all(not _is_conjugated(node) for node in chosen)
            shown = ", ".join(write(node) for node in chosen)
            text = f"the conjugates of {shown} are {'missing' if plural else 'misplaced'}"
            yield Change(Fault.CONJUGATE, text, root)


def orders(side: Side, other: Side) -> Changes:
    """A @ B -> B @ A, of neighbours; f(a, b) -> f(b, a)."""
    for node in side.parts():
        match node:
            case ast.BinOp(left=ast.BinOp(left=far, op=ast.MatMult(), right=left),
                           op=ast.MatMult(), right=right):  # fmt: skip
                swapped = product(product(far, right), left)
                yield _exchanged(side, node, swapped, left, right)
        match node:
            case ast.BinOp(left=ast.BinOp(left=scalar, op=ast.Mult(), right=left),
                           op=ast.MatMult(), right=right):  # fmt: skip
                yield _exchanged(side, node, product(times(scalar, right), left), left, right)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                yield _exchanged(side, node, product(right, left), left, right)
            case ast.Call(func=ast.Name(id=name), args=[left, right]) if name in _TWO_ARGUMENTS:
                swapped = ast.Call(node.func, [right, left], [])
                yield _exchanged(side, node, swapped, left, right)


def _exchanged(side: Side, node: ast.AST, new: ast.expr, left: ast.expr, right: ast.expr) -> Change:
    text = f"{write(left)} and {write(right)} are in the wrong order"
    return Change(Fault.ORDER, text, side.put(node, new))


# -- transposed and conjugated, as a person writes them ------------------------------


def transposed(node: ast.expr, side: Side) -> ast.expr:
    """The transpose of a node: (A @ B).T = B.T @ A.T, (A.T).T = A, a scalar stays."""
    meaning = side.means(node)
    if meaning is not None and meaning.shape.is_scalar:
        return node
    turn: Callable[[ast.expr], ast.expr] = lambda part: transposed(part, side)  # noqa: E731
    match node:
        case ast.Attribute(value=value, attr="T"):
            return value
        case ast.Attribute(value=value, attr="H"):
            return ast.Call(ast.Name("conj"), [value], [])
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return negated(turn(operand))
        case ast.BinOp(op=ast.MatMult()) if (front := _front(node, side)) is not None:
            sign, rest = front
            turned = turn(rest)
            return negated(turned) if sign is None else scale(sign, turned)
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            if _is_scalar(side.means(left)) or _is_scalar(side.means(right)):
                return product(turn(left), turn(right))
            parts = [turn(right)]
            while isinstance(left, ast.BinOp) and isinstance(left.op, ast.MatMult):
                parts.append(turn(left.right))
                left = left.left
            return reduce(product, [*parts, turn(left)])
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right):
            return ast.BinOp(turn(left), op, turn(right))
    return ast.Attribute(node, "T")


def _front(node: ast.expr, side: Side) -> tuple[ast.expr | None, ast.expr] | None:
    """The sign (None) or the scalar in front of a matrix product, and the product without it."""
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            inner = _front(left, side)
            return None if inner is None else (inner[0], product(inner[1], right))
        case ast.UnaryOp(op=ast.USub(), operand=operand) if side.is_array(operand):
            return None, operand
        case ast.BinOp(left=left, op=ast.Mult(), right=right) if _is_scalar(side.means(left)):
            return left, right
    return None


def conjugated(node: ast.expr) -> ast.expr:
    """conj of a node: conj(conj(z)) = z, conj(A.T) = A.H."""
    match node:
        case ast.Call(func=ast.Name(id="conj"), args=[inner]):
            return inner
        case ast.Attribute(value=value, attr="T"):
            return ast.Attribute(value, "H")
        case ast.Attribute(value=value, attr="H"):
            return ast.Attribute(value, "T")
    return ast.Call(ast.Name("conj"), [node], [])


def _is_scalar(meaning: Expr | None) -> bool:
    return meaning is not None and meaning.shape.is_scalar


def _is_conjugated(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="conj")) | ast.Attribute(attr="H"):
            return True
    return False


def _transpose_text(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=value, attr="T"):
            return f"the transpose of {write(value)} is too much"
    return f"the transpose of {write(node)} is missing"


def _conjugate_text(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Name(id="conj"), args=[inner]):
            return f"the conjugate of {write(inner)} is too much"
        case ast.Attribute(value=value, attr="H"):
            return f"{write(value)}.T, without the conjugate, should stand for {write(node)}"
    return f"the conjugate of {write(node)} is missing"


def _arrays(side: Side) -> list[ast.expr]:
    """The arrays that can be transposed, the largest first; A of A.T is reached through A.T."""
    inner = {id(n.value) for n in side.parts() if isinstance(n, ast.Attribute)}
    # An entry by one position is the same of a row and of a column.
    inner |= {
        id(n.value)
        for n in side.parts()
        if isinstance(n, ast.Subscript) and not isinstance(n.slice, ast.Tuple)
    }
    return [
        node
        for node in side.parts()
        if side.is_array(node) and id(node) not in inner and not isinstance(node, ast.UnaryOp)
    ]


def _complex_parts(side: Side) -> list[ast.expr]:
    inner = {id(n.value) for n in side.parts() if isinstance(n, ast.Attribute)}
    inner |= {
        id(arg)
        for n in side.parts()
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "conj"
        for arg in n.args
    }
    inner |= {id(n.value) for n in side.parts() if isinstance(n, ast.Subscript)}
    return [
        node
        for node in side.parts()
        if side.is_complex(node) and id(node) not in inner and not _is_simple(node)
    ]


def _is_product(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Sub)


def _is_simple(node: ast.expr) -> bool:
    """A sign, or the unit I: their conjugates are a matter of signs."""
    return isinstance(node, ast.UnaryOp) or (isinstance(node, ast.Name) and node.id == "I")


def _inside(part: ast.AST, whole: ast.AST) -> bool:
    return any(node is part for node in ast.walk(whole))
