"""Proof of an inequality on a bounded domain: balls decide it on each of finitely many boxes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flint import arb, ctx

from derivcheck.claim import Context, Predicate, Relation
from derivcheck.engines.rigorous.assumptions import conjuncts
from derivcheck.engines.rigorous.boxes import Box, domain_box, halves, middle_of, point_of
from derivcheck.engines.rigorous.environment import Environment, free_variables
from derivcheck.engines.rigorous.evaluate import Evaluator
from derivcheck.engines.rigorous.margins import Sense, margins, sense_of
from derivcheck.engines.rigorous.members import Range
from derivcheck.engines.rigorous.scalars import (
    Dual,
    Poison,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
)
from derivcheck.evidence import Proof
from derivcheck.expr.nodes import Condition

BOX_BITS, POINT_BITS = 128, 333
MOST_BOXES, DEEPEST = 6000, 60
METHOD, CONSTANT_METHOD = "interval subdivision", "interval arithmetic"


def prove(
    relation: Relation,
    context: Context,
    evaluator: Evaluator,
    ranges: dict[str, Range],
    stop: float,
) -> Proof | None:
    """A proof, or None. Sound: the boxes cover the whole domain (open ends closed), both sides
    are enclosed for all points of a box together, and one box that stays open leaves no proof.

    Not for symbolic sizes or unspecified functions: there the points stand for some cases only;
    nor for psd, whose symmetry is an equality.
    """
    sense = sense_of(relation, context)
    if sense is None or context.dims or context.functions or isinstance(relation, Predicate):
        return None
    before = ctx.prec
    try:
        box = domain_box(relation, context, evaluator, ranges)
        if box is None:
            return None
        names = {edge.name for edge in box}
        conditions = [c for c in conjuncts(context.assumptions)
                      if {v.name for v in free_variables(c)} <= names]  # fmt: skip
        count = _Cover(relation, context, evaluator, sense, conditions, stop).boxes(box)
    except (Undefined, Undecided, Unsupported, ValueError, ZeroDivisionError, OverflowError):
        return None
    finally:
        ctx.prec = before
    if count is None:
        return None
    if not box:
        return Proof(CONSTANT_METHOD, ("balls of 128 bits and more separate the two sides",))
    step = f"balls decide it on {count} boxes that cover the domain"
    return Proof(METHOD, (step if count > 1 else "balls decide it on the whole domain at once",))


@dataclass(frozen=True, slots=True)
class _Cover:
    """The search for a cover by boxes on each of which all margins are decided."""

    relation: Relation
    context: Context
    evaluator: Evaluator
    sense: Sense
    conditions: list[Condition]
    stop: float

    def boxes(self, whole: Box) -> int | None:
        """How many boxes it took. Raises Undefined where a side has no value."""
        stack, count = [(whole, 0)], 0
        while stack:
            box, depth = stack.pop()
            count += 1
            if count > MOST_BOXES or depth > DEEPEST or time.monotonic() > self.stop:
                return None
            ctx.prec = BOX_BITS
            if self._outside(box) or self._decided(box):
                continue
            if all(edge.width == 0 for edge in box) or self._fails(middle_of(box)):
                return None
            stack += [(half, depth + 1) for half in halves(box)]
        return count

    def _outside(self, box: Box) -> bool:
        """Whether an assumption is false at every point of the box."""
        env = Environment(point_of(box), {})
        for condition in self.conditions:
            try:
                truth = self.evaluator.truth(condition, env)
            except (Undefined, Undecided):
                continue
            if not all(x for row in truth for x in row):
                return True
        return False

    def _fails(self, box: Box) -> bool:
        try:
            found = self._margins(box, None)
        except (Undefined, Undecided):
            return False
        return any(self.sense.certainly_fails(x) for x in found)

    def _decided(self, box: Box) -> bool:
        """By the plain enclosures, else each margin that they leave open by its slopes."""
        try:
            found = self._margins(box, None)
        except Undecided:
            return False
        open_ones = [k for k, x in enumerate(found) if not self.sense.certainly_holds(x)]
        if not open_ones:
            return True
        try:
            return all(self._by_slopes(box, k, found[k]) for k in open_ones)
        except Undecided:
            return False

    def _by_slopes(self, box: Box, k: int, plain: Scalar) -> bool:
        """The mean value form f(c) + Σ f_i(box)·(x_i - c_i) encloses f on the box, and f is least
        on the face where each entry of certain slope is at its lower end.

        Both hold as f is differentiable on the whole box: its germs have no open comparison.
        """
        free = [i for i, edge in enumerate(box) if edge.width != 0]
        if not free:
            ctx.prec = POINT_BITS
            return self.sense.certainly_holds(self._margins(box, None)[k])
        slopes = {i: self._margins(box, i)[k] for i in free}
        total = self._margins(middle_of(box), None)[k]
        face = list(box)
        for i, slope in slopes.items():
            edge = box[i]
            total = total + slope * (arb(edge.ball) - edge.middle)
            if self.sense is not Sense.NOT_ZERO and arb(slope) >= 0:
                face[i] = edge.at(edge.low)
            elif self.sense is not Sense.NOT_ZERO and arb(slope) <= 0:
                face[i] = edge.at(edge.high)
        if self.sense.certainly_holds(total):
            return True
        if tuple(face) == box:
            return False
        found = self._margins(tuple(face), None)[k]
        return self.sense.certainly_holds(found) or self._by_slopes(tuple(face), k, found)

    def _margins(self, box: Box, direction: int | None) -> list[Scalar]:
        """The margins on the box, or along `direction` their slopes.

        Raises Undecided where an estimate came in, or a choice was open under a slope.
        """
        mode = self.evaluator.mode
        mode.heuristic = mode.hulled = False
        mode.ties.clear()
        level = 0 if direction is None else 1
        env = Environment(point_of(box, direction), {}, level=level)
        found = margins(self.relation, self.context, self.evaluator, env)
        if mode.heuristic or mode.ties or (mode.hulled and direction is not None):
            raise Undecided("an estimate or an open choice")
        if direction is not None:
            found = [x.slope if isinstance(x, Dual) else arb(0) for x in found]
        for x in found:
            if isinstance(x, (Poison, Dual)):
                raise Undecided("no slope")
        return found
