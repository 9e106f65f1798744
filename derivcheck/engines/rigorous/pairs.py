"""Functions of two arguments, entrywise: powers, angles, binomials, Bessel functions."""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb, fmpq, fmpz

from derivcheck.engines.rigorous.elementary import apply_unary
from derivcheck.engines.rigorous.gammas import guarded, polygamma
from derivcheck.engines.rigorous.kinks import euclid, larger
from derivcheck.engines.rigorous.order import real_value
from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Dual,
    Gauss,
    Mode,
    Poison,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    base_value,
    divide,
    is_exact_zero,
    may_vanish,
    parts,
    reciprocal,
    to_ball,
)
from derivcheck.engines.rigorous.values import exact_root

LARGEST_EXACT_BITS = 20000


def whole(x: Scalar) -> int | None:
    """The integer an exact number is, if it is one."""
    if isinstance(x, fmpq) and x.q == 1:
        return int(x.p)
    return None


def integer_power(a: Scalar, n: int) -> Scalar:
    """a**n for an integer n; 0**0 = 1. (a + bε)**n = a**n + n·a**(n-1)·b·ε.

    A power of a function without a derivative may have one (cbrt(x)**3): nothing is known."""
    if n == 0:
        return ONE
    if isinstance(a, Dual):
        if isinstance(a.slope, Poison):
            return Dual(a.level, integer_power(a.value, n), a.slope)
        try:
            slope = integer_power(a.value, n - 1) * fmpq(n) * a.slope
        except Undefined:
            slope = Poison("derivative of a power")
        return Dual(a.level, integer_power(a.value, n), slope)
    if n < 0:
        return reciprocal(integer_power(a, -n))
    if isinstance(a, fmpq) and a.height_bits() * n > LARGEST_EXACT_BITS:
        a = arb(a)
    if isinstance(a, Gauss) and n > 64:
        a = a.ball()
    if isinstance(a, Gauss):
        result: Scalar = ONE
        for _ in range(n):
            result = result * a
        return result
    return a**n


def power(a: Scalar, b: Scalar, mode: Mode) -> Scalar:
    """a**b. Real: a > 0, or a = 0 with b > 0, or an integer b; complex: exp(b·log a), principal.

    At a = 0 a slope of 0 says only that a is o(ε), so that a**b is o(ε) where b >= 1: the cube
    root of x**3 has slope 1."""
    n = whole(b)
    if n is not None:
        return integer_power(a, n)
    level = max((x.level for x in (a, b) if isinstance(x, Dual)), default=0)
    if level == 0:
        return _plain_power(a, b, mode)
    base, base_slope = _split(a, level)
    exponent, exponent_slope = _split(b, level)
    value = power(base, exponent, mode)
    bottom = base_value(base)
    if not mode.real_line and not _off_negative_axis(bottom) and not is_exact_zero(bottom):
        return Dual(level, value, Poison("derivative of a power on its branch cut", jumps=True))
    if isinstance(base_slope, Poison):
        return Dual(level, value, base_slope)
    flat = isinstance(a, Dual) and a.level == level and is_exact_zero(base_slope)
    if flat and is_exact_zero(bottom) and not _at_least_one(exponent):
        return Dual(level, value, Poison("derivative of a power"))
    try:
        slope: Scalar = ZERO
        if not is_exact_zero(base_slope):
            slope = exponent * power(base, exponent - ONE, mode) * base_slope
        if not is_exact_zero(exponent_slope):
            slope = slope + _exponent_slope(base, value, mode) * exponent_slope
    except Undefined:
        slope = Poison("derivative of a power")
    return Dual(level, value, slope)


def _at_least_one(exponent: Scalar) -> bool:
    low = parts(base_value(exponent))[0] - ONE
    return bool(low >= 0)


def _exponent_slope(base: Scalar, value: Scalar, mode: Mode) -> Scalar:
    """a**b·log a; 0 for a = 0, where a**b is 0 for every b > 0."""
    if is_exact_zero(base):
        return ZERO
    return value * apply_unary("log", base, mode)


def _split(x: Scalar, level: int) -> tuple[Scalar, Scalar]:
    if isinstance(x, Dual) and x.level == level:
        return x.value, x.slope
    return x, ZERO


def _off_negative_axis(a: Scalar) -> bool:
    re, im = parts(to_ball(a))
    return bool(re > 0) or not may_vanish(im)


def _plain_power(a: Scalar, b: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(a):
        sign = real_value(parts(b)[0])
        if sign > 0:
            return ZERO
        if sign < 0:
            raise Undefined("0 to a negative power")
        raise Undecided("0 to a power that may be 0")
    if isinstance(a, fmpq) and isinstance(b, fmpq) and a > 0 and b.q < 100 and abs(b.p) < 1000:
        root = exact_root(a, int(b.q))
        if root is not None:
            return integer_power(root, int(b.p))
    base, exponent = to_ball(a), to_ball(b)
    if isinstance(base, arb):
        if base > 0:
            if isinstance(exponent, arb):
                return base**exponent
            return (base.log() * exponent).exp()
        if not base < 0:
            raise Undecided("a power of a number near 0")
        if mode.real_line:
            if isinstance(b, arb) and b.contains_integer():
                raise Undecided("a negative number to a power that may be an integer")
            raise Undefined("a negative number to a power that is not an integer", thin=False)
    return (acb(base).log() * exponent).exp()


def hypot(a: Scalar, b: Scalar, mode: Mode) -> Scalar:
    """sqrt(a² + b²)."""
    if all(is_exact_zero(parts(x)[1]) for x in (a, b)):
        return euclid([a, b], mode)
    return apply_unary("sqrt", a * a + b * b, mode)


def atan2(y: Scalar, x: Scalar, mode: Mode) -> Scalar:
    """The angle of (x, y) in (-π, π]; (x·y' - y·x')/(x² + y²); undefined at (0, 0)."""
    level = max((z.level for z in (y, x) if isinstance(z, Dual)), default=0)
    if level == 0:
        y, x = real_value(y), real_value(x)
        if is_exact_zero(y):
            if is_exact_zero(x):
                raise Undefined("the angle of (0, 0)")
            if x > 0:
                return ZERO
        elif may_vanish(y) and not x > 0:
            raise Undecided("an angle near its jump")
        return arb.atan2(arb(y), arb(x))
    (y, y_slope), (x, x_slope) = _split(y, level), _split(x, level)
    value = atan2(y, x, mode)
    if is_exact_zero(base_value(y)) and not real_value(base_value(x)) > 0:
        return Dual(level, value, Poison("the angle jumps on the negative real axis", jumps=True))
    slope = divide(x * y_slope - y * x_slope, x * x + y * y)
    return Dual(level, value, slope)


def argument(x: Scalar, mode: Mode) -> Scalar:
    """arg(x) = atan2(im x, re x)."""
    re, im = parts(x)
    return atan2(im, re, mode)


def polygamma_of(order: Scalar, x: Scalar, mode: Mode) -> Scalar:
    k = whole(base_value(order))
    if k is None or k < 0:
        raise Undefined("polygamma needs an order 0, 1, 2, …", thin=False)
    return polygamma(k, x, mode)


def binomial(a: Scalar, b: Scalar, mode: Mode) -> Scalar:
    """Γ(a+1)/(Γ(b+1)Γ(a-b+1)); ∂/∂a = C·(ψ(a+1) - ψ(a-b+1)), ∂/∂b = C·(ψ(a-b+1) - ψ(b+1))."""
    level = max((z.level for z in (a, b) if isinstance(z, Dual)), default=0)
    if level == 0:
        n, k = whole(a), whole(b)
        if n is not None and k is not None and 0 <= n <= 5000:
            return fmpq(fmpz.bin_uiui(n, k)) if 0 <= k <= n else ZERO
        top = apply_unary("gamma", a + ONE, mode)
        return top * _reciprocal_gamma(b + ONE) * _reciprocal_gamma(a - b + ONE)
    (a, a_slope), (b, b_slope) = _split(a, level), _split(b, level)
    value = binomial(a, b, mode)
    rest = apply_unary("digamma", a - b + ONE, mode)
    slope: Scalar = ZERO
    if not is_exact_zero(a_slope):
        slope = slope + value * (apply_unary("digamma", a + ONE, mode) - rest) * a_slope
    if not is_exact_zero(b_slope):
        slope = slope + value * (rest - apply_unary("digamma", b + ONE, mode)) * b_slope
    return Dual(level, value, slope)


def _reciprocal_gamma(x: Scalar) -> Scalar:
    n = whole(x)
    if n is not None and n <= 0:
        return ZERO
    return guarded("1/gamma", lambda: to_ball(x).rgamma())


def besselj(v: Scalar, x: Scalar, mode: Mode) -> Scalar:
    """J_v(x); J_v' = (J_{v-1} - J_{v+1})/2. No derivative by the order."""
    if isinstance(v, Dual):
        raise Unsupported("the derivative of besselj by its order")
    if isinstance(x, Dual):
        below, above = besselj(v - ONE, x.value, mode), besselj(v + ONE, x.value, mode)
        return Dual(x.level, besselj(v, x.value, mode), (below - above) * HALF * x.slope)
    if is_exact_zero(x):
        if is_exact_zero(v):
            return ONE
        if whole(v) is not None or real_value(v) > 0:
            return ZERO
        raise Undefined("besselj of negative order at 0")
    ball, nu = to_ball(x), to_ball(v)
    if isinstance(ball, arb) and whole(v) is None and not ball > 0:
        if not ball < 0:
            raise Undecided("besselj near 0")
        if mode.real_line:
            raise Undefined("besselj of a negative number", thin=False)
        ball = acb(ball)
    if isinstance(nu, acb):
        ball = acb(ball)
    return guarded("besselj", lambda: ball.bessel_j(nu))


def minimum(a: Scalar, b: Scalar, mode: Mode) -> Scalar:
    return -larger(-a, -b, mode)


BINARY: dict[str, Callable[[Scalar, Scalar, Mode], Scalar]] = {
    "add": lambda a, b, mode: a + b,
    "sub": lambda a, b, mode: a - b,
    "mul": lambda a, b, mode: a * b,
    "div": lambda a, b, mode: divide(a, b),
    "pow": power,
    "atan2": atan2,
    "hypot": hypot,
    "polygamma": polygamma_of,
    "binomial": binomial,
    "besselj": besselj,
    "minimum": minimum,
    "maximum": larger,
}
