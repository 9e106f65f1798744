"""The parts of the sampled engine: operators, special functions, points, rounding, slopes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from derivcheck.engines.sampled import special
from derivcheck.engines.sampled.draws import bounded, raw_complex, raw_entries
from derivcheck.engines.sampled.elementwise import ELEMENTWISE
from derivcheck.engines.sampled.environment import COPIES, Environment, World
from derivcheck.engines.sampled.evaluate import evaluate
from derivcheck.engines.sampled.kinds import member, smooth_member
from derivcheck.engines.sampled.matrices import MATRICES
from derivcheck.engines.sampled.sizes import size_choices
from derivcheck.engines.sampled.values import KINK, UNDEFINED, Array, Mode, Noise
from derivcheck.expr import build
from derivcheck.expr.declarations import Kind
from derivcheck.expr.dims import SCALAR, Dim, Shape
from derivcheck.expr.nodes import Expr, Target, Variable
from derivcheck.expr.operators import OPERATORS

X = Variable("x", SCALAR)


def environment(points: dict[str, Array], mode: Mode = Mode.REAL) -> Environment:
    world = World({}, {}, {}, Noise(np.random.default_rng(1)))
    count = len(next(iter(points.values())))
    return Environment.copies_of(world, mode, points, count)


def column(*entries: float) -> Array:
    return np.array(entries, dtype=float).reshape(-1, 1, 1)


def test_every_operator_has_one_row() -> None:
    assert not ELEMENTWISE.keys() & MATRICES.keys()
    assert ELEMENTWISE.keys() | MATRICES.keys() == OPERATORS.keys()
    assert ELEMENTWISE.keys() == {name for name, row in OPERATORS.items() if row.elementwise}


@pytest.mark.parametrize(
    ("ours", "theirs", "arguments"),
    [
        (special.erf, math.erf, [-7.0, -2.4, -0.3, 0.0, 1e-5, 1.0, 2.6, 9.0]),
        (special.erfc, math.erfc, [-3.0, 0.2, 1.9, 2.1, 5.0, 20.0]),
        (special.gamma, math.gamma, [-3.7, -0.5, 0.2, 1.0, 4.0, 7.3, 30.5]),
        (special.loggamma, math.lgamma, [0.01, 0.7, 3.3, 50.0, 1e4]),
    ],
)
def test_special_functions_equal_the_library(ours, theirs, arguments) -> None:  # type: ignore[no-untyped-def]
    found = ours(np.array(arguments))
    expected = np.array([theirs(argument) for argument in arguments])
    np.testing.assert_allclose(found, expected, rtol=3e-13, atol=1e-300)


def test_special_functions_by_their_equations() -> None:
    x = np.array([0.3, 1.7, 5.5])
    inside = np.array([-0.99, 0.1, 0.9])
    np.testing.assert_allclose(special.erf(special.erfinv(inside)), inside)
    np.testing.assert_allclose(special.digamma(x + 1), special.digamma(x) + 1 / x, rtol=1e-12)
    order = np.full(3, 2.0)
    np.testing.assert_allclose(
        special.polygamma(order, x + 1), special.polygamma(order, x) + 2 / x**3, rtol=1e-12
    )
    half = np.sqrt(2 / (np.pi * x)) * np.sin(x)
    np.testing.assert_allclose(special.besselj(np.full(3, 0.5), x), half, rtol=1e-12)
    root = special.besselj(np.zeros(1), np.array([2.404825557695773]))
    np.testing.assert_allclose(root, 0, atol=1e-14)
    ways = special.binomial(np.array([5.0, 4.0]), np.array([2.0, 6.0]))
    np.testing.assert_allclose(ways, [10, 0])


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.INDEX])
def test_members_are_in_their_sets(kind: Kind) -> None:
    generator = np.random.default_rng(5)
    is_complex = kind in (Kind.COMPLEX, Kind.HERMITIAN, Kind.HPD, Kind.UNITARY)
    columns = kind in (Kind.UNIT, Kind.SIMPLEX, Kind.ONEHOT)
    shape = (3, 1) if columns else ((3, 2) if kind is Kind.STIEFEL else (3, 3))
    draw = raw_complex if is_complex else raw_entries
    drawn = member(kind, draw(shape, 40, generator), generator)
    assert drawn.shape == (40, *shape)
    check(kind, drawn)
    if kind not in (Kind.INTEGER, Kind.ONEHOT):
        size = shape[0] if not columns else 1
        check(kind, smooth_member(kind, draw((3, size), 40, generator) * 0.3)[:, :, : shape[1]])


def check(kind: Kind, a: Array) -> None:
    transposed, adjoint = a.transpose(0, 2, 1), np.conj(a.transpose(0, 2, 1))
    match kind:
        case Kind.SYMMETRIC | Kind.SPD:
            np.testing.assert_allclose(a, transposed, rtol=1e-12)
        case Kind.SKEW:
            assert (a == -transposed).all()
        case Kind.DIAGONAL:
            assert (a * (1 - np.eye(3)) == 0).all()
        case Kind.HERMITIAN | Kind.HPD:
            np.testing.assert_allclose(a, adjoint, rtol=1e-12)
            assert np.iscomplexobj(a) and (a.imag != 0).any()
        case Kind.ORTHOGONAL | Kind.UNITARY | Kind.STIEFEL:
            identity = np.broadcast_to(np.eye(a.shape[2]), (len(a), a.shape[2], a.shape[2]))
            np.testing.assert_allclose(adjoint @ a, identity, atol=1e-12)
        case Kind.INVERTIBLE:
            assert (np.linalg.cond(a) < 1e8).all()
        case Kind.UNIT:
            np.testing.assert_allclose((a * a).sum(axis=1), 1.0)
        case Kind.SIMPLEX | Kind.ONEHOT:
            np.testing.assert_allclose(a.sum(axis=1), 1.0)
            assert (a >= 0).all()
        case Kind.INTEGER:
            assert (a == np.rint(a)).all()
        case _:
            assert not np.allclose(a, transposed)
    if kind in (Kind.SPD, Kind.HPD):
        assert (np.linalg.eigvalsh(a) > 0).all()


def test_orthogonal_matrices_have_both_determinants() -> None:
    generator = np.random.default_rng(2)
    drawn = member(Kind.ORTHOGONAL, raw_entries((3, 3), 40, generator), generator)
    assert set(np.rint(np.linalg.det(drawn))) == {-1.0, 1.0}


def test_bounds_move_numbers_inside() -> None:
    raw = raw_entries((1, 1), 200, np.random.default_rng(3))
    inside = bounded(raw, 0.0, 0.25, False)
    assert inside.min() == 0.0 and inside.max() == 0.25
    assert (bounded(raw, 2.0, None, False) >= 2.0).all()
    assert (bounded(raw, None, -1.5, False) <= -1.5).all()


def test_sizes_keep_the_assumptions() -> None:
    chosen = size_choices(("m", "n"), lambda sizes: sizes["m"] > sizes["n"])
    assert chosen
    assert all(sizes["m"] > sizes["n"] for sizes in chosen)
    assert size_choices(("n",), lambda sizes: sizes["n"] > 100) == []


def test_rounding_shows_in_the_copies_and_exact_arithmetic_does_not() -> None:
    env = environment({"x": column(3.0)})
    doubled = build.apply("mul", build.number(2), X)
    assert len(set(evaluate(doubled, env).data.ravel())) == 1
    cancelled = build.apply("sub", build.apply("exp", build.apply("log", X)), X)
    spread = np.abs(evaluate(cancelled, env).data).ravel()
    assert len(set(spread)) == COPIES
    assert spread.max() < 1e-14


def test_undefined_is_a_state_and_not_a_number() -> None:
    env = environment({"x": column(-1.0, 4.0)})
    value = evaluate(build.apply("log", X), env)
    assert value.state is not None
    assert value.state.ravel()[:2].tolist() == [UNDEFINED, 0]


def slope(body: Expr, points: Array, order: int = 1) -> tuple[Array, Array]:
    value = evaluate(build.diff(body, [Target(X, order=order)]), environment({"x": points}))
    count = len(points)
    state = np.zeros(count) if value.state is None else value.state.ravel()[:count]
    return value.data.ravel()[:count], state


def test_slopes_from_values_equal_the_formula() -> None:
    points = column(-1.5, 0.3, 2.0)
    flat = points.ravel()
    found, _ = slope(build.apply("sin", build.apply("mul", X, X)), points)
    np.testing.assert_allclose(found, 2 * flat * np.cos(flat**2), rtol=1e-14)
    second, _ = slope(build.apply("exp", X), points, order=2)
    np.testing.assert_allclose(second, np.exp(flat), rtol=1e-10)
    fourth, _ = slope(build.apply("sin", X), points, order=4)
    np.testing.assert_allclose(fourth, np.sin(flat), rtol=1e-5)


def test_a_slope_at_a_kink_is_none_and_at_a_smooth_join_it_is_one() -> None:
    kinked, state = slope(build.apply("abs", X), column(0.0, 1.0))
    assert state.tolist() == [KINK, 0] and kinked[1] == 1.0
    joined, state = slope(build.apply("mul", X, build.apply("abs", X)), column(0.0, 1.0))
    assert state.tolist() == [0, 0]
    np.testing.assert_allclose(joined, [0.0, 2.0], atol=1e-9)
    _, state = slope(build.apply("cbrt", X), column(0.0))
    assert state.tolist() == [KINK]
    _, state = slope(build.apply("sqrt", X), column(0.0))
    assert state.tolist() == [UNDEFINED]


def test_a_jacobian_is_column_major() -> None:
    matrix = Variable("M", Shape(Dim.of(2), Dim.of(3)))
    data = np.arange(6.0).reshape(1, 2, 3)
    jacobian = build.jac(build.transpose(matrix), Target(matrix))
    found = evaluate(jacobian, environment({"M": data})).data[0]
    moved = data[0] + 1.0
    change = (moved.T - data[0].T).ravel(order="F")
    np.testing.assert_allclose(found @ np.ones(6), change)
    assert found[1, 2] == 1.0 and found[1, 1] == 0.0
