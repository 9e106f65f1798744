"""One row for each real function of the claim language that the algebra knows."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivcheck.algebra import special, trigonometry
from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import SignNeeded, Undefined, Unsupported
from derivcheck.algebra.field import ANY, Element
from derivcheck.algebra.powers import exp, log_absolute, power, rational_power
from derivcheck.algebra.signs import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO
from derivcheck.algebra.trigonometry import cos_sin, is_integer, parity, parity_of_whole

HALF = Fraction(1, 2)
THIRD = Fraction(1, 3)


def log(a: Algebra, u: Element) -> Element:
    """log u for u > 0, which is so wherever it has a value: then u = |u|."""
    if 1 not in a.sign(u):
        raise Undefined("log of a number that is not positive")
    return log_absolute(a, u)


def cbrt(a: Algebra, u: Element) -> Element:
    """The real cube root, of any sign: a product over factors; K**3 = f whatever f's sign."""
    if u.is_zero:
        return u
    constant, factors = a.field.factored(u)
    result = rational_power(a, abs(constant), THIRD) * (1 if constant > 0 else -1)
    for factor, exponent in factors:
        sign = a.facts.sign(factor)
        element = a.field.polynomial(factor)
        if sign <= NONNEGATIVE or sign <= NEGATIVE | ZERO:
            scale = 1 if sign <= NONNEGATIVE else -1
            result = result * scale**exponent * power(a, element * scale, THIRD) ** exponent
        else:
            result = result * _cube_root(a, element) ** exponent
    return result


def _cube_root(a: Algebra, f: Element) -> Element:
    result = a.opaque(
        "cbrt",
        (f,),
        lambda: (result / (3 * f),),
        lambda u: cbrt(a, u),
        sign=lambda: a.sign(f),
        enclose=lambda u: u.root(3) if u >= 0 else -((-u).root(3)),
    )
    index = result.kernels[0].index
    if index not in a.field.relations:
        a.field.relate(a.field.kernels[index], result.num**3 - f.num)
    return result


def weak_sign(a: Algebra, u: Element) -> int:
    """1 where u >= 0 is known, -1 where u <= 0. Raises SignNeeded for what leaves it open."""
    sign = a.sign(u)
    if sign <= NONNEGATIVE:
        return 1
    if sign <= NEGATIVE | ZERO:
        return -1
    for factor, exponent in a.field.factored(u)[1]:
        own = a.facts.sign(factor)
        if exponent % 2 and not (own <= NONNEGATIVE or own <= NEGATIVE | ZERO):
            raise SignNeeded(factor)
    raise Unsupported("a sign that stays open")


def relu(a: Algebra, u: Element) -> Element:
    return u if weak_sign(a, u) > 0 else a.field.zero


def maximum(a: Algebra, u: Element, v: Element) -> Element:
    return u if weak_sign(a, u - v) > 0 else v


def minimum(a: Algebra, u: Element, v: Element) -> Element:
    return v if weak_sign(a, u - v) > 0 else u


def sign(a: Algebra, u: Element) -> Element:
    return a.of(a.decided_sign(u))


def pow_(a: Algebra, base: Element, exponent: Element) -> Element:
    """a**b: b a number; else exp(b log a) for a > 0. For a < 0, b is whole wherever it has a value.

    Then a**b = (-1)**b |a|**b; at a = 0 it is 0 for b > 0.
    """
    value = exponent.rational
    if value is not None:
        if base.is_zero and value < 0:
            raise Undefined("0 to a negative power")
        return power(a, base, value)
    sign = a.sign(base)
    if sign == POSITIVE:
        return exp(a, exponent * log_absolute(a, base))
    if sign == ZERO or base.is_zero:
        if a.sign(exponent) == POSITIVE:
            return a.field.zero
        raise Unsupported("0 to a power of unknown sign")
    if sign == NEGATIVE:
        turn = parity(a, exponent) if is_integer(exponent) else parity_of_whole(a, exponent)
        return turn * exp(a, exponent * log_absolute(a, base))
    a.decided_sign(base)
    raise Unsupported("a power of a number of unknown sign")


def floor(a: Algebra, u: Element) -> Element:
    """A kernel of derivative 0; floor(u + n) = floor(u) + n for a whole number n."""
    if u.rational is not None:
        return a.of(u.rational.__floor__())
    if is_integer(u):
        return u
    base, shift = special.shifted(a, u)
    kernel = a.opaque("floor", (base,), lambda: (a.field.zero,), lambda v: floor(a, v))
    a.facts.learn(base - kernel, NONNEGATIVE)
    a.facts.learn(kernel + 1 - base, POSITIVE)
    return kernel + shift


def _step(a: Algebra, u: Element) -> int:
    """0 or 1 where u >= 0, -1 where u < 0: a sign that may be 0 has to be decided."""
    return 1 if a.sign(u) <= NONNEGATIVE else a.decided_sign(u)


def acot(a: Algebra, u: Element) -> Element:
    """pi/2 - atan(u) for u >= 0, -pi/2 - atan(u) for u < 0 (which is atan(1/u))."""
    side = 1 if _step(a, u) >= 0 else -1
    return a.pi / 2 * side - trigonometry.atan(a, u)


def atan2(a: Algebra, y: Element, x: Element) -> Element:
    """The angle of (x, y): atan(y/x) for x > 0, else a kernel with ∂y = x/r², ∂x = -y/r²."""
    if x.is_zero and y.is_zero:
        raise Undefined("the angle of the origin")
    if a.sign(x) == POSITIVE:
        return trigonometry.atan(a, y / x)
    if x.is_zero:
        return a.pi / 2 * a.decided_sign(y)
    if a.sign(x) == NEGATIVE and a.sign(y) in (POSITIVE, NEGATIVE, NONNEGATIVE):
        turn = -1 if a.sign(y) == NEGATIVE else 1
        return trigonometry.atan(a, y / x) + a.pi * turn
    size = x**2 + y**2
    return a.opaque(
        "atan2", (y, x), lambda: (x / size, -y / size), lambda v, w: atan2(a, v, w), sign=ANY
    )


def binomial(a: Algebra, n: Element, k: Element) -> Element:
    top = special.gamma(a, n + 1)
    return top / (special.gamma(a, k + 1) * special.gamma(a, n - k + 1))


def _tanh(a: Algebra, u: Element) -> Element:
    square = exp(a, 2 * u)
    return (square - 1) / (square + 1)


def _sinh(a: Algebra, u: Element) -> Element:
    value = exp(a, u)
    return (value - 1 / value) / 2


def _cosh(a: Algebra, u: Element) -> Element:
    value = exp(a, u)
    return (value + 1 / value) / 2


def _sinc(a: Algebra, u: Element) -> Element:
    """sin(u)/u; 1 at 0, its limit there, so equations extend to 0 by continuity."""
    return a.field.one if u.is_zero else cos_sin(a, u)[1] / u


def _sqrt(a: Algebra, u: Element) -> Element:
    return power(a, u, HALF)


def _sigmoid(a: Algebra, u: Element) -> Element:
    return 1 / (1 + exp(a, -u))


def _asin(a: Algebra, u: Element) -> Element:
    return trigonometry.asin(a, u)


RULES: dict[str, Callable[..., Element]] = {
    "add": lambda a, u, v: u + v,
    "sub": lambda a, u, v: u - v,
    "mul": lambda a, u, v: u * v,
    "div": lambda a, u, v: u / v,
    "neg": lambda a, u: -u,
    "pow": pow_,
    "abs": lambda a, u: a.absolute(u),
    "exp": exp,
    "expm1": lambda a, u: exp(a, u) - 1,
    "log": log,
    "log1p": lambda a, u: log(a, 1 + u),
    "log2": lambda a, u: log(a, u) / log(a, a.of(2)),
    "log10": lambda a, u: log(a, u) / log(a, a.of(10)),
    "sqrt": _sqrt,
    "cbrt": cbrt,
    "sin": lambda a, u: cos_sin(a, u)[1],
    "cos": lambda a, u: cos_sin(a, u)[0],
    "tan": trigonometry.tangent,
    "cot": lambda a, u: (
        1 / trigonometry.tangent(a, u) if not cos_sin(a, u)[0].is_zero else a.field.zero
    ),
    "sec": lambda a, u: 1 / cos_sin(a, u)[0],
    "csc": lambda a, u: 1 / cos_sin(a, u)[1],
    "asin": _asin,
    "acos": trigonometry.acos,
    "atan": trigonometry.atan,
    "acot": acot,
    "asec": lambda a, u: trigonometry.acos(a, 1 / u),
    "acsc": lambda a, u: trigonometry.asin(a, 1 / u),
    "atan2": atan2,
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": _tanh,
    "coth": lambda a, u: 1 / _tanh(a, u),
    "sech": lambda a, u: 1 / _cosh(a, u),
    "csch": lambda a, u: 1 / _sinh(a, u),
    "asinh": lambda a, u: log(a, u + _sqrt(a, u**2 + 1)),
    "acosh": lambda a, u: log(a, u + _sqrt(a, u - 1) * _sqrt(a, u + 1)),
    "atanh": lambda a, u: log(a, (1 + u) / (1 - u)) / 2,
    "acoth": lambda a, u: log(a, (u + 1) / (u - 1)) / 2,
    "sinc": _sinc,
    "sigmoid": _sigmoid,
    "logit": lambda a, u: log(a, u / (1 - u)),
    "softplus": lambda a, u: log(a, 1 + exp(a, u)),
    "relu": relu,
    "sign": sign,
    "heaviside": lambda a, u: (sign(a, u) + 1) / 2,
    "floor": floor,
    "ceil": lambda a, u: -floor(a, -u),
    "erf": special.erf,
    "erfc": lambda a, u: 1 - special.erf(a, u),
    "erfinv": special.erfinv,
    "gamma": special.gamma,
    "loggamma": special.loggamma,
    "digamma": special.digamma,
    "factorial": lambda a, u: special.gamma(a, u + 1),
    "polygamma": special.polygamma,
    "binomial": binomial,
    "besselj": special.besselj,
    "hypot": lambda a, u, v: _sqrt(a, u**2 + v**2),
    "minimum": minimum,
    "maximum": maximum,
}
