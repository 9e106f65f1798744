"""One call of a formula being read, and what its reader may ask of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcheck.expr import entries
from derivcheck.expr.dims import Dim
from derivcheck.expr.environment import Environment
from derivcheck.expr.nodes import Expr
from derivcheck.text import SpecError

if TYPE_CHECKING:
    from derivcheck.expr.parse import Parser


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call being read: its syntax, the name as written, where it stands."""

    parser: Parser
    node: ast.Call
    name: str
    env: Environment

    def error(self, message: str, hint: str = "", node: ast.AST | None = None) -> SpecError:
        return self.env.formula.error("P005", message, node or self.node, hint)

    def arg(self, position: int) -> Expr:
        return self.parser.expr(self.node.args[position], self.env)

    def args(self) -> list[Expr]:
        return [self.parser.expr(arg, self.env) for arg in self.node.args]

    def expect(self, least: int, most: int | None = None, allowed: Sequence[str] = ()) -> None:
        """Check the number of arguments and the keywords. Raises SpecError P005."""
        most = least if most is None else most
        count = len(self.node.args)
        if not least <= count <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            plural = "" if wanted == "1" else "s"
            raise self.error(f"{self.name} takes {wanted} argument{plural}, not {count}")
        for keyword in self.node.keywords:
            if keyword.arg not in allowed:
                hint = f"it takes {', '.join(f'{name}=' for name in allowed)}" if allowed else ""
                raise self.error(f"{self.name} has no argument `{keyword.arg}`", hint)

    def keyword(self, name: str) -> ast.expr | None:
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        return None

    def dim(self, node: ast.expr) -> Dim:
        return entries.dim(self.parser, node, self.env)


Reader = Callable[[CallSite], Expr]
