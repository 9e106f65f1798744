"""What is not in the language, and what to write instead; numbers too large to hold."""

from __future__ import annotations

import ast

from derivcheck.expr.nodes import Apply, Expr, Number

MAX_BITS = 100_000


def forbidden(node: ast.expr) -> tuple[str, ast.expr, str]:
    """What a reader should write instead of Python that is not in the language."""
    match node:
        case ast.BinOp(op=ast.BitXor()):
            return "`^` is not a power", node, "write ** for a power"
        case ast.BinOp(op=ast.FloorDiv()):
            return "`//` is not in the language", node, "write floor(a / b)"
        case ast.BinOp(op=ast.Mod()):
            return "`%` is not in the language", node, "write a - b*floor(a / b)"
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return "a condition where a value is needed", node, "indicator(x > 0) is 1 or 0"
        case ast.GeneratorExp() | ast.ListComp():
            return "a generator stands only inside sum(…) or prod(…)", node, ""
        case ast.Tuple():
            return "a tuple is not a value", node, "a column is [a, b], a matrix [[a, b], [c, d]]"
        case ast.Lambda():
            return "`lambda` is not in the language", node, "define a function under `define:`"
        case ast.Starred():
            return "`*` in front of an argument is not in the language", node, ""
    return f"{type(node).__name__} is not in the language", node, ""


def bits(node: Expr) -> float:
    """An upper bound of log2 of numerator and denominator of a constant; 0 for what is not one."""
    match node:
        case Number(value):
            return max(value.numerator.bit_length(), value.denominator.bit_length())
        case Apply("neg", (inner,)):
            return bits(inner)
        case Apply("add" | "sub" | "mul" | "div" | "pow" as op, (left, right)):
            size, other = bits(left), bits(right)
            if not size or not other:
                return 0
            if op != "pow":
                return size + other + 1
            if other > 64:
                return float("inf")
            return size * max(
                float(abs(right.value)) if isinstance(right, Number) else 2.0**other, 1.0
            )
    return 0
