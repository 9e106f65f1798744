"""Formulas as Python syntax trees that can be changed in one place and written down again.

Every part keeps the text it was read from, so a changed formula differs from the original only
where it was changed: names, definitions, spacing and digits stay as the author wrote them.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from derivcheck.expr.syntax import Formula

CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM = range(10)

_BINARY: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: (" + ", SUM),
    ast.Sub: (" - ", SUM),
    ast.Mult: ("*", PRODUCT),
    ast.Div: ("/", PRODUCT),
    ast.MatMult: (" @ ", PRODUCT),
    ast.Pow: ("**", POWER),
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def keep_texts(formula: Formula) -> None:
    """Notes at every expression of a formula the text it was read from."""
    for node in ast.walk(formula.tree):
        if isinstance(node, ast.expr):
            node.spelled = formula.text_of(node)  # type: ignore[attr-defined]


def snippet(text: str) -> ast.expr:
    """A small formula of our own, such as `sqrt(2/pi)`."""
    tree = ast.parse(text, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.spelled = ast.get_source_segment(text, node)  # type: ignore[attr-defined]
    return tree


def replaced(root: ast.expr, old: ast.AST, new: ast.expr) -> ast.expr:
    """`root` with the node `old` replaced; shares all parts off the way to it."""
    result = _replaced(root, old, new)
    assert isinstance(result, ast.expr)
    return result


def _replaced(node: ast.AST, old: ast.AST, new: ast.expr) -> ast.AST:
    if node is old:
        return new
    changed: dict[str, object] = {}
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            part: object = _replaced(value, old, new)
        elif isinstance(value, list):
            part = [_replaced(v, old, new) if isinstance(v, ast.AST) else v for v in value]
            if all(x is y for x, y in zip(part, value, strict=True)):
                part = value
        else:
            part = value
        if part is not value:
            changed[name] = part
    if not changed:
        return node
    clone = copy.copy(node)
    clone.__dict__.pop("spelled", None)
    for name, value in changed.items():
        setattr(clone, name, value)
    return clone


def binding(node: ast.expr) -> int:
    """How tightly the text of a node binds, as in Python."""
    match node:
        case ast.IfExp():
            return CHOICE
        case ast.BoolOp(op=ast.Or()):
            return OR
        case ast.BoolOp():
            return AND
        case ast.UnaryOp(op=ast.Not()):
            return NOT
        case ast.Compare():
            return COMPARE
        case ast.BinOp(op=op) if type(op) in _BINARY:
            return _BINARY[type(op)][1]
        case ast.UnaryOp():
            return UNARY
    return ATOM


def write(node: ast.expr, least: int = CHOICE) -> str:
    """The text of a tree, in parentheses where it binds less tightly than its place asks."""
    spelled: str | None = getattr(node, "spelled", None)
    text = spelled if spelled is not None else _compose(node)
    return f"({text})" if binding(node) < least else text


def _compose(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=value):
            return repr(value)
        case ast.Name(id=name):
            return name
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return f"{write(left, ATOM)}**{write(right, UNARY)}"
        case ast.BinOp(left=left, op=op, right=right):
            sign, level = _BINARY[type(op)]
            return f"{write(left, level)}{sign}{write(right, level + 1)}"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"not {write(operand, NOT)}"
        case ast.UnaryOp(op=op, operand=operand):
            return ("-" if isinstance(op, ast.USub) else "+") + write(operand, UNARY)
        case ast.BoolOp(op=op, values=values):
            level = AND if isinstance(op, ast.And) else OR
            word = " and " if level == AND else " or "
            return word.join(write(value, level + 1) for value in values)
        case ast.Compare(left=left, ops=ops, comparators=parts):
            text = write(left, COMPARE + 1)
            for relation, part in zip(ops, parts, strict=True):
                text += f" {_COMPARE[type(relation)]} {write(part, COMPARE + 1)}"
            return text
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return f"{write(body, OR)} if {write(test, OR)} else {write(orelse)}"
        case ast.Call(func=func, args=args, keywords=keywords):
            if len(args) == 1 and isinstance(args[0], ast.GeneratorExp) and not keywords:
                return f"{write(func, ATOM)}({_generated(args[0])})"
            inside = [write(arg) for arg in args]
            inside += [f"{keyword.arg}={write(keyword.value)}" for keyword in keywords]
            return f"{write(func, ATOM)}({', '.join(inside)})"
        case ast.Attribute(value=value, attr=name):
            return f"{write(value, ATOM)}.{name}"
        case ast.Subscript(value=value, slice=ast.Tuple(elts=elts)):
            return f"{write(value, ATOM)}[{', '.join(write(part) for part in elts)}]"
        case ast.Subscript(value=value, slice=part):
            return f"{write(value, ATOM)}[{write(part)}]"
        case ast.Slice(lower=lower, upper=upper):
            return f"{write(lower) if lower else ''}:{write(upper) if upper else ''}"
        case ast.List(elts=elts):
            return f"[{', '.join(write(part) for part in elts)}]"
        case ast.GeneratorExp():
            return f"({_generated(node)})"
    return ast.unparse(node)


def _generated(node: ast.GeneratorExp) -> str:
    text = write(node.elt)
    for part in node.generators:
        text += f" for {write(part.target)} in {write(part.iter)}"
        text += "".join(f" if {write(test, OR)}" for test in part.ifs)
    return text


# -- sums and products ---------------------------------------------------------------------------


def number(value: int) -> ast.expr:
    return ast.Constant(value)


def add(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Add(), right)


def times(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Mult(), right)


def over(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Div(), right)


def product(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.MatMult(), right)


def terms(node: ast.expr) -> list[tuple[int, ast.expr]]:
    """The terms of a sum with their signs; a node that is no sum is its own single term."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            sign = 1 if isinstance(op, ast.Add) else -1
            return terms(left) + [(sign * s, term) for s, term in terms(right)]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return [(-s, term) for s, term in terms(operand)]
    return [(1, node)]


def total(parts: list[tuple[int, ast.expr]]) -> ast.expr:
    """The sum of signed terms; 0 of none."""
    if not parts:
        return number(0)
    sign, result = parts[0]
    if sign < 0:
        result = negated(result)
    for sign, term in parts[1:]:
        bare = _bare(term)
        if bare is not None:
            sign, term = -sign, bare
        result = ast.BinOp(result, ast.Add() if sign > 0 else ast.Sub(), term)
    return result


def negated(node: ast.expr) -> ast.expr:
    """Minus a node, written the way a person would: b - a for a - b."""
    bare = _bare(node)
    if bare is not None:
        return bare
    parts = terms(node)
    if len(parts) == 2 and parts[0][0] > 0 > parts[1][0]:
        return ast.BinOp(parts[1][1], ast.Sub(), parts[0][1])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.MatMult):
        first = node.left
        front = ast.UnaryOp(ast.USub(), first) if _is_sum(first) else negated(first)
        return ast.BinOp(front, node.op, node.right)
    return ast.UnaryOp(ast.USub(), node)


def _is_sum(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _bare(node: ast.expr) -> ast.expr | None:
    """The node without its leading minus, or None where it has none."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return operand
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.MatMult() as op, right=right):
            inner = _bare(left)
            if inner is None:
                return None
            match inner, op:
                case ast.Constant(value=1), ast.Mult():
                    return right
            return ast.BinOp(inner, op, right)
    return None


def factors(node: ast.expr) -> Iterator[ast.expr]:
    """The factors of a product, from left to right: numerators, denominators and matrices."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.MatMult(), right=right):
            yield from factors(left)
            if isinstance(node.op, ast.Div):
                yield right
            else:
                yield from factors(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield from factors(operand)
        case _:
            yield node


def same(left: ast.AST, right: ast.AST) -> bool:
    """Whether two trees are the same formula."""
    return ast.dump(left) == ast.dump(right)


def size(node: ast.AST) -> int:
    return sum(isinstance(part, ast.expr) for part in ast.walk(node))
