"""Enclosures of elementary functions of plain numbers: exact where rational, else balls."""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb, fmpq, fmpz

from derivcheck.engines.rigorous.cuts import beyond_unit, within_unit
from derivcheck.engines.rigorous.scalars import (
    HALF,
    ONE,
    ZERO,
    Mode,
    Scalar,
    Undecided,
    Undefined,
    divide,
    is_exact_zero,
    to_ball,
)

Value = Callable[[Scalar, Mode], Scalar]


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


def log_value(x: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(x):
        raise Undefined("log of 0")
    return _LOG(x, mode)


_LOG = ranged(
    "log", "log", lambda a: bool(a > 0), lambda a: bool(a < 0), {1: 0},
    lambda a, mode: acb(a).log(),
)  # fmt: skip


def sqrt_value(x: Scalar, mode: Mode) -> Scalar:
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


def cbrt_value(x: Scalar, mode: Mode) -> Scalar:
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


def shifted_log(offset: int, name: str) -> Value:
    def value(x: Scalar, mode: Mode) -> Scalar:
        if is_exact_zero(x):
            return ZERO
        if is_exact_zero(x + offset):
            raise Undefined("log of 0")
        ball = to_ball(x)
        if isinstance(ball, arb) and not ball > -1:
            return log_value(x + offset, mode)
        return ball.log1p()

    return value


def to_base(base: int) -> Value:
    def value(x: Scalar, mode: Mode) -> Scalar:
        if isinstance(x, fmpq) and x > 0:
            power = round(float(fmpq(x).p.bit_length() - fmpq(x).q.bit_length()) / _LOG2[base])
            for k in (power - 1, power, power + 1):
                if fmpq(base) ** k == x:
                    return fmpq(k)
        return divide(log_value(x, mode), arb(base).log())

    return value


_LOG2 = {2: 1.0, 10: 3.321928094887362}


def tan_value(x: Scalar, mode: Mode) -> Scalar:
    return ZERO if is_exact_zero(x) else finite(to_ball(x).tan(), "tan near a pole")


def finite(x: Scalar, what: str) -> Scalar:
    if not x.is_finite():
        raise Undecided(what)
    return x


def asin_above(a: Scalar, mode: Mode) -> Scalar:
    """asin(x + 0i) = ±π/2 + i·acosh|x| for |x| > 1."""
    if mode.skip_cuts:
        raise Undecided("asin on its branch cut")
    return acb(arb.pi() / 2 * (1 if a > 0 else -1), abs(a).acosh())


def acosh_above(a: Scalar, mode: Mode) -> Scalar:
    """acosh(x + 0i) = i·acos(x) for |x| <= 1, acosh(-x) + iπ for x < -1."""
    if within_unit(a):
        return acb(0, a.acos())
    if a < -1:
        return acb((-a).acosh(), arb.pi())
    raise Undecided("acosh near the end of its domain")


def atanh_above(a: Scalar, mode: Mode) -> Scalar:
    """atanh(x + 0i) = atanh(1/x) + iπ/2 for |x| > 1."""
    if mode.skip_cuts:
        raise Undecided("atanh on its branch cut")
    return acb((1 / a).atanh(), arb.pi() / 2)


def atanh_value(x: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(x - ONE) or is_exact_zero(x + ONE):
        raise Undefined("atanh of 1 or -1")
    return _ATANH(x, mode)


_ATANH = ranged(
    "atanh", "atanh", lambda a: bool(a < 1) and bool(a > -1), beyond_unit, {0: 0}, atanh_above
)


def off_cut(method: str, cut: Callable[[Scalar], bool]) -> Value:
    """atan, asinh: real everywhere; cuts on the imaginary axis, where nothing is 'above'."""

    def value(x: Scalar, mode: Mode) -> Scalar:
        if is_exact_zero(x):
            return ZERO
        ball = to_ball(x)
        if isinstance(ball, acb) and cut(x):
            raise Undecided(f"{method} on its branch cut")
        return getattr(ball, method)()

    return value


def sigmoid_value(x: Scalar, mode: Mode) -> Scalar:
    return HALF if is_exact_zero(x) else divide(ONE, ONE + to_ball(-x).exp())


def softplus_value(x: Scalar, mode: Mode) -> Scalar:
    ball = to_ball(x)
    return ball.exp().log1p() if isinstance(ball, arb) else (1 + ball.exp()).log()


def logit_value(x: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(x) or is_exact_zero(x - ONE):
        raise Undefined("logit of 0 or 1")
    return log_value(divide(x, ONE - x), mode)


def sinc_value(x: Scalar, mode: Mode) -> Scalar:
    if is_exact_zero(x):
        return ONE
    return to_ball(x).sinc()
