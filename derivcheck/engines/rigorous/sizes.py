"""Choices of sizes: pairwise different, all 1, equal (square), larger where an assumption asks."""

from __future__ import annotations

from itertools import permutations, product

from derivcheck.claim import Context
from derivcheck.expr.build import children, parts
from derivcheck.expr.declarations import Kind
from derivcheck.expr.nodes import Condition, Expr, Number, Size

Sizes = dict[str, int]
MOST_ENTRIES, MOST_STRUCTURED = 900, 100
LINEAR_KINDS = frozenset({
    Kind.REAL, Kind.COMPLEX, Kind.INTEGER, Kind.INDEX, Kind.ONEHOT, Kind.SIMPLEX, Kind.DIAGONAL,
    Kind.SYMMETRIC, Kind.SKEW, Kind.HERMITIAN, Kind.UNIT,
})  # fmt: skip


def is_about_sizes(node: Expr | Condition) -> bool:
    """Whether only dims and numbers occur."""
    if isinstance(node, (Number, Size)):
        return True
    parts = children(node)
    return bool(parts) and all(is_about_sizes(part) for part in parts)


def candidates(dims: tuple[str, ...]) -> list[Sizes]:
    """The most telling sizes first: all 1 (cheap), pairwise different, all 2, one 1, all 3."""
    names = list(dims)
    count = len(names)
    if not count:
        return [{}]
    ascending = tuple(2 + k for k in range(count))
    if count <= 3:
        different = list(permutations(ascending))
    else:
        different = [tuple(1 + (k + s) % 3 for k in range(count)) for s in range(3)]
    one_short = [tuple(1 if j == k else 2 for j in range(count)) for k in range(count)]
    one_long = [tuple(3 if j == k else 2 for j in range(count)) for k in range(count)]
    equal = [(size,) * count for size in (1, 2, 3)]
    if count == 1:
        different.append((4,))
    found = [equal[0], different[0], equal[1], *one_short, *one_long, equal[2], *different[1:]]
    return [dict(zip(names, sizes, strict=True)) for sizes in dict.fromkeys(found)]


def spare_sizes(dims: tuple[str, ...]) -> list[Sizes]:
    """Further sizes, for assumptions that exclude the usual ones."""
    largest = {1: 12, 2: 8, 3: 7, 4: 4, 5: 3}.get(len(dims), 0)
    sizes = sorted(product(range(1, largest + 1), repeat=len(dims)), key=sum) if dims else []
    return [dict(zip(dims, chosen, strict=True)) for chosen in sizes]


def asked_sizes(context: Context) -> list[Sizes]:
    """Sizes near the numbers that assumptions compare sizes with: all alike, or one of them."""
    dims, numbers = context.dims, set[int]()
    for node in parts(*(c for c in context.assumptions if is_about_sizes(c))):
        if isinstance(node, Number) and node.value.denominator == 1:
            numbers |= {int(node.value) + shift for shift in (-1, 0, 1)}
    found: list[Sizes] = []
    for number in sorted(x for x in numbers if x > 0)[:12]:
        found.append(dict.fromkeys(dims, number))
        found += [{**dict.fromkeys(dims, 2), name: number} for name in dims if len(dims) > 1]
    return found


def all_sizes(context: Context) -> list[Sizes]:
    return [*candidates(context.dims), *spare_sizes(context.dims), *asked_sizes(context)]


def too_large(sizes: Sizes, context: Context) -> str:
    """The declared shape that has too many entries to work with, as text; empty where none."""
    declared = [(d.variable.name, d.variable.shape, d.domain.kind) for d in context.declarations]
    declared += [(f.name, f.shape, f.domain.kind) for f in context.functions]
    for name, shape, kind in declared:
        rows, cols = shape.evaluate(sizes)
        most = MOST_ENTRIES if kind in LINEAR_KINDS else MOST_STRUCTURED
        if rows * cols > most:
            return f"{name} of {rows}×{cols} entries"
    return ""


def admissible(sizes: Sizes, context: Context) -> bool:
    """Whether the declared shapes exist (assumptions on sizes are decided by an evaluator)."""
    declared = [(d.variable.shape, d.domain) for d in context.declarations]
    for shape, domain in declared + [(f.shape, f.domain) for f in context.functions]:
        rows, cols = shape.evaluate(sizes)
        if rows < 1 or cols < 1:
            return False
        if domain.kind is Kind.STIEFEL and cols > rows:
            return False
        extent = domain.extent
        if extent is not None and min(extent.evaluate(sizes)) < 1:
            return False
    return True
