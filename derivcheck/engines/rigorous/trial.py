"""One point tried at rising precision."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from flint import ctx

from derivcheck.claim import Context, Predicate, Relation
from derivcheck.engines.rigorous.environment import Environment, Point
from derivcheck.engines.rigorous.evaluate import Evaluator, OutOfTime
from derivcheck.engines.rigorous.relations import Failed, Held, compare, judge_at
from derivcheck.engines.rigorous.scalars import Matrix, Undecided, Undefined, Unsupported, rational

PRECISIONS = (333, 800, 2400, 6000, 30000)
FREE_SECONDS = 0.3
SHARES = ((1, 2), (1, 4), (9, 10))


@dataclass(frozen=True, slots=True)
class Nothing:
    """No outcome at this point: why, and whether a side is undefined (else: too little known)."""

    reason: str
    undefined: bool = False
    thin: bool = False
    unsupported: bool = False


Trial = Held | Failed | Nothing


def attempt(
    relation: Relation,
    context: Context,
    evaluator: Evaluator,
    point: Point,
    other: Point | None = None,
    ladder: tuple[int, ...] = PRECISIONS,
    inside: Callable[[Point], bool] | None = None,
) -> Trial:
    """The outcome at the first precision that decides; `other` is the second end of a chord."""
    before, reason = ctx.prec, ""
    try:
        for bits in ladder:
            ctx.prec = bits
            now = time.monotonic()
            if now > evaluator.deadline:
                raise OutOfTime
            if bits > 2400 and now > evaluator.started + FREE_SECONDS:
                break
            try:
                if isinstance(relation, Predicate) and relation.name == "convex":
                    return _convex(relation, context, evaluator, point, other or point, inside)
                return judge_at(relation, context, evaluator, Environment(point, {}))
            except Undecided as problem:
                reason = str(problem)
            except Undefined as problem:
                return Nothing(str(problem), undefined=True, thin=problem.thin)
            except Unsupported as problem:
                return Nothing(str(problem), unsupported=True)
            except (ValueError, ZeroDivisionError, OverflowError) as problem:
                return Nothing(f"arithmetic: {problem}")
    finally:
        ctx.prec = before
    return Nothing(reason)


def _convex(
    relation: Predicate,
    context: Context,
    evaluator: Evaluator,
    point: Point,
    other: Point,
    inside: Callable[[Point], bool] | None,
) -> Held | Failed:
    """f(s·x + (1-s)·y) <= s·f(x) + (1-s)·f(y): one chord that f lies above refutes.

    Only chords whose ends and middle lie in the domain count.
    """
    assert relation.variable is not None
    name = relation.variable.name
    start, end = point[name], other[name]

    def value(at: Point) -> Matrix:
        return evaluator.evaluate(relation.argument, Environment(at, {}))

    held: Held | None = None
    for p, q in SHARES:
        s, rest = rational(p) * (rational(1) / q), rational(q - p) * (rational(1) / q)
        middle = [[s * x + rest * y for x, y in zip(*rows, strict=True)]
                  for rows in zip(start, end, strict=True)]  # fmt: skip
        if inside is not None and not (
            inside({**point, name: middle}) and inside({**point, name: end})
        ):
            raise Undefined("a chord that leaves the domain", thin=False)
        below = value({**point, name: middle})
        chord = [[s * x + rest * y for x, y in zip(*rows, strict=True)]
                 for rows in zip(value(point), value({**point, name: end}), strict=True)
        ]  # fmt: skip
        outcome = compare("<=", below, chord, False, context, evaluator.mode.heuristic)
        if isinstance(outcome, Failed):
            note = f"between {name} and {name}', at the share {s} of {name}: f, then the chord"
            return Failed(
                outcome.lhs, outcome.rhs, outcome.gap, outcome.entry, outcome.certain, note
            )
        held = outcome
    assert held is not None
    return held
