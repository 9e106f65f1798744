"""The two tables of claims, read from YAML: every right claim has a wrong twin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
KINDS = {
    "A": "real[m, n]", "B": "real[n, n]", "C": "real[m, m]", "P": "spd[n]", "W": "real[k, n]",
    "X": "real[n, n]", "a": "real[n]", "b": "real[n]", "c": "real[k]", "x": "real[n]",
    "y": "real[m]",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScalarRow:
    """`left == right`, or with `of` its derivative; `is_positive`: of x > 0 only."""

    left: str
    of: str
    right: str
    wrong: str
    is_positive: bool
    points: tuple[float, ...]

    def claim(self, side: str) -> str:
        return f"diff({self.of}, x) == {side}" if self.of else f"{self.left} == {side}"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """The gradient of `f` by `by`; `sympy` is `f` for MatrixSymbol."""

    f: str
    by: str
    right: str
    wrong: str
    sympy: str

    def claim(self, side: str) -> str:
        return f"grad({self.f}, {self.by}) == {side}"


def scalar_rows() -> list[ScalarRow]:
    rows = yaml.load((HERE / "scalars.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return [
        ScalarRow(
            row.get("left", ""), row.get("of", ""), row["right"], row["wrong"],
            row.get("x") == "positive",
            tuple(float(point) for point in row.get("at", (0.3, -0.7, 1.3, -2.1, 2.9))),
        )
        for row in rows
    ]  # fmt: skip


def matrix_rows() -> list[MatrixRow]:
    rows = yaml.load((HERE / "matrices.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return [MatrixRow(**row) for row in rows]
