"""Definitions of a spec, expanded where they are used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from derivcheck.expr import build
from derivcheck.expr.declarations import COMPLEX_KINDS, Declaration, Function, Recurrence
from derivcheck.expr.environment import Environment
from derivcheck.expr.names import NamedExpression, NamedFunction, NamedRecurrence, NamedUnknown
from derivcheck.expr.nodes import Call, Expr, Recur, Variable
from derivcheck.text import Diagnostic, Fragment, SpecError

if TYPE_CHECKING:
    from derivcheck.expr.parse import Parser

MAX_NESTED = 60


class Expansion:
    """Expands the definitions of one parser's names; remembers them, so that trees share them."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self.recurrences: dict[str, Recurrence] = {}
        self._recurrence_heads: dict[str, tuple[Expr, bool]] = {}
        self._expanded: dict[tuple[str, frozenset[str]], Expr] = {}
        self._expanding: list[str] = []

    def expand(self, definition: NamedExpression, env: Environment) -> Expr:
        """The expression a defined name stands for, with `env.free` held free inside."""
        key = (definition.name, frozenset(env.free))
        if key not in self._expanded:
            with self._while_expanding(definition.name, definition.body):
                self._expanded[key] = self._parser.expression(definition.body, {}, env.free)
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
        with self._while_expanding(definition.name, definition.body):
            return self._parser.expression(definition.body, local, env.free)

    def call_unknown(
        self, unknown: NamedUnknown, args: list[Expr] | None, node: ast.AST, env: Environment
    ) -> Expr:
        """A call of an unspecified function; without arguments, of its declared ones."""
        function = self.unknown(unknown)
        if args is None:
            args = [self._parser.name(p.name, node, env) if self._is_known(p.name, env) else p
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
        return name in env.local or name in env.free or name in self._parser.names.entries

    def unknown(self, unknown: NamedUnknown) -> Function:
        """The unspecified function; a parameter that is not declared is a real scalar."""
        parameters = []
        for name in unknown.parameters:
            entry = self._parser.names.entries.get(name)
            match entry:
                case Declaration(variable):
                    parameters.append(variable)
                case None:
                    parameters.append(Variable(name, build.SCALAR))
                case _:
                    expr = self._parser.expression(Fragment.whole(name))
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
            first = self._parser.expression(definition.base[0][1])
            self._recurrence_heads[name] = (first, build.is_complex(first))
            self._read_recurrence(definition)
        first, is_complex = self._recurrence_heads[name]
        return Recur(name, argument, first.shape, is_complex)

    def _read_recurrence(self, definition: NamedRecurrence) -> None:
        assert definition.step is not None
        index = self._parser.fresh_index(definition.index)
        for _ in range(2):
            base = tuple((at, self._parser.expression(body)) for at, body in definition.base)
            step = self._parser.expression(definition.step, {definition.index: index})
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

    @contextmanager
    def _while_expanding(self, name: str, body: Fragment) -> Iterator[None]:
        """A definition that needs itself is an error: so the expansion terminates."""
        if name in self._expanding:
            raise SpecError(_at_start(body, "P007", f"`{name}` is defined by itself"))
        if len(self._expanding) > MAX_NESTED:
            raise SpecError(_at_start(body, "P008", "definitions nested too deeply"))
        self._expanding.append(name)
        try:
            yield
        finally:
            self._expanding.pop()


def _at_start(fragment: Fragment, code: str, message: str) -> Diagnostic:
    return Diagnostic(code, message, fragment.span())
