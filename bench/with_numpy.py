"""The formulas of the matrix table in NumPy: points, and slopes from values alone."""

from __future__ import annotations

from typing import Any

import numpy as np

SIZES = {"m": 2, "n": 3, "k": 4}
_SHAPES = {
    "A": "mn", "B": "nn", "C": "mm", "P": "nn", "W": "kn", "X": "nn", "a": "n1", "b": "n1",
    "c": "k1", "x": "n1", "y": "m1",
}  # fmt: skip
_STEP = 1e-5


def draw(seed: int) -> dict[str, np.ndarray]:
    """A value for every matrix of the table; P is positive definite."""
    random = np.random.default_rng(seed)
    sizes = {**SIZES, "1": 1}
    point = {
        name: random.normal(size=(sizes[shape[0]], sizes[shape[1]]))
        for name, shape in _SHAPES.items()
    }
    point["P"] = point["P"] @ point["P"].T + np.eye(SIZES["n"])
    return point


def value(formula: str, point: dict[str, np.ndarray]) -> float:
    """Python's own reading of a formula of the table, which is ours and not a user's."""
    return float(np.squeeze(eval(formula, {**_NAMES, **point})))


def slope(formula: str, by: str, point: dict[str, np.ndarray]) -> np.ndarray:
    """Central differences, entry by entry."""
    slopes = np.zeros_like(point[by])
    for index in np.ndindex(slopes.shape):
        step = np.zeros_like(slopes)
        step[index] = _STEP
        up, down = (value(formula, {**point, by: point[by] + s}) for s in (step, -step))
        slopes[index] = (up - down) / (2 * _STEP)
    return slopes


_NAMES: dict[str, Any] = {
    "norm": np.linalg.norm,
    "trace": np.trace,
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "logdet": lambda matrix: np.linalg.slogdet(matrix)[1],
    "sum": np.sum,
    "exp": np.exp,
    "tanh": np.tanh,
    "logsumexp": lambda column: np.log(np.sum(np.exp(column))),
}
