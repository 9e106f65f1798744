"""Sizes to try: pairwise different ones, each dim 1 once, all equal, as the assumptions allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

Sizes = dict[str, int]

MOST = 6
LARGEST = 6


def size_choices(dims: tuple[str, ...], allowed: Callable[[Sizes], bool]) -> list[Sizes]:
    """At most MOST assignments; where none of the usual ones is allowed, a search of all up to
    LARGEST (four dims or fewer)."""
    if not dims:
        return [{}] if allowed({}) else []
    chosen: list[Sizes] = []
    for candidate in _usual(dims):
        if candidate not in chosen and allowed(candidate):
            chosen.append(candidate)
        if len(chosen) == MOST:
            break
    if len(chosen) < 3 and len(dims) <= 4:
        largest = LARGEST if len(dims) > 2 else 12
        values = sorted(product(range(1, largest + 1), repeat=len(dims)), key=sum)
        for value in values:
            candidate = dict(zip(dims, value, strict=True))
            if candidate not in chosen and allowed(candidate):
                chosen.append(candidate)
            if len(chosen) >= 5:
                break
    return chosen


def _usual(dims: tuple[str, ...]) -> Iterator[Sizes]:
    count = len(dims)
    different = [2 + k % 4 for k in range(count)]
    yield dict(zip(dims, different, strict=True))
    yield dict(zip(dims, reversed(different), strict=True))
    yield dict.fromkeys(dims, 2)
    yield dict.fromkeys(dims, 1)
    for k in range(count):
        yield {name: 1 if i == k else different[i] for i, name in enumerate(dims)}
    yield dict.fromkeys(dims, 3)
    yield dict.fromkeys(dims, 4)
