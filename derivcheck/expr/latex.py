"""A tree typeset in LaTeX."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import ClassVar, Literal

from derivcheck.expr.build import UNIT, ZERO
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import (
    Apply,
    Choice,
    Condition,
    Derivative,
    Expr,
    Item,
    Limit,
    Number,
    Param,
    Reduce,
    Variable,
)  # fmt: skip
from derivcheck.expr.operators import OPERATORS
from derivcheck.expr.printing import ATOM, CHOICE, POWER, PRODUCT, UNARY, Piece, Printer

_LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
_SPELLINGS = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
_GREEK = dict(zip(_LETTERS, _SPELLINGS.split(" "), strict=True))
_SPELLED = frozenset(_GREEK.values()) | {"epsilon", "phi"}


class LatexPrinter(Printer):
    signs: ClassVar[dict[str, str]] = {
        "add": " + ",
        "sub": " - ",
        "mul": r" \, ",
        "div": "/",
        "matmul": " ",
    }
    words: ClassVar[dict[str, str]] = {
        "and": r" \wedge ",
        "or": r" \vee ",
        "not": r"\neg ",
        "!=": r"\ne",
        "<=": r"\le",
        ">=": r"\ge",
        "==": "=",
        "<": "<",
        ">": ">",
    }
    constants: ClassVar[dict[str, str]] = {
        "pi": r"\pi",
        "oo": r"\infty",
        "I": r"\mathrm{i}",
        "e": r"\mathrm{e}",
    }

    def bracket(self, text: str) -> str:
        return rf"\left({text}\right)"

    def call(self, name: str, *args: str) -> Piece:
        return rf"{name}\left({', '.join(args)}\right)", ATOM

    def name(self, name: str) -> str:
        """Greek letters by name or letter; trailing digits or `_rest` as a subscript."""
        head, _, tail = name.partition("_")
        if not tail:
            parts = re.fullmatch(r"(\D+)(\d*)", head)
            head, tail = parts.groups() if parts else (head, "")
        head = "".join(f"\\{_GREEK[char]} " if char in _GREEK else char for char in head).strip()
        if head in _SPELLED:
            head = f"\\{head}"
        elif len(head) > 1 and not head.startswith("\\"):
            head = rf"\mathrm{{{head}}}"
        tail = tail.replace("_", ",")
        return f"{head}_{{{tail}}}" if tail else head

    def number(self, value: Fraction) -> Piece:
        text, strength = super().number(value)
        if "e-" in text:
            digits, power = text.split("e-")
            return rf"{digits} \cdot 10^{{-{power}}}", PRODUCT
        if "/" in text:
            sign = "-" if value < 0 else ""
            return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}", PRODUCT
        return text, strength

    def dim(self, dim: Dim) -> Piece:
        text, strength = super().dim(dim)
        return text.replace("*", r" \, "), strength

    def sign(self, op: str, left: Expr, right: Expr) -> str:
        if op == "mul" and not (left.shape.is_scalar or right.shape.is_scalar):
            return r" \circ "
        if op == "mul" and self.text(right)[0].isdigit():
            return r" \cdot "
        return self.signs[op]

    def quotient(self, above: Expr, below: Expr) -> Piece:
        return rf"\frac{{{self.text(above)}}}{{{self.text(below)}}}", UNARY

    def power(self, base: Expr, exponent: Expr) -> Piece:
        return f"{self.text(base, ATOM)}^{{{self.text(exponent)}}}", POWER

    def postfix(self, base: Expr, mark: Literal["T", "H"]) -> Piece:
        raised = r"\top" if mark == "T" else r"\mathsf{H}"
        return f"{self.text(base, ATOM)}^{{{raised}}}", POWER

    def operator(self, node: Apply) -> Piece:
        op, args = node.op, node.args
        match op:
            case "sqrt":
                return rf"\sqrt{{{self.text(args[0])}}}", ATOM
            case "exp":
                return rf"\mathrm{{e}}^{{{self.text(args[0])}}}", POWER
            case "cbrt":
                return rf"\sqrt[3]{{{self.text(args[0])}}}", ATOM
            case "conj":
                return self.conjugated(self.text(args[0])), ATOM
            case "abs":
                return rf"\left|{self.text(args[0])}\right|", ATOM
            case "floor" | "ceil":
                return rf"\left\l{op}{self.text(args[0])}\right\r{op}", ATOM
            case "factorial":
                return f"{self.text(args[0], ATOM)}!", ATOM
            case "norm":
                return rf"\left\|{self.text(args[0])}\right\|{self.norm_order(node)}", ATOM
            case "inv":
                return f"{self.text(args[0], ATOM)}^{{-1}}", POWER
            case "kron":
                return (
                    rf"{self.text(args[0], PRODUCT)} \otimes {self.text(args[1], UNARY)}",
                    PRODUCT,
                )
            case "onehot":
                return f"e_{{{self.text(args[0])}}}", ATOM
            case "eye" | "ones" | "zeros":
                mark = {"eye": "I", "ones": r"\mathbf{1}", "zeros": r"\mathbf{0}"}[op]
                sizes = r" \times ".join(self.params(op, node.params)).replace("*", "")
                return f"{mark}_{{{sizes}}}", ATOM
            case "matrix_power":
                return f"{self.text(args[0], ATOM)}^{{{self.text(args[1])}}}", POWER
            case _:
                spelling = OPERATORS[op].latex or rf"\operatorname{{{self.call_names.get(op, op)}}}"
                shown = (self.text(arg) for arg in args)
                return self.call(spelling, *shown, *self.latex_params(node))

    def latex_params(self, node: Apply) -> tuple[str, ...]:
        return tuple(rf"\text{{{text}}}" for text in self.params(node.op, node.params))

    def norm_order(self, node: Apply) -> str:
        order: Param = node.params[0]
        vector = node.args[0].shape.is_column or node.args[0].shape.is_row
        if order == "fro":
            return "" if vector else "_F"
        return {"oo": r"_\infty"}.get(str(order), f"_{order}")

    def item(self, node: Item) -> Piece:
        return f"{self.text(node.base, ATOM)}_{{{self.selectors(node)}}}", ATOM

    def array(self, rows: tuple[tuple[Expr, ...], ...]) -> str:
        lines = r" \\ ".join(" & ".join(self.text(entry) for entry in row) for row in rows)
        return rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}"

    def reduction(self, node: Reduce) -> Piece:
        self.bind(node)
        name = self.name(self.index_names[node.index.uid])
        lower = self.text(node.lower)
        upper = (
            str(int(node.upper.value) - 1)
            if isinstance(node.upper, Number) and node.upper.value.denominator == 1
            else f"{self.text(node.upper)} - 1"
        )
        mark = r"\sum" if node.kind == "sum" else r"\prod"
        return f"{mark}_{{{name}={lower}}}^{{{upper}}} {self.text(node.body, PRODUCT)}", PRODUCT

    def choice(self, node: Choice) -> Piece:
        condition = self.text(node.condition)
        if (node.then, node.otherwise) == (UNIT, ZERO):
            return rf"\mathbb{{1}}\left[{condition}\right]", ATOM
        then, otherwise = self.text(node.then), self.text(node.otherwise)
        lines = rf"{then} & \text{{if }} {condition} \\ {otherwise} & \text{{otherwise}}"
        return rf"\begin{{cases}} {lines} \end{{cases}}", ATOM

    def derivative(self, node: Derivative) -> Piece:
        body = self.text(node.body, PRODUCT)
        if node.kind == "diff":
            order = sum(target.order for target in node.targets)
            above = r"\partial" + (f"^{{{order}}}" if order > 1 else "")
            below = r" \, ".join(
                rf"\partial {self.target(t)}" + (f"^{{{t.order}}}" if t.order > 1 else "")
                for t in node.targets
            )
            return rf"\frac{{{above}}}{{{below}}} {body}", PRODUCT
        mark = {"grad": r"\nabla", "jac": r"\mathrm{J}", "hess": r"\nabla^{2}"}[node.kind]
        return f"{mark}_{{{self.target(node.targets[0])}}} {body}", PRODUCT

    def conjugated(self, text: str) -> str:
        return rf"\overline{{{text}}}"

    def limit(self, node: Limit) -> Piece:
        side = f"^{{{node.side}}}" if node.side else ""
        to = rf"{self.name(node.variable.name)} \to {self.text(node.point)}{side}"
        return rf"\lim_{{{to}}} {self.text(node.body, PRODUCT)}", PRODUCT

    def at(self, body: Expr, bindings: tuple[tuple[Variable, Expr], ...]) -> Piece:
        values = r",\; ".join(f"{self.name(var.name)} = {self.text(val)}" for var, val in bindings)
        return rf"\left.{self.text(body, CHOICE)}\right|_{{{values}}}", ATOM


def to_latex(node: Expr | Condition) -> str:
    """The node in LaTeX's mathematics mode, without dollars."""
    return LatexPrinter().text(node)
