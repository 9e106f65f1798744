"""Minimising a function of a few real numbers: Nelder and Mead in floats, Newton in many bits."""

from __future__ import annotations

import math
from collections.abc import Callable

from flint import arb, arb_mat, ctx, fmpq

from derivcheck.engines.rigorous.scalars import Scalar

Place = tuple[float, ...]
NEWTON_BITS, STEP_BITS, KEPT_BITS, NEWTON_STEPS = 900, 200, 420, 9


def nelder_mead(
    function: Callable[[Place], float], start: Place, scale: float, evaluations: int
) -> tuple[Place, float]:
    """The best place met; inf stands for outside. Ends after so many evaluations, or when the
    simplex has shrunk to rounding."""
    count = len(start)
    corners = [start]
    for k in range(count):
        step = scale * max(abs(start[k]), 0.1)
        corners.append((*start[:k], start[k] + step, *start[k + 1 :]))
    simplex = sorted((function(x), x) for x in corners)
    used = len(simplex)
    while used < evaluations:
        best, worst = simplex[0], simplex[-1]
        spread = max(abs(a - b) for a, b in zip(best[1], worst[1], strict=True))
        if spread <= 1e-15 * max(map(abs, best[1])) + 1e-18:
            break
        centre = [sum(x[k] for _, x in simplex[:-1]) / count for k in range(count)]

        def along(t: float, centre: list[float] = centre, far: Place = worst[1]) -> Place:
            return tuple(c + t * (f - c) for c, f in zip(centre, far, strict=True))

        reflected = along(-1.0)
        value, used = function(reflected), used + 1
        new = (value, reflected)
        if value < best[0]:
            further = along(-2.0)
            new, used = min(new, (function(further), further)), used + 1
        elif value >= simplex[-2][0]:
            inner = along(-0.5 if value < worst[0] else 0.5)
            new, used = (function(inner), inner), used + 1
            if new[0] >= min(value, worst[0]):
                simplex = [best] + [
                    (function(x), x) for x in (
                        tuple((a + b) / 2 for a, b in zip(best[1], corner, strict=True))
                        for _, corner in simplex[1:]
                    )
                ]  # fmt: skip
                used += count
                simplex.sort()
                continue
        simplex = sorted([*simplex[:-1], new])
    return simplex[0][1], simplex[0][0]


def newton(function: Callable[[list[Scalar]], Scalar], start: list[Scalar]) -> list[Scalar] | None:
    """A stationary point by Newton's method on differences in many bits, as rationals; None where
    it does not settle near the start. Raises as `function` does."""
    before, h = ctx.prec, fmpq(1, 2**STEP_BITS)
    ctx.prec = NEWTON_BITS
    try:
        place = start
        for _ in range(NEWTON_STEPS):
            step = _newton_step(function, place, h)
            if step is None or not all(math.isfinite(float(x)) for x in step):
                return None
            place = [rounded(x - d, KEPT_BITS) for x, d in zip(place, step, strict=True)]
            moved = max(abs(float(d)) for d in step)
            if any(abs(float(arb(x - y))) > 1e-3 * (1 + abs(float(arb(y))))
                   for x, y in zip(place, start, strict=True)):  # fmt: skip
                return None
            if moved < 2.0 ** (-STEP_BITS + 20):
                return place
        return None
    finally:
        ctx.prec = before


def _newton_step(
    function: Callable[[list[Scalar]], Scalar], place: list[Scalar], h: Scalar
) -> list[Scalar] | None:
    """H⁻¹g by central differences; None where H is singular."""
    count = range(len(place))

    def at(*moves: tuple[int, int]) -> Scalar:
        moved = list(place)
        for k, sign in moves:
            moved[k] = moved[k] + sign * h
        return arb(arb(function(moved)).mid())

    here = at()
    ahead, behind = [at((k, 1)) for k in count], [at((k, -1)) for k in count]
    slope = [[(a - b) / (2 * arb(h))] for a, b in zip(ahead, behind, strict=True)]
    bend = [[arb(0) for _ in count] for _ in count]
    for i in count:
        bend[i][i] = (ahead[i] - 2 * here + behind[i]) / arb(h) ** 2
        for j in range(i):
            both = at((i, 1), (j, 1)) - ahead[i] - ahead[j] + here
            bend[i][j] = bend[j][i] = both / arb(h) ** 2
    try:
        solved = arb_mat(bend).solve(arb_mat(slope))
    except ZeroDivisionError:
        return None
    return [row[0] for row in solved.tolist()]


def rounded(x: Scalar, bits: int) -> Scalar:
    """A rational of that many bits after the point, near a ball."""
    whole = (arb(x) * arb(2) ** bits).mid().floor().unique_fmpz()
    return fmpq(0) if whole is None else fmpq(whole, 2**bits)


def exactly(x: float) -> Scalar:
    return fmpq(*x.as_integer_ratio())
