"""Claims as data: what is asserted, about which variables, under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal as OneOf
from typing import TypeAlias

from derivcheck.expr.declarations import Declaration, Function, Recurrence
from derivcheck.expr.names import Names
from derivcheck.expr.nodes import Condition, Expr, Variable
from derivcheck.text import Fragment, Span


@dataclass(frozen=True, slots=True)
class Comparison:
    """`lhs op rhs`, entrywise. The two shapes may differ: then the claim is wrong."""

    op: OneOf["==", "!=", "<", "<=", ">", ">="]
    lhs: Expr
    rhs: Expr


@dataclass(frozen=True, slots=True)
class Predicate:
    """`psd(A)`, `is_symmetric(A)`, `orthogonal(A)`, `unitary(A)`; `convex(f, variable)`."""

    name: OneOf["psd", "is_symmetric", "orthogonal", "unitary", "convex"]
    argument: Expr
    variable: Variable | None = None


Relation: TypeAlias = Comparison | Predicate


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a relation is about. A claim holds when it holds for every size and value here.

    `dims`: the names of the sizes (each at least 1). `on_real_line`: no complex variable and no
    `I` in the claim, so `log(-1)` is undefined. `within`: the tolerance of an approximate claim.
    """

    dims: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    functions: tuple[Function, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()
    assumptions: tuple[Condition, ...] = ()
    on_real_line: bool = True
    within: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One relation of a claim, with its text: a whole claim, a part of a chain, a step."""

    relation: Relation
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Relations that are claimed together, in order."""

    links: tuple[Link, ...]
    context: Context
    text: str


class Expectation(StrEnum):
    MATCH = "match"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the formulas of a claim were read with: a changed formula is read the same way."""

    names: Names
    assume: tuple[Fragment, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of a spec file. `lines` are the steps of a derivation, else empty."""

    id: str
    statement: Statement
    span: Span
    lines: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    note: str = ""
    expect: Expectation = Expectation.MATCH
    corrected: Statement | None = None
    require: OneOf["", "proved", "certified"] = ""
    tags: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    reading: Reading | None = field(default=None, repr=False, compare=False)

    @property
    def is_derivation(self) -> bool:
        return bool(self.lines)
