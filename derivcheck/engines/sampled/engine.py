"""The engine: trials at several sizes, every point judged, the evidence drawn together."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derivcheck.claim import Context, Predicate, Relation
from derivcheck.engines.sampled.assumptions import allowed_sizes, equated_names, satisfied
from derivcheck.engines.sampled.environment import World
from derivcheck.engines.sampled.functions import random_function
from derivcheck.engines.sampled.kinds import ROUNDED_KINDS
from derivcheck.engines.sampled.points import Points, drawn_points, ends_of, in_bounds
from derivcheck.engines.sampled.questions import OTHER_END, Question, questions
from derivcheck.engines.sampled.reading import Scope, scope_of
from derivcheck.engines.sampled.sizes import Sizes, size_choices
from derivcheck.engines.sampled.summary import Trial, summary
from derivcheck.engines.sampled.trials import judged
from derivcheck.engines.sampled.values import BadSizes, Mode, Noise, TooLarge, Unsupported
from derivcheck.evidence import Cause, Evidence, Finding, Settings, Silence

POINTS_OF_SCALARS = 96
POINTS_PER_SIZE = 24
FUNCTION_TRIALS = 3
SPARSE = 0.15


@dataclass(frozen=True, slots=True)
class Task:
    """One relation with all that is needed to judge it."""

    relation: Relation
    context: Context
    scope: Scope
    asked: Sequence[Question]
    settings: Settings
    mode: Mode
    deadline: float


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    """Floating-point evidence on one relation: Mismatch, Agreement or Silence."""
    started = time.monotonic()
    try:
        with np.errstate(all="ignore"):
            evidence = _examined(relation, context, settings, started + settings.seconds)
    except Unsupported as reason:
        evidence = Silence(Cause.UNSUPPORTED, str(reason))
    except TooLarge:
        evidence = Silence(Cause.UNSUPPORTED, "too large: too many numbers even for one point")
    except RecursionError:
        evidence = Silence(Cause.UNSUPPORTED, "nested too deeply")
    except np.linalg.LinAlgError as failure:
        evidence = Silence(Cause.INCONCLUSIVE, f"linear algebra: {failure}")
    return Finding("sampled", evidence, seconds=time.monotonic() - started)


def _examined(
    relation: Relation, context: Context, settings: Settings, deadline: float
) -> Evidence:
    scope = scope_of(relation, context)
    mode = Mode.REAL if context.on_real_line else Mode.COMPLEX
    asked = questions(relation, scope.declarations)
    task = Task(relation, context, scope, asked, settings, mode, deadline)
    return summary(list(_trials(task)), asked, scope)


def _trials(task: Task) -> Iterator[Trial]:
    """Each at one assignment of sizes, with functions of its own; ends at the deadline."""
    seed = zlib.crc32(repr(task.scope.dims).encode()) ^ task.settings.seed
    choices = size_choices(
        task.scope.dims, lambda sizes: allowed_sizes(task.context.assumptions, _world(task, sizes))
    )
    repeats = FUNCTION_TRIALS if task.scope.functions and len(choices) == 1 else 1
    found = too_large = False
    for number, sizes in enumerate(choices * repeats):
        if number and time.monotonic() > task.deadline:
            return
        generator = np.random.default_rng((seed, number))
        world = _world(task, sizes)
        try:
            world = replace(world, noise=Noise(generator), functions={
                f.name: random_function(f, sizes, ends_of(f.domain, world), generator)
                for f in task.scope.functions
            })  # fmt: skip
            points = _points(task, world, generator, len(choices))
            if points.count:
                trial = _trial(task, world, points)
                found = True
                yield trial
                if trial.compared < SPARSE * points.count:
                    points = _points(task, world, generator, len(choices), far=True)
                    if points.count:
                        yield _trial(task, world, points)
        except BadSizes:
            continue  # no such block, or no such matrix (stiefel), at these sizes
        except TooLarge:
            too_large = True
    if too_large and not found:
        raise TooLarge


def _world(task: Task, sizes: Sizes) -> World:
    recurrences = {r.name: r for r in task.context.recurrences}
    return World(sizes, {}, recurrences, Noise(np.random.default_rng(0)))


def _points(
    task: Task, world: World, generator: np.random.Generator, trials: int, far: bool = False
) -> Points:
    count = (POINTS_OF_SCALARS if trials == 1 else POINTS_PER_SIZE) * (4 if far else 1)
    points = drawn_points(
        task.scope.declarations, task.context, world, task.mode, count, generator, far
    )
    if isinstance(task.relation, Predicate) and task.relation.variable is not None:
        return _with_chords(points, task.relation.variable.name, task, world)
    return points


def _with_chords(points: Points, name: str, task: Task, world: World) -> Points:
    """Another end for each chord: another point's value, or a tenth of the way there; kept where
    the end and the middle are in the domain."""
    ends = points.values[name]
    other = np.roll(ends, 1, axis=0)
    other[::3] = ends[::3] + (other[::3] - ends[::3]) / 10
    inside = (other != ends).any(axis=(1, 2))
    for candidate in (other, (ends + other) / 2):
        moved = {**points.values, name: candidate}
        inside &= satisfied(moved, points.count, task.context.assumptions, world, task.mode)
        for d in task.scope.declarations:
            if d.variable.name == name:
                inside &= in_bounds(candidate, d.domain, world)
    values = {**points.values, name + OTHER_END: other}
    return Points({k: data[inside] for k, data in values.items()}, int(inside.sum()))


def _rounded(task: Task) -> frozenset[str]:
    """The variables that are in their set only to rounding: see Environment.copies_of."""
    names = {d.variable.name for d in task.scope.declarations if d.domain.kind in ROUNDED_KINDS}
    return frozenset(names | equated_names(task.context.assumptions))


def _trial(task: Task, world: World, points: Points) -> Trial:
    """With as many of the points as can be computed at once."""
    rounded = _rounded(task)
    within = None if task.context.within is None else float(task.context.within)
    while True:
        try:
            results = [
                judged(
                    question, world, task.mode, points, within, task.scope.differentiates, rounded
                )
                for question in task.asked
            ]
            return Trial(world.sizes, points, results)
        except TooLarge:
            if points.count == 1:
                raise
            share = points.count // 4 or 1
            places = np.linspace(0, points.count - 1, share).astype(int)
            points = Points({k: data[places] for k, data in points.values.items()}, share)
