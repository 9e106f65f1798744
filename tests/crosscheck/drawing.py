"""Random points: sizes, and variables drawn in their own variety over the field."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from field import (
    Element,
    P,
    Uncovered,
    add,
    conj,
    gauss,
    mul,
    neg,
    rational,
    reciprocal,
    sign_of,
)
from functions import Functions
from matrices import Matrix, adjoint, build, inverse, matmul, total, transpose

from derivcheck.claim import Context
from derivcheck.expr.declarations import COMPLEX_KINDS, Domain, Kind
from derivcheck.expr.dims import Shape
from derivcheck.expr.nodes import Number


def sizes(context: Context, chance: random.Random, trial: int) -> dict[str, int]:
    """Pairwise different where trial is even, all equal where it is odd."""
    names = context.dims
    if trial % 2:
        return dict.fromkeys(names, 2 + trial // 2 % 2)
    spread = list(range(1, len(names) + 1)) if len(names) > 2 else [2, 3]
    chance.shuffle(spread)
    return dict(zip(names, spread, strict=False))


def draw(
    domain: Domain, shape: Shape, dims: Mapping[str, int], functions: Functions, special: bool
) -> Matrix:
    """A value of a variable. Raises Uncovered where its domain is no variety or open set."""
    rows, cols = shape.evaluate(dims)
    chance = functions.chance
    if domain.kind is Kind.INDEX:
        assert domain.extent is not None
        return build(rows, cols, lambda i, j: chance.randrange(domain.extent.rows.evaluate(dims)))
    if domain.kind is Kind.INTEGER:
        low = _integer(domain)
        return build(rows, cols, lambda i, j: (low + chance.randrange(4)) % P)
    entry = _entry(domain, functions, special)
    return structured(domain.kind, build(rows, cols, lambda i, j: entry()), functions)


def _integer(domain: Domain) -> int:
    if domain.lower is None:
        return -1
    if not isinstance(domain.lower.value, Number):
        raise Uncovered("an integer with a bound that is no number")
    return int(domain.lower.value.value) + domain.lower.is_open


def _entry(domain: Domain, functions: Functions, special: bool) -> Callable[[], Element]:
    """Bounds that are numbers hold in the sense of the field (a difference is a square); others
    are open conditions, and no identity depends on them. Special: often 0 or 1."""
    if domain.kind in COMPLEX_KINDS:
        return lambda: gauss(functions.random(), functions.random())
    ends = [(bound.value.value, sign) for bound, sign in ((domain.lower, 1), (domain.upper, -1))
            if bound is not None and isinstance(bound.value, Number)]  # fmt: skip
    easy = special and domain.lower is domain.upper is None and not domain.excluded

    def entry() -> Element:
        if easy and functions.chance.random() < 0.6:
            return functions.chance.randrange(2)
        while True:
            found = functions.random()
            if all(sign_of((found - rational(end)) * sign % P) > 0 for end, sign in ends):
                return found

    return entry


def structured(kind: Kind, free: Matrix, functions: Functions) -> Matrix:
    """A free matrix turned into one of the kind; rational maps, so every kind is a variety."""
    match kind:
        case Kind.REAL | Kind.COMPLEX | Kind.INVERTIBLE:
            return free
        case Kind.SYMMETRIC | Kind.HERMITIAN:
            return [[add(x, y) for x, y in zip(p, q, strict=True)]
                    for p, q in zip(free, adjoint(free), strict=True)]  # fmt: skip
        case Kind.SKEW:
            return [[add(x, neg(y)) for x, y in zip(p, q, strict=True)]
                    for p, q in zip(free, transpose(free), strict=True)]  # fmt: skip
        case Kind.SPD | Kind.HPD:
            return matmul(free, adjoint(free))
        case Kind.DIAGONAL:
            n = len(free)
            return build(n, n, lambda i, j: free[i][j] if i == j else 0)
        case Kind.ORTHOGONAL | Kind.UNITARY:
            return cayley(free)
        case Kind.STIEFEL:
            rows, cols = len(free), len(free[0])
            full = cayley(build(rows, rows, lambda i, j: functions.random()))
            return [row[:cols] for row in full]
        case Kind.UNIT:
            n = len(free)
            full = cayley(build(n, n, lambda i, j: functions.random()))
            return [[row[0]] for row in full]
        case Kind.SIMPLEX:
            scale = reciprocal(total([row[0] for row in free]))
            return [[mul(scale, row[0])] for row in free]
        case Kind.ONEHOT:
            hot = functions.chance.randrange(len(free))
            return build(len(free), 1, lambda i, j: int(i == hot))
        case _:
            raise Uncovered(f"the kind {kind}")


def cayley(free: Matrix) -> Matrix:
    """(I - K) (I + K)⁻¹ for the skew (Hermitian) part K."""
    n = len(free)
    skew = [[add(x, neg(conj(y))) for x, y in zip(p, q, strict=True)]
            for p, q in zip(free, transpose(free), strict=True)]  # fmt: skip
    plus = build(n, n, lambda i, j: add(int(i == j), skew[i][j]))
    minus = build(n, n, lambda i, j: add(int(i == j), neg(skew[i][j])))
    return matmul(minus, inverse(plus))


class SmoothFunction:
    """An unspecified function: cubic polynomials in the entries of its arguments."""

    def __init__(self, shape: tuple[int, int], domain: Domain, functions: Functions) -> None:
        self.shape, self.domain, self.functions = shape, domain, functions
        self.forms: dict[tuple[int, int, int], list[Element]] = {}

    def _form(self, key: tuple[int, int, int], entries: list[Element]) -> Element:
        if key not in self.forms:
            self.forms[key] = [self.functions.random() for _ in range(len(entries) + 1)]
        coefficients = self.forms[key]
        pairs = zip(coefficients[1:], entries, strict=True)
        return add(coefficients[0], total([mul(c, x) for c, x in pairs]))

    def __call__(self, entries: list[Element]) -> Matrix:
        def entry(i: int, j: int) -> Element:
            one, two, three = (self._form((i, j, k), entries) for k in range(3))
            value = add(one, add(mul(two, two), mul(three, mul(three, three))))
            lower = self.domain.lower
            if lower is not None and isinstance(lower.value, Number) and lower.value.value >= 0:
                return add(mul(value, value), rational(lower.value.value))
            return value

        if self.domain.kind in (Kind.INTEGER, Kind.INDEX, Kind.ONEHOT, Kind.UNIT, Kind.STIEFEL):
            raise Uncovered(f"an unspecified function with values of kind {self.domain.kind}")
        if self.domain.kind in COMPLEX_KINDS:
            raise Uncovered("an unspecified complex function")
        return structured(self.domain.kind, build(*self.shape, entry), self.functions)
