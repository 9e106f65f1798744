"""The simplest witness: smaller sizes first, then entries replaced by simpler numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from flint import fmpq

from derivcheck.engines.rigorous.environment import Point
from derivcheck.engines.rigorous.members import belongs
from derivcheck.engines.rigorous.points import PointSource
from derivcheck.engines.rigorous.relations import Failed
from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Gauss,
    Matrix,
    Scalar,
    is_exact,
    is_exact_zero,
    parts,
)
from derivcheck.expr.declarations import Kind

SIMPLE = tuple(fmpq(p, q) for p, q in (
    (0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (3, 1), (-2, 1), (4, 1), (-3, 1), (5, 1), (-4, 1),
    (-5, 1), (6, 1), (10, 1), (-10, 1), (-1, 2), (100, 1),
))  # fmt: skip
DECIMALS = (1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 30)
Test = Callable[[Point], Failed | None]


def simplify(
    source: PointSource, point: Point, failure: Failed, test: Test, deadline: float
) -> tuple[Point, Failed]:
    """Repeats replacements that keep the failure certain, until none helps or time is up."""
    improved = True
    while improved and time.monotonic() < deadline:
        improved = False
        for candidate in _simpler(source, point):
            if time.monotonic() > deadline:
                break
            met = source.assumptions.meet(source.evaluator, candidate)
            if met is None or complexity(met) >= complexity(point):
                continue
            found = test(met)
            if found is not None and found.certain:
                point, failure, improved = met, found, True
                break
    return point, failure


def _simpler(source: PointSource, point: Point) -> Iterator[Point]:
    for name, value in point.items():
        declaration = source.declarations[name]
        kind, span = declaration.domain.kind, source.ranges[name]
        if kind in (Kind.INDEX, Kind.ONEHOT):
            continue
        rows, cols = len(value), len(value[0])
        wholes: list[Matrix] = [[[x] * cols for _ in range(rows)] for x in (ZERO, ONE)]
        if rows == cols and rows > 1:
            wholes.append([[ONE if i == j else ZERO for j in range(rows)] for i in range(rows)])
        for whole in wholes:
            if rows * cols > 1 and belongs(kind, whole, span):
                yield {**point, name: whole}
        for i in range(rows):
            for j in range(cols):
                for x in _replacements(value[i][j]):
                    changed = [list(row) for row in value]
                    changed[i][j] = x
                    if kind in (Kind.SYMMETRIC, Kind.SPD):
                        changed[j][i] = x
                    if belongs(kind, changed, span):
                        yield {**point, name: changed}


def _replacements(x: Scalar) -> list[Scalar]:
    """Simpler numbers than x: 0, 1, -1, 2, …, its rounding; of a complex one by parts too."""
    re, im = parts(x)
    found: list[Scalar] = list(SIMPLE)
    if isinstance(x, Gauss):
        found += [Gauss(re, y) for y in SIMPLE[1:4]] + [Gauss(y, im) for y in SIMPLE[:4]]
    if isinstance(re, fmpq) and is_exact_zero(im):
        found += [fmpq(re.floor()), fmpq(re.ceil())]
        found += [fmpq((re * 2).floor(), 2)]
        scales = (10,) if re.height_bits() < 30 else tuple(10**k for k in DECIMALS)
        found += [fmpq((re * scale + HALF).floor(), scale) for scale in scales]
    size = entry_complexity(x)
    return [y for y in found if entry_complexity(y) < size]


def entry_complexity(x: Scalar) -> int:
    """0 for 0, then by the length of numerator and denominator; balls are the worst."""
    if isinstance(x, Gauss):
        return 5 + entry_complexity(x.re) + entry_complexity(x.im)
    if not is_exact(x):
        return 1000
    if x == 0:
        return 0
    return int(4 * (int(x.q) != 1) + 2 * len(str(x)) + (x < 0) + min(abs(int(x.p)), 9) // 2)


def complexity(point: Point) -> int:
    return sum(entry_complexity(x) for value in point.values() for row in value for x in row)
