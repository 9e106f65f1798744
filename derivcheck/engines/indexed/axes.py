"""The rows and columns of arrays: plain, enumerated, pairs of indices (vec, kron), blocks.

A `Spot` is a position along such an axis. Pairs keep i and j of a flat position i + rows·j
apart, so that two sides laid out alike are compared without arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from derivcheck.engines.indexed.core import Core
from derivcheck.engines.indexed.positions import as_dim, simplest
from derivcheck.engines.indexed.terms import Position, Unsupported
from derivcheck.expr.dims import ONE, Dim

MAX_LISTED = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """An axis of a few positions, each looked at on its own."""

    size: int


@dataclass(frozen=True, slots=True)
class Pair:
    """position = inner + size(inner) · outer."""

    inner: Axis
    outer: Axis


@dataclass(frozen=True, slots=True)
class Blocks:
    """One part after the other."""

    parts: tuple[Axis, ...]


@dataclass(frozen=True, slots=True)
class PairSpot:
    inner: Spot
    outer: Spot
    size: Dim


@dataclass(frozen=True, slots=True)
class BlockSpot:
    number: int
    inner: Spot
    offset: Dim


Axis: TypeAlias = Dim | Listed | Pair | Blocks
Spot: TypeAlias = str | Dim | PairSpot | BlockSpot
ORIGIN = Dim.of(0)


def plain(dim: Dim) -> Axis:
    size = dim.constant
    return Listed(size) if size is not None and 0 < size <= MAX_LISTED else dim


def size_of(axis: Axis) -> Dim:
    match axis:
        case Dim():
            return axis
        case Listed(size):
            return Dim.of(size)
        case Pair(inner, outer):
            return size_of(inner) * size_of(outer)
        case Blocks(parts):
            total = Dim.of(0)
            for part in parts:
                total = total + size_of(part)
            return total


def pair(inner: Axis, outer: Axis) -> Axis:
    if size_of(inner) == ONE:
        return outer
    if size_of(outer) == ONE:
        return inner
    total = (size_of(inner) * size_of(outer)).constant
    return Listed(total) if total is not None and total <= 16 else Pair(inner, outer)


def blocks(parts: tuple[Axis, ...]) -> Axis:
    total = size_of(Blocks(parts)).constant
    if total is not None and total <= 16:
        return Listed(total)
    return Blocks(parts)


def join(first: Axis, second: Axis) -> Axis:
    """The finer of two ways to look at one axis."""
    if first == second or isinstance(second, Dim):
        return first
    if isinstance(first, Dim):
        return second
    if isinstance(first, Listed):
        return first
    if isinstance(second, Listed):
        return second
    match first, second:
        case Pair(inner, outer), Pair(low, high) if size_of(inner) == size_of(low):
            return Pair(join(inner, low), join(outer, high))
        case Blocks(parts), Blocks(others) if list(map(size_of, parts)) == list(
            map(size_of, others)
        ):
            return Blocks(tuple(map(join, parts, others)))
    raise Unsupported("two sides laid out in different blocks")


def flat(spot: Spot) -> Position:
    match spot:
        case str() | Dim():
            return spot
        case PairSpot(inner, outer, size):
            return simplest(as_dim(flat(inner)) + size * as_dim(flat(outer)))
        case BlockSpot(_, inner, offset):
            return simplest(offset + as_dim(flat(inner)))


def spots(core: Core, axis: Axis) -> Iterator[tuple[dict[str, Dim], Spot]]:
    """All positions of an axis: new index names with their extents, and the spot they name."""
    match axis:
        case Dim():
            name = core.fresh(axis)
            yield {name: axis}, name
        case Listed(size):
            for place in range(size):
                yield {}, Dim.of(place)
        case Pair(inner, outer):
            width = size_of(inner)
            for bounds, low in spots(core, inner):
                for more, high in spots(core, outer):
                    yield {**bounds, **more}, PairSpot(low, high, width)
        case Blocks(parts):
            offset = Dim.of(0)
            for number, part in enumerate(parts):
                for bounds, inside in spots(core, part):
                    yield bounds, BlockSpot(number, inside, offset)
                offset = offset + size_of(part)


def as_pair(spot: Spot, size: Dim, outer: Dim) -> tuple[Spot, Spot]:
    """The inner and outer position of a spot, from the sizes of the inner and outer axis."""
    if size == ONE:
        return ORIGIN, spot
    if outer == ONE:
        return spot, ORIGIN
    if isinstance(spot, PairSpot) and spot.size == size:
        return spot.inner, spot.outer
    position, width = as_dim(flat(spot)).constant, size.constant
    if position is not None and width is not None:
        return Dim.of(position % width), Dim.of(position // width)
    if position == 0:
        return ORIGIN, ORIGIN
    raise Unsupported("a position of vec or kron that is not a pair")


def as_block(spot: Spot, sizes: list[Dim]) -> tuple[int, Spot]:
    """Which block a spot lies in, and where there."""
    if len(sizes) == 1:
        return 0, spot
    if isinstance(spot, BlockSpot):
        offset = Dim.of(0)
        for number in range(spot.number):
            offset = offset + sizes[number]
        if spot.number < len(sizes) and spot.offset == offset:
            return spot.number, spot.inner
    position = as_dim(flat(spot)).constant
    if position is not None:
        for number, size in enumerate(sizes):
            width = size.constant
            if width is None:
                break
            if position < width:
                return number, Dim.of(position)
            position -= width
    raise Unsupported("a position in blocks of symbolic size")
