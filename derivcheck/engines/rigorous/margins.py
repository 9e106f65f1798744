"""A relation as numbers that must not be negative: how far each entry is from failing."""

from __future__ import annotations

from enum import Enum
from itertools import combinations

from flint import arb

from derivcheck.claim import Comparison, Context, Predicate, Relation
from derivcheck.engines.rigorous.apply import spread
from derivcheck.engines.rigorous.environment import Environment
from derivcheck.engines.rigorous.evaluate import Evaluator
from derivcheck.engines.rigorous.matrices import det, entries_of
from derivcheck.engines.rigorous.scalars import Matrix, Scalar, is_exact_zero, parts, rational


class Sense(Enum):
    """What is claimed of each margin."""

    POSITIVE = "positive"
    NOT_NEGATIVE = "not negative"
    NOT_ZERO = "not zero"

    def certainly_holds(self, margin: Scalar) -> bool:
        """Of a ball: for every number in it."""
        if is_exact_zero(margin):
            return self is Sense.NOT_NEGATIVE
        ball = arb(margin)
        if not ball.is_finite():
            return False
        match self:
            case Sense.POSITIVE:
                return bool(ball > 0)
            case Sense.NOT_NEGATIVE:
                return bool(ball >= 0)
            case Sense.NOT_ZERO:
                return not ball.contains(0)

    def certainly_fails(self, margin: Scalar) -> bool:
        """Of a ball: for every number in it."""
        if is_exact_zero(margin):
            return self is not Sense.NOT_NEGATIVE
        return self is not Sense.NOT_ZERO and bool(arb(margin) < 0)


def sense_of(relation: Relation, context: Context) -> Sense | None:
    """None for relations that have no margin: equalities, and what is claimed of two points."""
    match relation:
        case Comparison("==", lhs, rhs):
            has_margin, sense = context.within is not None, Sense.NOT_NEGATIVE
        case Comparison("<" | ">", lhs, rhs):
            has_margin, sense = True, Sense.POSITIVE
        case Comparison("<=" | ">=", lhs, rhs):
            has_margin, sense = True, Sense.NOT_NEGATIVE
        case Comparison(_, lhs, rhs):
            has_margin, sense = True, Sense.NOT_ZERO
        case Predicate("psd", argument):
            return Sense.NOT_NEGATIVE if argument.shape.is_square else None
        case _:
            return None
    fits = lhs.shape == rhs.shape or lhs.shape.is_scalar or rhs.shape.is_scalar
    return sense if has_margin and fits and context.on_real_line else None


def margins(
    relation: Relation, context: Context, evaluator: Evaluator, env: Environment
) -> list[Scalar]:
    """`<`: rhs - lhs; `>`: lhs - rhs; `!=`: lhs - rhs, not zero; within w: w ± (lhs - rhs);
    psd: the principal minors. Raises as the evaluation does."""
    if isinstance(relation, Predicate):
        return _minors(evaluator.evaluate(relation.argument, env))
    sides = evaluator.evaluate(relation.lhs, env), evaluator.evaluate(relation.rhs, env)
    pairs = zip(*map(entries_of, spread(*sides)), strict=True)
    if relation.op == "==":
        assert context.within is not None
        bound = rational(context.within)
        return [bound + sign * (a - b) for a, b in pairs for sign in (1, -1)]
    if relation.op in ("<", "<="):
        return [b - a for a, b in pairs]
    return [a - b for a, b in pairs]


def _minors(value: Matrix) -> list[Scalar]:
    rows = range(len(value))
    return [
        parts(det([[value[i][j] for j in chosen] for i in chosen]))[0]
        for size in range(1, len(value) + 1) for chosen in combinations(rows, size)
    ]  # fmt: skip
