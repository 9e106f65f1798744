"""Two sides compared at every point: agreed, failing, excepted or open, by estimated errors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from derivcheck.engines.sampled.environment import COPIES
from derivcheck.engines.sampled.values import (
    EPSILON,
    GOOD,
    KINK,
    UNDEFINED,
    UNKNOWN,
    Array,
    Value,
    is_dyadic,
)  # fmt: skip

AGREES, FAILS = 30.0, 1000.0
FEWEST_DIGITS = 4.0


class Fate(IntEnum):
    """What became of a point. OPEN: rounding hides the answer. UNKNOWN: overflow."""

    AGREED = 0
    FAILING = 1
    UNDEFINED = 2
    KINK = 3
    OPEN = 4
    UNKNOWN = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A side at each point: its value (the plain copy), an error estimate (0: exact), a state."""

    value: Array
    error: Array
    state: Array


@dataclass(frozen=True, slots=True)
class Judged:
    """For each point: its fate, the digits to which the sides are known to agree (or differ),
    and the entry that matters most."""

    fate: Array
    digits: Array
    entry: Array
    lhs: Array
    rhs: Array


def estimated(side: Value) -> Estimate:
    """The spread of the copies, times 8, and 8 units in the last place. Exact: all copies equal
    and a small dyadic number, which inexact operations would not leave undisturbed."""
    shape = (COPIES, side.data.shape[0] // COPIES, *side.data.shape[1:])
    copies = side.data.reshape(shape)
    plain = copies[0]
    spread = np.abs(copies - plain).max(axis=0)
    exact = (spread == 0) & is_dyadic(plain)
    error = np.where(exact, 0.0, 8.0 * spread + 8.0 * EPSILON * np.abs(plain))
    if side.state is None:
        return Estimate(plain, error, np.zeros(plain.shape, np.int8))
    states = side.state.reshape(shape)
    agreed = states.max(axis=0)
    # A state that not every copy has (a domain's edge, a branch) is rounding, not mathematics.
    mixed = (states != states[0]).any(axis=0)
    return Estimate(plain, error, np.where(mixed, np.int8(UNKNOWN), agreed))


def compared(op: str, lhs: Estimate, rhs: Estimate, within: float | None) -> Judged:
    """`lhs op rhs` in every entry, at every point."""
    left, right = np.broadcast_arrays(lhs.value, rhs.value)
    error = np.broadcast_to(lhs.error + rhs.error, left.shape)
    state = np.broadcast_to(np.maximum(lhs.state, rhs.state), left.shape)
    usable = np.isfinite(left) & np.isfinite(right) & np.isfinite(error)
    state = np.where((state == GOOD) & ~usable, UNKNOWN, state)
    gap = np.where(usable, left - right, 0.0)
    with np.errstate(all="ignore"):
        good, bad = _verdicts(op, gap, error, within)
    if np.iscomplexobj(gap) and op in ("<", "<=", ">", ">="):
        off_line = np.abs(gap.imag) > AGREES * error
        state = np.where((state == GOOD) & off_line, UNDEFINED, state)
    count = left.shape[0]
    flat = (count, -1)
    worst = state.reshape(flat).max(axis=1, initial=GOOD)
    failing = (bad & (state == GOOD)).reshape(flat)
    # A point fails by one entry, but only where every entry is defined.
    fate = np.where(good.reshape(flat).all(axis=1), Fate.AGREED, Fate.OPEN)
    fate = np.where(failing.any(axis=1), Fate.FAILING, fate)
    fate = np.where(worst == UNDEFINED, Fate.UNDEFINED, fate)
    fate = np.where(worst == KINK, Fate.KINK, fate)
    fate = np.where(worst == UNKNOWN, Fate.UNKNOWN, fate)
    digits = _digits(
        left,
        right,
        error,
        np.where(bad, 0.0, np.abs(gap)),
        op == "==" and within is None,
        worst == GOOD,
    )
    fate = np.where((fate == Fate.AGREED) & (digits < FEWEST_DIGITS), Fate.OPEN, fate)
    weight = np.where(failing, np.abs(gap).reshape(flat), -1.0)
    entry = weight.argmax(axis=1) if weight.shape[1] else np.zeros(count, int)
    return Judged(fate, digits, entry, left, right)


def _verdicts(op: str, gap: Array, error: Array, within: float | None) -> tuple[Array, Array]:
    """Where an entry satisfies the relation, surely or to rounding; where it surely fails."""
    size = np.abs(gap)
    same, apart = size <= AGREES * error, size > FAILS * error
    equal = (size == 0) & (error == 0)
    match op:
        case "==" if within is not None:
            return size <= within + AGREES * error, size - within > FAILS * error
        case "==":
            return same, apart
        case "!=":
            return apart, equal
        case "<" | "<=" | ">" | ">=":
            signed = gap.real if op[0] == "<" else -gap.real
            slack = within or 0.0
            clearly_more = signed - slack > FAILS * error
            if len(op) == 2 or within is not None:
                return signed - slack <= AGREES * error, clearly_more
            return (signed < 0) & (size > AGREES * error), clearly_more | equal
        case _:
            raise ValueError(op)


def _digits(
    left: Array, right: Array, error: Array, gap: Array, is_equation: bool, usable: Array
) -> Array:
    """Significant digits of the comparison, at most 15: of the sides' own size or their typical
    size over the points (at most 1), whichever is larger; of the unit where all is rounding."""
    axes = (1, 2)
    size = np.maximum(np.abs(left), np.abs(right)).max(axis=axes, initial=0.0)
    doubt = error.max(axis=axes, initial=0.0)
    if is_equation:
        doubt = np.maximum(doubt, gap.max(axis=axes, initial=0.0))
    typical = min(1.0, float(np.median(size[usable]))) if usable.any() else 1.0
    scale = np.maximum(size, typical)
    scale = np.where(scale > 1e3 * doubt, scale, np.maximum(scale, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = -np.log10(np.where(doubt > 0, doubt / scale, 1e-15))
    return np.asarray(np.clip(np.nan_to_num(digits, nan=0.0), 0.0, 15.0))
