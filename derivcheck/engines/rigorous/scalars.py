"""The numbers of this engine: exact rationals while possible, balls after that, duals above both.

Plain numbers: `fmpq`, `Gauss` (exact complex rational), `arb` and `acb` (balls that enclose the
true value). A `Dual` is a germ `value + slope·ε` for an infinitesimal ε > 0 of its own level;
levels nest, an inner derivative having the higher level and the smaller infinitesimal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from flint import acb, arb, fmpq

# The values of python-flint have no type stubs; every scalar below is one of the types named above.
Scalar: TypeAlias = Any
Matrix: TypeAlias = list[list[Scalar]]

ZERO, ONE, HALF = fmpq(0), fmpq(1), fmpq(1, 2)


class Undefined(Exception):
    """The expression has no value (or no derivative) at this point; the message says why.

    `thin`: a matter of single points (a pole, a kink), not of a region (log of negative numbers).
    """

    def __init__(self, reason: str, thin: bool = True) -> None:
        super().__init__(reason)
        self.thin = thin


class Undecided(Exception):
    """A ball is too wide to decide something: more bits may help."""


class Tied(Undecided):
    """A germ that is 0 to all kept orders where a jump asks for its sign: bits do not help."""


class Unsupported(Exception):
    """This engine has no rule for that."""


@dataclass(slots=True)
class Mode:
    """How numbers are to be read, and what happened while they were computed.

    `ties`: the levels whose infinitesimal decided a comparison, and for which operator;
    `operator`: the one being applied; `heuristic`: a limit was estimated; `hulled`: a choice was
    open, both its branches were enclosed together. `skip_cuts`: points on
    the cuts of asin, acos, atanh are left out: tables and programs differ on the side there.
    """

    real_line: bool
    skip_cuts: bool = False
    ties: dict[int, str] = field(default_factory=dict)
    operator: str = ""
    heuristic: bool = False
    hulled: bool = False


class Gauss:
    """An exact complex rational re + im·I."""

    __slots__ = ("im", "re")

    def __init__(self, re: Scalar, im: Scalar) -> None:
        self.re, self.im = re, im

    def ball(self) -> Scalar:
        return acb(arb(self.re), arb(self.im))

    def __add__(self, other: Scalar) -> Scalar:
        match other:
            case Gauss():
                return gauss(self.re + other.re, self.im + other.im)
            case fmpq() | int():
                return Gauss(self.re + other, self.im)
            case arb() | acb():
                return self.ball() + other
        return NotImplemented

    def __mul__(self, other: Scalar) -> Scalar:
        match other:
            case Gauss():
                return gauss(
                    self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re
                )
            case fmpq() | int():
                return gauss(self.re * other, self.im * other)
            case arb() | acb():
                return self.ball() * other
        return NotImplemented

    def __neg__(self) -> Gauss:
        return Gauss(-self.re, -self.im)

    def __sub__(self, other: Scalar) -> Scalar:
        return self + (-other)

    def __rsub__(self, other: Scalar) -> Scalar:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


class Poison:
    """The slope of a function whose derivative does not exist here.

    (f·g)'(0) = f'(0)·g(0) when f(0) = 0, f is differentiable and g continuous, so poison times
    an exact zero is zero, unless the function `jumps` (x·acot(x) has no derivative at 0);
    everything else it touches it spoils. Two functions without a derivative may have a product
    with one (cbrt(x)·cbrt(x)²): there poison stays.
    """

    __slots__ = ("jumps", "reason")

    def __init__(self, reason: str, jumps: bool = False) -> None:
        self.reason = reason
        self.jumps = jumps

    def __add__(self, other: Scalar) -> Scalar:
        return self

    def __mul__(self, other: Scalar) -> Scalar:
        return ZERO if is_exact_zero(other) and not self.jumps else self

    def __neg__(self) -> Poison:
        return self

    __radd__ = __sub__ = __rsub__ = __add__
    __rmul__ = __mul__


class Dual:
    """The germ value + slope·ε of one level; sums and products follow the product rule."""

    __slots__ = ("level", "slope", "value")

    def __init__(self, level: int, value: Scalar, slope: Scalar) -> None:
        self.level, self.value, self.slope = level, value, slope

    def __add__(self, other: Scalar) -> Scalar:
        if isinstance(other, Dual):
            if other.level == self.level:
                return Dual(self.level, self.value + other.value, self.slope + other.slope)
            if other.level > self.level:
                return Dual(other.level, self + other.value, other.slope)
        elif isinstance(other, Poison):
            return other
        return Dual(self.level, self.value + other, self.slope)

    def __mul__(self, other: Scalar) -> Scalar:
        if isinstance(other, Dual):
            if other.level == self.level:
                slope = self.value * other.slope + self.slope * other.value
                if isinstance(self.slope, Poison) and isinstance(other.slope, Poison):
                    slope = self.slope
                return Dual(self.level, self.value * other.value, slope)
            if other.level > self.level:
                return Dual(other.level, self * other.value, self * other.slope)
        elif isinstance(other, Poison):
            return other
        return Dual(self.level, self.value * other, self.slope * other)

    def __neg__(self) -> Dual:
        return Dual(self.level, -self.value, -self.slope)

    def __sub__(self, other: Scalar) -> Scalar:
        return self + (-other)

    def __rsub__(self, other: Scalar) -> Scalar:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__


def gauss(re: Scalar, im: Scalar) -> Scalar:
    return re if im == 0 else Gauss(re, im)


def rational(value: Fraction | int) -> Scalar:
    value = Fraction(value)
    return fmpq(value.numerator, value.denominator)


def to_ball(x: Scalar) -> Scalar:
    """A plain number as `arb` or `acb`; an `acb` with imaginary part exactly 0 becomes real."""
    if isinstance(x, fmpq):
        return arb(x)
    if isinstance(x, Gauss):
        return x.ball()
    if isinstance(x, acb) and x.imag.is_zero():
        return x.real
    return x


def is_exact(x: Scalar) -> bool:
    return isinstance(x, (fmpq, Gauss))


def is_exact_zero(x: Scalar) -> bool:
    """Sound: only exact arithmetic or a ball of radius 0 counts."""
    if isinstance(x, fmpq):
        return bool(x == 0)
    return isinstance(x, (arb, acb)) and bool(x.is_zero())


def is_flat(x: Scalar) -> bool:
    """Whether every coefficient of a germ is exactly 0."""
    if isinstance(x, Dual):
        return is_flat(x.value) and is_flat(x.slope)
    return is_exact_zero(x)


def base_value(x: Scalar) -> Scalar:
    """The plain number under all infinitesimals."""
    while isinstance(x, Dual):
        x = x.value
    return x


def may_vanish(x: Scalar) -> bool:
    """Whether 0 lies in the ball of a plain number."""
    if isinstance(x, fmpq):
        return bool(x == 0)
    if isinstance(x, Gauss):
        return False
    return bool(x.contains(0))


def parts(x: Scalar) -> tuple[Scalar, Scalar]:
    """Real and imaginary part; ε is real, so a germ is split coefficient by coefficient."""
    match x:
        case Dual():
            re, im = parts(x.value)
            slope_re, slope_im = parts(x.slope)
            return (
                Dual(x.level, re, slope_re),
                im if is_exact_zero(im) and is_exact_zero(slope_im)
                else Dual(x.level, im, slope_im),
            )  # fmt: skip
        case Gauss():
            return x.re, x.im
        case acb():
            return x.real, ZERO if x.imag.is_zero() else x.imag
        case Poison():
            return x, x
    return x, ZERO


def conjugate(x: Scalar) -> Scalar:
    match x:
        case Dual():
            return Dual(x.level, conjugate(x.value), conjugate(x.slope))
        case Gauss():
            return Gauss(x.re, -x.im)
        case acb():
            return x.conjugate()
    return x


def reciprocal(x: Scalar) -> Scalar:
    """1/x; 1/(a + bε) = 1/a - (b/a²)ε."""
    match x:
        case Dual():
            inverse = reciprocal(x.value)
            return Dual(x.level, inverse, -(x.slope * inverse * inverse))
        case Gauss():
            size = x.re * x.re + x.im * x.im
            return Gauss(x.re / size, -x.im / size)
    if is_exact_zero(x):
        raise Undefined("division by 0")
    if isinstance(x, fmpq):
        return ONE / x
    if x.contains(0):
        raise Undecided("a divisor that may be 0")
    return 1 / x


def divide(a: Scalar, b: Scalar) -> Scalar:
    if isinstance(b, fmpq) and b != 0:
        return a * (ONE / b)
    if isinstance(b, arb) and isinstance(a, (fmpq, arb)) and not b.contains(0):
        return a / b
    return a * reciprocal(b)
