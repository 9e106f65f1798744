"""A failing point and a sample, as text."""

from __future__ import annotations

import math

from derivcheck.claim import Comparison, Relation
from derivcheck.engines.rigorous.environment import Point
from derivcheck.engines.rigorous.points import PointSource
from derivcheck.engines.rigorous.relations import Failed, Held
from derivcheck.engines.rigorous.scalars import is_exact_zero, to_ball
from derivcheck.engines.rigorous.show import number_text, value_text
from derivcheck.evidence import Sample, Value, Witness
from derivcheck.expr.nodes import Variable


def _values(source: PointSource, point: Point) -> tuple[tuple[str, Value], ...]:
    return tuple((name, value_text(value, 20, True)) for name, value in point.items())


def _sizes(source: PointSource) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(source.evaluator.sizes.items()))


def witness(
    source: PointSource, point: Point, failure: Failed, relation: Relation, other: Point | None
) -> Witness:
    """Both sides with enough digits to see the gap."""
    digits = _digits_to_see(failure)
    values = _values(source, point)
    variable = None if isinstance(relation, Comparison) else relation.variable
    if isinstance(variable, Variable) and other is not None:
        values += ((variable.name + "'", value_text(other[variable.name], 20, True)),)
    functions = source.evaluator.functions
    values += tuple((name, function.text) for name, function in functions.items())
    rhs = value_text(failure.rhs, digits) if failure.rhs != [[]] else ""
    return Witness(
        _sizes(source), values, value_text(failure.lhs, digits), rhs, failure.entry, failure.note
    )


def _digits_to_see(failure: Failed) -> int:
    """Digits of the larger side down to the gap, and four more."""
    if not failure.gap.is_finite() or failure.gap.is_zero():
        return 15
    i, j = failure.entry or (0, 0)
    sizes = [
        abs(to_ball(side[i if len(side) > 1 else 0][j if len(side[0]) > 1 else 0]))
        for side in (failure.lhs, failure.rhs)
    ]
    ratios = [size.mid() / failure.gap for size in sizes if size > 0]
    largest = max((float(r.log().mid()) / math.log(10) for r in ratios), default=0.0)
    return min(max(10, math.ceil(largest) + 5), 80)


def sample(source: PointSource, point: Point, held: Held) -> Sample:
    return Sample(
        _sizes(source), _values(source, point), value_text(held.lhs), value_text(held.rhs),
        held.digits,
    )  # fmt: skip


def exception_text(reason: str, point: Point) -> str:
    """The reason, and the point where all variables are scalars."""
    if 1 <= len(point) <= 3 and all(len(v) == 1 and len(v[0]) == 1 for v in point.values()):
        place = ", ".join(f"{name} = {number_text(v[0][0])}" for name, v in point.items())
        return f"{reason} at {place}"
    zeros = [n for n, v in point.items() if all(is_exact_zero(x) for row in v for x in row)]
    if zeros:
        return f"{reason} (where {', '.join(zeros)} = 0)"
    return reason
