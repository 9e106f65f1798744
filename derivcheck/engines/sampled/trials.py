"""All points of one trial judged; what one step size leaves open is tried with smaller ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from derivcheck.engines.sampled.comparison import Fate, Judged, compared, estimated
from derivcheck.engines.sampled.environment import Environment, World
from derivcheck.engines.sampled.points import Points
from derivcheck.engines.sampled.questions import Question
from derivcheck.engines.sampled.values import Array, Mode, Noise, Value

REACHES = (10.0, 1.0, 100.0, 0.1, 0.01, 1e-4, 1e-6)
ENOUGH_DIGITS = 9.0


@dataclass(frozen=True, slots=True)
class Result:
    """One question at every point: `shapes` where those of the two sides differ, else None."""

    fate: Array
    digits: Array
    entry: Array
    lhs: Array
    rhs: Array
    shapes: tuple[tuple[int, int], tuple[int, int]] | None = None


def judged(
    question: Question, world: World, mode: Mode, points: Points, within: float | None,
    differentiates: bool, rounded: frozenset[str],
) -> Result:  # fmt: skip
    """A point fails only if it fails twice: with another step, or with other rounding."""
    shapes = _differing_shapes(question, world)
    total: Result | None = None
    pending = np.arange(points.count)
    failed = np.zeros(points.count, bool)
    for tried, reach in enumerate(REACHES if differentiates else REACHES[:2], start=1):
        noise = Noise(np.random.default_rng(int(1000 * reach)))
        here = replace(world, reach=reach, noise=noise, traits={})
        subset = {name: data[pending] for name, data in points.values.items()}
        env = Environment.copies_of(here, mode, subset, len(pending), rounded)
        lhs, rhs = question.lhs(env), question.rhs(env)
        if shapes is not None:
            return _mismatched(lhs, rhs, shapes)
        outcome = compared(question.op, estimated(lhs), estimated(rhs), within)
        failing = outcome.fate == Fate.FAILING
        fate = np.where(failing & ~failed[pending], Fate.OPEN, outcome.fate)
        failed[pending] |= failing
        total = _merged(total, replace(outcome, fate=fate), pending)
        pending = np.flatnonzero(failed & (total.fate != Fate.FAILING))
        if differentiates:
            unsettled = np.isin(total.fate, (Fate.OPEN, Fate.UNKNOWN))
            unsettled |= (total.fate == Fate.KINK) & (tried <= 2)
            unsettled |= failed & (total.fate != Fate.FAILING)
            poor = (total.fate == Fate.AGREED) & (total.digits < ENOUGH_DIGITS) & (tried <= 3)
            pending = np.flatnonzero(unsettled | poor)
        if not len(pending):
            break
    assert total is not None
    return total


def _merged(total: Result | None, outcome: Judged, places: Array) -> Result:
    if total is None:
        return Result(outcome.fate, outcome.digits, outcome.entry, outcome.lhs, outcome.rhs)
    worse = (total.fate[places] == Fate.AGREED) & (
        (outcome.fate != Fate.AGREED) | (outcome.digits < total.digits[places])
    )
    # A point that agreed only roughly keeps that unless a smaller step says more, or refutes it.
    worse &= outcome.fate != Fate.FAILING
    chosen = np.flatnonzero(~worse)
    places = places[chosen]
    outcome = Judged(
        outcome.fate[chosen], outcome.digits[chosen], outcome.entry[chosen], outcome.lhs[chosen],
        outcome.rhs[chosen],
    )  # fmt: skip
    fate, digits, entry = total.fate.copy(), total.digits.copy(), total.entry.copy()
    lhs, rhs = total.lhs.copy(), total.rhs.copy()
    fate[places], digits[places], entry[places] = outcome.fate, outcome.digits, outcome.entry
    lhs[places], rhs[places] = outcome.lhs, outcome.rhs
    return Result(fate, digits, entry, lhs, rhs)


def _differing_shapes(
    question: Question, world: World
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The shapes of the two sides where they differ at these sizes; a scalar fits everything."""
    if question.lhs_shape.is_scalar or question.rhs_shape.is_scalar:
        return None
    left = question.lhs_shape.evaluate(world.sizes)
    right = question.rhs_shape.evaluate(world.sizes)
    return None if left == right else (left, right)


def _mismatched(lhs: Value, rhs: Value, shapes: tuple[tuple[int, int], tuple[int, int]]) -> Result:
    """Sides of different shape fail wherever both are defined."""
    left, right = estimated(lhs), estimated(rhs)
    good = (left.state.max(axis=(1, 2), initial=0) == 0) & (
        right.state.max(axis=(1, 2), initial=0) == 0
    )
    good &= np.isfinite(left.value).all(axis=(1, 2)) & np.isfinite(right.value).all(axis=(1, 2))
    fate = np.where(good, Fate.FAILING, Fate.OPEN)
    count = len(fate)
    return Result(fate, np.full(count, 15.0), np.zeros(count, int), left.value, right.value, shapes)
