"""One relation at one point: it fails (with a gap), holds (to some digits), or cannot be said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import assert_never

from flint import arb

from derivcheck.claim import Comparison, Context, Predicate, Relation
from derivcheck.engines.rigorous.environment import Environment
from derivcheck.engines.rigorous.evaluate import Evaluator
from derivcheck.engines.rigorous.matrices import adjoint, det, identity, matmul, transpose
from derivcheck.engines.rigorous.order import real_value
from derivcheck.engines.rigorous.scalars import (
    Matrix,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    is_exact_zero,
    may_vanish,
    parts,
    rational,
    to_ball,
)

MOST_DIGITS = 100
ENOUGH_DIGITS = 25
HEURISTIC_DIGITS = 3
INEQUALITY_DIGITS = 200


@dataclass(frozen=True, slots=True)
class Held:
    """The relation holds at the point, or its sides overlap to `digits` digits."""

    lhs: Matrix
    rhs: Matrix
    digits: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The relation fails: certainly, or (`certain` False) as far as an estimate goes."""

    lhs: Matrix
    rhs: Matrix
    gap: Scalar
    entry: tuple[int, int] | None = None
    certain: bool = True
    note: str = ""
    digits: int = 0


Outcome = Held | Failed


def judge_at(
    relation: Relation, context: Context, evaluator: Evaluator, env: Environment
) -> Outcome:
    """Raises Undefined where a side has no value, Undecided where more bits are needed."""
    mode = evaluator.mode
    mode.ties.clear()
    mode.heuristic = False
    match relation:
        case Comparison(op, lhs, rhs):
            left = _checked(evaluator.evaluate(lhs, env))
            right = _checked(evaluator.evaluate(rhs, env))
            broadcast = lhs.shape.is_scalar or rhs.shape.is_scalar
            return compare(op, left, right, broadcast, context, mode.heuristic)
        case Predicate("convex"):
            raise Unsupported("convex needs two points")
        case Predicate(name, argument):
            value = _checked(evaluator.evaluate(argument, env))
            return predicate(name, value, context, mode.heuristic)
        case _:
            assert_never(relation)


def _checked(value: Matrix) -> Matrix:
    for row in value:
        for x in row:
            ball = to_ball(x)
            for part in parts(ball):
                if isinstance(part, arb) and not part.is_finite():
                    if part.is_nan():
                        raise Undefined("an indeterminate form")
                    if not (part.is_exact() and (part > 0 or part < 0)):
                        raise Undecided("a ball without bounds")
    return value


def compare(
    op: str, left: Matrix, right: Matrix, broadcast: bool, context: Context, heuristic: bool
) -> Outcome:
    """Entrywise. Sides of different shape fail (a scalar fits any shape)."""
    shapes = (len(left), len(left[0])), (len(right), len(right[0]))
    if shapes[0] != shapes[1] and not broadcast:
        note = "the sides have different shapes, {}×{} and {}×{}".format(*shapes[0], *shapes[1])
        return Failed(left, right, arb.pos_inf(), None, True, note)
    rows, cols = max(shapes[0][0], shapes[1][0]), max(shapes[0][1], shapes[1][1])
    digits, undecided = MOST_DIGITS, None
    worst: Failed | None = None
    for i in range(rows):
        for j in range(cols):
            a = left[i if len(left) > 1 else 0][j if len(left[0]) > 1 else 0]
            b = right[i if len(right) > 1 else 0][j if len(right[0]) > 1 else 0]
            try:
                verdict = _entry(op, a, b, context, heuristic)
            except Undecided as reason:
                undecided = reason
                continue
            if isinstance(verdict, int):
                digits = min(digits, verdict)
                continue
            gap, certain = verdict
            if worst is None or (certain, gap.mid()) > (worst.certain, worst.gap.mid()):
                entry = (i, j) if rows * cols > 1 else None
                worst = Failed(left, right, gap, entry, certain)
    if worst is not None:
        return worst
    if undecided is not None:
        raise undecided
    return Held(left, right, digits)


def _entry(
    op: str, a: Scalar, b: Scalar, context: Context, heuristic: bool
) -> int | tuple[Scalar, bool]:
    """The digits to which an entry's relation holds, or the gap by which it fails."""
    infinite = _infinite(op, a, b)
    if infinite is not None:
        return infinite
    difference = a - b
    if op in ("==", "!="):
        return _equality(op, a, b, difference, context, heuristic)
    difference = real_value(difference)
    if is_exact_zero(difference):
        return MOST_DIGITS if op in ("<=", ">=") else (arb(0), not heuristic)
    if not may_vanish(difference):
        holds = (difference < 0) == (op in ("<", "<="))
        return MOST_DIGITS if holds else (_lower(difference), not heuristic)
    # overlapping balls never decide < or >: the difference may be far below their radius
    digits = _digits(a, b, difference, INEQUALITY_DIGITS)
    if op in ("<", ">") or digits < INEQUALITY_DIGITS:
        raise Undecided("an inequality of overlapping balls")
    return MOST_DIGITS


def _equality(
    op: str, a: Scalar, b: Scalar, difference: Scalar, context: Context, heuristic: bool
) -> int | tuple[Scalar, bool]:
    if context.within is not None and op == "==":
        size, bound = abs(to_ball(difference)), rational(context.within)
        if size > bound:
            return _lower(size - bound), not heuristic
        if size <= bound:
            return MOST_DIGITS
        raise Undecided("a difference at the edge of the tolerance")
    equal_digits: int | None = None
    if is_exact_zero(difference):
        equal_digits = MOST_DIGITS
    elif may_vanish(to_ball(difference)):
        equal_digits = _digits(a, b, difference)
        if equal_digits < (HEURISTIC_DIGITS if heuristic else ENOUGH_DIGITS):
            raise Undecided("two wide balls that overlap")
    if op == "==":
        return (_lower(difference), not heuristic) if equal_digits is None else equal_digits
    if equal_digits is None:
        return MOST_DIGITS
    if not is_exact_zero(difference):
        raise Undecided("two sides that may be equal")
    return arb(0), not heuristic


def _infinite(op: str, a: Scalar, b: Scalar) -> int | tuple[Scalar, bool] | None:
    """Relations with ±oo, which only a limit or the constant oo give: never certified."""
    left, right = to_ball(a), to_ball(b)
    if left.is_finite() and right.is_finite():
        return None
    if not (isinstance(left, arb) and isinstance(right, arb)):
        raise Undecided("an infinite complex number")
    equal = not left.is_finite() and not right.is_finite() and (left > 0) == (right > 0)
    less = not equal and bool(left < right)
    holds = {
        "==": equal, "!=": not equal, "<": less, "<=": less or equal,
        ">": not less and not equal, ">=": not less,
    }[op]  # fmt: skip
    return HEURISTIC_DIGITS if holds else (arb.pos_inf(), False)


def _lower(difference: Scalar) -> Scalar:
    return arb(to_ball(difference).abs_lower())


def _digits(a: Scalar, b: Scalar, difference: Scalar, most: int = MOST_DIGITS) -> int:
    """Decimal digits of agreement: the difference is at most 10^-digits of the larger side
    (of 1, where the sides may be 0)."""
    error = arb(to_ball(difference).abs_upper())
    sizes = [arb(to_ball(x).abs_lower()) for x in (a, b)]
    scale = max((x for x in sizes if x > 0), default=arb(1), key=lambda x: x.mid())
    share = error / scale
    if share <= arb(10) ** -most:
        return most
    return max(0, math.floor(-float(share.log().mid()) / math.log(10)))


def predicate(name: str, value: Matrix, context: Context, heuristic: bool) -> Outcome:
    """is_symmetric: A = Aᵀ. orthogonal: AᵀA = I, square. unitary: AᴴA = I, square. psd: A = Aᴴ
    and all principal minors >= 0."""
    rows, cols = len(value), len(value[0])
    if rows != cols:
        note = f"{name} needs a square matrix, this one is {rows}×{cols}"
        return Failed(value, [[]], arb.pos_inf(), None, True, note)
    if name == "is_symmetric":
        return compare("==", value, transpose(value), False, context, heuristic)
    if name == "orthogonal":
        gram = matmul(transpose(value), value)
        return compare("==", gram, identity(rows), False, context, heuristic)
    if name == "unitary":
        gram = matmul(adjoint(value), value)
        return compare("==", gram, identity(rows), False, context, heuristic)
    symmetric = compare("==", value, adjoint(value), False, context, heuristic)
    if isinstance(symmetric, Failed):
        return Failed(
            symmetric.lhs, symmetric.rhs, symmetric.gap, symmetric.entry, symmetric.certain,
            "the matrix is not symmetric (Hermitian)",
        )  # fmt: skip
    return _minors(value, symmetric, heuristic)


def _minors(value: Matrix, symmetric: Held, heuristic: bool) -> Outcome:
    """A Hermitian matrix is positive semidefinite iff every principal minor is >= 0."""
    digits = symmetric.digits
    for size in range(1, len(value) + 1):
        for chosen in combinations(range(len(value)), size):
            minor = parts(det([[value[i][j] for j in chosen] for i in chosen]))[0]
            if minor < 0:
                note = f"the principal minor of rows {', '.join(map(str, chosen))} is negative"
                return Failed([[minor]], [[rational(0)]], _lower(minor), None, not heuristic, note)
            if not is_exact_zero(minor) and may_vanish(minor):
                found = _digits(minor, rational(0), minor)
                if found < ENOUGH_DIGITS:
                    raise Undecided("a principal minor near 0")
                digits = min(digits, found)
    return Held(symmetric.lhs, symmetric.rhs, digits)
