"""Derivatives from germs of the function itself, from both sides where a comparison was tied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import acb, arb

from derivcheck.engines.rigorous.environment import Environment
from derivcheck.engines.rigorous.limits import difference_quotient
from derivcheck.engines.rigorous.matrices import entries_of, vec
from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Dual,
    Gauss,
    Matrix,
    Poison,
    Scalar,
    Tied,
    Undecided,
    Undefined,
    is_exact,
    may_vanish,
    to_ball,
)
from derivcheck.expr.nodes import Derivative, Expr, Variable

if TYPE_CHECKING:
    from derivcheck.engines.rigorous.evaluate import Evaluator

Germ = Callable[[Environment], Matrix]
IMAGINARY = Gauss(ZERO, ONE)


@dataclass(frozen=True, slots=True)
class Step:
    """One derivative by one entry of a variable, or of its conjugate."""

    variable: Variable
    row: int
    col: int
    conjugate: bool


def derivative(evaluator: Evaluator, node: Derivative, env: Environment) -> Matrix:
    """diff: nested, the first target innermost. grad: shape of the variable. jac: rows vec(F),
    columns vec(X), column-major. hess: entry (i, j) is ∂²f/∂x_i∂x_j in the order of vec(x)."""
    if node.kind == "diff":
        steps = []
        for target in node.targets:
            row, col = 0, 0
            if target.entry is not None:
                row, col = (evaluator.integer(e, env) for e in target.entry)
            _check_position(env.values[target.variable.name], row, col)
            steps += [Step(target.variable, row, col, target.conjugate)] * target.order
        return _nested(evaluator, node.body, steps, env)
    target = node.targets[0]
    shape = env.values[target.variable.name]
    rows, cols = len(shape), len(shape[0])
    places = [(i, j) for j in range(cols) for i in range(rows)]

    def by(i: int, j: int) -> Step:
        return Step(target.variable, i, j, target.conjugate)

    match node.kind:
        case "grad":
            full = [[_nested(evaluator, node.body, [by(i, j)], env)[0][0] for j in range(cols)]
                    for i in range(rows)]  # fmt: skip
            return _structured(full) if node.structured else full
        case "jac":
            columns = [vec(_nested(evaluator, node.body, [by(i, j)], env)) for i, j in places]
            return [[column[k][0] for column in columns] for k in range(len(columns[0]))]
        case _:
            return [[_nested(evaluator, node.body, [by(*second), by(*first)], env)[0][0]
                     for second in places] for first in places]  # fmt: skip


def _check_position(value: Matrix, row: int, col: int) -> None:
    if not (0 <= row < len(value) and 0 <= col < len(value[0])):
        raise Undefined("an entry outside the matrix")


def _structured(g: Matrix) -> Matrix:
    """By the independent entries of a symmetric matrix: G + Gᵀ - diag(G)."""
    n = len(g)
    return [[g[i][j] + g[j][i] if i != j else g[i][i] for j in range(n)] for i in range(n)]


def _nested(evaluator: Evaluator, body: Expr, steps: list[Step], env: Environment) -> Matrix:
    """The last step is outermost: its infinitesimal is the largest."""
    if not steps:
        return evaluator.evaluate(body, env)
    inner, last = steps[:-1], steps[-1]

    def function(at: Environment) -> Matrix:
        return _nested(evaluator, body, inner, at)

    if not last.variable.is_complex:
        return _directional(evaluator, function, last, ONE, env)
    along_re = _directional(evaluator, function, last, ONE, env)
    along_im = _directional(evaluator, function, last, IMAGINARY, env)
    factor = IMAGINARY if last.conjugate else -IMAGINARY
    return [[(a + factor * b) * HALF for a, b in zip(*rows, strict=True)]
            for rows in zip(along_re, along_im, strict=True)]  # fmt: skip


def _directional(
    evaluator: Evaluator, function: Germ, step: Step, direction: Scalar, env: Environment
) -> Matrix:
    """The slope of ε ↦ function(x + ε·direction).

    Where no comparison was decided by this ε the germ is that of a smooth function. Where one
    was, the derivative exists iff both one-sided germs continue the value at the point and have
    the same slope.
    """
    level, ties = env.level + 1, evaluator.mode.ties
    name = step.variable.name

    def germ(side: Scalar) -> Matrix:
        ties.pop(level, None)
        value = [list(row) for row in env.values[name]]
        value[step.row][step.col] = Dual(level, value[step.row][step.col], side)
        return function(env.bind({name: value}, level))

    try:
        forward = germ(direction)
        slopes = [[_slope(x, level) for x in row] for row in forward]
        if env.level == 0:
            for x in entries_of(slopes):
                _check_sound(x)
    except (Undefined, Tied) as problem:
        if env.level > 0 or not evaluator.mode.real_line:
            raise
        ties.pop(level, None)
        function(env)  # where the function itself has no value, neither has the derivative
        try:
            slopes = difference_quotient(function, env, name, step.row, step.col, direction)
        except (Undefined, Undecided):
            raise problem from None
        evaluator.mode.heuristic = True
        return slopes
    tied_by = ties.pop(level, None)
    if tied_by is not None:
        backward = germ(-direction)
        ties.pop(level, None)
        _check_joined(tied_by, level, function(env), forward, backward)
    for x in entries_of(slopes):
        _check_sound(x)
    return slopes


def _check_joined(
    operator: str, level: int, here: Matrix, forward: Matrix, backward: Matrix
) -> None:
    rows = zip(entries_of(here), entries_of(forward), entries_of(backward), strict=True)
    for value, ahead, behind in rows:
        if not same(_value(ahead, level), value) or not same(_value(behind, level), value):
            raise Undefined(f"derivative of {operator} at a jump")
        if not same(_slope(ahead, level), -_slope(behind, level)):
            raise Undefined(f"derivative of {operator} at a kink")


def _check_sound(x: Scalar) -> None:
    match x:
        case Poison():
            raise Undefined(x.reason)
        case Dual():
            _check_sound(x.value)
            _check_sound(x.slope)


def _slope(x: Scalar, level: int) -> Scalar:
    return x.slope if isinstance(x, Dual) and x.level == level else ZERO


def _value(x: Scalar, level: int) -> Scalar:
    return x.value if isinstance(x, Dual) and x.level == level else x


def same(a: Scalar, b: Scalar) -> bool:
    """Whether two germs agree in each coefficient, as far as balls can tell."""
    if isinstance(a, Poison) or isinstance(b, Poison):
        return False
    difference = a - b
    if isinstance(difference, Dual):
        return same(difference.value, ZERO) and same(difference.slope, ZERO)
    return may_vanish(difference)


def hull(a: Scalar, b: Scalar) -> Scalar:
    """A germ that encloses two that overlap. Raises Undecided where they are apart."""
    if isinstance(a, Dual) or isinstance(b, Dual):
        level = max(x.level for x in (a, b) if isinstance(x, Dual))
        return Dual(
            level,
            hull(_value(a, level), _value(b, level)),
            hull(_slope(a, level), _slope(b, level)),
        )
    if isinstance(a, Poison) or isinstance(b, Poison) or not same(a, b):
        raise Undecided("two branches that differ")
    if is_exact(a) and is_exact(b):
        return a
    left, right = to_ball(a), to_ball(b)
    if isinstance(left, arb) and isinstance(right, arb):
        return left.union(right)
    return acb(left).union(acb(right))
