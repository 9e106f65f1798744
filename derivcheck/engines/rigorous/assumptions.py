"""Meeting the assumptions: equalities are solved for a variable, the rest is decided by balls."""

from __future__ import annotations

import random

from flint import fmpq

from derivcheck.engines.rigorous.environment import Environment, Point, free_variables
from derivcheck.engines.rigorous.evaluate import Evaluator
from derivcheck.engines.rigorous.members import Range, belongs
from derivcheck.engines.rigorous.plans import random_plan
from derivcheck.engines.rigorous.scalars import (
    ONE,
    ZERO,
    Matrix,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    is_exact,
    is_exact_zero,
)
from derivcheck.engines.rigorous.solving import (
    quadratic_roots,
    shifted,
    solve_exactly,
    structured_members,
)
from derivcheck.expr.declarations import Declaration, Kind
from derivcheck.expr.nodes import Compare, Condition, Logic, Variable

SOLVED = (Kind.REAL, Kind.COMPLEX, Kind.INVERTIBLE, Kind.INTEGER)


def conjuncts(conditions: tuple[Condition, ...]) -> list[Condition]:
    """The conditions with `and` taken apart."""
    found: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, Logic) and condition.op == "and":
            found += conjuncts(condition.args)
        else:
            found.append(condition)
    return found


class Assumptions:
    """The conditions of a claim, at given sizes."""

    def __init__(
        self,
        conditions: list[Condition],
        declarations: dict[str, Declaration],
        ranges: dict[str, Range],
        source: random.Random,
    ) -> None:
        self.equalities = [c for c in conditions if isinstance(c, Compare) and c.op == "=="]
        self.others = [c for c in conditions if c not in self.equalities]
        self.declarations, self.ranges, self.source = declarations, ranges, source

    def meet(self, evaluator: Evaluator, point: Point) -> Point | None:
        """The point, changed so that the equalities hold; None where a condition fails."""
        solved: set[str] = set()
        for condition in self.equalities:
            changed = self._solve(evaluator, condition, point, solved)
            if changed is None:
                return None
            point = changed
        return point if self.hold(evaluator, point) else None

    def hold(self, evaluator: Evaluator, point: Point) -> bool:
        return all(self._holds(evaluator, c, point) for c in [*self.equalities, *self.others])

    def _holds(self, evaluator: Evaluator, condition: Condition, point: Point) -> bool:
        try:
            truth = evaluator.truth(condition, Environment(point, {}))
        except (Undefined, Undecided):
            return self._substituted(condition, evaluator, point)
        return all(x for row in truth for x in row)

    def _substituted(self, condition: Condition, evaluator: Evaluator, point: Point) -> bool:
        """An equality with irrational sides holds where one side is a variable that was given
        the other side as its value: then both are the same balls."""
        if not isinstance(condition, Compare) or condition.op != "==":
            return False
        for side, other in ((condition.lhs, condition.rhs), (condition.rhs, condition.lhs)):
            if isinstance(side, Variable) and side not in free_variables(other):
                try:
                    value = evaluator.evaluate(other, Environment(point, {}))
                except (Undefined, Undecided):
                    return False
                return str(value) == str(point[side.name])
        return False

    def _solve(
        self, evaluator: Evaluator, condition: Compare, point: Point, solved: set[str]
    ) -> Point | None:
        if self._residual(evaluator, condition, point) == []:
            solved |= {v.name for v in free_variables(condition)}
            return point
        for attempt in (self._substitute, self._affine, self._quadratic, self._structured):
            changed = attempt(evaluator, condition, point, solved)
            if changed is not None:
                return changed
        return None

    def _residual(
        self, evaluator: Evaluator, condition: Compare, point: Point
    ) -> list[Scalar] | None:
        """The entries of lhs - rhs; [] where all are exactly 0, None where undefined."""
        env = Environment(point, {})
        try:
            left = evaluator.evaluate(condition.lhs, env)
            right = evaluator.evaluate(condition.rhs, env)
        except (Undefined, Undecided, Unsupported):
            return None
        if len(right) == 1 and len(right[0]) == 1:
            entries = [x - right[0][0] for row in left for x in row]
        elif len(left) == 1 and len(left[0]) == 1:
            entries = [left[0][0] - x for row in right for x in row]
        else:
            entries = [x - y for a, b in zip(left, right, strict=True)
                       for x, y in zip(a, b, strict=True)]  # fmt: skip
        return [] if all(is_exact_zero(x) for x in entries) else entries

    def _accept(self, point: Point, name: str, value: Matrix, solved: set[str]) -> Point | None:
        kind = self.declarations[name].domain.kind if name in self.declarations else Kind.COMPLEX
        if not belongs(kind, value, self.ranges.get(name, Range())):
            return None
        solved.add(name)
        return {**point, name: value}

    def _candidates(self, condition: Compare, solved: set[str]) -> list[Variable]:
        """The variables it may be solved for, last declared first."""
        order = {name: k for k, name in enumerate(self.declarations)}
        variables = [v for v in free_variables(condition) if v.name not in solved]
        return sorted(variables, key=lambda v: -order.get(v.name, -1))

    def _substitute(
        self, evaluator: Evaluator, condition: Compare, point: Point, solved: set[str]
    ) -> Point | None:
        """`v == expression without v`."""
        for side, other in ((condition.lhs, condition.rhs), (condition.rhs, condition.lhs)):
            if isinstance(side, Variable) and side.name not in solved:
                if side in free_variables(other):
                    continue
                try:
                    value = evaluator.evaluate(other, Environment(point, {}))
                except (Undefined, Undecided):
                    continue
                rows, cols = len(point[side.name]), len(point[side.name][0])
                if len(value) != rows or len(value[0]) != cols:
                    value = [[value[0][0]] * cols for _ in range(rows)]
                changed = self._accept(point, side.name, value, solved)
                if changed is not None:
                    return changed
        return None

    def _affine(
        self, evaluator: Evaluator, condition: Compare, point: Point, solved: set[str]
    ) -> Point | None:
        """Exact linear solving for the entries of one variable in which lhs - rhs is affine;
        the result is checked, so an equation that is not affine is only not solved."""
        for variable in self._candidates(condition, solved):
            name = variable.name
            residual = self._residual(evaluator, condition, point)
            if residual is None or not all(is_exact(x) for x in residual):
                continue
            places = [(i, j) for i in range(len(point[name])) for j in range(len(point[name][0]))]
            self.source.shuffle(places)
            columns = []
            for i, j in places:
                moved = self._residual(evaluator, condition, shifted(point, name, i, j, ONE))
                if moved is None or not all(is_exact(x) for x in moved):
                    break
                moved = moved or [ZERO] * len(residual)
                columns.append([x - y for x, y in zip(moved, residual, strict=True)])
            if len(columns) < len(places):
                continue
            shifts = solve_exactly(columns, [-x for x in residual])
            if shifts is None:
                continue
            value = [list(row) for row in point[name]]
            for (i, j), shift in zip(places, shifts, strict=True):
                value[i][j] = value[i][j] + shift
            changed = self._accept(point, name, value, solved)
            if changed is not None and self._residual(evaluator, condition, changed) == []:
                return changed
            solved.discard(name)
        return None

    def _quadratic(
        self, evaluator: Evaluator, condition: Compare, point: Point, solved: set[str]
    ) -> Point | None:
        """One real entry in which a scalar equation is quadratic, with rational roots."""
        for variable in self._candidates(condition, solved):
            name = variable.name
            for i in range(len(point[name])):
                for j in range(len(point[name][0])):
                    start = point[name][i][j]
                    samples = [self._residual(evaluator, condition,
                                              shifted(point, name, i, j, fmpq(t) - start))
                               for t in (0, 1, 2)]  # fmt: skip
                    if any(s is None or len(s) > 1 for s in samples):
                        continue
                    f = [s[0] if s else ZERO for s in samples if s is not None]
                    for root in quadratic_roots(*f):
                        moved = shifted(point, name, i, j, root - start)
                        changed = self._accept(moved, name, moved[name], solved)
                        if changed and self._residual(evaluator, condition, changed) == []:
                            return changed
                        solved.discard(name)
        return None

    def _structured(
        self, evaluator: Evaluator, condition: Compare, point: Point, solved: set[str]
    ) -> Point | None:
        """Members of other kinds: unit vectors, orthogonal, symmetric, projections, …"""
        for variable in self._candidates(condition, solved):
            name = variable.name
            rows, cols = len(point[name]), len(point[name][0])
            plan = random_plan(self.source, variable.is_complex, ONE, True)
            for value in structured_members(rows, cols, variable.is_complex, plan, self.source):
                changed = self._accept(point, name, value, solved)
                if changed is not None and self._residual(evaluator, condition, changed) == []:
                    return changed
                solved.discard(name)
        return None
