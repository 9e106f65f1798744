"""Elementary functions of one argument: an enclosure of the value, and the rule for the slope.

`apply_unary` carries germs through by f(a + bε) = f(a) + f'(a)·b·ε, where f'(a) is evaluated by
the same table on the (possibly again infinitesimally shifted) a.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import acb, arb, fmpq

from derivcheck.engines.rigorous.cuts import (
    beyond_unit,
    imaginary_beyond_one,
    imaginary_within_one,
    inside_unit,
    inside_unit_open,
    negative_axis,
    on_real_axis,
    outside_unit,
    within_unit,
)
from derivcheck.engines.rigorous.gammas import (
    digamma_value,
    erfinv_value,
    gamma_value,
    loggamma_value,
    polygamma,
)
from derivcheck.engines.rigorous.scalars import (
    ONE,
    ZERO,
    Dual,
    Mode,
    Poison,
    Scalar,
    Undecided,
    Undefined,
    base_value,
    divide,
    is_exact_zero,
    parts,
    rational,
    reciprocal,
)
from derivcheck.engines.rigorous.values import (
    Value,
    acosh_above,
    asin_above,
    atanh_value,
    cbrt_value,
    entire,
    log_value,
    logit_value,
    off_cut,
    ranged,
    shifted_log,
    sigmoid_value,
    sinc_value,
    softplus_value,
    sqrt_value,
    tan_value,
    to_base,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`value` of a plain number; `slope` f' of a germ; `cut`: is a point on a branch cut?"""

    value: Value
    slope: Value
    cut: Callable[[Scalar], bool] | None = None


def apply_unary(name: str, x: Scalar, mode: Mode) -> Scalar:
    """f(x) for a plain number or a germ."""
    rule = UNARY[name]
    if not isinstance(x, Dual):
        value = rule.value(x, mode)
        if isinstance(value, (arb, acb)) and not value.is_finite():
            raise Undecided(f"{name} has no finite enclosure")
        return value
    value = apply_unary(name, x.value, mode)
    if isinstance(x.slope, Poison):
        return Dual(x.level, value, x.slope)
    if rule.cut is not None and not mode.real_line and rule.cut(base_value(x)):
        return Dual(x.level, value, Poison(f"derivative of {name} on its branch cut", jumps=True))
    try:
        slope = rule.slope(x.value, mode) * x.slope
    except Undefined:
        return Dual(x.level, value, Poison(f"derivative of {name}", jumps=name == "acot"))
    return Dual(x.level, value, slope)


def _quotient(name: str, above: str, below: str, pole_at_zero: bool = True) -> Value:
    """above(x)/below(x); only 0 is met exactly by a rational argument."""

    def value(x: Scalar, mode: Mode) -> Scalar:
        if pole_at_zero and is_exact_zero(x):
            raise Undefined(f"{name} of 0")
        top = apply_unary(above, x, mode) if above else ONE
        return divide(top, apply_unary(below, x, mode))

    return value


def _of_reciprocal(name: str, inner: str, cut: Callable[[Scalar], bool]) -> Value:
    """inner(1/x). On its cut in the complex plane the side is ambiguous: not decided."""

    def value(x: Scalar, mode: Mode) -> Scalar:
        if is_exact_zero(x):
            if name == "acot":
                return arb.pi() / 2
            raise Undefined(f"{name} of 0")
        if not mode.real_line and cut(x):
            raise Undecided(f"{name} on its branch cut")
        return apply_unary(inner, reciprocal(x), mode)

    return value


def _sinc_slope(x: Scalar, mode: Mode) -> Scalar:
    """(cos x - sinc x)/x; 0 at 0, where the second derivative is -1/3."""
    if is_exact_zero(base_value(x)):
        if isinstance(x, Dual):
            if isinstance(x.value, Dual):
                raise Undecided("third derivative of sinc at 0")
            return Dual(x.level, ZERO, rational(-1) * fmpq(1, 3) * x.slope)
        return ZERO
    return divide(_f("cos", x, mode) - _f("sinc", x, mode), x)


def _f(name: str, x: Scalar, mode: Mode) -> Scalar:
    return apply_unary(name, x, mode)


def _root_slope(name: str, factor: int) -> Value:
    """1/(k·root(x)^(k-1)) for the k-th root."""

    def slope(x: Scalar, mode: Mode) -> Scalar:
        root = apply_unary(name, x, mode)
        return reciprocal(root * fmpq(2) if factor == 2 else root * root * fmpq(3))

    return slope


def _inverse_slope(inner: str) -> Value:
    """d/dx g(1/x) = -g'(1/x)/x²."""

    def slope(x: Scalar, mode: Mode) -> Scalar:
        inverse = reciprocal(x)
        return -(UNARY[inner].slope(inverse, mode) * inverse * inverse)

    return slope


def _circle(x: Scalar, mode: Mode) -> Scalar:
    """1/sqrt(1 - x²), as two roots so that the branches are those of asin in the whole plane."""
    return reciprocal(_f("sqrt", ONE - x, mode) * _f("sqrt", ONE + x, mode))


def _gauss_factor(x: Scalar, mode: Mode) -> Scalar:
    """2/sqrt(π)·exp(-x²), the derivative of erf."""
    return _f("exp", -(x * x), mode) * (2 / arb.pi().sqrt())


def _acot_slope(x: Scalar, mode: Mode) -> Scalar:
    """-1/(1 + x²); acot as atan(1/x) jumps at 0."""
    if is_exact_zero(base_value(x)):
        raise Undefined("acot jumps at 0")
    return -reciprocal(ONE + x * x)


UNARY: dict[str, Rule] = {
    "exp": Rule(entire("exp", 1), lambda x, m: _f("exp", x, m)),
    "log": Rule(log_value, lambda x, m: reciprocal(x), negative_axis),
    "log1p": Rule(
        shifted_log(1, "log1p"), lambda x, m: reciprocal(ONE + x), lambda x: negative_axis(x + ONE)
    ),
    "expm1": Rule(entire("expm1", 0), lambda x, m: _f("exp", x, m)),
    "log2": Rule(to_base(2), lambda x, m: reciprocal(x * arb(2).log()), negative_axis),
    "log10": Rule(to_base(10), lambda x, m: reciprocal(x * arb(10).log()), negative_axis),
    "sqrt": Rule(sqrt_value, _root_slope("sqrt", 2), negative_axis),
    "cbrt": Rule(cbrt_value, _root_slope("cbrt", 3), negative_axis),
    "sin": Rule(entire("sin", 0), lambda x, m: _f("cos", x, m)),
    "cos": Rule(entire("cos", 1), lambda x, m: -_f("sin", x, m)),
    "tan": Rule(tan_value, lambda x, m: ONE + _f("tan", x, m) * _f("tan", x, m)),
    "cot": Rule(
        _quotient("cot", "cos", "sin"), lambda x, m: -(_f("csc", x, m) * _f("csc", x, m))
    ),
    "sec": Rule(
        _quotient("sec", "", "cos", False), lambda x, m: _f("sec", x, m) * _f("tan", x, m)
    ),
    "csc": Rule(_quotient("csc", "", "sin"), lambda x, m: -(_f("csc", x, m) * _f("cot", x, m))),
    "asin": Rule(
        ranged("asin", "asin", within_unit, beyond_unit, {0: 0}, asin_above),
        _circle, outside_unit,
    ),
    "acos": Rule(
        ranged(
            "acos", "acos", within_unit, beyond_unit, {1: 0},
            lambda a, m: arb.pi() / 2 - asin_above(a, m),
        ),
        lambda x, m: -_circle(x, m), outside_unit,
    ),
    "atan": Rule(
        off_cut("atan", imaginary_beyond_one), lambda x, m: reciprocal(ONE + x * x),
        imaginary_beyond_one,
    ),
    "acot": Rule(
        _of_reciprocal("acot", "atan", imaginary_within_one),
        _acot_slope, imaginary_within_one,
    ),
    "asec": Rule(
        _of_reciprocal("asec", "acos", inside_unit_open), _inverse_slope("acos"), inside_unit
    ),
    "acsc": Rule(
        _of_reciprocal("acsc", "asin", inside_unit_open), _inverse_slope("asin"), inside_unit
    ),
    "sinh": Rule(entire("sinh", 0), lambda x, m: _f("cosh", x, m)),
    "cosh": Rule(entire("cosh", 1), lambda x, m: _f("sinh", x, m)),
    "tanh": Rule(entire("tanh", 0), lambda x, m: _f("sech", x, m) * _f("sech", x, m)),
    "coth": Rule(
        _quotient("coth", "cosh", "sinh"), lambda x, m: -(_f("csch", x, m) * _f("csch", x, m))
    ),
    "sech": Rule(
        _quotient("sech", "", "cosh", False), lambda x, m: -(_f("sech", x, m) * _f("tanh", x, m))
    ),
    "csch": Rule(
        _quotient("csch", "", "sinh"), lambda x, m: -(_f("csch", x, m) * _f("coth", x, m))
    ),
    "asinh": Rule(
        off_cut("asinh", imaginary_beyond_one),
        lambda x, m: reciprocal(_plus_minus_i_root(x, m)), imaginary_beyond_one,
    ),
    "acosh": Rule(
        ranged(
            "acosh", "acosh", lambda a: bool(a >= 1), lambda a: bool(a < 1), {1: 0}, acosh_above
        ),
        lambda x, m: reciprocal(_f("sqrt", x - ONE, m) * _f("sqrt", x + ONE, m)),
        lambda x: on_real_axis(x, 1, None),
    ),
    "atanh": Rule(atanh_value, lambda x, m: reciprocal((ONE - x) * (ONE + x)), outside_unit),
    "acoth": Rule(
        _of_reciprocal("acoth", "atanh", inside_unit_open),
        lambda x, m: reciprocal((ONE - x) * (ONE + x)), inside_unit,
    ),
    "sinc": Rule(sinc_value, _sinc_slope),
    "sigmoid": Rule(sigmoid_value, lambda x, m: _f("sigmoid", x, m) * _f("sigmoid", -x, m)),
    "logit": Rule(
        logit_value, lambda x, m: reciprocal(x * (ONE - x)),
        lambda x: on_real_axis(x, 0, 1),
    ),
    "softplus": Rule(
        softplus_value, lambda x, m: _f("sigmoid", x, m),
        lambda x: isinstance(x, acb) and negative_axis(1 + x.exp()),
    ),
    "erf": Rule(entire("erf", 0), _gauss_factor),
    "erfc": Rule(entire("erfc", 1), lambda x, m: -_gauss_factor(x, m)),
    "erfinv": Rule(erfinv_value, lambda x, m: reciprocal(_gauss_factor(_f("erfinv", x, m), m))),
    "gamma": Rule(gamma_value, lambda x, m: _f("gamma", x, m) * _f("digamma", x, m)),
    "loggamma": Rule(loggamma_value, lambda x, m: _f("digamma", x, m), negative_axis),
    "digamma": Rule(digamma_value, lambda x, m: polygamma(1, x, m)),
    "factorial": Rule(
        lambda x, m: gamma_value(x + ONE, m),
        lambda x, m: _f("gamma", x + ONE, m) * _f("digamma", x + ONE, m),
    ),
}  # fmt: skip


def _plus_minus_i_root(x: Scalar, mode: Mode) -> Scalar:
    """sqrt(1 + x²); in the right branch off the cuts of asinh: sqrt(1 + ix)·sqrt(1 - ix)."""
    if is_exact_zero(parts(base_value(x))[1]):
        return _f("sqrt", ONE + x * x, mode)
    ix = x * acb(0, 1)
    return _f("sqrt", ONE + ix, mode) * _f("sqrt", ONE - ix, mode)
