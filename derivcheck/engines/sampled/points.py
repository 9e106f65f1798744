"""Points of the domain at given sizes: drawn by kind, moved into bounds, kept by assumptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from derivcheck.claim import Context
from derivcheck.engines.sampled.assumptions import satisfied, solved
from derivcheck.engines.sampled.draws import (
    bounded,
    far_entries,
    raw_complex,
    raw_entries,
    simple_count,
)
from derivcheck.engines.sampled.environment import Environment, World
from derivcheck.engines.sampled.evaluate import evaluate
from derivcheck.engines.sampled.functions import Ends
from derivcheck.engines.sampled.kinds import member
from derivcheck.engines.sampled.values import Array, Mode
from derivcheck.expr.declarations import COMPLEX_KINDS, Declaration, Domain, Kind
from derivcheck.expr.nodes import Apply, Constant, Expr

ROUNDS = 4
SURPLUS = 6


@dataclass(frozen=True, slots=True)
class Points:
    """Values of each declared variable, shape (count, rows, cols); simple points first."""

    values: Mapping[str, Array]
    count: int


def drawn_points(
    declarations: Sequence[Declaration], context: Context, world: World, mode: Mode, count: int,
    generator: np.random.Generator, far: bool = False,
) -> Points:  # fmt: skip
    """At most `count` points in every declared domain that satisfy the assumptions."""
    conditions = context.assumptions
    kept: list[Mapping[str, Array]] = []
    found = 0
    restricted = bool(conditions) or any(_is_narrow(d.domain) for d in declarations)
    for attempt in range(ROUNDS):
        wanted = count if not restricted else count * SURPLUS * (4**attempt)
        points = {
            d.variable.name: _drawn(d, world, wanted, generator, len(declarations) == 1, far)
            for d in declarations
        }
        points = solved(points, wanted, declarations, conditions, world, mode)
        inside = np.ones(wanted, bool)
        for d in declarations:
            inside &= in_bounds(points[d.variable.name], d.domain, world)
        inside &= satisfied(points, wanted, conditions, world, mode)
        places = _mixed(np.flatnonzero(inside), simple_count(wanted), count - found)
        kept.append({name: data[places] for name, data in points.items()})
        found += len(places)
        if found >= count or not restricted or (found >= count // 3 and attempt >= 1):
            break
    if not declarations:
        return Points({}, 1 if satisfied({}, 1, conditions, world, mode).all() else 0)
    names = [d.variable.name for d in declarations]
    return Points({name: np.concatenate([k[name] for k in kept]) for name in names}, found)


def _mixed(places: Array, simple: int, wanted: int) -> Array:
    """Of the usable places, two fifths simple ones as far as there are that many."""
    easy, rest = places[places < simple], places[places >= simple]
    share = max(simple_count(wanted), wanted - len(rest)) if wanted > 0 else 0
    easy = easy[:share]
    return np.concatenate([easy, rest[: max(0, wanted - len(easy))]])


def _is_narrow(domain: Domain) -> bool:
    return bool(domain.lower or domain.upper or domain.excluded or domain.kind is Kind.INVERTIBLE)


def ends_of(domain: Domain, world: World) -> Ends:
    """The bounds as numbers; None at infinity."""
    lower = None if domain.lower is None else constant(domain.lower.value, world)
    upper = None if domain.upper is None else constant(domain.upper.value, world)
    lower = None if lower is None or not np.isfinite(lower) else lower
    upper = None if upper is None or not np.isfinite(upper) else upper
    return lower, upper


def constant(node: Expr, world: World) -> float:
    """The value of an expression without variables."""
    match node:
        case Constant("oo"):
            return float("inf")
        case Apply("neg", (Constant("oo"),)):
            return float("-inf")
        case _:
            value = evaluate(node, Environment.plain(world, Mode.REAL, {}, 1))
            return float(value.data[0, 0, 0].real)


def _drawn(
    declaration: Declaration, world: World, count: int, generator: np.random.Generator,
    alone: bool, far: bool,
) -> Array:  # fmt: skip
    domain, variable = declaration.domain, declaration.variable
    shape = variable.shape.evaluate(world.sizes)
    if domain.kind is Kind.INDEX:
        assert domain.extent is not None
        extent = domain.extent.evaluate(world.sizes)[0]
        start = int(generator.integers(0, extent))
        positions = (np.arange(count) + start) % extent
        return generator.permutation(positions).reshape(-1, 1, 1).astype(float)
    if domain.kind in COMPLEX_KINDS:
        return member(domain.kind, raw_complex(shape, count, generator), generator)
    lower, upper = ends_of(domain, world)
    raw = raw_entries(shape, count, generator, alone)
    if far and domain.kind is Kind.REAL:
        raw = far_entries(shape, count, generator)
    if domain.kind is Kind.INTEGER:
        raw = np.rint(np.clip(raw, -8, 8))
        if lower is not None and upper is not None:
            whole = generator.integers(int(np.ceil(lower)), int(np.floor(upper)) + 1, raw.shape)
            return np.asarray(whole, dtype=float)
    moved = bounded(raw, lower, upper, domain.kind is Kind.INTEGER)
    return member(domain.kind, moved, generator)


def in_bounds(data: Array, domain: Domain, world: World) -> Array:
    """Which points keep the bounds in each entry (of a diagonal matrix: on its diagonal)."""
    entries = data
    if domain.kind is Kind.DIAGONAL:
        entries = np.einsum("pii->pi", data)[:, :, None]
    inside = np.isfinite(entries).all(axis=(1, 2))
    if domain.lower is not None:
        bound = constant(domain.lower.value, world)
        good = entries.real > bound if domain.lower.is_open else entries.real >= bound
        inside &= good.all(axis=(1, 2))
    if domain.upper is not None:
        bound = constant(domain.upper.value, world)
        good = entries.real < bound if domain.upper.is_open else entries.real <= bound
        inside &= good.all(axis=(1, 2))
    for excluded in domain.excluded:
        inside &= (entries != constant(excluded, world)).all(axis=(1, 2))
    if domain.kind is Kind.INVERTIBLE:
        inside &= np.linalg.cond(np.nan_to_num(data)) < 1e8
    return np.asarray(inside)
