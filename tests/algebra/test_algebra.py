"""The algebra by itself: zero tests, derivatives, signs, exact constants."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import Restart, SignNeeded, Undefined
from derivcheck.algebra.field import Element
from derivcheck.algebra.signs import NONNEGATIVE, POSITIVE

Formula = Callable[[Algebra], Element]


def vanishes(formula: Formula) -> bool:
    """Whether the formula is certainly 0, beginning again with finer generators as needed."""
    hints: dict[str, int] = {}
    for _ in range(10):
        algebra = Algebra(hints)
        try:
            return algebra.is_zero(formula(algebra))
        except Restart:
            continue
    raise AssertionError("no end of restarts")


def root(algebra: Algebra, value: int | Element) -> Element:
    return algebra.apply("sqrt", algebra.of(value))


def nested(sign: int) -> Formula:
    return lambda a: root(a, 5 + 2 * root(a, 6)) - root(a, 2) - sign * root(a, 3)


def sevenths(value: Fraction) -> Formula:
    def formula(a: Algebra) -> Element:
        one, two, three = (a.apply("cos", a.pi * Fraction(k, 7)) for k in (1, 2, 3))
        return one - two + three - value

    return formula


def machin(denominator: int) -> Formula:
    def formula(a: Algebra) -> Element:
        first, second = (a.of(Fraction(1, k)) for k in (5, denominator))
        return 16 * a.apply("atan", first) - 4 * a.apply("atan", second) - a.pi

    return formula


def product_to_sum(last: int) -> Formula:
    def formula(a: Algebra) -> Element:
        x = a.atom("x")
        three, four, one, other = (a.apply("cos", k * x) for k in (3, 4, 1, last))
        return three * four - (one + other) / 2

    return formula


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (nested(1), nested(-1)),
        (sevenths(Fraction(1, 2)), sevenths(Fraction(1, 3))),
        (machin(239), machin(238)),
        (product_to_sum(7), product_to_sum(6)),
    ],
)
def test_zero(right: Formula, wrong: Formula) -> None:
    assert vanishes(right)
    assert not vanishes(wrong)


def test_dependent_exponentials_are_monomials_of_one() -> None:
    def formula(a: Algebra) -> Element:
        x = a.atom("x")
        half, third = a.apply("exp", x / 2), a.apply("exp", x / 3)
        return half**2 * third**3 - a.apply("exp", 2 * x)

    assert vanishes(formula)
    assert not vanishes(
        lambda a: a.apply("exp", a.atom("x") / 2) ** 3 - a.apply("exp", a.atom("x"))
    )


def test_derivative_by_the_chain_rule() -> None:
    def formula(a: Algebra) -> Element:
        x = a.atom("x")
        inner = a.apply("log", x + root(a, x**2 + 1))
        return a.diff(inner, x) - 1 / root(a, x**2 + 1)

    assert vanishes(formula)
    assert not vanishes(lambda a: a.diff(a.apply("sin", a.atom("x")), a.atom("x")))


def test_a_kernel_of_ones_own_with_a_rule() -> None:
    """s' = s (1 - s) is all that is known of s; so s'' = s (1 - s)(1 - 2s)."""

    def formula(a: Algebra) -> Element:
        x = a.atom("x")

        def s(u: Element) -> Element:
            value = a.opaque("s", (u,), lambda: (value * (1 - value),), s)
            return value

        second = a.diff(a.diff(s(x), x), x)
        return second - s(x) * (1 - s(x)) * (1 - 2 * s(x))

    assert vanishes(formula)


def test_signs_follow_from_facts() -> None:
    a = Algebra()
    x, y = a.atom("x"), a.atom("y")
    assert a.sign(x**2 + y**2 + 1) == POSITIVE
    assert a.sign(x**2 - 2 * x * y + y**2) == NONNEGATIVE
    assert a.sign(x**2 + x + 1) == POSITIVE
    assert len(a.sign(x - y)) == 3
    a.facts.learn(x - y, POSITIVE)
    a.facts.learn(y, POSITIVE)
    assert a.sign(x) == POSITIVE
    assert a.sign(root(a, 2) - Fraction(3, 2)) == frozenset({-1})


def test_absolute_value_asks_for_the_sign_it_needs() -> None:
    a = Algebra()
    x = a.atom("x")
    assert a.absolute(x**2) == x**2
    with pytest.raises(SignNeeded):
        a.absolute(x)
    with pytest.raises(Undefined):
        a.apply("log", -1 - x**2)


def test_substitution_rebuilds_kernels() -> None:
    a = Algebra()
    x = a.atom("x")
    value = a.apply("exp", x) + a.apply("atan", x)
    at_zero = a.substitute(value, {x.kernels[0].index: a.field.zero})
    assert at_zero.rational == 1
