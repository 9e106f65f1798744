"""The claim language as data: a closed set of node kinds, each with a shape.

Nodes are made by `build` (or the parser, which uses it), so one that exists is well shaped.
Definitions of a spec are already expanded: a derivative by a defined name is an `At` around a
derivative by a free variable. Trees share sub-trees: an evaluator may remember results by `id`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal as OneOf
from typing import TypeAlias

from derivcheck.expr.dims import SCALAR, Dim, Shape


@dataclass(frozen=True, slots=True)
class Number:
    """An exact rational; `0.1` is 1/10."""

    value: Fraction

    @property
    def shape(self) -> Shape:
        return SCALAR


@dataclass(frozen=True, slots=True)
class Constant:
    """`pi`, `e`, `I` (the imaginary unit) or `oo`."""

    name: OneOf["pi", "e", "I", "oo"]

    @property
    def shape(self) -> Shape:
        return SCALAR


@dataclass(frozen=True, slots=True)
class Size:
    """A dim used as a number."""

    dim: Dim

    @property
    def shape(self) -> Shape:
        return SCALAR


@dataclass(frozen=True, slots=True)
class Variable:
    """A free variable: declared, a parameter of an unspecified function, or bound by an `At`."""

    name: str
    shape: Shape
    is_complex: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """The integer bound by a `Reduce` or a recurrence's step; `uid` tells two of one name apart."""

    name: str
    uid: int

    @property
    def shape(self) -> Shape:
        return SCALAR


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator of the table applied to arguments; `params` are axes, dims or norm orders."""

    op: str
    args: tuple[Expr, ...]
    params: tuple[Param, ...]
    shape: Shape


@dataclass(frozen=True, slots=True)
class Interval:
    """Positions `start` up to, not including, `stop` of a block."""

    start: Dim
    stop: Dim


@dataclass(frozen=True, slots=True)
class Item:
    """`A[i, j]`, `A[i, :]`, `A[:k, :]`: each selector is one 0-based position or an interval."""

    base: Expr
    rows: Expr | Interval
    cols: Expr | Interval
    shape: Shape


@dataclass(frozen=True, slots=True)
class Array:
    """A matrix literal of scalars, by rows."""

    rows: tuple[tuple[Expr, ...], ...]

    @property
    def shape(self) -> Shape:
        return Shape(Dim.of(len(self.rows)), Dim.of(len(self.rows[0])))


@dataclass(frozen=True, slots=True)
class Reduce:
    """The sum (any shape) or product (scalars) of `body` for index = lower … upper - 1."""

    kind: OneOf["sum", "prod"]
    index: Index
    lower: Expr
    upper: Expr
    body: Expr

    @property
    def shape(self) -> Shape:
        return self.body.shape


@dataclass(frozen=True, slots=True)
class Compare:
    """A condition between two expressions, entrywise."""

    op: OneOf["==", "!=", "<", "<=", ">", ">="]
    lhs: Expr
    rhs: Expr
    shape: Shape


@dataclass(frozen=True, slots=True)
class Logic:
    """`and`, `or` of several conditions, `not` of one, entrywise."""

    op: OneOf["and", "or", "not"]
    args: tuple[Condition, ...]
    shape: Shape


@dataclass(frozen=True, slots=True)
class Choice:
    """`then if condition else otherwise`, entrywise; the branch not taken may be undefined."""

    condition: Condition
    then: Expr
    otherwise: Expr
    shape: Shape


@dataclass(frozen=True, slots=True)
class Call:
    """An unspecified differentiable function of the claim's context, called."""

    function: str
    args: tuple[Expr, ...]
    shape: Shape
    is_complex: bool = False


@dataclass(frozen=True, slots=True)
class Recur:
    """The value of a recurrence of the claim's context at an integer argument."""

    name: str
    argument: Expr
    shape: Shape
    is_complex: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What a derivative is taken by: a variable, or its entry (row, col), or its conjugate."""

    variable: Variable
    entry: tuple[Expr, Expr] | None = None
    conjugate: bool = False
    order: int = 1


@dataclass(frozen=True, slots=True)
class Derivative:
    """`diff`, `grad`, `jac` or `hess` of `body`; see the language page for the shapes.

    diff: targets are scalars or entries, in the order written. grad, jac, hess: one target.
    `structured` is `structure=True`: by the independent entries of a symmetric matrix.
    """

    kind: OneOf["diff", "grad", "jac", "hess"]
    body: Expr
    targets: tuple[Target, ...]
    shape: Shape
    structured: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit of `body` as `variable` (a scalar, bound here) tends to `point`."""

    body: Expr
    variable: Variable
    point: Expr
    side: OneOf["+", "-", ""]

    @property
    def shape(self) -> Shape:
        return self.body.shape


@dataclass(frozen=True, slots=True)
class At:
    """`body`, derivatives in it included, and then the values put in for its variables.

    The values are evaluated outside, all at once: `at(f, x=y, y=x)` swaps.
    """

    body: Expr
    bindings: tuple[tuple[Variable, Expr], ...]

    @property
    def shape(self) -> Shape:
        return self.body.shape


Expr: TypeAlias = (
    Number | Constant | Size | Variable | Index | Apply | Item | Array | Reduce | Choice
    | Call | Recur | Derivative | Limit | At
)  # fmt: skip
Condition: TypeAlias = Compare | Logic
Param: TypeAlias = int | str | Dim
