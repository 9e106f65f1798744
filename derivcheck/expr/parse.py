"""The parser: Python syntax trees through a whitelist to well-shaped nodes.

Definitions are expanded where they are used. Nothing is evaluated: a syntax tree is only walked.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping
from fractions import Fraction

from derivcheck.expr import build, entries
from derivcheck.expr.declarations import Declaration
from derivcheck.expr.dims import Dim
from derivcheck.expr.environment import Environment
from derivcheck.expr.expansion import Expansion
from derivcheck.expr.names import (
    CONSTANTS,
    NamedExpression,
    NamedFunction,
    NamedRecurrence,
    NamedUnknown,
    Names,
)  # fmt: skip
from derivcheck.expr.nodes import (
    Apply,
    Condition,
    Constant,
    Expr,
    Index,
    Interval,
    Number,
    Size,
    Variable,
)  # fmt: skip
from derivcheck.expr.operators import ShapeError
from derivcheck.expr.syntax import read, suggestion
from derivcheck.expr.whitelist import MAX_BITS, bits, forbidden
from derivcheck.text import Fragment, SpecError

MAX_WEIGHT = 100_000

_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


class Parser:
    """Reads formulas in the scope of `names`; remembers what it expanded, so trees share it."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.promoted = False  # an integer variable has become a size: read everything again
        self.definitions = Expansion(self)
        self._uids = itertools.count(1)
        self._weights: dict[int, int] = {}
        self._kept: list[Expr | Condition] = []

    # -- entry points ------------------------------------------------------

    def expression(
        self,
        fragment: Fragment,
        local: Mapping[str, Expr] | None = None,
        free: Mapping[str, Variable] | None = None,
    ) -> Expr:
        """Read an expression. Raises SpecError."""
        formula = read(fragment)
        env = Environment(formula, local or {}, free or {})
        self.check_names(env)
        return self.expr(formula.tree, env)

    def check_names(self, env: Environment) -> None:
        """Report every undeclared name of the formula at once."""
        from derivcheck.expr.functions import FUNCTIONS, NUMPY_PREFIXES

        bound = set(env.local) | set(env.free)
        for node in ast.walk(env.formula.tree):
            if isinstance(node, ast.comprehension):
                bound |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        known = bound | set(self.names.entries) | set(self.names.dims) | set(CONSTANTS)
        callable_ = set(FUNCTIONS) | set(self.names.entries) | {"range"}
        errors = []
        called = {
            id(node.func) for node in ast.walk(env.formula.tree) if isinstance(node, ast.Call)
        }
        for node in ast.walk(env.formula.tree):
            if not isinstance(node, ast.Name) or node.id in known:
                continue
            if node.id in NUMPY_PREFIXES or (id(node) in called and node.id in callable_):
                continue
            what = "function" if id(node) in called else "name"
            near = callable_ - {"range"} if what == "function" else known
            hint = suggestion(node.id, sorted(near))
            if what == "name" and node.id in FUNCTIONS:
                hint = f"`{node.id}` is a function: write {node.id}(…)"
            elif not hint and what == "name":
                hint = f"declare it under `variables:`, e.g. `{node.id}: real`"
            errors.append(env.formula.diagnostic("P003", f"unknown {what} `{node.id}`", node, hint))
        if errors:
            raise SpecError(*errors)

    # -- bookkeeping -------------------------------------------------------

    def fresh_index(self, name: str) -> Index:
        return Index(name, next(self._uids))

    def weigh(self, node: Expr | Condition, syntax: ast.AST, env: Environment) -> None:
        """Bound the tree a formula expands to; shared parts count each time they are used."""
        total = 1
        for child in build.children(node):
            total += self._weights.get(id(child), 1)
        self._weights[id(node)] = total
        self._kept.append(node)
        if total > MAX_WEIGHT:
            raise env.formula.error(
                "P008", f"the formula expands to more than {MAX_WEIGHT} parts", syntax
            )

    # -- expressions -------------------------------------------------------

    def expr(self, node: ast.expr, env: Environment) -> Expr:
        """An expression of the whitelist. Raises SpecError with the place of the fault."""
        try:
            result = self._expr(node, env)
        except ShapeError as error:
            raise env.formula.error("P004", str(error), node, error.hint) from None
        self.weigh(result, node, env)
        return result

    def _expr(self, node: ast.expr, env: Environment) -> Expr:
        from derivcheck.expr.functions import attribute, call

        match node:
            case ast.Constant():
                return self._constant(node, env)
            case ast.Name(id=name):
                return self.name(name, node, env)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return build.matmul(self.expr(left, env), self.expr(right, env))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                pair = self.expr(left, env), self.expr(right, env)
                result = build.apply(_BINARY[type(op)], *pair)
                if isinstance(op, ast.Pow):
                    self._check_power(result, node, env)
                return result
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.expr(operand, env)
                if isinstance(inner, Number) and isinstance(operand, ast.Constant):
                    return build.number(-inner.value)
                return build.apply("neg", inner)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.expr(operand, env)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return build.choice(
                    self.condition(test, env), self.expr(body, env), self.expr(orelse, env)
                )
            case ast.List(elts=rows):
                return self._array(rows, env)
            case ast.Subscript():
                return self._subscript(node, env)
            case ast.Attribute():
                return attribute(self, node, env)
            case ast.Call():
                return call(self, node, env)
        raise env.formula.error("P002", *forbidden(node))

    def _constant(self, node: ast.Constant, env: Environment) -> Expr:
        value = node.value
        if value is ...:
            raise env.formula.error("P002", "`...` stands for a formula still to be written", node)
        if isinstance(value, complex):
            raise env.formula.error(
                "P002", "Python's `j` is not used here", node, "write I, as in 2*I"
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise env.formula.error("P002", f"`{env.formula.text_of(node)}` is not a number", node)
        text = env.formula.text_of(node).replace("_", "").lower()
        if text.startswith(("0x", "0o", "0b")):
            return build.number(int(text, 0))
        mantissa, _, exponent = text.partition("e")
        if (exponent and abs(int(exponent)) > 10_000) or len(mantissa) > 10_000:
            raise env.formula.error("P008", "a number of more than 10000 digits", node)
        return build.number(Fraction(text))

    def _check_power(self, node: Apply, syntax: ast.AST, env: Environment) -> None:
        if bits(node) > MAX_BITS:
            raise env.formula.error(
                "P008", "a power with more than 30000 digits", syntax, "no engine could hold it"
            )

    # -- names -------------------------------------------------------------

    def name(self, name: str, node: ast.AST, env: Environment) -> Expr:
        if name in env.local:
            return env.local[name]
        if name in env.free:
            return env.free[name]
        if name in self.names.dims:
            return Size(Dim.of(name))
        match self.names.entries.get(name):
            case Declaration(variable):
                return variable
            case NamedExpression() as definition:
                return self.definitions.expand(definition, env)
            case NamedUnknown() as unknown:
                return self.definitions.call_unknown(unknown, None, node, env)
            case NamedFunction(parameters=parameters):
                shown = ", ".join(parameters)
                raise env.formula.error(
                    "P005", f"`{name}` is a function", node, f"call it: {name}({shown})"
                )
            case NamedRecurrence():
                raise env.formula.error(
                    "P005", f"`{name}` is a recurrence", node, f"write {name}(t), {name}(0), …"
                )
        if name in CONSTANTS:
            return Constant(name)  # type: ignore[arg-type]
        self.check_names(env)
        raise env.formula.error("P003", f"unknown name `{name}`", node)

    # -- literals and entries ----------------------------------------------

    def _array(self, rows: list[ast.expr], env: Environment) -> Expr:
        if rows and all(isinstance(row, ast.List) for row in rows):
            return build.array(
                [[self.expr(e, env) for e in row.elts] for row in rows if isinstance(row, ast.List)]
            )
        return build.array([[self.expr(row, env)] for row in rows])

    def _subscript(self, node: ast.Subscript, env: Environment) -> Expr:
        base = self.expr(node.value, env)
        rows, cols = entries.selectors(self, node, base, env)
        if rows == Interval(Dim.of(0), base.shape.rows) and cols == Interval(
            Dim.of(0), base.shape.cols
        ):
            return base
        return build.item(base, rows, cols)

    # -- conditions --------------------------------------------------------

    def condition(self, node: ast.expr, env: Environment) -> Condition:
        """A comparison, a chain of them, or conditions joined by and, or, not."""
        try:
            result = self._condition(node, env)
        except ShapeError as error:
            raise env.formula.error("P004", str(error), node, error.hint) from None
        self.weigh(result, node, env)
        return result

    def _condition(self, node: ast.expr, env: Environment) -> Condition:
        match node:
            case ast.Compare():
                parts = [
                    build.compare(op, lhs, rhs)  # type: ignore[arg-type]
                    for op, lhs, rhs in self.comparisons(node, env)
                ]
                return parts[0] if len(parts) == 1 else build.logic("and", *parts)
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return build.logic(word, *(self.condition(value, env) for value in values))  # type: ignore[arg-type]
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return build.logic("not", self.condition(operand, env))
        raise env.formula.error(
            "P009", f"`{env.formula.text_of(node)}` is not a condition", node,
            "a condition compares: x > 0, a < b < c, i == j"
        )  # fmt: skip

    def comparisons(self, node: ast.Compare, env: Environment) -> list[tuple[str, Expr, Expr]]:
        """The relations of a chain, `a < b < c` as (a < b), (b < c)."""
        operands = [self.expr(operand, env) for operand in (node.left, *node.comparators)]
        for op in node.ops:
            if type(op) not in _COMPARE:
                raise env.formula.error(
                    "P002", "`in` and `is` are not relations of the language", node
                )
        return [
            (_COMPARE[type(op)], lhs, rhs)
            for op, lhs, rhs in zip(node.ops, operands, operands[1:], strict=False)
        ]
