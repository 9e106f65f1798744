"""Points and values as text: witnesses, samples, the places where a derivative is undefined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from derivcheck.engines.sampled.points import Points
from derivcheck.engines.sampled.values import Array
from derivcheck.evidence import Value
from derivcheck.expr.declarations import Declaration


def number_text(number: complex | float, exact: bool) -> str:
    """A point's coordinate exactly (small fractions as such); a computed value to 15 digits."""
    if isinstance(number, complex | np.complexfloating):
        if number.imag == 0:
            return number_text(float(number.real), exact)
        size = number_text(abs(float(number.imag)), exact)
        sign = "-" if number.imag < 0 else "+"
        if number.real == 0:
            return f"{'-' if sign == '-' else ''}{size}*I"
        return f"{number_text(float(number.real), exact)} {sign} {size}*I"
    value = float(number)
    if not np.isfinite(value):
        return "undefined"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    fraction = Fraction(value)
    if exact and fraction.denominator <= 64:
        return str(fraction)
    return repr(value) if exact else f"{value:.15g}"


def value_text(data: Array, scalar: bool, exact: bool) -> Value:
    """A scalar, or a tuple of rows."""
    if scalar:
        return number_text(data[0, 0].item(), exact)
    return tuple(tuple(number_text(entry.item(), exact) for entry in row) for row in data)


def point_text(
    points: Points, place: int, declarations: Sequence[Declaration]
) -> tuple[tuple[str, Value], ...]:
    """Every variable's value, in the order of declaration; then those that are not declared."""
    scalars = {d.variable.name: d.variable.shape.is_scalar for d in declarations}
    names = list(scalars) + [name for name in points.values if name not in scalars]
    return tuple(
        (
            name,
            value_text(points.values[name][place], scalars.get(name, name[:-1] in scalars and scalars[name[:-1]]), True),
        )
        for name in names
    )


def complexity(values: Mapping[str, Array], place: int) -> float:
    """Small for points a reader can check by hand: few, small, whole entries."""
    total = 0.0
    for data in values.values():
        entries = np.asarray(data[place]).ravel()
        parts = np.concatenate([entries.real, entries.imag])
        for part in parts:
            if part == 0:
                continue
            total += 1.0 + 0.3 * abs(np.log2(abs(part)))
            if part != round(part):
                total += 2.0 if part * 4 == round(part * 4) else 20.0
            total += 0.2 if part < 0 else 0.0
    return total


def places_text(points: Points, places: Array, reason: str) -> str:
    """What the exceptional points have in common: `x = 0`, an entry that is 0, `x = y`; else
    the simplest of them. Only where other points do not share it."""
    if not points.values or not len(places):
        return ""
    others = np.setdiff1d(np.arange(points.count), places)
    for name, data in points.values.items():
        here = data[places]
        if data.shape[1:] == (1, 1):
            if (here == here[0]).all() and not (data[others] == here[0]).any():
                return f"{name} = {number_text(here[0, 0, 0].item(), True)} ({reason})"
        elif (here == 0).all():
            return f"{name} = 0 ({reason})"
        elif (here == 0).any(axis=(1, 2)).all() and not (data[others] == 0).any():
            return f"an entry of {name} = 0 ({reason})"
    names = list(points.values)
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            first, second = points.values[name], points.values[other]
            if first.shape == second.shape and (first[places] == second[places]).all():
                return f"{name} = {other} ({reason})"
    if reason == "undefined":
        return ""
    best = min(places, key=lambda place: complexity(points.values, place))
    text = ", ".join(
        f"{name} = {_flat(value_text(data[best], data.shape[1:] == (1, 1), True))}"
        for name, data in points.values.items()
    )
    return f"{text} ({reason})" if len(text) < 100 else ""


def _flat(value: Value) -> str:
    if isinstance(value, str):
        return value
    if all(len(row) == 1 for row in value):
        return "[" + ", ".join(row[0] for row in value) + "]"
    return "[" + ", ".join("[" + ", ".join(row) + "]" for row in value) + "]"
