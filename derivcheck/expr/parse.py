"""The parser: Python syntax trees through a whitelist to well-shaped nodes.

Definitions are expanded where they are used. Nothing is evaluated: a syntax tree is only walked.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from derivcheck.expr import build
from derivcheck.expr.declarations import COMPLEX_KINDS, Declaration, Function, Kind, Recurrence
from derivcheck.expr.dims import Dim
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
    Call,
    Condition,
    Constant,
    Expr,
    Index,
    Interval,
    Number,
    Recur,
    Size,
    Variable,
)  # fmt: skip
from derivcheck.expr.operators import ShapeError
from derivcheck.expr.syntax import Formula, read, suggestion
from derivcheck.text import Diagnostic, Fragment, SpecError

MAX_WEIGHT = 100_000
MAX_BITS = 100_000

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


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a formula is read: bound names, and defined names held free by a derivative."""

    formula: Formula
    local: Mapping[str, Expr]
    free: Mapping[str, Variable]


class Parser:
    """Reads formulas in the scope of `names`; remembers what it expanded, so trees share it."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.promoted = False  # an integer variable has become a size: read everything again
        self.recurrences: dict[str, Recurrence] = {}
        self._recurrence_heads: dict[str, tuple[Expr, bool]] = {}
        self._uids = itertools.count(1)
        self._expanded: dict[tuple[str, frozenset[str]], Expr] = {}
        self._expanding: list[str] = []
        self._weights: dict[int, int] = {}
        self._kept: list[Expr | Condition] = []

    # -- entry points ---------------------------------------------------------------------

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

    # -- bookkeeping ------------------------------------------------------------------------

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

    # -- expressions ------------------------------------------------------------------------

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
                return self._name(name, node, env)
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
        raise env.formula.error("P002", *_forbidden(node))

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
        if _bits(node) > MAX_BITS:
            raise env.formula.error(
                "P008", "a power with more than 30000 digits", syntax, "no engine could hold it"
            )

    # -- names --------------------------------------------------------------------------------

    def _name(self, name: str, node: ast.AST, env: Environment) -> Expr:
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
                return self.expand(definition, env)
            case NamedUnknown() as unknown:
                return self.call_unknown(unknown, None, node, env)
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

    def expand(self, definition: NamedExpression, env: Environment) -> Expr:
        """The expression a defined name stands for, with `env.free` held free inside."""
        key = (definition.name, frozenset(env.free))
        if key not in self._expanded:
            with _guard(self, definition.name, env, definition.body):
                self._expanded[key] = self.expression(definition.body, {}, env.free)
        return self._expanded[key]

    def call_function(
        self, definition: NamedFunction, args: list[Expr], node: ast.AST, env: Environment
    ) -> Expr:
        if len(args) != len(definition.parameters):
            wanted = ", ".join(definition.parameters)
            raise env.formula.error(
                "P005", f"`{definition.name}({wanted})` is called with {len(args)} arguments", node
            )
        local = dict(zip(definition.parameters, args, strict=True))
        with _guard(self, definition.name, env, definition.body):
            return self.expression(definition.body, local, env.free)

    def call_unknown(
        self, unknown: NamedUnknown, args: list[Expr] | None, node: ast.AST, env: Environment
    ) -> Expr:
        """A call of an unspecified function; without arguments, of its declared ones."""
        function = self.unknown(unknown)
        if args is None:
            args = [self._name(p.name, node, env) if self._is_known(p.name, env) else p
                    for p in function.parameters]  # fmt: skip
        if len(args) != len(function.parameters):
            raise env.formula.error(
                "P005",
                f"`{unknown.name}` is declared with {len(function.parameters)} arguments, "
                f"called with {len(args)}",
                node,
            )
        for arg, parameter in zip(args, function.parameters, strict=True):
            if arg.shape != parameter.shape:
                raise env.formula.error(
                    "P004",
                    f"the argument `{parameter.name}` of `{unknown.name}` is {parameter.shape}, "
                    f"here it is {arg.shape}",
                    node,
                )
        return Call(
            unknown.name, tuple(args), function.shape, function.domain.kind in COMPLEX_KINDS
        )

    def _is_known(self, name: str, env: Environment) -> bool:
        return name in env.local or name in env.free or name in self.names.entries

    def unknown(self, unknown: NamedUnknown) -> Function:
        """The unspecified function; a parameter that is not declared is a real scalar."""
        parameters = []
        for name in unknown.parameters:
            entry = self.names.entries.get(name)
            match entry:
                case Declaration(variable):
                    parameters.append(variable)
                case None:
                    parameters.append(Variable(name, build.SCALAR))
                case _:
                    expr = self.expression(Fragment.whole(name))
                    parameters.append(Variable(name, expr.shape, build.is_complex(expr)))
        return Function(unknown.name, tuple(parameters), unknown.shape, unknown.domain)

    def call_recurrence(
        self, definition: NamedRecurrence, argument: Expr, node: ast.AST, env: Environment
    ) -> Expr:
        if not argument.shape.is_scalar:
            raise env.formula.error("P004", "a recurrence is called with an integer", node)
        name = definition.name
        if definition.step is None or not definition.base:
            missing = "a step such as `{0}(t+1)`" if definition.step is None else "a base `{0}(0)`"
            raise env.formula.error(
                "P007", f"the recurrence `{name}` lacks {missing.format(name)}", node
            )
        if name not in self._recurrence_heads:
            first = self.expression(definition.base[0][1])
            self._recurrence_heads[name] = (first, build.is_complex(first))
            self._read_recurrence(definition)
        first, is_complex = self._recurrence_heads[name]
        return Recur(name, argument, first.shape, is_complex)

    def _read_recurrence(self, definition: NamedRecurrence) -> None:
        assert definition.step is not None
        index = self.fresh_index(definition.index)
        for _ in range(2):
            base = tuple((at, self.expression(body)) for at, body in definition.base)
            step = self.expression(definition.step, {definition.index: index})
            first, was_complex = self._recurrence_heads[definition.name]
            for _, value in (*base, (0, step)):
                if value.shape != first.shape:
                    message = f"`{definition.name}` starts as {first.shape}, then is {value.shape}"
                    raise SpecError(_at_start(definition.step, "P004", message))
            self.recurrences[definition.name] = Recurrence(
                definition.name, base, index, definition.shift, step
            )
            is_complex = any(build.is_complex(value) for _, value in (*base, (0, step)))
            if is_complex == was_complex:
                return
            self._recurrence_heads[definition.name] = (first, is_complex)

    # -- literals and entries -------------------------------------------------------------------

    def _array(self, rows: list[ast.expr], env: Environment) -> Expr:
        if rows and all(isinstance(row, ast.List) for row in rows):
            return build.array(
                [[self.expr(e, env) for e in row.elts] for row in rows if isinstance(row, ast.List)]
            )
        return build.array([[self.expr(row, env)] for row in rows])

    def _subscript(self, node: ast.Subscript, env: Environment) -> Expr:
        base = self.expr(node.value, env)
        rows, cols = self.selectors(node, base, env)
        if rows == Interval(Dim.of(0), base.shape.rows) and cols == Interval(
            Dim.of(0), base.shape.cols
        ):
            return base
        return build.item(base, rows, cols)

    def selectors(
        self, node: ast.Subscript, base: Expr, env: Environment
    ) -> tuple[Expr | Interval, Expr | Interval]:
        """`[i]` of a column or row is its entry, of a matrix its row; `[i, j]`, `[i, :]`, `[:k, :]`."""
        shape = base.shape
        match node.slice:
            case ast.Tuple(elts=[row, col]):
                return (
                    self._selector(row, shape.rows, env),
                    self._selector(col, shape.cols, env),
                )
            case ast.Tuple(elts=elts):
                raise env.formula.error("P002", f"{len(elts)} indices; a matrix has two", node)
            case single if shape.is_row and not shape.is_column:
                return build.ZERO, self._selector(single, shape.cols, env)
            case single if shape.is_column:
                return self._selector(single, shape.rows, env), build.ZERO
            case single:
                return self._selector(single, shape.rows, env), Interval(Dim.of(0), shape.cols)

    def _selector(self, node: ast.expr, extent: Dim, env: Environment) -> Expr | Interval:
        match node:
            case ast.Slice(lower=lower, upper=upper, step=None):
                start = Dim.of(0) if lower is None else self._from_end(lower, extent, env)
                stop = extent if upper is None else self._from_end(upper, extent, env)
                return Interval(start, stop)
            case ast.Slice():
                raise env.formula.error("P002", "a slice with a step is not in the language", node)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(back))):
                return Size(extent - Dim.of(back))
        dim = self.try_dim(node, env)
        if dim is not None:
            constant = dim.constant
            return Size(dim) if constant is None else build.number(constant)
        return self.expr(node, env)

    def _from_end(self, node: ast.expr, extent: Dim, env: Environment) -> Dim:
        bound = self.dim(node, env)
        if bound.constant is not None and bound.constant < 0:
            return extent + bound
        return bound

    # -- dims -------------------------------------------------------------------------------------

    def dim(self, node: ast.expr, env: Environment) -> Dim:
        """An integer expression of dim names. Raises SpecError."""
        found = self.try_dim(node, env, promote=True)
        if found is None:
            raise env.formula.error(
                "P004",
                f"`{env.formula.text_of(node)}` is not a size",
                node,
                "a size is an integer, a dim name, or a sum or product of these",
            )
        return found

    def try_dim(self, node: ast.expr, env: Environment, promote: bool = False) -> Dim | None:
        """The size `node` is, or None. `promote` makes an integer variable met here a size."""
        match node:
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=int(value)):
                return Dim.of(value)
            case ast.Name(id=name) if name in env.local:
                bound = env.local[name]
                if isinstance(bound, Size):
                    return bound.dim
                if isinstance(bound, Number) and bound.value.denominator == 1:
                    return Dim.of(int(bound.value))
                return None
            case ast.Name(id=name) if name in self.names.dims:
                return Dim.of(name)
            case ast.Name(id=name) if promote and self._is_integer(name):
                self.names.dims[name] = env.formula.fragment
                self.promoted = True
                return Dim.of(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.try_dim(operand, env, promote)
                return None if inner is None else -inner
            case ast.BinOp(left=left, op=(ast.Add() | ast.Sub() | ast.Mult()) as op, right=right):
                one, two = (self.try_dim(part, env, promote) for part in (left, right))
                if one is None or two is None:
                    return None
                if isinstance(op, ast.Add):
                    return one + two
                return one - two if isinstance(op, ast.Sub) else one * two
            case ast.Call(func=ast.Name(id=("rows" | "cols" | "size") as what), args=[arg]):
                shape = self.expr(arg, env).shape
                return {"rows": shape.rows, "cols": shape.cols, "size": shape.size}[what]
        return None

    def _is_integer(self, name: str) -> bool:
        match self.names.entries.get(name):
            case Declaration(variable, domain):
                return domain.kind is Kind.INTEGER and variable.shape.is_scalar
        return False

    # -- conditions -------------------------------------------------------------------------------

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


class _guard:
    """While a definition is expanded: a definition that needs itself is an error."""

    def __init__(self, parser: Parser, name: str, env: Environment, body: Fragment) -> None:
        self._stack, self._name, self._body = parser._expanding, name, body

    def __enter__(self) -> None:
        if self._name in self._stack:
            raise SpecError(_at_start(self._body, "P007", f"`{self._name}` is defined by itself"))
        if len(self._stack) > 60:
            raise SpecError(_at_start(self._body, "P008", "definitions nested too deeply"))
        self._stack.append(self._name)

    def __exit__(self, *_: object) -> None:
        self._stack.pop()


def _at_start(fragment: Fragment, code: str, message: str) -> Diagnostic:
    return Diagnostic(code, message, fragment.span())


def _forbidden(node: ast.expr) -> tuple[str, ast.expr, str]:
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


def _bits(node: Expr) -> float:
    """An upper bound of log2 of numerator and denominator of a constant; 0 for what is not one."""
    match node:
        case Number(value):
            return max(value.numerator.bit_length(), value.denominator.bit_length())
        case Apply("neg", (inner,)):
            return _bits(inner)
        case Apply("add" | "sub" | "mul" | "div" | "pow" as op, (left, right)):
            size, other = _bits(left), _bits(right)
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
