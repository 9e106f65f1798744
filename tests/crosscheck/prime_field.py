"""An equality looked at over the field: a second route that shares nothing with the engines."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from drawing import SmoothFunction, draw, sizes
from evaluation import Point
from field import Again, Element, Uncovered
from functions import Functions
from matrices import Matrix

from derivcheck.claim import Comparison, Context, Predicate, Relation
from derivcheck.expr import build
from derivcheck.expr.declarations import Kind
from derivcheck.expr.dims import Shape
from derivcheck.expr.nodes import Compare, Condition, Expr, Variable

TRIALS = 4
SPECIAL = 3
ATTEMPTS = 60
MAX_SIZE = 40


@dataclass(frozen=True)
class Look:
    """`holds` is None where the claim is not covered, and `reason` says why."""

    holds: bool | None
    reason: str = ""


def look(relation: Relation, context: Context, seed: int) -> Look:
    """Whether both sides agree at random points of a few sizes."""
    try:
        lhs, rhs = sides(relation)
        seen = 0
        for trial in range(TRIALS if context.dims else 2 * TRIALS):
            chance = random.Random(f"{seed} {trial}")
            for left, right, functions in attempts(lhs, rhs, context, chance, trial):
                seen += 1
                if not same(left, right):
                    return Look(None if functions.caveat else False, functions.caveat)
    except Uncovered as reason:
        return Look(None, str(reason))
    except Again as reason:
        return Look(None, f"no point found: {reason}")
    return Look(True) if seen else Look(None, "no size fits")


def sides(relation: Relation) -> tuple[Expr, Expr]:
    match relation:
        case Comparison("==", lhs, rhs):
            return lhs, rhs
        case Predicate("is_symmetric", matrix):
            return matrix, build.transpose(matrix)
        case Predicate("orthogonal", matrix):
            eye = build.apply("eye", params=(matrix.shape.cols, matrix.shape.cols))
            return build.matmul(build.transpose(matrix), matrix), eye
        case _:
            raise Uncovered("not an equality")


def attempts(
    lhs: Expr, rhs: Expr, context: Context, chance: random.Random, trial: int
) -> Iterator[tuple[Matrix, Matrix, Functions]]:
    """Both sides at the first point where everything is defined, if any; nothing where no size
    fits. The special point has many entries 0 and 1."""
    dims = fitting_sizes(context, chance, trial, (lhs.shape, rhs.shape))
    if dims is None:
        return
    last = Again("nothing tried")
    special = trial == SPECIAL
    for _ in range(ATTEMPTS // 6 if special else ATTEMPTS):
        try:
            point = random_point(context, dims, chance, special)
            yield point.of(lhs), point.of(rhs), point.functions
            return
        except Again as reason:
            last = reason
    if not special:
        raise last


def fitting_sizes(
    context: Context, chance: random.Random, trial: int, shapes: tuple[Shape, Shape]
) -> dict[str, int] | None:
    """Sizes that satisfy the assumptions about sizes and do not get too large."""
    for step in range(20):
        dims = sizes(context, chance, trial)
        dims = {name: size + step // 4 for name, size in dims.items()}
        functions = Functions(chance)
        known = Point(context, dims, functions, {}, {})
        conditions = [c for c in context.assumptions if not mentions_variables(c)]
        if all(all(map(all, known.truth(condition))) for condition in conditions):
            tall = [one.variable.shape for one in context.declarations
                    if one.domain.kind is Kind.STIEFEL]  # fmt: skip
            if any(shape.rows.evaluate(dims) < shape.cols.evaluate(dims) for shape in tall):
                continue
            entries = [shape.rows.evaluate(dims) * shape.cols.evaluate(dims) for shape in shapes]
            return dims if max(entries) <= MAX_SIZE**2 else None
    return None


def random_point(
    context: Context, dims: dict[str, int], chance: random.Random, special: bool
) -> Point:
    """Values of all variables that satisfy the assumptions. Raises Again where they do not."""
    functions = Functions(chance)
    values = {
        one.variable.name: draw(one.domain, one.variable.shape, dims, functions, special)
        for one in context.declarations
    }
    unknown = {
        one.name: SmoothFunction(one.shape.evaluate(dims), one.domain, functions)
        for one in context.functions
    }
    for condition in context.assumptions:
        match condition:
            case Compare("==", Variable(name), rhs):
                values[name] = Point(context, dims, functions, values, unknown).of(rhs)
            case Compare("==", _, _):
                raise Uncovered("an equation between variables")
    point = Point(context, dims, functions, values, unknown)
    for condition in context.assumptions:
        if not all(map(all, point.truth(condition))):
            raise Again("an assumption that does not hold")
    return point


def mentions_variables(node: Expr | Condition) -> bool:
    return isinstance(node, Variable) or any(map(mentions_variables, build.children(node)))


def same(left: Matrix, right: Matrix) -> bool:
    """Entry by entry; a scalar against an array means every entry."""
    if len(left) == len(left[0]) == 1 and len(right) * len(right[0]) > 1:
        left, right = right, left
    if len(right) == len(right[0]) == 1:
        return all(x == right[0][0] for row in left for x in row)
    flat: list[list[Element]] = left
    return flat == right
