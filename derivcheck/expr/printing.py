"""Back from a tree to the claim language, with the fewest parentheses that keep the tree.

`parse(to_text(tree)) == tree` up to the uid of indices. `Printer` holds what all notations
share; `UnicodePrinter` and `LatexPrinter` say only what they write differently.
"""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from typing import ClassVar, Literal, assert_never

from derivcheck.expr.build import UNIT, ZERO, children
from derivcheck.expr.dims import ONE, Dim
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

# How tightly a text binds, as in Python: a part that binds less than its place asks is bracketed.
CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM = range(10)

Piece = tuple[str, int]


class Printer:
    """Writes the claim language itself."""

    signs: ClassVar[dict[str, str]] = {
        "add": " + ",
        "sub": " - ",
        "mul": "*",
        "div": "/",
        "matmul": " @ ",
    }
    words: ClassVar[dict[str, str]] = {
        "and": " and ",
        "or": " or ",
        "not": "not ",
        "!=": "!=",
        "<=": "<=",
        ">=": ">=",
        "==": "==",
        "<": "<",
        ">": ">",
    }
    constants: ClassVar[dict[str, str]] = {}
    call_names: ClassVar[dict[str, str]] = {"minimum": "min", "maximum": "max"}

    def __init__(self) -> None:
        self.index_names: dict[int, str] = {}

    def text(self, node: Expr | Condition, least: int = CHOICE) -> str:
        """The text of a node, bracketed when it binds less tightly than `least`."""
        text, strength = self.piece(node)
        return text if strength >= least else self.bracket(text)

    def piece(self, node: Expr | Condition) -> Piece:
        match node:
            case Number(value):
                return self.number(value)
            case Constant(name):
                return self.constants.get(name, name), ATOM
            case Size(dim):
                return self.dim(dim)
            case Variable(name):
                return self.name(name), ATOM
            case Index(name, uid):
                return self.name(self.index_names.get(uid, name)), ATOM
            case Apply():
                return self.apply(node)
            case Item():
                return self.item(node)
            case Array(rows):
                return self.array(rows), ATOM
            case Reduce():
                return self.reduction(node)
            case Choice():
                return self.choice(node)
            case Call(name, args):
                return self.call(self.name(name), *(self.text(arg) for arg in args))
            case Recur(name, argument):
                return self.call(self.name(name), self.text(argument))
            case Derivative():
                return self.derivative(node)
            case Limit():
                return self.limit(node)
            case At(body, bindings):
                return self.at(body, bindings)
            case Compare(op, lhs, rhs):
                return f"{self.text(lhs, SUM)} {self.words[op]} {self.text(rhs, SUM)}", COMPARE
            case Logic("not", args):
                return self.words["not"] + self.text(args[0], NOT), NOT
            case Logic(op, args):
                level = AND if op == "and" else OR
                return self.words[op].join(self.text(arg, level + 1) for arg in args), level
            case _:
                assert_never(node)

    def bracket(self, text: str) -> str:
        return f"({text})"

    def call(self, name: str, *args: str) -> Piece:
        return f"{name}({', '.join(args)})", ATOM

    def name(self, name: str) -> str:
        return name

    def number(self, value: Fraction) -> Piece:
        """An integer, a decimal where the fraction ends as one, else a quotient."""
        text, strength = number_text(abs(value)), ATOM if _ends(value) else PRODUCT
        return (f"-{text}", min(UNARY, strength)) if value < 0 else (text, strength)

    def dim(self, dim: Dim) -> Piece:
        if dim.constant is not None:
            return str(dim), ATOM if dim.constant >= 0 else UNARY
        if str(dim) in dim.names:
            return self.name(str(dim)), ATOM
        text = re.sub(r"[^\W\d]\w*", lambda found: self.name(found[0]), str(dim))
        return text, SUM if len(dim.terms) > 1 else PRODUCT

    def apply(self, node: Apply) -> Piece:
        op, args = node.op, node.args
        match op:
            case "add" | "sub":
                return self.binary(op, args, SUM)
            case "mul" | "matmul":
                return self.binary(op, args, PRODUCT)
            case "div":
                return self.quotient(*args)
            case "neg":
                return f"-{self.text(args[0], UNARY)}", UNARY
            case "pow":
                return self.power(*args)
            case "transpose":
                return self.postfix(args[0], "T")
            case "conj" if isinstance(args[0], Apply) and args[0].op == "transpose":
                return self.postfix(args[0].args[0], "H")
            case _:
                return self.operator(node)

    def binary(self, op: str, args: tuple[Expr, ...], level: int) -> Piece:
        left, right = args
        sign = self.sign(op, left, right)
        return f"{self.text(left, level)}{sign}{self.text(right, level + 1)}", level

    def sign(self, op: str, left: Expr, right: Expr) -> str:
        return self.signs[op]

    def quotient(self, above: Expr, below: Expr) -> Piece:
        return self.binary("div", (above, below), PRODUCT)

    def power(self, base: Expr, exponent: Expr) -> Piece:
        return f"{self.text(base, ATOM)}**{self.text(exponent, UNARY)}", POWER

    def postfix(self, base: Expr, mark: Literal["T", "H"]) -> Piece:
        return f"{self.text(base, ATOM)}.{mark}", ATOM

    def operator(self, node: Apply) -> Piece:
        """A named operator as a call; what its params say is written as Python would."""
        args = [self.text(arg) for arg in node.args]
        name = self.call_names.get(node.op, node.op)
        return self.call(name, *args, *self.params(node.op, node.params))

    def params(self, op: str, params: tuple[Param, ...]) -> tuple[str, ...]:
        match op, params:
            case "norm", ("fro",):
                return ()
            case "eye", (rows, cols) if rows == cols:
                return (str(rows),)
            case (("ones" | "zeros"), (rows, cols)) if cols == ONE:
                return (str(rows),)
            case (("sum" | "mean" | "max" | "min" | "softmax" | "logsumexp"), (axis,)):
                return (f"axis={axis}",)
            case _:
                return tuple(str(param) for param in params)

    def item(self, node: Item) -> Piece:
        """`x[i]` of a column or a row, `A[i]` is a row, else `A[i, j]`."""
        return f"{self.text(node.base, ATOM)}[{self.selectors(node)}]", ATOM

    def selectors(self, node: Item) -> str:
        rows = self.selector(node.rows, node.base.shape.rows)
        if node.base.shape.is_column and node.cols == ZERO:
            return rows
        return f"{rows}, {self.selector(node.cols, node.base.shape.cols)}"

    def selector(self, selector: Expr | Interval, available: Dim) -> str:
        if not isinstance(selector, Interval):
            return self.text(selector)
        start = "" if selector.start == Dim.of(0) else str(selector.start)
        return f"{start}:{'' if selector.stop == available else selector.stop}"

    def array(self, rows: tuple[tuple[Expr, ...], ...]) -> str:
        if all(len(row) == 1 for row in rows):
            return f"[{', '.join(self.text(row[0]) for row in rows)}]"
        lines = (f"[{', '.join(self.text(entry) for entry in row)}]" for row in rows)
        return f"[{', '.join(lines)}]"

    def reduction(self, node: Reduce) -> Piece:
        """Nested sums in one generator, outermost first, as Python nests `for`."""
        loops: list[str] = []
        body = node
        while True:
            bounds = [self.text(body.upper)]
            if body.lower != ZERO:
                bounds.insert(0, self.text(body.lower))
            self.bind(body)
            loops.append(f" for {self.index_names[body.index.uid]} in range({', '.join(bounds)})")
            if not (isinstance(body.body, Reduce) and body.body.kind == node.kind):
                break
            body = body.body
        return f"{node.kind}({self.text(body.body)}{''.join(loops)})", ATOM

    def bind(self, node: Reduce) -> None:
        """Name the index of a sum apart from everything else that its body mentions."""
        taken, name = self.names_in(node.body, node.index.uid), node.index.name
        fresh = (f"{name}{number}" for number in itertools.count(1))
        while name in taken:
            name = next(fresh)
        self.index_names[node.index.uid] = name

    def names_in(self, node: Expr | Condition, own: int) -> set[str]:
        """The names that stand free in a node, the index `own` left out."""
        found: set[str] = set()
        indices: dict[int, str] = {}
        bound, stack, seen = {own}, [node], set[int]()
        while stack:
            part = stack.pop()
            if id(part) in seen:
                continue
            seen.add(id(part))
            stack.extend(children(part))
            match part:
                case Variable(name) | Call(name) | Recur(name):
                    found.add(name)
                case Size(dim):
                    found |= dim.names
                case Index(name, uid):
                    indices[uid] = self.index_names.get(uid, name)
                case Reduce(_, index):
                    bound.add(index.uid)
                case _:
                    pass
        return found | {name for uid, name in indices.items() if uid not in bound}

    def choice(self, node: Choice) -> Piece:
        if (node.then, node.otherwise) == (UNIT, ZERO):
            return self.call("indicator", self.text(node.condition))
        then, otherwise = self.text(node.then, OR), self.text(node.otherwise)
        return f"{then} if {self.text(node.condition, OR)} else {otherwise}", CHOICE

    def derivative(self, node: Derivative) -> Piece:
        args = [self.text(node.body)]
        for target in node.targets:
            args.append(self.target(target))
            if target.order != 1:
                args.append(str(target.order))
        if node.structured:
            args.append("structure=True")
        return self.call(node.kind, *args)

    def target(self, target: Target) -> str:
        text = self.name(target.variable.name)
        if target.entry is not None:
            rows, cols = target.entry
            one = target.variable.shape.is_column and cols == ZERO
            text += f"[{self.text(rows)}]" if one else f"[{self.text(rows)}, {self.text(cols)}]"
        return self.conjugated(text) if target.conjugate else text

    def conjugated(self, text: str) -> str:
        return self.call("conj", text)[0]

    def limit(self, node: Limit) -> Piece:
        side = [f'"{node.side}"'] if node.side else []
        args = (self.text(node.body), self.name(node.variable.name), self.text(node.point), *side)
        return self.call("limit", *args)

    def at(self, body: Expr, bindings: tuple[tuple[Variable, Expr], ...]) -> Piece:
        values = (f"{self.name(var.name)}={self.text(value)}" for var, value in bindings)
        return self.call("at", self.text(body), *values)


def _ends(value: Fraction) -> bool:
    """Whether the decimal expansion ends."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def number_text(value: Fraction) -> str:
    """The exact text of a rational number that is not negative: `3`, `0.25`, `1e-30`, `1/3`."""
    if value.denominator == 1:
        return str(value.numerator)
    if not _ends(value):
        return f"{value.numerator}/{value.denominator}"
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(int(value * 10**places))
    if places - len(digits) > 6:
        return f"{digits}e-{places}"
    digits = digits.rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"


def to_text(node: Expr | Condition) -> str:
    """The node in the claim language."""
    return Printer().text(node)
