"""Arrays over a batch of points, with a state for each entry and rounding made visible.

Every point is evaluated several times at once ("copies"). The first copy is plain floating
point; in the others each inexact operation is disturbed by a random relative error of one unit
in the last place, and every difference quotient uses another step. The spread of the copies
estimates rounding and truncation together, through cancellation and nested derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

GOOD, UNDEFINED, KINK, UNKNOWN = 0, 1, 2, 3
EPSILON = float(np.finfo(float).eps)
HUGE, TINY = 1e290, 1e-290
# Of a smaller number the imaginary part that a step leaves would underflow.
SMALLEST_STEPPED = 1e-200


class Unsupported(Exception):
    """An expression this engine has no numbers for; becomes Silence(UNSUPPORTED)."""


class TooLarge(Exception):
    """An evaluation that would need too many entries at once; fewer points are tried."""


class BadSizes(Exception):
    """An expression has no meaning at these sizes (a block that does not exist)."""


class Mode(Enum):
    """What the numbers of an evaluation are.

    REAL: real numbers. STEP: real numbers with a tiny imaginary part that carries a derivative;
    domains and branches are decided by the real part. COMPLEX: complex numbers.
    """

    REAL = "real"
    STEP = "step"
    COMPLEX = "complex"


@dataclass(frozen=True, slots=True)
class Value:
    """`data` has shape (batch, rows, cols); `state` the same shape, or None where all is GOOD."""

    data: Array
    state: Array | None = None


def worst(*states: Array | None) -> Array | None:
    """Entrywise the worst of several states (broadcast)."""
    total: Array | None = None
    for state in states:
        if state is not None:
            total = state if total is None else np.maximum(total, state)
    return total


def marked(value: Value, mask: Array, state: int) -> Value:
    """The value with `state` set where `mask` holds and nothing worse is known."""
    if not mask.any():
        return value
    old = np.zeros(value.data.shape, np.int8) if value.state is None else value.state
    new = np.where(mask & (old < state), np.int8(state), old)
    return Value(value.data, np.broadcast_to(new, value.data.shape))


def row_state(value: Value) -> Array | None:
    """The worst state of each point, shape (batch, 1, 1)."""
    if value.state is None:
        return None
    if value.state.shape[1] == 0 or value.state.shape[2] == 0:
        return None
    worst_entry: Array = value.state.max(axis=(1, 2), keepdims=True)
    return worst_entry


def settled(value: Value) -> Value:
    """Overflow and NaN that no domain rule explains are UNKNOWN, never undefined or equal."""
    size = np.abs(value.data)
    strange = ~(size < HUGE)
    if strange.any() and value.state is not None:
        strange = strange & (value.state == GOOD)
    if strange.any():
        value = marked(value, strange, UNKNOWN)
        return Value(np.where(strange, np.nan, value.data), value.state)
    return value


@dataclass(slots=True)
class Noise:
    """A pool of random numbers between 1 and 2 in size, of either sign, cut at random places:
    times one unit in the last place they always change a number."""

    generator: np.random.Generator
    pool: Array = field(init=False)

    def __post_init__(self) -> None:
        self.pool = self._drawn((1 << 15,))

    def _drawn(self, shape: tuple[int, ...]) -> Array:
        size = self.generator.uniform(-1.0, 1.0, shape)
        return np.asarray(size + np.sign(size))

    def draw(self, shape: tuple[int, ...]) -> Array:
        count = int(np.prod(shape))
        start = int(self.generator.integers(0, self.pool.size // 2))
        if start + count <= self.pool.size:
            return self.pool[start : start + count].reshape(shape)
        return self._drawn(shape)


def is_dyadic(data: Array) -> Array:
    """Multiples of 1/1024 below 2**40: sums and products of such numbers are exact."""
    scaled = data * 1024.0
    exact: Array = (scaled == np.rint(scaled)) & (np.abs(data) < 2.0**40)
    return exact
