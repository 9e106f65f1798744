"""Complex numbers as pairs of real elements, and the operators on them.

On a real argument each operator is the algebra's own; elsewhere the principal branch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import Undefined, Unsupported
from derivcheck.algebra.field import Element
from derivcheck.algebra.powers import log_absolute
from derivcheck.algebra.signs import POSITIVE

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Complex:
    """re + im I."""

    re: Element
    im: Element

    @property
    def is_real(self) -> bool:
        return self.im.is_zero

    def __add__(self, other: Complex) -> Complex:
        return Complex(self.re + other.re, self.im + other.im)

    def __neg__(self) -> Complex:
        return Complex(-self.re, -self.im)

    def __sub__(self, other: Complex) -> Complex:
        return self + (-other)

    def __mul__(self, other: Complex) -> Complex:
        if self.is_real and other.is_real:
            return Complex(self.re * other.re, self.im)
        return Complex(
            self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re
        )

    def __truediv__(self, other: Complex) -> Complex:
        if other.is_real:
            return Complex(self.re / other.re, self.im / other.re)
        size = other.re**2 + other.im**2
        return self * Complex(other.re / size, -other.im / size)

    @property
    def conjugate(self) -> Complex:
        return Complex(self.re, -self.im)

    def power(self, exponent: int) -> Complex:
        if self.is_real:
            return Complex(self.re**exponent, self.im)
        one = Complex(self.re.field.one, self.re.field.zero)
        if exponent < 0:
            return (one / self).power(-exponent)
        result, base = one, self
        while exponent:
            if exponent & 1:
                result = result * base
            exponent >>= 1
            base = base * base if exponent else base
        return result


def _real(algebra: Algebra, value: Element) -> Complex:
    return Complex(value, algebra.field.zero)


def _exp(a: Algebra, z: Complex) -> Complex:
    size = a.apply("exp", z.re)
    return Complex(size * a.apply("cos", z.im), size * a.apply("sin", z.im))


def _modulus(a: Algebra, z: Complex) -> Element:
    return a.apply("sqrt", z.re**2 + z.im**2)


def _arg(a: Algebra, z: Complex) -> Element:
    if z.is_real:
        sign = a.decided_sign(z.re)
        if sign == 0:
            raise Undefined("arg of 0")
        return a.field.zero if sign > 0 else a.pi
    return a.apply("atan2", z.im, z.re)


def _leave_cut(a: Algebra, z: Complex, off_cut: bool) -> None:
    """Off the cut the imaginary part is not 0 or the real part positive: cases, where open."""
    if not off_cut and 0 in a.sign(z.im) and a.sign(z.re) != POSITIVE:
        a.decided_sign(z.im)


def _log(a: Algebra, z: Complex) -> Complex:
    """log|z| + I arg z."""
    if z.is_real:
        return Complex(log_absolute(a, z.re), _arg(a, z))
    return Complex(log_absolute(a, z.re**2 + z.im**2) / 2, _arg(a, z))


def _sqrt(a: Algebra, z: Complex, off_cut: bool = False) -> Complex:
    """Of a real number, sqrt|x| or I sqrt|x|; off the cut, sqrt((r + x)/2) + I y/(2 of it)."""
    if z.is_real:
        if a.decided_sign(z.re) >= 0:
            return _real(a, a.apply("sqrt", z.re))
        return Complex(a.field.zero, a.apply("sqrt", -z.re))
    _leave_cut(a, z, off_cut)
    top = a.apply("sqrt", (_modulus(a, z) + z.re) / 2)
    if top.is_zero:
        raise Unsupported("a square root on its branch cut")
    return Complex(top, z.im / (2 * top))


def _pow(a: Algebra, z: Complex, w: Complex, off_cut: bool = False) -> Complex:
    exponent = w.re.rational if w.is_real else None
    if exponent is not None and exponent.denominator == 1:
        return z.power(int(exponent))
    if exponent is not None and exponent.denominator == 2:
        return _sqrt(a, z, off_cut).power(exponent.numerator)
    if z.is_real and w.is_real and a.sign(z.re) <= frozenset({0, 1}):
        return _real(a, a.apply("pow", z.re, w.re))
    if not z.is_real:
        _leave_cut(a, z, off_cut)
    if z.re.is_zero and z.im.is_zero:
        return _zero_to(a, w)
    return _exp(a, w * _log(a, z))


def _zero_to(a: Algebra, w: Complex) -> Complex:
    """0**w is 0 for Re w > 0, 1 for w = 0, undefined elsewhere."""
    if a.decided_sign(w.re) > 0:
        return _real(a, a.field.zero)
    if w.re.is_zero and (w.im.is_zero or a.decided_sign(w.im) == 0):
        return _one(a)
    raise Undefined("0 to a power without a positive real part")


def _cos(a: Algebra, z: Complex) -> Complex:
    """cos x cosh y - I sin x sinh y."""
    return Complex(
        a.apply("cos", z.re) * a.apply("cosh", z.im),
        -(a.apply("sin", z.re) * a.apply("sinh", z.im)),
    )


def _sin(a: Algebra, z: Complex) -> Complex:
    """sin x cosh y + I cos x sinh y."""
    return Complex(
        a.apply("sin", z.re) * a.apply("cosh", z.im), a.apply("cos", z.re) * a.apply("sinh", z.im)
    )


def _turned(z: Complex) -> Complex:
    """I z."""
    return Complex(-z.im, z.re)


def _cosh(a: Algebra, z: Complex) -> Complex:
    return _cos(a, _turned(z))


def _sinh(a: Algebra, z: Complex) -> Complex:
    """-I sin(I z)."""
    value = _sin(a, _turned(z))
    return Complex(value.im, -value.re)


def _one(a: Algebra) -> Complex:
    return _real(a, a.field.one)


_RULES: dict[str, Callable[..., Complex]] = {
    "exp": _exp,
    "expm1": lambda a, z: _exp(a, z) - _one(a),
    "log": _log,
    "cos": _cos,
    "sin": _sin,
    "tan": lambda a, z: _sin(a, z) / _cos(a, z),
    "cot": lambda a, z: _cos(a, z) / _sin(a, z),
    "sec": lambda a, z: _one(a) / _cos(a, z),
    "csc": lambda a, z: _one(a) / _sin(a, z),
    "cosh": _cosh,
    "sinh": _sinh,
    "tanh": lambda a, z: _sinh(a, z) / _cosh(a, z),
    "coth": lambda a, z: _cosh(a, z) / _sinh(a, z),
    "sech": lambda a, z: _one(a) / _cosh(a, z),
    "csch": lambda a, z: _one(a) / _sinh(a, z),
    "sigmoid": lambda a, z: _one(a) / (_one(a) + _exp(a, -z)),
}
_PARTIAL_ON_REALS = frozenset({"log"})
_NEEDS_BOUNDS = frozenset(
    {"asin", "acos", "asec", "acsc", "acosh", "atanh", "acoth", "logit", "log2", "log10", "log1p",
     "cbrt", "loggamma", "erfinv"}
)  # fmt: skip


def apply_complex(
    a: Algebra, op: str, args: tuple[Complex, ...], on_real_line: bool, off_cut: bool = False
) -> Complex:
    """An elementwise operator on numbers. Off the real line only branches that are certain.

    `off_cut`: points where the argument is on a branch cut do not matter.
    """
    match op, args:
        case "add", (z, w):
            return z + w
        case "sub", (z, w):
            return z - w
        case "mul", (z, w):
            return z * w
        case "div", (z, w):
            return z / w
        case "neg", (z,):
            return -z
        case "conj", (z,):
            return z.conjugate
        case "real", (z,):
            return _real(a, z.re)
        case "imag", (z,):
            return _real(a, z.im)
        case "arg", (z,):
            return _real(a, _arg(a, z))
        case "abs", (z,) if not z.is_real:
            return _real(a, _modulus(a, z))
        case "pow", (z, w) if not on_real_line:
            return _pow(a, z, w, off_cut)
        case "sqrt", (z,) if not on_real_line:
            return _sqrt(a, z, off_cut)
    if all(z.is_real for z in args) and (on_real_line or op not in _PARTIAL_ON_REALS):
        if not on_real_line and op in _NEEDS_BOUNDS:
            raise Unsupported(f"{op} beside complex numbers")
        return _real(a, a.apply(op, *(z.re for z in args)))
    if op not in _RULES:
        raise Unsupported(f"no exact rule for {op} of complex numbers")
    return _RULES[op](a, *args)
