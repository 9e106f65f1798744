"""A relation as comparisons of two quantities that can be evaluated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from derivcheck.claim import Comparison, Predicate, Relation
from derivcheck.engines.sampled.environment import Environment
from derivcheck.engines.sampled.evaluate import evaluate
from derivcheck.engines.sampled.products import worst_of
from derivcheck.engines.sampled.values import Mode, Unsupported, Value
from derivcheck.expr import build
from derivcheck.expr.declarations import Declaration, Kind
from derivcheck.expr.dims import SCALAR, Shape
from derivcheck.expr.nodes import Expr

Quantity = Callable[[Environment], Value]

OTHER_END = "′"
CONVEX_KINDS = frozenset(
    {Kind.REAL, Kind.SIMPLEX, Kind.SYMMETRIC, Kind.SPD, Kind.SKEW, Kind.DIAGONAL}
)


@dataclass(frozen=True, slots=True)
class Question:
    """`lhs op rhs`, asked at every point; the shapes are those of the language."""

    op: str
    lhs: Quantity
    rhs: Quantity
    lhs_shape: Shape
    rhs_shape: Shape


def questions(relation: Relation, declarations: Sequence[Declaration]) -> list[Question]:
    """All of them must hold. orthogonal: A'A = 1; psd: A = A* and the least eigenvalue >= 0;
    convex: f at the middle of a chord <= the mean of f at its ends."""
    match relation:
        case Comparison(op, lhs, rhs):
            return [_plain(op, lhs, rhs)]
        case Predicate("is_symmetric", argument):
            return [_plain("==", argument, build.transpose(argument))]
        case Predicate("orthogonal" | "unitary" as name, argument):
            if not argument.shape.is_square:
                return [_plain("==", argument, build.transpose(argument))]
            side = argument.shape.rows
            dual = build.transpose(argument)
            dual = build.apply("conj", dual) if name == "unitary" else dual
            identity = build.apply("eye", params=(side, side))
            return [_plain("==", build.matmul(dual, argument), identity)]
        case Predicate("convex", argument, variable):
            assert variable is not None
            kinds = [d.domain.kind for d in declarations if d.variable.name == variable.name]
            if not set(kinds) <= CONVEX_KINDS:
                raise Unsupported(f"the domain of {variable.name} is not known to be convex")
            return [_chord(argument, variable.name)]
        case Predicate(_, argument):
            adjoint = build.apply("conj", build.transpose(argument))
            if not argument.shape.is_square:
                return [_plain("==", argument, adjoint)]
            least = Question(
                ">=", lambda env: _least_eigenvalue(argument, env),
                lambda env: Value(np.zeros((env.batch, 1, 1))), SCALAR, SCALAR,
            )  # fmt: skip
            return [_plain("==", argument, adjoint), least]


def _plain(op: str, lhs: Expr, rhs: Expr) -> Question:
    return Question(
        op, lambda env: evaluate(lhs, env), lambda env: evaluate(rhs, env), lhs.shape, rhs.shape
    )


def _least_eigenvalue(argument: Expr, env: Environment) -> Value:
    """Of the Hermitian part; a backward stable solver errs by a few units of the norm."""
    value = evaluate(argument, env)
    a = np.nan_to_num(value.data)
    if env.mode is Mode.STEP:
        raise Unsupported("an eigenvalue along a complex step")
    hermitian = (a + np.conj(a.transpose(0, 2, 1))) / 2
    least = np.linalg.eigvalsh(hermitian)[:, :1, None]
    size = np.abs(a).sum(axis=(1, 2), keepdims=True)
    noise = 4.0 * env.amplitude * size * env.world.noise.draw(least.shape)
    return worst_of(least + noise, [value])


def _chord(function: Expr, name: str) -> Question:
    """The other end of each chord is the variable's value under the name with a prime."""

    def middle(env: Environment) -> Value:
        ends = env.variables[name].data, env.variables[name + OTHER_END].data
        return evaluate(function, env.bound({name: Value(env.disturbed((ends[0] + ends[1]) / 2))}))

    def mean(env: Environment) -> Value:
        first = evaluate(function, env)
        second = evaluate(function, env.bound({name: env.variables[name + OTHER_END]}))
        half = Value(env.disturbed((first.data + second.data) / 2), first.state)
        if second.state is None:
            return half
        state = second.state if first.state is None else np.maximum(first.state, second.state)
        return Value(half.data, state)

    return Question("<=", middle, mean, SCALAR, SCALAR)
