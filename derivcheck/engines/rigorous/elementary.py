"""Elementary functions of one argument: an enclosure of the value, and the rule for the slope.

`apply_unary` carries germs through by f(a + bε) = f(a) + f'(a)·b·ε, where f'(a) is evaluated by
the same table on the (possibly again infinitesimally shifted) a.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import acb, arb, fmpq, fmpz

from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Dual,
    Mode,
    Poison,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    base_value,
    divide,
    is_exact_zero,
    parts,
    rational,
    reciprocal,
    to_ball,
)  # fmt: skip

Value = Callable[[Scalar, Mode], Scalar]


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
        return Dual(x.level, value, Poison(f"derivative of {name} on its branch cut"))
    try:
        slope = rule.slope(x.value, mode) * x.slope
    except Undefined:
        return Dual(x.level, value, Poison(f"derivative of {name}"))
    return Dual(x.level, value, slope)


def _on_real_axis(x: Scalar, low: int | None, high: int | None) -> bool:
    """Whether x may lie on the real axis below `low` or above `high` (ends included)."""
    re, im = parts(to_ball(x))
    if not (is_exact_zero(im) or (isinstance(im, arb) and im.contains(0))):
        return False
    return (low is not None and not re > low) or (high is not None and not re < high)


def _negative_axis(x: Scalar) -> bool:
    return _on_real_axis(x, 0, None)


def _outside_unit(x: Scalar) -> bool:
    return _on_real_axis(x, -1, 1)


def _inside_unit(x: Scalar) -> bool:
    re, im = parts(to_ball(x))
    return bool(not _excludes(im) and not (arb(re) > 1 or arb(re) < -1))


def _excludes(x: Scalar) -> bool:
    return not (is_exact_zero(x) or (isinstance(x, arb) and x.contains(0)))


def _imaginary_beyond_one(x: Scalar) -> bool:
    re, im = parts(to_ball(x))
    return not _excludes(re) and not (abs(arb(im)) < 1)


def _imaginary_within_one(x: Scalar) -> bool:
    re, im = parts(to_ball(x))
    return not _excludes(re) and not (abs(arb(im)) > 1)


def entire(method: str, at_zero: int | None = None) -> Value:
    """A function without singularities on the real line; `at_zero` is its exact value at 0."""

    def value(x: Scalar, mode: Mode) -> Scalar:
        if at_zero is not None and is_exact_zero(x):
            return fmpq(at_zero)
        return getattr(to_ball(x), method)()

    return value


def ranged(
    name: str,
    method: str,
    inside: Callable[[Scalar], bool],
    outside: Callable[[Scalar], bool],
    exact: dict[int, int],
    beyond: Value | None,
) -> Value:
    """A function real only on part of the real line.

    `inside`, `outside` decide by balls; `beyond` is the limit from above on the rest of the real
    axis, for claims with complex numbers (None: on the real line's rest it is not decided).
    """

    def value(x: Scalar, mode: Mode) -> Scalar:
        if isinstance(x, fmpq) and x.q == 1 and abs(x.p) <= 1 and int(x.p) in exact:
            return fmpq(exact[int(x.p)])
        ball = to_ball(x)
        if isinstance(ball, acb):
            return getattr(ball, method)()
        if inside(ball):
            return getattr(ball, method)()
        if not outside(ball):
            raise Undecided(f"{name} near the end of its domain")
        if mode.real_line:
            raise Undefined(f"{name} is not real here", thin=False)
        if beyond is None:
            raise Undecided(f"{name} on its branch cut")
        return beyond(ball, mode)

    return value


def _log(x: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(x):
        raise Undefined("log of 0")
    return _LOG(x, mode)


_LOG = ranged(
    "log", "log", lambda a: bool(a > 0), lambda a: bool(a < 0), {1: 0},
    lambda a, mode: acb(a).log(),
)  # fmt: skip


def _sqrt(x: Scalar, mode: Mode) -> Scalar:
    if isinstance(x, fmpq) and x >= 0:
        root = exact_root(x, 2)
        return arb(x).sqrt() if root is None else root
    if is_exact_zero(x):
        return ZERO
    return _SQRT(x, mode)


_SQRT = ranged(
    "sqrt", "sqrt", lambda a: bool(a > 0), lambda a: bool(a < 0), {},
    lambda a, mode: acb(0, (-a).sqrt()),
)  # fmt: skip


def exact_root(x: Scalar, k: int) -> Scalar | None:
    """The k-th root of a rational x >= 0 where it is rational."""
    roots = []
    for part in (int(x.p), int(x.q)):
        root = fmpz(part).root(k) if part else fmpz(0)
        if root**k != part:
            return None
        roots.append(root)
    return fmpq(roots[0], roots[1])


def _cbrt(x: Scalar, mode: Mode) -> Scalar:
    """The real cube root of a real number; else exp(log(x)/3)."""
    if isinstance(x, fmpq) and (mode.real_line or x >= 0):
        root = exact_root(abs(x), 3)
        if root is not None:
            return root if x >= 0 else -root
    ball = to_ball(x)
    if isinstance(ball, acb):
        return (ball.log() / 3).exp()
    if ball > 0:
        return ball.root(3)
    if ball < 0:
        if not mode.real_line:
            raise Undecided("cbrt of a negative number among complex ones")
        return -(-ball).root(3)
    raise Undecided("cbrt near 0")


def _log_of(offset: int, name: str) -> Value:
    def value(x: Scalar, mode: Mode) -> Scalar:
        if is_exact_zero(x):
            return ZERO
        if is_exact_zero(x + offset):
            raise Undefined("log of 0")
        ball = to_ball(x)
        if isinstance(ball, arb) and not ball > -1:
            return _log(x + offset, mode)
        return ball.log1p()

    return value


def _to_base(base: int) -> Value:
    def value(x: Scalar, mode: Mode) -> Scalar:
        if isinstance(x, fmpq) and x > 0:
            power = round(float(fmpq(x).p.bit_length() - fmpq(x).q.bit_length()) / _LOG2[base])
            for k in (power - 1, power, power + 1):
                if fmpq(base) ** k == x:
                    return fmpq(k)
        return divide(_log(x, mode), arb(base).log())

    return value


_LOG2 = {2: 1.0, 10: 3.321928094887362}


def _quotient(name: str, above: str, below: str, pole_at_zero: bool = True) -> Value:
    """above(x)/below(x); only 0 is met exactly by a rational argument."""

    def value(x: Scalar, mode: Mode) -> Scalar:
        if pole_at_zero and is_exact_zero(x):
            raise Undefined(f"{name} of 0")
        top = apply_unary(above, x, mode) if above else ONE
        return divide(top, apply_unary(below, x, mode))

    return value


def _tan(x: Scalar, mode: Mode) -> Scalar:
    return ZERO if is_exact_zero(x) else _finite(to_ball(x).tan(), "tan near a pole")


def _finite(x: Scalar, what: str) -> Scalar:
    if not x.is_finite():
        raise Undecided(what)
    return x


def _within_unit(a: Scalar) -> bool:
    return bool(a >= -1) and bool(a <= 1)


def _beyond_unit(a: Scalar) -> bool:
    return bool(a > 1) or bool(a < -1)


def _asin_above(a: Scalar, mode: Mode) -> Scalar:
    """asin(x + 0i) = ±π/2 + i·acosh|x| for |x| > 1."""
    if mode.skip_cuts:
        raise Undecided("asin on its branch cut")
    return acb(arb.pi() / 2 * (1 if a > 0 else -1), abs(a).acosh())


def _acosh_above(a: Scalar, mode: Mode) -> Scalar:
    """acosh(x + 0i) = i·acos(x) for |x| <= 1, acosh(-x) + iπ for x < -1."""
    if _within_unit(a):
        return acb(0, a.acos())
    if a < -1:
        return acb((-a).acosh(), arb.pi())
    raise Undecided("acosh near the end of its domain")


def _atanh_above(a: Scalar, mode: Mode) -> Scalar:
    """atanh(x + 0i) = atanh(1/x) + iπ/2 for |x| > 1."""
    if mode.skip_cuts:
        raise Undecided("atanh on its branch cut")
    return acb((1 / a).atanh(), arb.pi() / 2)


def _atanh(x: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(x - ONE) or is_exact_zero(x + ONE):
        raise Undefined("atanh of 1 or -1")
    return _ATANH(x, mode)


_ATANH = ranged(
    "atanh", "atanh", lambda a: bool(a < 1) and bool(a > -1), _beyond_unit, {0: 0}, _atanh_above
)


def _off_cut(method: str, cut: Callable[[Scalar], bool]) -> Value:
    """atan, asinh: real everywhere; cuts on the imaginary axis, where nothing is 'above'."""

    def value(x: Scalar, mode: Mode) -> Scalar:
        if is_exact_zero(x):
            return ZERO
        ball = to_ball(x)
        if isinstance(ball, acb) and cut(x):
            raise Undecided(f"{method} on its branch cut")
        return getattr(ball, method)()

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


def _real_gap(x: Scalar) -> bool:
    """The real axis strictly inside the unit interval (for asec, acsc, acoth)."""
    return _inside_unit(x) and not is_exact_zero(x - ONE) and not is_exact_zero(x + ONE)


def _sigmoid(x: Scalar, mode: Mode) -> Scalar:
    return HALF if is_exact_zero(x) else divide(ONE, ONE + to_ball(-x).exp())


def _softplus(x: Scalar, mode: Mode) -> Scalar:
    ball = to_ball(x)
    return ball.exp().log1p() if isinstance(ball, arb) else (1 + ball.exp()).log()


def _logit(x: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(x) or is_exact_zero(x - ONE):
        raise Undefined("logit of 0 or 1")
    return _log(divide(x, ONE - x), mode)


def _gamma(x: Scalar, mode: Mode) -> Scalar:
    if isinstance(x, fmpq) and x.q == 1:
        if x <= 0:
            raise Undefined("a pole of gamma")
        if x < 2000:
            return fmpq(fmpz.fac_ui(fmpz(int(x.p) - 1)))
    return guarded("gamma", lambda: to_ball(x).gamma())


def guarded(name: str, compute: Callable[[], Scalar]) -> Scalar:
    """A library function that reports a lost enclosure as an error instead of an infinite ball."""
    try:
        result = compute()
    except ValueError as error:
        raise Undecided(f"{name}: {error}") from None
    return _finite(result, f"{name} has no finite enclosure")


def _loggamma(x: Scalar, mode: Mode) -> Scalar:
    if isinstance(x, fmpq) and x.q == 1:
        if x <= 0:
            raise Undefined("a pole of loggamma")
        if x <= 2:
            return ZERO
    ball = to_ball(x)
    if isinstance(ball, arb):
        if ball > 0:
            return ball.lgamma()
        if not ball < 0:
            raise Undecided("loggamma near 0")
        if mode.real_line:
            raise Undefined("loggamma of a negative number", thin=False)
    return guarded("loggamma", lambda: acb(ball).lgamma())


def _digamma(x: Scalar, mode: Mode) -> Scalar:
    if isinstance(x, fmpq) and x.q == 1 and x <= 0:
        raise Undefined("a pole of digamma")
    return guarded("digamma", lambda: to_ball(x).digamma())


def polygamma(k: int, x: Scalar, mode: Mode) -> Scalar:
    """ψ_k(x), of germs too: ψ_k' = ψ_{k+1}."""
    if isinstance(x, Dual):
        return Dual(
            x.level, polygamma(k, x.value, mode), polygamma(k + 1, x.value, mode) * x.slope
        )
    if k == 0:
        return _digamma(x, mode)
    if isinstance(x, fmpq) and x.q == 1 and x <= 0:
        raise Undefined("a pole of polygamma")
    ball = to_ball(x)
    value = guarded("polygamma", lambda: acb(ball).polygamma(k))
    return value.real if isinstance(ball, arb) else value


def _erfinv(x: Scalar, mode: Mode) -> Scalar:
    ball = to_ball(x)
    if isinstance(ball, acb):
        raise Unsupported("erfinv of a complex number")
    if is_exact_zero(x):
        return ZERO
    if ball >= 1 or ball <= -1:
        raise Undefined("erfinv is defined for |x| < 1", thin=False)
    return guarded("erfinv", ball.erfinv)


def _sinc(x: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(x):
        return ONE
    return to_ball(x).sinc()


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
    "log": Rule(_log, lambda x, m: reciprocal(x), _negative_axis),
    "log1p": Rule(
        _log_of(1, "log1p"), lambda x, m: reciprocal(ONE + x), lambda x: _negative_axis(x + ONE)
    ),
    "expm1": Rule(entire("expm1", 0), lambda x, m: _f("exp", x, m)),
    "log2": Rule(_to_base(2), lambda x, m: reciprocal(x * arb(2).log()), _negative_axis),
    "log10": Rule(_to_base(10), lambda x, m: reciprocal(x * arb(10).log()), _negative_axis),
    "sqrt": Rule(_sqrt, _root_slope("sqrt", 2), _negative_axis),
    "cbrt": Rule(_cbrt, _root_slope("cbrt", 3), _negative_axis),
    "sin": Rule(entire("sin", 0), lambda x, m: _f("cos", x, m)),
    "cos": Rule(entire("cos", 1), lambda x, m: -_f("sin", x, m)),
    "tan": Rule(_tan, lambda x, m: ONE + _f("tan", x, m) * _f("tan", x, m)),
    "cot": Rule(
        _quotient("cot", "cos", "sin"), lambda x, m: -(_f("csc", x, m) * _f("csc", x, m))
    ),
    "sec": Rule(
        _quotient("sec", "", "cos", False), lambda x, m: _f("sec", x, m) * _f("tan", x, m)
    ),
    "csc": Rule(_quotient("csc", "", "sin"), lambda x, m: -(_f("csc", x, m) * _f("cot", x, m))),
    "asin": Rule(
        ranged("asin", "asin", _within_unit, _beyond_unit, {0: 0}, _asin_above),
        _circle, _outside_unit,
    ),
    "acos": Rule(
        ranged(
            "acos", "acos", _within_unit, _beyond_unit, {1: 0},
            lambda a, m: arb.pi() / 2 - _asin_above(a, m),
        ),
        lambda x, m: -_circle(x, m), _outside_unit,
    ),
    "atan": Rule(
        _off_cut("atan", _imaginary_beyond_one), lambda x, m: reciprocal(ONE + x * x),
        _imaginary_beyond_one,
    ),
    "acot": Rule(
        _of_reciprocal("acot", "atan", _imaginary_within_one),
        _acot_slope, _imaginary_within_one,
    ),
    "asec": Rule(
        _of_reciprocal("asec", "acos", _real_gap), _inverse_slope("acos"), _inside_unit
    ),
    "acsc": Rule(
        _of_reciprocal("acsc", "asin", _real_gap), _inverse_slope("asin"), _inside_unit
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
        _off_cut("asinh", _imaginary_beyond_one),
        lambda x, m: reciprocal(_plus_minus_i_root(x, m)), _imaginary_beyond_one,
    ),
    "acosh": Rule(
        ranged(
            "acosh", "acosh", lambda a: bool(a >= 1), lambda a: bool(a < 1), {1: 0}, _acosh_above
        ),
        lambda x, m: reciprocal(_f("sqrt", x - ONE, m) * _f("sqrt", x + ONE, m)),
        lambda x: _on_real_axis(x, 1, None),
    ),
    "atanh": Rule(_atanh, lambda x, m: reciprocal((ONE - x) * (ONE + x)), _outside_unit),
    "acoth": Rule(
        _of_reciprocal("acoth", "atanh", _real_gap),
        lambda x, m: reciprocal((ONE - x) * (ONE + x)), _inside_unit,
    ),
    "sinc": Rule(_sinc, _sinc_slope),
    "sigmoid": Rule(_sigmoid, lambda x, m: _f("sigmoid", x, m) * _f("sigmoid", -x, m)),
    "logit": Rule(
        _logit, lambda x, m: reciprocal(x * (ONE - x)),
        lambda x: _on_real_axis(x, 0, 1),
    ),
    "softplus": Rule(
        _softplus, lambda x, m: _f("sigmoid", x, m),
        lambda x: isinstance(x, acb) and _negative_axis(1 + x.exp()),
    ),
    "erf": Rule(entire("erf", 0), _gauss_factor),
    "erfc": Rule(entire("erfc", 1), lambda x, m: -_gauss_factor(x, m)),
    "erfinv": Rule(_erfinv, lambda x, m: reciprocal(_gauss_factor(_f("erfinv", x, m), m))),
    "gamma": Rule(_gamma, lambda x, m: _f("gamma", x, m) * _f("digamma", x, m)),
    "loggamma": Rule(_loggamma, lambda x, m: _f("digamma", x, m), _negative_axis),
    "digamma": Rule(_digamma, lambda x, m: polygamma(1, x, m)),
    "factorial": Rule(
        lambda x, m: _gamma(x + ONE, m),
        lambda x, m: _f("gamma", x + ONE, m) * _f("digamma", x + ONE, m),
    ),
}  # fmt: skip


def _plus_minus_i_root(x: Scalar, mode: Mode) -> Scalar:
    """sqrt(1 + x²); in the right branch off the cuts of asinh: sqrt(1 + ix)·sqrt(1 - ix)."""
    if is_exact_zero(parts(base_value(x))[1]):
        return _f("sqrt", ONE + x * x, mode)
    ix = x * acb(0, 1)
    return _f("sqrt", ONE + ix, mode) * _f("sqrt", ONE - ix, mode)
