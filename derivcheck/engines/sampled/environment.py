"""What an expression is evaluated in: sizes, values of names, the batch and its copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from derivcheck.engines.sampled.traits import Traits
from derivcheck.engines.sampled.values import (
    EPSILON,
    Array,
    Mode,
    Noise,
    TooLarge,
    Value,
    is_dyadic,
)  # fmt: skip
from derivcheck.expr.declarations import Recurrence
from derivcheck.expr.dims import Dim

RandomFunction = Callable[[list[Array]], Array]

# No two have a simple ratio, so that no period of a function fits all the steps.
STRETCHES = (1.0, 0.7812853, 1.2718281, 0.8996327)
COPIES = len(STRETCHES)
LARGEST_BATCH = 1 << 17


@dataclass(frozen=True, slots=True)
class World:
    """What does not change inside one evaluation: sizes, functions, recurrences, the step tier."""

    sizes: Mapping[str, int]
    functions: Mapping[str, RandomFunction]
    recurrences: Mapping[str, Recurrence]
    noise: Noise
    reach: float = 1.0
    traits: dict[int, Traits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Environment:
    """Values for a batch: `amplitude` is the rounding unit of each row (0 in the plain copy),
    `stretch` its factor on difference steps. Without `keeps_underflow` a result that underflows
    is unknown (a limit would extrapolate it)."""

    world: World
    mode: Mode
    batch: int
    amplitude: Array
    stretch: Array
    variables: Mapping[str, Value] = field(default_factory=dict)
    indices: Mapping[int, Array] = field(default_factory=dict)
    keeps_underflow: bool = True
    memo: dict[int, Value] = field(default_factory=dict)
    recurred: dict[tuple[str, int], Value] = field(default_factory=dict)

    @staticmethod
    def copies_of(
        world: World, mode: Mode, points: Mapping[str, Array], count: int,
        rounded: frozenset[str] = frozenset(),
    ) -> Environment:  # fmt: skip
        """`count` points, each in COPIES copies; copy-major. The `rounded` variables are members
        of their sets only to rounding (orthogonal matrices, solutions of an equation), so the
        copies are disturbed by as much."""
        unit = np.repeat([0.0] + [EPSILON] * (COPIES - 1), count).reshape(-1, 1, 1)
        stretch = np.repeat(STRETCHES, count).reshape(-1, 1, 1)
        variables = {name: Value(np.concatenate([data] * COPIES)) for name, data in points.items()}
        env = Environment(world, mode, COPIES * count, unit, stretch, variables)
        moved = {name: env.jittered(variables[name].data) for name in rounded & points.keys()}
        return replace(env, variables={**variables, **{k: Value(v) for k, v in moved.items()}})

    @staticmethod
    def plain(world: World, mode: Mode, points: Mapping[str, Array], count: int) -> Environment:
        """`count` points without disturbed copies, for conditions."""
        zeros = np.zeros((count, 1, 1))
        variables = {name: Value(data) for name, data in points.items()}
        return Environment(world, mode, count, zeros, zeros + 1.0, variables)

    def dim(self, dim: Dim) -> int:
        return dim.evaluate(self.world.sizes)

    def expanded(self, times: int) -> Environment:
        """The whole batch `times` over, the new axis outermost."""
        if self.batch * times > LARGEST_BATCH:
            raise TooLarge
        if times == 1:
            return replace(self, memo={}, recurred={})

        def again(data: Array) -> Array:
            return np.concatenate([data] * times)

        variables = {
            name: Value(again(v.data), None if v.state is None else again(v.state))
            for name, v in self.variables.items()
        }
        indices = {uid: again(data) for uid, data in self.indices.items()}
        return Environment(
            self.world, self.mode, self.batch * times, again(self.amplitude),
            again(self.stretch), variables, indices, self.keeps_underflow,
        )  # fmt: skip

    def bound(self, values: Mapping[str, Value]) -> Environment:
        return replace(self, variables={**self.variables, **values}, memo={}, recurred={})

    def indexed(self, uid: int, positions: Array) -> Environment:
        """A recurrence's values do not depend on a bound index, so they are kept."""
        return replace(self, indices={**self.indices, uid: positions}, memo={})

    def stepping(self) -> Environment:
        return replace(self, mode=Mode.STEP, memo={}, recurred={})

    def full(self, number: complex | float) -> Array:
        return np.full((self.batch, 1, 1), number)

    def jittered(self, data: Array) -> Array:
        """Every entry disturbed by four units of the largest one, where not all are dyadic."""
        size = np.abs(data).max(axis=(1, 2), keepdims=True)
        exact = is_dyadic(data).all(axis=(1, 2), keepdims=True)
        unit = 4.0 * self.amplitude * np.where(exact, 0.0, size)
        moved = data + unit * self.world.noise.draw(data.shape)
        if np.iscomplexobj(data):
            moved = moved + 1j * unit * self.world.noise.draw(data.shape)
        return np.asarray(moved)

    def disturbed(self, data: Array, exact: Array | None = None, units: float = 1.0) -> Array:
        """`data` with a random rounding error where it is not exact (default: not dyadic)."""
        if not self.amplitude.any():
            return data
        unit = self.amplitude * units
        if exact is None:
            exact = is_dyadic(data)
        relative = np.where(exact, 0.0, unit * self.world.noise.draw(data.shape))
        if not np.iscomplexobj(data):
            return data * (1.0 + relative)
        other = unit * self.world.noise.draw(data.shape)
        if self.mode is Mode.STEP:
            # Real and imaginary part are rounded apart: the tiny one carries the derivative.
            moved = data.real * (1.0 + relative) + 1j * (data.imag * (1.0 + other))
            return np.asarray(moved)
        size = np.abs(data)
        other = np.where(exact | (data.imag == 0.0), 0.0, other)
        return np.asarray(data + size * (relative + 1j * other))
