"""Boxes: each entry of the variables of a relation lies in a closed interval of rationals."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flint import arb, fmpq

from derivcheck.claim import Context, Relation
from derivcheck.engines.rigorous.emptiness import conditions_on, narrowed
from derivcheck.engines.rigorous.environment import Point, free_variables
from derivcheck.engines.rigorous.evaluate import Evaluator
from derivcheck.engines.rigorous.hints import roots_of
from derivcheck.engines.rigorous.members import Range
from derivcheck.engines.rigorous.scalars import ONE, Dual, Scalar
from derivcheck.expr.declarations import Kind
from derivcheck.expr.nodes import Variable

MOST_EDGES = 4


@dataclass(frozen=True, slots=True)
class Edge:
    """The interval of one entry; `low` = `high` for an entry held fixed."""

    name: str
    row: int
    col: int
    low: Scalar
    high: Scalar

    @property
    def width(self) -> Scalar:
        return self.high - self.low

    @property
    def middle(self) -> Scalar:
        return (self.low + self.high) / 2

    @property
    def ball(self) -> Scalar:
        """Encloses the interval; exact where it is one number."""
        return self.low if self.low == self.high else arb(self.low).union(arb(self.high))

    def at(self, value: Scalar) -> Edge:
        return replace(self, low=value, high=value)


Box = tuple[Edge, ...]


def point_of(box: Box, direction: int | None = None) -> Point:
    """All points of the box at once; along `direction` as germs."""
    shapes: dict[str, tuple[int, int]] = {}
    for edge in box:
        rows, cols = shapes.get(edge.name, (0, 0))
        shapes[edge.name] = max(rows, edge.row + 1), max(cols, edge.col + 1)
    point: Point = {name: [[None] * cols for _ in range(rows)]
                    for name, (rows, cols) in shapes.items()}  # fmt: skip
    for k, edge in enumerate(box):
        value = edge.ball
        point[edge.name][edge.row][edge.col] = Dual(1, value, ONE) if k == direction else value
    return point


def middle_of(box: Box) -> Box:
    return tuple(edge.at(edge.middle) for edge in box)


def halves(box: Box) -> tuple[Box, Box]:
    """The two halves across the widest edge."""
    k = max(range(len(box)), key=lambda i: box[i].width)
    edge, middle = box[k], box[k].middle
    return (
        (*box[:k], replace(edge, high=middle), *box[k + 1 :]),
        (*box[:k], replace(edge, low=middle), *box[k + 1 :]),
    )


def domain_box(
    relation: Relation, context: Context, evaluator: Evaluator, ranges: dict[str, Range]
) -> Box | None:
    """A box that contains the domain, by the bounds declared and assumed; None where an entry is
    unbounded or not a real number, or where there are too many.

    Sound: open ends are closed, irrational ones moved outwards, other assumptions left out.
    """
    kinds = {d.variable.name: d.domain.kind for d in context.declarations}
    assumed = conditions_on(context, evaluator)
    edges: list[Edge] = []
    for variable in _variables(relation):
        name = variable.name
        if kinds.get(name) is not Kind.REAL:
            return None
        span = ranges[name]
        if variable.shape.is_scalar and name in assumed:
            for op, value in ((">=", span.lower), ("<=", span.upper)):
                if value is not None:
                    assumed[name] = narrowed(assumed[name], op, value)
            span = assumed[name]
        if span.lower is None or span.upper is None:
            return None
        low, high = outward(span.lower, -1), outward(span.upper, 1)
        rows, cols = variable.shape.evaluate(evaluator.sizes)
        if low > high or len(edges) + rows * cols > MOST_EDGES:
            return None
        edges += [Edge(name, i, j, low, high) for i in range(rows) for j in range(cols)]
    return tuple(edges)


def _variables(relation: Relation) -> list[Variable]:
    found = set[Variable]().union(*(free_variables(root) for root in roots_of(relation)))
    return sorted(found, key=lambda v: v.name)


def outward(x: Scalar, direction: int) -> Scalar:
    """A rational at or below (direction -1), at or above (1) every number of a ball."""
    if isinstance(x, fmpq):
        return x
    end = x.upper() if direction > 0 else x.lower()
    mantissa, exponent = (int(part) for part in end.man_exp())
    return fmpq(mantissa) * fmpq(2) ** exponent
