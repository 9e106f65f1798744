"""Exactly rational members of each kind of variable, made from a plan of entries."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from flint import arb, fmpq

from derivcheck.engines.rigorous.matrices import adjoint, det, identity, matmul, transpose
from derivcheck.engines.rigorous.scalars import (
    ONE,
    ZERO,
    Matrix,
    Mode,
    Scalar,
    is_exact_zero,
    may_vanish,
    parts,
    to_ball,
)
from derivcheck.engines.rigorous.unspecified import into_domain
from derivcheck.expr.declarations import COMPLEX_KINDS, Kind

TINY = fmpq(1, 1000000)


@dataclass(frozen=True, slots=True)
class Plan:
    """How entries are chosen: `entry(k)` is the k-th, before it is put into the domain."""

    entry: Callable[[int], Scalar]
    name: str = "random"


@dataclass(frozen=True, slots=True)
class Range:
    """The interval of the entries, by numbers (exact or balls), and values left out."""

    lower: Scalar | None = None
    upper: Scalar | None = None
    lower_open: bool = False
    upper_open: bool = False
    excluded: tuple[Scalar, ...] = ()

    @property
    def is_free(self) -> bool:
        return self.lower is None and self.upper is None and not self.excluded

    def holds(self, x: Scalar) -> bool:
        """Whether an entry certainly lies in the range."""
        re, im = parts(x)
        if any(may_vanish(x - y) for y in self.excluded):
            return False
        if self.lower is None and self.upper is None:
            return True
        if not is_exact_zero(im):
            return False
        if self.lower is not None and not (
            re > self.lower or (not self.lower_open and is_exact_zero(re - self.lower))
        ):
            return False
        return self.upper is None or bool(
            re < self.upper or (not self.upper_open and is_exact_zero(re - self.upper))
        )

    def place(self, c: Scalar) -> Scalar:
        """A rational near c inside the range: c itself, or |c| counted from the bound, or the
        share |c|/(1 + |c|) of the interval."""
        if not self.holds(c) and not self.is_free:
            size = abs(parts(c)[0])
            low, high = self._inner(self.lower, 1), self._inner(self.upper, -1)
            if low is not None and high is not None:
                c = low + (high - low) * (size / (ONE + size))
            elif low is not None:
                c = low + size
            elif high is not None:
                c = high - size
            if not self.holds(c):
                width = TINY if high is None or low is None else (high - low) * TINY
                c = c + width if low is not None and c <= low else c - width
            if any(is_exact_zero(c - y) for y in self.excluded):
                c = c + (ONE if low is None and high is None else TINY)
        return c

    @staticmethod
    def _inner(bound: Scalar | None, direction: int) -> Scalar | None:
        """A rational at the bound, or next to an irrational one, inside."""
        if bound is None or isinstance(bound, fmpq):
            return bound
        if not bound.is_finite():
            return None
        inward = fmpq(2, 1000) if direction > 0 else fmpq(-1, 1000)
        return whole_below(arb(bound) * 1000) / 1000 + inward


def whole_below(x: Scalar) -> Scalar:
    """An integer at or just below a ball."""
    whole = x.mid().floor().unique_fmpz()
    assert whole is not None
    return fmpq(whole)


def member(
    kind: Kind, rows: int, cols: int, plan: Plan, span: Range, source: random.Random
) -> Matrix | None:
    """A matrix of the kind, or None where there is none of this size or the plan has no luck."""
    count = rows * max(rows, cols)
    raw = [plan.entry(k) for k in range(max(count, 1))]
    if kind not in COMPLEX_KINDS:
        raw = [parts(x)[0] for x in raw]
    match kind:
        case Kind.REAL | Kind.COMPLEX:
            value = [[span.place(raw[i * cols + j]) for j in range(cols)] for i in range(rows)]
        case Kind.INTEGER:
            value = [[_integer(raw[i * cols + j], span) for j in range(cols)] for i in range(rows)]
        case Kind.ONEHOT:
            value = [[ONE if i == int(raw[0].floor()) % rows else ZERO] for i in range(rows)]
        case Kind.SIMPLEX:
            value = _simplex(raw[:rows], span)
        case Kind.INVERTIBLE:
            value = _invertible(raw, rows)
        case Kind.DIAGONAL:
            value = [[span.place(raw[i]) if i == j else ZERO for j in range(rows)]
                     for i in range(rows)]  # fmt: skip
        case Kind.ORTHOGONAL | Kind.UNITARY:
            value = _rotated(kind, raw, rows, source)
        case Kind.STIEFEL:
            if cols > rows:
                return None
            value = [row[:cols] for row in _rotated(Kind.ORTHOGONAL, raw, rows, source)]
        case _:
            mode = Mode(kind not in COMPLEX_KINDS)
            value = into_domain(kind, raw, rows, cols, (None, None), mode)
    if not all(span.holds(x) for row in value for x in row):
        return None
    return value


def _integer(c: Scalar, span: Range) -> Scalar:
    """A small whole number in the range."""
    c = fmpq(int(parts(c)[0].floor()) % 7 if abs(c) > 6 else int(parts(c)[0].floor()))
    if span.holds(c):
        return c
    for shift in range(int(abs(c)), int(abs(c)) + 8):
        if span.lower is not None:
            low = -whole_below(-arb(span.lower))
            candidate = low + shift
        elif span.upper is not None:
            candidate = whole_below(arb(span.upper)) - shift
        else:
            candidate = fmpq(shift)
        for x in (candidate, candidate - 2 * shift):
            if span.holds(x):
                return x
    if span.lower is not None:
        return -whole_below(-arb(span.lower))
    return c


def _simplex(raw: list[Scalar], span: Range) -> Matrix:
    """Weights |c|, or |c| + 1 where a zero is not allowed, divided by their sum."""
    weights = [abs(x) for x in raw]
    total = sum(weights, ZERO)
    if total == 0 or not all(span.holds(w / total) for w in weights):
        weights = [w + ONE for w in weights]
        total = sum(weights, ZERO)
    return [[w / total] for w in weights]


def _invertible(raw: list[Scalar], n: int) -> Matrix:
    """The raw matrix, plus a multiple of the identity where it is singular."""
    value = [raw[i * n : (i + 1) * n] for i in range(n)]
    for shift in range(1, n + 2):
        if not is_exact_zero(det(value)):
            return value
        value = [[x + fmpq(shift) if i == j else x for j, x in enumerate(row)]
                 for i, row in enumerate(value)]  # fmt: skip
    return identity(n)


def _rotated(kind: Kind, raw: list[Scalar], n: int, source: random.Random) -> Matrix:
    """A Cayley transform with columns permuted and signs changed: both signs of det occur."""
    value = into_domain(kind, raw, n, n, (None, None), Mode(kind is Kind.ORTHOGONAL))
    if all(is_exact_zero(x - y) for a, b in zip(value, identity(n), strict=True)
           for x, y in zip(a, b, strict=True)):  # fmt: skip
        return value
    places = list(range(n))
    source.shuffle(places)
    signs = [fmpq(source.choice((-1, 1))) for _ in range(n)]
    return [[row[places[j]] * signs[j] for j in range(n)] for row in value]


def belongs(kind: Kind, value: Matrix, span: Range) -> bool:
    """Whether a value that was computed (not made by `member`) certainly is of its kind."""
    entries = [x for row in value for x in row]
    if not all(span.holds(x) for x in entries):
        return False
    n = len(value)
    if kind not in COMPLEX_KINDS and not all(is_exact_zero(parts(x)[1]) for x in entries):
        return False
    match kind:
        case Kind.REAL | Kind.COMPLEX:
            return True
        case Kind.INTEGER:
            return all(isinstance(x, fmpq) and x.q == 1 for x in entries)
        case Kind.SYMMETRIC:
            return _zero(value, transpose(value))
        case Kind.HERMITIAN:
            return _zero(value, adjoint(value))
        case Kind.SKEW:
            return _zero(value, [[-x for x in row] for row in transpose(value)])
        case Kind.SPD | Kind.HPD:
            return _zero(value, adjoint(value)) and all(
                to_ball(parts(det([row[:k] for row in value[:k]]))[0]) > 0 for k in range(1, n + 1)
            )
        case Kind.DIAGONAL:
            return all(i == j or is_exact_zero(x)
                       for i, row in enumerate(value) for j, x in enumerate(row))  # fmt: skip
        case Kind.ORTHOGONAL | Kind.UNITARY | Kind.STIEFEL:
            return _zero(matmul(adjoint(value), value), identity(len(value[0])))
        case Kind.INVERTIBLE:
            return not may_vanish(det(value))
        case Kind.UNIT:
            return _zero(matmul(adjoint(value), value), [[ONE]])
        case Kind.SIMPLEX:
            return is_exact_zero(sum(entries, ZERO) - ONE) and all(x >= 0 for x in entries)
        case _:
            return False


def _zero(a: Matrix, b: Matrix) -> bool:
    return all(is_exact_zero(x - y) for r, s in zip(a, b, strict=True)
               for x, y in zip(r, s, strict=True))  # fmt: skip
