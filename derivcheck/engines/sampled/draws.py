"""Raw numbers for points: small whole numbers, halves, zeros and ones, several scales."""

from __future__ import annotations

import numpy as np

from derivcheck.engines.sampled.values import Array

SIMPLE = (1.0, 2.0, -1.0, 0.0, 3.0, -2.0, 0.5, -0.5, 4.0, -3.0, 1.5, 5.0, -4.0, 6.0, -5.0, -6.0)
SIMPLE_ENTRIES = (1.0, 2.0, -1.0, 3.0, -2.0, 0.0, 4.0, -3.0)


def simple_count(count: int) -> int:
    """How many of `count` points have small whole entries everywhere; they come first."""
    return max(1, (2 * count) // 5)


def far_entries(shape: tuple[int, int], count: int, generator: np.random.Generator) -> Array:
    """Entries spread over a wide range, whole ones among them, for formulas that are undefined at
    most usual points."""
    size = 10.0 ** generator.uniform(-1.0, 3.0, (count, 1, 1))
    drawn = size * generator.uniform(-1.0, 1.0, (count, *shape))
    drawn[::2] = np.rint(drawn[::2])
    return np.asarray(drawn)


def raw_entries(
    shape: tuple[int, int], count: int, generator: np.random.Generator, scalar_alone: bool = False
) -> Array:
    """Entries of either sign, shape (count, rows, cols): simple ones, special ones (zeros, ones,
    all entries equal), then random ones over six decades but mostly of order 1."""
    simple, rows, cols = simple_count(count), *shape
    result = np.empty((count, rows, cols))
    if rows * cols == 1:
        cycle = np.resize(np.array(SIMPLE), simple)
        order = cycle if scalar_alone else generator.permutation(cycle)
        result[:simple, 0, 0] = order
    else:
        result[:simple] = generator.choice(SIMPLE_ENTRIES, (simple, rows, cols))
    for k in range(simple, count):
        result[k] = _one(k - simple, (rows, cols), generator)
    return result


def _one(style: int, shape: tuple[int, int], generator: np.random.Generator) -> Array:
    match style % 8:
        case 0:
            return np.full(shape, generator.choice([1.0, 0.0, -1.0, 0.5]))
        case 1:
            drawn: Array = generator.uniform(-10.0, 10.0, shape)
            return drawn
        case 2:
            return np.asarray(generator.normal(0.0, 1.0, shape) * 10.0 ** generator.uniform(-3, 3))
        case 3:
            return np.asarray(np.rint(generator.normal(0.0, 3.0, shape)) / 2.0)
        case 4:
            small = generator.normal(0.0, 1.0, shape) * 10.0 ** generator.uniform(-6, -1)
            return np.asarray(small)
        case _:
            return np.asarray(generator.normal(0.0, 1.5, shape))


def raw_complex(shape: tuple[int, int], count: int, generator: np.random.Generator) -> Array:
    """Complex entries with imaginary part not 0, but for a few special points at the end."""
    real = raw_entries(shape, count, generator)
    imaginary = raw_entries(shape, count, generator)
    lost = imaginary == 0
    imaginary = np.where(lost, generator.choice([1.0, -1.0, 2.0], imaginary.shape), imaginary)
    result = real + 1j * imaginary
    special = max(1, count // 12)
    result[count - special :: 2] = real[count - special :: 2]
    return np.asarray(result)


def bounded(raw: Array, lower: float | None, upper: float | None, whole: bool) -> Array:
    """Raw entries moved into an interval: kept where they fit, reflected at one end, spread
    between two."""
    if lower is not None and upper is not None:
        fits = (raw >= lower) & (raw <= upper)
        share = 0.5 + np.arctan(raw) / np.pi
        grid = np.rint(share * 8.0) / 8.0
        inside = lower + (upper - lower) * np.where(raw == np.rint(raw), grid, share)
        return np.where(fits, raw, np.rint(inside) if whole else inside)
    if lower is not None:
        return np.where(raw >= lower, raw, np.maximum(2.0 * lower - raw, lower))
    if upper is not None:
        return np.where(raw <= upper, raw, np.minimum(2.0 * upper - raw, upper))
    return raw
