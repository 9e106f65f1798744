"""Every operator has a rule, and each slope is that of the values."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from flint import acb, arb, ctx, fmpq

from derivcheck.engines.rigorous.apply import (
    apply_operator,
    has_rule,
)
from derivcheck.engines.rigorous.elementary import (
    UNARY,
    apply_unary,
)
from derivcheck.engines.rigorous.pairs import (
    BINARY,
)
from derivcheck.engines.rigorous.scalars import (
    Dual,
    Gauss,
    Mode,
    Poison,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    to_ball,
)
from derivcheck.expr.operators import OPERATORS

STEP = fmpq(1, 10**30)
REAL = [fmpq(p, q) for p, q in ((1, 3), (-1, 3), (5, 2), (-5, 2), (7, 5), (9, 1))]
COMPLEX = [Gauss(fmpq(p, 3), fmpq(q, 2)) for p, q in ((1, 1), (-1, 1), (5, -1), (-7, -3), (0, 1))]
UNDEFINED = (Undefined, Undecided, Unsupported)


@pytest.fixture(autouse=True)
def many_bits() -> Iterator[None]:
    before, ctx.prec = ctx.prec, 400
    yield
    ctx.prec = before


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_operator_has_a_rule(name: str) -> None:
    assert has_rule(name)


def test_an_unknown_operator_has_none() -> None:
    assert not has_rule("no-such-operator")


def difference(function: object, x: Scalar, direction: Scalar) -> Scalar:
    assert callable(function)
    above, below = function(x + direction * STEP), function(x - direction * STEP)
    return (acb(to_ball(above)) - acb(to_ball(below))) / (2 * arb(STEP))


def close(a: Scalar, b: Scalar) -> bool:
    scale = 1 + abs(acb(to_ball(b)))
    return bool(abs(acb(to_ball(a)) - acb(to_ball(b))) < scale * arb(10) ** -20)


@pytest.mark.parametrize("name", sorted(UNARY))
def test_slopes_of_functions_of_one_argument(name: str) -> None:
    checked = 0
    for mode, points in ((Mode(True), REAL), (Mode(False), COMPLEX)):
        for x in points:
            for direction in (fmpq(1), Gauss(fmpq(0), fmpq(1)))[: 1 if mode.real_line else 2]:
                try:
                    germ = apply_unary(name, Dual(1, x, direction), mode)
                    slope = difference(lambda t, m=mode: apply_unary(name, t, m), x, direction)
                except UNDEFINED:
                    continue
                if isinstance(germ.slope, Poison):
                    continue
                assert close(germ.slope, slope), (x, direction)
                assert not close(germ.slope + 1, slope)
                checked += 1
    assert checked >= 2


WITH_AN_ORDER, WITH_A_KINK = {"polygamma", "besselj"}, {"minimum", "maximum"}


@pytest.mark.parametrize("name", sorted(set(BINARY) - WITH_AN_ORDER - WITH_A_KINK))
@pytest.mark.parametrize("which", [0, 1])
def test_slopes_of_functions_of_two_arguments(name: str, which: int) -> None:
    mode, rule = Mode(True), BINARY[name]
    for fixed in (fmpq(7, 3), fmpq(4, 5)):
        for x in (fmpq(5, 4), fmpq(11, 3)):
            at = (lambda t, f=fixed: rule(t, f, mode)) if which == 0 else (
                lambda t, f=fixed: rule(f, t, mode))  # fmt: skip
            assert close(at(Dual(1, x, fmpq(1))).slope, difference(at, x, fmpq(1)))


@pytest.mark.parametrize(
    ("name", "order"), [("polygamma", 0), ("polygamma", 2), ("besselj", 0), ("besselj", 3)]
)
def test_slopes_of_functions_with_an_order(name: str, order: int) -> None:
    mode, x = Mode(True), fmpq(5, 4)
    germ = BINARY[name](fmpq(order), Dual(1, x, fmpq(1)), mode)
    assert close(germ.slope, difference(lambda t: BINARY[name](fmpq(order), t, mode), x, fmpq(1)))


@pytest.mark.parametrize("name", ["inv", "adjugate", "expm", "softmax", "det", "logdet"])
def test_slopes_of_matrix_functions(name: str) -> None:
    mode = Mode(True)
    rows = ((3, 1, 2), (-1, 2, 0), (1, 1, 4))
    base = [[fmpq(x) for x in row] for row in rows]
    params = (0,) if name == "softmax" else ()

    def value(t: Scalar) -> list[list[Scalar]]:
        changed = [list(row) for row in base]
        changed[0][1] = t
        return apply_operator(name, [changed], params, mode)

    germs = value(Dual(1, fmpq(1), fmpq(1)))
    for i, row in enumerate(germs):
        for j, germ in enumerate(row):
            slope = germ.slope if isinstance(germ, Dual) else fmpq(0)
            assert close(slope, difference(lambda t, i=i, j=j: value(t)[i][j], fmpq(1), fmpq(1)))


@pytest.mark.parametrize("size", [2, 3])
def test_the_spectral_norm_and_its_slope(size: int) -> None:
    mode = Mode(True)
    base = [[fmpq((3 * i + 5 * j) % 7 - 2, i + 1) for j in range(size)] for i in range(size)]

    def value(t: Scalar) -> Scalar:
        changed = [list(row) for row in base]
        changed[0][0] = t
        return apply_operator("norm", [changed], ("2",), mode)[0][0]

    germ = value(Dual(1, fmpq(1, 2), fmpq(1)))
    assert close(germ.slope, difference(value, fmpq(1, 2), fmpq(1)))
    frobenius = math.sqrt(sum(float(x.p) ** 2 / float(x.q) ** 2 for row in base for x in row))
    assert frobenius / math.sqrt(size) <= float(value(base[0][0]).mid()) <= frobenius


def test_exact_values_stay_exact() -> None:
    mode = Mode(True)
    for name, x, expected in (
        ("sqrt", fmpq(9, 4), fmpq(3, 2)), ("cbrt", fmpq(-8), fmpq(-2)), ("exp", fmpq(0), fmpq(1)),
        ("sigmoid", fmpq(0), fmpq(1, 2)), ("gamma", fmpq(5), fmpq(24)), ("log", fmpq(1), fmpq(0)),
        ("log10", fmpq(1, 100), fmpq(-2)), ("log2", fmpq(8), fmpq(3)),
    ):  # fmt: skip
        value = apply_unary(name, x, mode)
        assert isinstance(value, fmpq)
        assert value == expected
    assert not isinstance(apply_unary("sqrt", fmpq(2), mode), fmpq)


def test_precision_is_left_as_it_was() -> None:
    from derivcheck.engines.rigorous import examine
    from derivcheck.evidence import Settings
    from derivcheck.load.statements import quick

    before = ctx.prec
    statement = quick("sin(x) == x", {"x": "real"})
    examine(statement.links[0].relation, statement.context, Settings(seconds=1))
    assert ctx.prec == before
