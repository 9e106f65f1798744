"""Which entries are tried: simple ones first, then scales, then random ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import product

from flint import fmpq

from derivcheck.engines.rigorous.members import Plan
from derivcheck.engines.rigorous.scalars import ZERO, Gauss, Scalar, gauss

SMALL = tuple(
    fmpq(p, q) for p, q in ((1, 1), (2, 1), (-1, 1), (3, 1), (1, 2), (-2, 1), (-1, 2), (0, 1))
)
LADDER = tuple(
    fmpq(p, q)
    for p, q in (
        (0, 1), (1, 1), (-1, 1), (1, 2), (-1, 2), (2, 1), (-2, 1), (3, 1), (-3, 1), (1, 3), (-1, 3),
        (3, 2), (-3, 2), (5, 1), (-5, 1), (7, 2), (-7, 2), (4, 1), (-4, 1), (3, 4), (-3, 4),
        (9, 10), (-9, 10), (1, 10), (-1, 10), (11, 10), (-11, 10), (39, 10), (-39, 10), (41, 10),
        (-41, 10), (6, 1), (-6, 1), (8, 1), (-8, 1), (10, 1), (-10, 1), (15, 1), (-15, 1), (25, 1),
        (-25, 1), (40, 1), (-40, 1), (100, 1), (-100, 1), (700, 1), (-700, 1), (1000, 1),
        (-1000, 1), (1, 100), (-1, 100), (1, 1000), (-1, 1000), (1, 1000000), (-1, 1000000),
        (999999, 1000000), (-999999, 1000000), (1000001, 1000000), (-1000001, 1000000),
        (10000, 1), (-10000, 1), (1000000, 1), (-1000000, 1), (370001, 3), (-370001, 3), (23, 4),
        (-23, 4), (61, 5), (-61, 5), (12, 1), (-12, 1), (50, 1), (-50, 1), (300, 1), (-300, 1),
    )
)  # fmt: skip
PLANE = tuple(
    gauss(fmpq(a, c), fmpq(b, c))
    for a, b, c in (
        (0, 0, 1), (1, 0, 1), (0, 1, 1), (-1, 0, 1), (0, -1, 1), (1, 1, 1), (-1, 1, 1), (-1, -1, 1),
        (1, -1, 1), (-2, 0, 1), (2, 0, 1), (0, 2, 1), (0, -2, 1), (1, 1, 2), (-1, 2, 3), (2, -3, 1),
        (-3, -2, 1), (3, 4, 1), (-2000000, 1, 1000000), (-2000000, -1, 1000000), (1, 0, 2),
        (0, 1, 2), (-1, 0, 2), (2000000, 1, 1000000), (2000000, -1, 1000000), (10, 7, 1),
        (-8, 9, 1), (1, 1, 1000), (-1, 0, 3), (5, -12, 1), (0, 7, 1), (0, -7, 2), (-30, 40, 1),
    )
)  # fmt: skip
SCALES = tuple(
    fmpq(p, q)
    for p, q in (
        (1, 1), (1, 1), (1, 1), (1, 10), (4, 1), (1, 1000), (10, 1), (1, 1), (100, 1),
        (1, 1000000), (1000, 1),
    )
)  # fmt: skip


def constant_plan(value: Scalar, name: str) -> Plan:
    return Plan(lambda k: value, name)


def listed_plan(values: list[Scalar], name: str) -> Plan:
    return Plan(lambda k: values[k % len(values)], name)


def random_plan(source: random.Random, is_complex: bool, scale: Scalar, signed: bool) -> Plan:
    """Distinct random rationals of one scale, both signs unless not `signed`."""

    def number() -> Scalar:
        while True:
            value = fmpq(source.randint(-40, 40), source.choice((5, 7, 8, 9, 11, 12, 13)))
            if value != 0:
                return (value if signed else abs(value)) * scale / 2

    drawn: dict[int, Scalar] = {}

    def entry(k: int) -> Scalar:
        if k not in drawn:
            drawn[k] = Gauss(number(), number()) if is_complex else number()
        return drawn[k]

    return Plan(entry)


def small_plan(source: random.Random, is_complex: bool) -> Plan:
    """Small integers and halves, in random order."""
    drawn: dict[int, Scalar] = {}

    def entry(k: int) -> Scalar:
        if k not in drawn:
            re = source.choice(SMALL)
            drawn[k] = gauss(re, source.choice(SMALL)) if is_complex else re
        return drawn[k]

    return Plan(entry, "small")


Assignment = dict[str, Plan]


def special_assignments(
    names: list[str],
    is_complex: Callable[[str], bool],
    is_scalar: Callable[[str], bool],
    source: random.Random,
    hints: list[Scalar],
) -> Iterator[Assignment]:
    """All variables alike (zeros, ones, …); then each one special while the others are random.

    `hints` are numbers near those that occur in the claim: borders of its regions.
    """

    def unit(name: str, x: Scalar, y: Scalar) -> Scalar:
        return gauss(x, y) if is_complex(name) else x

    one = fmpq(1)
    yield {name: listed_plan(
        [unit(name, fmpq(k + 1 + 3 * i), fmpq(k - 1)) for k in range(12)], "counting")
        for i, name in enumerate(names)}  # fmt: skip
    yield {name: random_plan(source, is_complex(name), one, True) for name in names}
    yield {name: constant_plan(one, "ones") for name in names}
    yield {name: constant_plan(ZERO, "zeros") for name in names}
    yield {name: small_plan(source, is_complex(name)) for name in names}
    yield {name: constant_plan(unit(name, -one, one), "equal entries") for name in names}
    yield {name: constant_plan(unit(name, fmpq(1, 2), ZERO), "halves") for name in names}
    yield {name: small_plan(source, is_complex(name)) for name in names}
    specials: tuple[tuple[str, Callable[[str], Plan]], ...] = (
        ("zeros", lambda name: constant_plan(ZERO, "zeros")),
        ("a zero entry", lambda name: listed_plan(
            [unit(name, fmpq(2), one), ZERO, unit(name, fmpq(-3, 2), fmpq(2)),
             unit(name, fmpq(1, 3), -one), unit(name, fmpq(5, 2), fmpq(1, 2))], "a zero entry")),
        ("ones", lambda name: constant_plan(one, "ones")),
        ("minus ones", lambda name: constant_plan(-one, "minus ones")),
        ("near one", lambda name: constant_plan(fmpq(999999, 1000000), "near one")),
        ("far", lambda name: constant_plan(fmpq(10000), "far")),
    )  # fmt: skip
    for _, make in specials:
        for name in names:
            plans = {other: random_plan(source, is_complex(other), one, True) for other in names}
            plans[name] = make(name)
            yield plans
    scalars = [name for name in names if is_scalar(name)]
    if not scalars or len(names) > 6:
        return
    if 2 <= len(names) == len(scalars) <= 4:
        for values in product((ZERO, one, -one)[: 3 if len(names) <= 3 else 2], repeat=len(names)):
            yield {name: constant_plan(x, "corner") for name, x in zip(names, values, strict=True)}
    steps = (*hints, *LADDER)
    for value in range(max(len(steps), len(PLANE))):
        for name in scalars:
            ladder = PLANE if is_complex(name) else steps
            if value < len(ladder):
                plans = {
                    other: random_plan(source, is_complex(other), one, True)
                    if value % 2 else small_plan(source, is_complex(other))
                    for other in names
                }  # fmt: skip
                plans[name] = constant_plan(ladder[value], "ladder")
                yield plans


def random_assignment(
    names: list[str], is_complex: Callable[[str], bool], source: random.Random, turn: int
) -> Assignment:
    """Random entries; the scale differs from variable to variable and from turn to turn."""
    return {
        name: random_plan(
            source, is_complex(name), SCALES[(turn * (1 + 2 * i) + i) % len(SCALES)], turn % 4 != 3
        )
        for i, name in enumerate(names)
    }
