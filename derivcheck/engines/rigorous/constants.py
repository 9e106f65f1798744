"""Well-known numbers near a decimal: where smooth functions like to have their extremes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from flint import arb, fmpq

from derivcheck.engines.rigorous.scalars import Scalar

LARGEST_DENOMINATOR = 12
CLOSE = 2e-6
MOST_COMBINATIONS = 24
UNITS: tuple[tuple[str, Callable[[], Scalar]], ...] = (
    ("", lambda: arb(1)),
    ("pi", arb.pi),
    ("e", lambda: arb(1).exp()),
    ("sqrt(2)", lambda: arb(2).sqrt()),
    ("sqrt(3)", lambda: arb(3).sqrt()),
    ("sqrt(5)", lambda: arb(5).sqrt()),
    ("log(2)", lambda: arb(2).log()),
    ("sqrt(pi)", lambda: arb.pi().sqrt()),
    ("1/e", lambda: arb(-1).exp()),
    ("1/pi", lambda: 1 / arb.pi()),
)


@dataclass(frozen=True, slots=True)
class Known:
    """`factor` times a constant: as text, and as an exact rational or a ball of `ctx.prec` bits."""

    factor: Scalar
    unit: str
    ball: Callable[[], Scalar]

    @property
    def value(self) -> Scalar:
        return self.factor if not self.unit else arb(self.factor) * self.ball()

    @property
    def text(self) -> str:
        if not self.unit or self.factor == 0:
            return str(self.factor)
        sign = "-" if self.factor < 0 else ""
        above, below = abs(int(self.factor.p)), int(self.factor.q)
        text = self.unit if above == 1 else f"{above}*{self.unit}"
        return sign + text + (f"/{below}" if below != 1 else "")


def known_near(x: float) -> list[Known]:
    """Fractions of small denominator, times a constant, that lie close to x; simplest first."""
    found: list[tuple[int, Known]] = []
    for unit, ball in UNITS:
        ratio = x / float(ball())
        for below in range(1, LARGEST_DENOMINATOR + 1):
            above = round(ratio * below)
            close = abs(ratio - above / below) <= CLOSE * max(abs(ratio), 1e-3)
            if (close or (above == 0 and abs(x) < CLOSE)) and abs(above) < 1000:
                found.append((below + abs(above) + 3 * bool(unit), Known(
                    fmpq(above, below), unit if above else "", ball
                )))  # fmt: skip
                break
    found.sort(key=lambda pair: pair[0])
    return [known for _, known in found[:3]]


def combinations_near(place: tuple[float, ...]) -> Iterator[tuple[Known, ...]]:
    """Places whose every coordinate is a well-known number near the given one."""
    for number, chosen in enumerate(product(*(known_near(x) for x in place))):
        if number >= MOST_COMBINATIONS:
            return
        yield chosen
