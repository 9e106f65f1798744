"""Points and values as text: witnesses, samples, the places where a derivative is undefined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

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


def value_text(data: Array, scalar: bool | None, exact: bool) -> Value:
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
            # The other end of a chord has the shape of the variable it is named after.
            value_text(points.values[name][place], scalars.get(name, scalars.get(name[:-1])), True),
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


def rounded(lhs: Array, rhs: Array, digits: int) -> tuple[Array, Array]:
    """Both sides to the digits that mean something, relative to the larger of them."""
    size = max(float(np.abs(lhs).max(initial=0.0)), float(np.abs(rhs).max(initial=0.0)))
    if size == 0 or not np.isfinite(size):
        return lhs, rhs
    places = max(0, digits) - int(np.floor(np.log10(size)))
    if not -300 < places < 300:
        return lhs, rhs
    return np.round(lhs, places) + 0.0, np.round(rhs, places) + 0.0


def common_place(points: Points, places: Array, reason: str) -> str:
    """What the exceptional points have in common and no other point shares: `x = 0`, an entry
    that is 0, `x = y`, an entry that equals a scalar. Empty where there is no such thing, or
    more than one: then it may be chance."""
    others = np.setdiff1d(np.arange(points.count), places)
    if not len(places) or not len(others):
        return ""
    found = list(_common_values(points, places, others))
    if not found and (len(places) > 1 or len(points.values) == 2):
        found = list(_common_pairs(points, places, others))
    return f"{found[0]} ({reason})" if len(found) == 1 else ""


def _common_values(points: Points, places: Array, others: Array) -> Iterator[str]:
    for name, data in points.values.items():
        here, there = data[places], data[others]
        value = here.flat[0]
        shared = (here == value).all() and not (there == value).all(axis=(1, 2)).any()
        if shared and (value == 0 or len(places) > 1):
            yield f"{name} = {number_text(value.item(), True)}"
        elif (here == 0).any(axis=(1, 2)).all() and not (there == 0).any():
            yield f"an entry of {name} = 0"


def _common_pairs(points: Points, places: Array, others: Array) -> Iterator[str]:
    for name, other in combinations(points.values, 2):
        first, second = points.values[name], points.values[other]
        if first.shape != second.shape and 1 not in (first[0].size, second[0].size):
            continue
        same = first == second
        if same[places].all() and not same[others].all(axis=(1, 2)).any():
            yield f"{name} = {other}"
        elif same[places].any(axis=(1, 2)).all() and not same[others].any():
            array, scalar = (name, other) if first.size > second.size else (other, name)
            yield f"an entry of {array} = {scalar}"


def simplest_place(points: Points, places: Array, reason: str) -> str:
    """The simplest of the exceptional points; of a single scalar variable the first three."""
    if not points.values or not len(places):
        return ""
    names = list(points.values)
    if len(names) == 1 and points.values[names[0]].shape[1:] == (1, 1):
        found = sorted(set(points.values[names[0]][places].ravel().tolist()), key=abs)
        shown = ", ".join(number_text(value, True) for value in found[:3])
        return f"{names[0]} = {shown}{', …' if len(found) > 3 else ''} ({reason})"
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
