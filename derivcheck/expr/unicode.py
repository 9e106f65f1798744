"""One readable line for a terminal: `∇_x ‖A x - b‖²`, `Σ_{k<n} x_k`. For eyes, not for parsing."""

from __future__ import annotations

from typing import ClassVar, Literal

from derivcheck.expr.build import UNIT, ZERO
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
from derivcheck.expr.printing import ATOM, CHOICE, POWER, PRODUCT, UNARY, Piece, Printer

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class UnicodePrinter(Printer):
    signs: ClassVar[dict[str, str]] = {
        "add": " + ",
        "sub": " - ",
        "mul": "·",
        "div": "/",
        "matmul": " ",
    }
    words: ClassVar[dict[str, str]] = {
        "and": " ∧ ",
        "or": " ∨ ",
        "not": "¬",
        "!=": "≠",
        "<=": "≤",
        ">=": "≥",
        "==": "=",
        "<": "<",
        ">": ">",
    }
    constants: ClassVar[dict[str, str]] = {"pi": "π", "oo": "∞", "I": "i"}
    call_names: ClassVar[dict[str, str]] = {
        "minimum": "min",
        "maximum": "max",
        "sigmoid": "σ",
        "gamma": "Γ",
        "digamma": "ψ",
        "trace": "tr",
        "sum": "Σ",
        "loggamma": "log Γ",
        "logdet": "log det",
        "real": "Re",
        "imag": "Im",
    }

    def sign(self, op: str, left: Expr, right: Expr) -> str:
        if op == "mul" and not (left.shape.is_scalar or right.shape.is_scalar):
            return " ∘ "
        if op == "mul" and isinstance(left, Number) and not isinstance(right, Number):
            return " " if right.shape.is_scalar is False else "·"
        return self.signs[op]

    def power(self, base: Expr, exponent: Expr) -> Piece:
        if isinstance(exponent, Number) and exponent.value.denominator == 1:
            return self.text(base, ATOM) + str(exponent.value).translate(_RAISED), POWER
        return f"{self.text(base, ATOM)}^{self.text(exponent, ATOM)}", POWER

    def postfix(self, base: Expr, mark: Literal["T", "H"]) -> Piece:
        return self.text(base, ATOM) + ("ᵀ" if mark == "T" else "ᴴ"), ATOM

    def operator(self, node: Apply) -> Piece:
        op, args = node.op, node.args
        match op:
            case "sqrt":
                return f"√{self.text(args[0], ATOM)}", ATOM
            case "abs":
                return f"|{self.text(args[0])}|", ATOM
            case "norm":
                return f"‖{self.text(args[0])}‖{self.norm_order(args[0], node.params)}", ATOM
            case "inv":
                return f"{self.text(args[0], ATOM)}⁻¹", ATOM
            case "floor":
                return f"⌊{self.text(args[0])}⌋", ATOM
            case "ceil":
                return f"⌈{self.text(args[0])}⌉", ATOM
            case "factorial":
                return f"{self.text(args[0], ATOM)}!", ATOM
            case "kron":
                return f"{self.text(args[0], PRODUCT)} ⊗ {self.text(args[1], UNARY)}", PRODUCT
            case "onehot":
                return f"e_{self.text(args[0], ATOM)}", ATOM
            case "eye" | "ones" | "zeros":
                mark = {"eye": "I", "ones": "𝟏", "zeros": "𝟎"}[op]
                return f"{mark}_{self.subscript('×'.join(self.params(op, node.params)))}", ATOM
            case "matrix_power":
                return f"{self.text(args[0], ATOM)}^{self.text(args[1], ATOM)}", POWER
            case "conj":
                return self.conjugated(self.text(args[0])), ATOM
            case _:
                return super().operator(node)

    def norm_order(self, base: Expr, params: tuple[Param, ...]) -> str:
        order = params[0]
        if order == "fro":
            return "" if base.shape.is_column or base.shape.is_row else "_F"
        return {"oo": "_∞"}.get(str(order), str(order).translate(_LOWERED))

    def subscript(self, text: str) -> str:
        return text if len(text) == 1 else f"{{{text}}}"

    def item(self, node: Item) -> Piece:
        return f"{self.text(node.base, ATOM)}_{self.subscript(self.selectors(node))}", ATOM

    def reduction(self, node: Reduce) -> Piece:
        self.bind(node)
        name = self.index_names[node.index.uid]
        under = "" if node.lower == ZERO else f"{self.text(node.lower)}≤"
        mark = "Σ" if node.kind == "sum" else "Π"
        body = self.text(node.body, PRODUCT)
        return f"{mark}_{{{under}{name}<{self.text(node.upper)}}} {body}", PRODUCT

    def choice(self, node: Choice) -> Piece:
        if (node.then, node.otherwise) == (UNIT, ZERO):
            return f"𝟙[{self.text(node.condition)}]", ATOM
        return super().choice(node)

    def derivative(self, node: Derivative) -> Piece:
        body = self.text(node.body, PRODUCT)
        if node.kind == "diff":
            below = "".join(
                "∂" + self.target(t) + (str(t.order).translate(_RAISED) if t.order > 1 else "")
                for t in node.targets
            )
            order = sum(target.order for target in node.targets)
            above = "∂" + (str(order).translate(_RAISED) if order > 1 else "")
            return f"{above}/{below} {body}", PRODUCT
        mark = {"grad": "∇", "jac": "J", "hess": "∇²"}[node.kind]
        return f"{mark}_{self.target(node.targets[0])} {body}", PRODUCT

    def conjugated(self, text: str) -> str:
        return f"{text}̄" if len(text) == 1 else f"conj({text})"

    def limit(self, node: Limit) -> Piece:
        to = f"{node.variable.name}→{self.text(node.point)}{node.side.translate(_SIDES)}"
        return f"lim_{{{to}}} {self.text(node.body, PRODUCT)}", PRODUCT

    def at(self, body: Expr, bindings: tuple[tuple[Variable, Expr], ...]) -> Piece:
        values = ", ".join(f"{var.name}={self.text(value)}" for var, value in bindings)
        return f"[{self.text(body, CHOICE)}]_{{{values}}}", ATOM


_SIDES = str.maketrans("+-", "⁺⁻")


def to_unicode(node: Expr | Condition) -> str:
    """The node as one line of mathematics for a terminal."""
    return UnicodePrinter().text(node)
