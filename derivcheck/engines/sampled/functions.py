"""Unspecified functions: random smooth ones, the same everywhere in a claim.

f(u)_k = P(b_k + a_k·u + sin(w_k·u + φ_k) + (c_k·u)²/4), with u all entries of the arguments
(real and imaginary parts of complex ones, so f need not be holomorphic) and P a smooth map into
the declared domain.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from derivcheck.engines.sampled.environment import RandomFunction
from derivcheck.engines.sampled.kinds import smooth_member
from derivcheck.engines.sampled.values import Array
from derivcheck.expr.declarations import COMPLEX_KINDS, Function, Kind

Ends = tuple[float | None, float | None]


def random_function(
    function: Function, sizes: Mapping[str, int], ends: Ends, generator: np.random.Generator
) -> RandomFunction:
    """A function of the declared shape; `ends` bound its entries (open or closed alike)."""
    rows, cols = function.shape.evaluate(sizes)
    width = rows if function.domain.kind is Kind.STIEFEL else cols
    complex_parts = [parameter.is_complex for parameter in function.parameters]
    count = sum(
        int(np.prod(p.shape.evaluate(sizes))) * (2 if p.is_complex else 1)
        for p in function.parameters
    )
    is_complex = function.domain.kind in COMPLEX_KINDS

    def coefficients(size: float) -> Array:
        shape = (count, rows * width)
        drawn = generator.normal(0.0, size / np.sqrt(max(count, 1)), shape)
        return drawn + 1j * generator.normal(0.0, size, shape) if is_complex else drawn

    slope, bend = coefficients(0.7), coefficients(0.6)
    wave = generator.normal(0.0, 1.0, (count, rows * width))
    level = generator.normal(0.0, 0.8, rows * width)
    phase = generator.uniform(0.0, 6.0, rows * width)

    def value(args: list[Array]) -> Array:
        parts = []
        for arg, splits in zip(args, complex_parts, strict=True):
            flat = arg.reshape(arg.shape[0], -1)
            parts.extend([flat.real, flat.imag] if splits else [flat])
        u = np.concatenate(parts, axis=1)
        raw = level + u @ slope + np.sin(u @ wave + phase) + (u @ bend) ** 2 / 4
        member = smooth_member(function.domain.kind, raw.reshape(-1, rows, width))
        return _within(member, ends)[:, :, :cols]

    return value


def _within(raw: Array, ends: Ends) -> Array:
    """A smooth map of the line into the interval."""
    lower, upper = ends
    if lower is None and upper is None:
        return raw
    if lower is not None and upper is not None:
        return np.asarray(lower + (upper - lower) * (0.5 + 0.45 * np.tanh(raw)))
    away = np.sqrt(raw * raw + 0.3)
    return np.asarray(lower + away if lower is not None else (upper or 0.0) - away)
