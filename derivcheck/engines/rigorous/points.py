"""Points of a claim's domain at given sizes: simple exact ones first, kinks, then random ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from flint import fmpq

from derivcheck.claim import Context, Relation
from derivcheck.engines.rigorous.assumptions import Assumptions, conjuncts
from derivcheck.engines.rigorous.environment import Environment, Name, Names, Point, free_variables
from derivcheck.engines.rigorous.evaluate import Evaluator
from derivcheck.engines.rigorous.hints import kinked_pairs, near_constants, roots_of
from derivcheck.engines.rigorous.members import Plan, Range, belongs, member
from derivcheck.engines.rigorous.plans import (
    Assignment,
    constant_plan,
    random_assignment,
    random_plan,
    small_plan,
    special_assignments,
)
from derivcheck.engines.rigorous.scalars import (
    Matrix,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    is_exact_zero,
)
from derivcheck.expr.declarations import Declaration, Domain, Kind
from derivcheck.expr.nodes import Expr

ATTEMPTS = 24


@dataclass(frozen=True, slots=True)
class Draw:
    """A point, and whether it was chosen on purpose (not a generic one)."""

    point: Point
    special: bool


class PointSource:
    """Draws points for one choice of sizes and of unspecified functions."""

    def __init__(
        self, relation: Relation, context: Context, evaluator: Evaluator, source: random.Random
    ) -> None:
        self.evaluator, self.source, self.sizes = evaluator, source, evaluator.sizes
        self.context = context
        self.hints = near_constants(None, context)
        declarations = {d.variable.name: d for d in context.declarations}
        for root in (*roots_of(relation), *context.assumptions):
            for variable in sorted(free_variables(root), key=lambda v: v.name):
                if variable.name not in declarations:
                    kind = Kind.COMPLEX if variable.is_complex else Kind.REAL
                    declarations[variable.name] = Declaration(variable, Domain(kind))
        self.declarations = declarations
        self.ranges = {name: _range(d.domain, evaluator) for name, d in declarations.items()}
        self.assumptions = Assumptions(
            conjuncts(context.assumptions), declarations, self.ranges, source
        )
        self._turn = 0

    def is_complex(self, name: str) -> bool:
        return self.declarations[name].variable.is_complex

    def is_scalar(self, name: str) -> bool:
        return self.declarations[name].variable.shape.is_scalar

    def specials(self, relation: Relation, names: Names) -> Iterator[Draw]:
        """Chosen points: simple ones, bounds, kinks of the functions in the claim."""
        found = list(self.declarations)
        if not found:
            yield Draw({}, True)
            return
        hints = near_constants(relation, self.context)
        plans = special_assignments(found, self.is_complex, self.is_scalar, self.source, hints)
        for index, plan in enumerate(plans):
            point = self.draw(plan, 2)
            if point is not None:
                yield Draw(point, True)
            if index == 7:
                yield from self._kinks(relation, names)

    def simple(self) -> Draw | None:
        """A random point of small integers and halves."""
        plan = {name: small_plan(self.source, self.is_complex(name)) for name in self.declarations}
        point = self.draw(plan, 2)
        return None if point is None else Draw(point, True)

    def generic(self) -> Draw | None:
        """A random point; None where none was found."""
        self._turn += 1
        if not self.declarations:
            return None
        plan = random_assignment(list(self.declarations), self.is_complex, self.source, self._turn)
        point = self.draw(plan, ATTEMPTS)
        return None if point is None else Draw(point, False)

    def draw(self, plan: Assignment, attempts: int) -> Point | None:
        """A point by the plan; where an assumption fails, variables are redrawn one by one."""
        point = self._members(plan)
        for attempt in range(attempts):
            if point is not None:
                met = self.assumptions.meet(self.evaluator, point)
                if met is not None:
                    return met
            if not (self.assumptions.equalities or self.assumptions.others) and attempt > 4:
                return None
            redrawn = dict(plan)
            scale = fmpq(1, self.source.choice((1, 1, 2, 5, 10, 100)))
            scale = scale * self.source.choice((1, 1, 2, 5, 10, 50))
            for name in plan:
                if attempt > 3 or self.source.random() < 0.6:
                    redrawn[name] = random_plan(
                        self.source, self.is_complex(name), scale, self.source.random() < 0.7
                    )
                if self.hints and attempt > 1 and self.source.random() < 0.5:
                    redrawn[name] = constant_plan(self.source.choice(self.hints), "hint")
            point = self._members(redrawn)
        return None

    def contains(self, point: Point) -> bool:
        """Whether a computed point certainly lies in the domain and meets the assumptions."""
        return all(
            belongs(d.domain.kind, point[name], self.ranges[name])
            for name, d in self.declarations.items() if d.domain.kind is not Kind.INDEX
        ) and self.assumptions.hold(self.evaluator, point)  # fmt: skip

    def _members(self, plan: Assignment) -> Point | None:
        point: Point = {}
        for name, declaration in self.declarations.items():
            value = self._member(declaration, plan[name])
            if value is None:
                return None
            point[name] = value
        return point

    def _member(self, declaration: Declaration, plan: Plan) -> Matrix | None:
        domain = declaration.domain
        if domain.kind is Kind.INDEX:
            assert domain.extent is not None
            count = max(domain.extent.rows.evaluate(self.sizes), 1)
            return [[fmpq(self.source.randrange(count))]]
        rows, cols = declaration.variable.shape.evaluate(self.sizes)
        span = self.ranges[declaration.variable.name]
        return member(domain.kind, rows, cols, plan, span, self.source)

    def _kinks(self, relation: Relation, names: Names) -> Iterator[Draw]:
        """Points where the argument of a function with a kink (or two compared sides) is 0,
        found by solving for one entry in which it is affine; and included bounds."""
        base = self.generic()
        if base is None:
            return
        for name, span in self.ranges.items():
            if self.is_scalar(name):
                for bound, is_open in (
                    (span.lower, span.lower_open), (span.upper, span.upper_open)
                ):  # fmt: skip
                    if isinstance(bound, fmpq) and not is_open:
                        yield from self._checked({**base.point, name: [[bound]]})
        known: frozenset[Name] = frozenset(self.declarations)
        for left, right in kinked_pairs(roots_of(relation), names, known):
            yield from self._checked(self._vanishing(left, right, base.point))

    def _checked(self, point: Point | None) -> Iterator[Draw]:
        if point is not None:
            met = self.assumptions.meet(self.evaluator, point)
            if met is not None:
                yield Draw(met, True)

    def _vanishing(self, left: Expr, right: Expr | None, point: Point) -> Point | None:
        def gap(at: Point) -> Scalar:
            env = Environment(at, {})
            value = self.evaluator.evaluate(left, env)[0][0]
            return value if right is None else value - self.evaluator.evaluate(right, env)[0][0]

        for name, declaration in self.declarations.items():
            if declaration.domain.kind not in (Kind.REAL, Kind.COMPLEX):
                continue
            rest = [list(row) for row in point[name]]
            try:
                values = []
                for t in (0, 1):
                    rest[0][0] = fmpq(t)
                    values.append(gap({**point, name: [list(row) for row in rest]}))
                rise = values[1] - values[0]
                if not isinstance(rise, fmpq) or rise == 0 or not isinstance(values[0], fmpq):
                    continue
                rest[0][0] = -values[0] / rise
                found = {**point, name: rest}
                if is_exact_zero(gap(found)) and self.ranges[name].holds(rest[0][0]):
                    return found
            except (Undefined, Undecided, Unsupported):
                continue
        return None


def _range(domain: Domain, evaluator: Evaluator) -> Range:
    env = Environment({}, {})

    def value(expr: Expr) -> Scalar | None:
        found = evaluator.scalar(expr, env)
        return found if isinstance(found, fmpq) or found.is_finite() else None

    lower = value(domain.lower.value) if domain.lower else None
    upper = value(domain.upper.value) if domain.upper else None
    return Range(
        lower, upper,
        domain.lower is not None and domain.lower.is_open,
        domain.upper is not None and domain.upper.is_open,
        tuple(x for x in (value(e) for e in domain.excluded) if x is not None),
    )  # fmt: skip
