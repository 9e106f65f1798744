"""Exponents: off by one, missing, with the wrong name; roots."""

from __future__ import annotations

import ast

from derivcheck.variants.change import Change, Changes
from derivcheck.variants.factors import scalar_names
from derivcheck.variants.sides import Side
from derivcheck.variants.syntax import number, replaced, snippet, terms, total, write
from derivcheck.verdict import Fault


def shifted(side: Side, other: Side) -> Changes:
    """u**k -> u**(k+1), u**(k-1), and the same for matrix_power(A, k)."""
    for node in side.parts():
        match node:
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                pass
            case ast.Call(func=ast.Name(id="matrix_power"), args=[base, exponent]):
                pass
            case _:
                continue
        for step in (1, -1):
            new = _stepped(exponent, step)
            if isinstance(node, ast.BinOp) and isinstance(new, ast.Constant) and new.value == 1:
                root = side.put(node, base)
            else:
                root = side.put(node, replaced(node, exponent, new))
            text = f"the exponent of {write(base)} should be {write(new)}"
            yield Change(Fault.FACTOR, text, root)


def raised(side: Side, other: Side) -> Changes:
    """u -> u**2 for names and calls, sqrt(u) for both; u -> u**n with a size or exponent n."""
    names = scalar_names(side) + scalar_names(other)
    sizes = [n for n in dict.fromkeys(names) if n.isidentifier()]
    powers = {id(n.left) for n in side.parts() if isinstance(n, ast.BinOp)
              and isinstance(n.op, ast.Pow)}  # fmt: skip
    places = [
        node
        for node in side.parts()
        if isinstance(node, ast.Name | ast.Call | ast.BinOp)
        and id(node) not in powers
        and not (isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Sub))
    ]
    for node in places:
        yield _power(side, node, number(2))
    for node in places:
        match node:
            case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
                text = f"the square root of {write(inner)} is too much"
                yield Change(Fault.FACTOR, text, side.put(node, inner))
            case _ if not side.is_array(node):
                text = f"the square root of {write(node)} should be taken"
                root = side.put(node, ast.Call(ast.Name("sqrt"), [node], []))
                yield Change(Fault.FACTOR, text, root)
    for node in places:
        if isinstance(node, ast.Name):
            for name in sizes:
                if name != node.id:
                    yield _power(side, node, snippet(name))
    for part in side.parts():
        if isinstance(part, ast.Constant) and id(part) not in powers:
            for name in sizes:
                yield _power(side, part, snippet(name))


def _power(side: Side, node: ast.expr, exponent: ast.expr) -> Change:
    text = f"{write(node)} should have the exponent {write(exponent)}"
    return Change(Fault.FACTOR, text, side.put(node, ast.BinOp(node, ast.Pow(), exponent)))


def _stepped(exponent: ast.expr, step: int) -> ast.expr:
    """k -> k + step, with numbers added up: n - 1 -> n."""
    match exponent:
        case ast.Constant(value=int(value)):
            return number(value + step)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return number(step - value)
    parts = terms(exponent)
    constant = sum(s * t.value for s, t in parts if isinstance(t, ast.Constant)) + step  # type: ignore[operator,misc]
    rest = [(s, t) for s, t in parts if not isinstance(t, ast.Constant)]
    if constant:
        rest.append((1 if constant > 0 else -1, number(abs(constant))))
    return total(rest)
