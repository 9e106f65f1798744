"""Where a formula is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivcheck.expr.nodes import Expr, Variable
from derivcheck.expr.syntax import Formula


@dataclass(frozen=True, slots=True)
class Environment:
    """A formula, the names bound in it, and the defined names a derivative holds free."""

    formula: Formula
    local: Mapping[str, Expr]
    free: Mapping[str, Variable]
