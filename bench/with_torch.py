"""torch's gradcheck of a claimed derivative: the formula forwards, the claim backwards.

Only imported where torch is installed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from answers import Says
from tables import MatrixRow, ScalarRow
from with_numpy import SIZES, draw

Map = Callable[[torch.Tensor], torch.Tensor]


class _Claimed(torch.autograd.Function):
    """A function whose derivative is what the claim says."""

    @staticmethod
    def forward(ctx: Any, variable: torch.Tensor, formula: Map, claimed: Map) -> torch.Tensor:
        ctx.save_for_backward(variable)
        ctx.claimed = claimed
        return formula(variable)

    @staticmethod
    def backward(ctx: Any, weight: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (variable,) = ctx.saved_tensors
        return weight * ctx.claimed(variable), None, None


def scalar(row: ScalarRow, side: str) -> Says:
    """An identity is no derivative: not its kind of claim."""
    if not row.of:
        return Says.UNFIT
    points = torch.tensor(row.points, dtype=torch.float64, requires_grad=True)
    return _check(_read(row.of, "x", {}), _read(side, "x", {}), points)


def matrix(row: MatrixRow, side: str) -> Says:
    """At one random point of fixed sizes."""
    point = {name: torch.tensor(value) for name, value in draw(seed=1).items()}
    variable = point[row.by].clone().requires_grad_()
    formula = _read(row.f, row.by, point)
    return _check(lambda at: formula(at).reshape(()), _read(side, row.by, point), variable)


def _check(formula: Map, claimed: Map, point: torch.Tensor) -> Says:
    passed = torch.autograd.gradcheck(
        lambda at: _Claimed.apply(at, formula, claimed), (point,), raise_exception=False
    )
    return Says.YES if passed else Says.NO


def _read(formula: str, name: str, point: dict[str, torch.Tensor]) -> Map:
    """Python's own reading of a formula of the tables, which are ours and not a user's."""
    return lambda at: eval(formula, {**_NAMES, **point, name: at})


def _root(value: torch.Tensor | float) -> torch.Tensor | float:
    return torch.sqrt(value) if isinstance(value, torch.Tensor) else math.sqrt(value)


_NAMES: dict[str, Any] = {
    "pi": math.pi,
    "n": SIZES["n"],
    "sqrt": _root,
    "exp": torch.exp,
    "log": torch.log,
    "cos": torch.cos,
    "sin": torch.sin,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "erf": torch.erf,
    "sign": torch.sign,
    "sigmoid": torch.sigmoid,
    "softplus": lambda value: torch.log1p(torch.exp(value)),
    "norm": torch.linalg.norm,
    "trace": torch.trace,
    "inv": torch.linalg.inv,
    "det": torch.det,
    "logdet": torch.logdet,
    "eye": lambda size: torch.eye(size, dtype=torch.float64),
    "sum": torch.sum,
    "softmax": lambda column: torch.softmax(column, 0),
    "logsumexp": lambda column: torch.logsumexp(column, (0, 1)),
}
