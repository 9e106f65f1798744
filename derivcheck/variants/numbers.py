"""Numbers: a literal off by a little, a rounded literal in place of an exact constant."""

from __future__ import annotations

import ast
import math
from fractions import Fraction

from derivcheck.variants.change import Change, Changes
from derivcheck.variants.sides import Side
from derivcheck.variants.syntax import number, snippet, write
from derivcheck.verdict import Fault

EXACT: dict[str, float] = {
    "pi": math.pi, "e": math.e, "log(2)": math.log(2), "log(10)": math.log(10),
    "log(3)": math.log(3), "sqrt(2)": math.sqrt(2), "sqrt(3)": math.sqrt(3),
    "sqrt(5)": math.sqrt(5), "sqrt(pi)": math.sqrt(math.pi), "sqrt(2*pi)": math.sqrt(2 * math.pi),
    "sqrt(2/pi)": math.sqrt(2 / math.pi), "1/sqrt(2)": math.sqrt(1 / 2),
    "1/sqrt(pi)": 1 / math.sqrt(math.pi), "2/sqrt(pi)": 2 / math.sqrt(math.pi),
    "1/sqrt(2*pi)": 1 / math.sqrt(2 * math.pi), "sqrt(pi)/2": math.sqrt(math.pi) / 2,
    "sqrt(pi/2)": math.sqrt(math.pi / 2), "pi/2": math.pi / 2, "pi/3": math.pi / 3,
    "pi/4": math.pi / 4, "pi/6": math.pi / 6, "2*pi": 2 * math.pi, "1/pi": 1 / math.pi,
    "2/pi": 2 / math.pi, "pi**2/6": math.pi**2 / 6, "pi**2": math.pi**2, "1/e": 1 / math.e,
    "1/log(2)": 1 / math.log(2), "1/log(10)": 1 / math.log(10), "log(2)/2": math.log(2) / 2,
    "(1 + sqrt(5))/2": (1 + math.sqrt(5)) / 2, "sqrt(3)/2": math.sqrt(3) / 2,
    "-digamma(1)": 0.5772156649015329, "pi/180": math.pi / 180, "180/pi": 180 / math.pi,
    "log(2*pi)": math.log(2 * math.pi), "log(2*pi)/2": math.log(2 * math.pi) / 2,
    "2*log(2)": 2 * math.log(2), "sqrt(e)": math.sqrt(math.e),
}  # fmt: skip
_THIRDS = tuple(
    f"{p}/{q}" for q in (3, 6, 7, 9, 11, 12, 13) for p in range(1, 2 * q) if math.gcd(p, q) == 1
)
NEAR = 0.02


def rounded(side: Side, other: Side) -> Changes:
    """0.6931 -> log(2), 355/113 -> pi: the exact constants near a decimal or a quotient."""
    for node in side.parts():
        value = _literal(node)
        if value is None or value == 0:
            continue
        candidates = EXACT | {text: float(Fraction(text)) for text in _THIRDS}
        whole = round(value)
        if whole and isinstance(node, ast.Constant) and whole != value:
            candidates[str(whole)] = float(whole)
        near = [(abs(exact / value - 1), text) for text, exact in candidates.items()]
        for distance, text in sorted(near):
            if distance < NEAR:
                shown = f"{write(node)} is a rounded {text}"
                yield Change(Fault.CONSTANT, shown, side.put(node, snippet(text)))


def constants(side: Side, other: Side) -> Changes:
    """A side that is a number or a constant, for another simple one."""
    match side.root:
        case ast.Constant() | ast.Name(id="pi" | "e"):
            for new in ("0", "1", "-1", "1/2", "2", "pi", "pi/2", "e", "1/e", "oo"):
                if new != write(side.root):
                    text = f"{write(side.root)} should be {new}"
                    yield Change(Fault.CONSTANT, text, snippet(new))


def _literal(node: ast.expr) -> float | None:
    match node:
        case ast.Constant(value=float(value)):
            return value
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=int(below))) if below:
            match left:
                case ast.Constant(value=int(above)) if above > 9 and below > 6:
                    return above / below
    return None


def shifted(side: Side, other: Side) -> Changes:
    """k -> k + 1, k - 1, 2k for a whole number outside exponents."""
    exponents = {
        id(node.right)
        for node in side.parts()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
    }
    for node in side.parts():
        if id(node) in exponents or not isinstance(node, ast.Constant):
            continue
        if not isinstance(node.value, int) or isinstance(node.value, bool):
            continue
        for new in (node.value + 1, node.value - 1, 2 * node.value, node.value + 2):
            if new == node.value or new < 0:
                continue
            text = f"{write(node)} should be {new}"
            yield Change(Fault.CONSTANT, text, side.put(node, number(new)))
