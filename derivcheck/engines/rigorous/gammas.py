"""Gamma and its relatives, and the inverse error function, at plain numbers and germs."""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb, fmpq, fmpz

from derivcheck.engines.rigorous.scalars import (
    ZERO,
    Dual,
    Mode,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    is_exact_zero,
    to_ball,
)
from derivcheck.engines.rigorous.values import finite


def gamma_value(x: Scalar, mode: Mode) -> Scalar:
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
    return finite(result, f"{name} has no finite enclosure")


def loggamma_value(x: Scalar, mode: Mode) -> Scalar:
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


def digamma_value(x: Scalar, mode: Mode) -> Scalar:
    if isinstance(x, fmpq) and x.q == 1 and x <= 0:
        raise Undefined("a pole of digamma")
    return guarded("digamma", lambda: to_ball(x).digamma())


def polygamma(k: int, x: Scalar, mode: Mode) -> Scalar:
    """ψ_k(x), of germs too: ψ_k' = ψ_{k+1}."""
    if isinstance(x, Dual):
        return Dual(x.level, polygamma(k, x.value, mode), polygamma(k + 1, x.value, mode) * x.slope)
    if k == 0:
        return digamma_value(x, mode)
    if isinstance(x, fmpq) and x.q == 1 and x <= 0:
        raise Undefined("a pole of polygamma")
    ball = to_ball(x)
    value = guarded("polygamma", lambda: acb(ball).polygamma(k))
    return value.real if isinstance(ball, arb) else value


def erfinv_value(x: Scalar, mode: Mode) -> Scalar:
    ball = to_ball(x)
    if isinstance(ball, acb):
        raise Unsupported("erfinv of a complex number")
    if is_exact_zero(x):
        return ZERO
    if ball >= 1 or ball <= -1:
        raise Undefined("erfinv is defined for |x| < 1", thin=False)
    return guarded("erfinv", ball.erfinv)
