"""Elementary functions over the field: random values that obey the functions' own algebra.

By Ax's theorem exponentials of functions are algebraically independent unless their arguments
are related over the rationals. So exp takes random values on independent arguments and products
of powers of these on related ones; log is read from the same table, backwards; sin and cos are
the parts of exp(i·x), of norm one. A relation found by chance has probability about 2^-45; one
of many terms or large coefficients that is not found makes two sides differ that agree, so a
difference is a reason to look, agreement at random points is as good as an identity.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction

from field import (
    Again,
    Dual,
    Element,
    Gauss,
    P,
    Scalar,
    Uncovered,
    add,
    conj,
    div,
    gauss,
    lift,
    mul,
    neg,
    parts,
    power,
    rational,
    real_base,
    reciprocal,
    root,
    sign_of,
    sub,
)
from relations import Additive, Multiplicative, ratio

TURN = 5040  # angles are remembered by their 1/5040, so that every part of them has a value


class Functions:
    """The functions of one point: the same argument gives the same value all along."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.exponents, self.powers = Additive(), Multiplicative()
        self.angles, self.turns = Additive(), list[Scalar]()
        self.odd: dict[tuple[str, int], int] = {}
        self.compared: set[int] = set()
        self.complex_logs: dict[Gauss, Scalar] = {}
        self.complex_exps: dict[Scalar, Gauss] = {}
        self.pi = self.random()
        order = (P + 1) // (2 * TURN)
        self.half_turn_part = self._of_order(order)
        self.angles.append(self.pi)
        self.turns.append(self.half_turn_part)
        self.exp = lift(self._exp, lambda a: self.exp(a))
        self.log = lift(self._log, reciprocal)
        self.sin = lift(self._sin, lambda a: self.cos(a))
        self.cos = lift(self._cos, lambda a: neg(self.sin(a)))
        self.sign = lift(self._sign, self._flat)
        self.abs_real = lift(lambda a: mul(a, self._sign(a)), lambda a: self._flat(a, self.sign))
        self.atan = lift(self._odd("atan"), lambda a: reciprocal(add(1, mul(a, a))))
        self.asin = lift(self._odd("asin"), lambda a: reciprocal(self.sqrt(sub(1, mul(a, a)))))
        self.erf = lift(self._odd("erf"), self._gaussian)

    def random(self) -> int:
        return self.chance.randrange(SMALLEST, P - SMALLEST)

    def positive(self) -> int:
        return pow(self.random(), 2, P)

    def _of_order(self, cofactor: int) -> Scalar:
        """An element whose 5040th power is -1, of norm one."""
        while True:
            start = gauss(self.random(), self.random())
            unit = div(start, conj(start))
            found = power(unit, cofactor)
            if power(found, TURN) == P - 1 and all(
                power(found, 2 * TURN // q) != 1 for q in (2, 3, 5, 7)
            ):
                assert not isinstance(found, Dual)
                return found

    # -- exponentials ------------------------------------------------------
    def _exp(self, a: Scalar) -> Element:
        if isinstance(a, Gauss) and a in self.complex_exps:
            return self.complex_exps[a]
        x, y = parts(a)
        return mul(self._exp_real(x), self._turn(y)) if y else self._exp_real(x)

    def _exp_real(self, x: int) -> int:
        relation = self.exponents.related(x)
        if relation is None:
            value = self.positive()
            self.exponents.append(x)
            self.powers.append(value)
            return value
        result = 1
        for k, factor in relation:
            result = result * root(self.powers.values[k], factor) % P
        return result

    def _log(self, a: Scalar) -> Element:
        if isinstance(a, Gauss):
            return self._log_complex(a)
        if a == 0:
            raise Again("log of 0")
        relation = self.powers.related(a)
        if relation is None:
            value = self.random()
            self.exponents.append(value)
            self.powers.append(a)
            return value
        return sum(self.exponents.values[k] * rational(factor) for k, factor in relation) % P

    def _log_complex(self, a: Gauss) -> Scalar:
        if a not in self.complex_logs:
            value, mirrored = gauss(self.random(), self.random()), conj(a)
            assert isinstance(mirrored, Gauss)
            x, y = parts(value)
            self.complex_logs[a], self.complex_logs[mirrored] = value, gauss(x, -y)
            self.complex_exps[value], self.complex_exps[gauss(x, -y)] = a, mirrored
        return self.complex_logs[a]

    def _turn(self, y: int) -> Scalar:
        """exp(i·y), of norm one; exp(i·pi) = -1."""
        relation = self.angles.related(y)
        if relation is None:
            start = gauss(self.random(), self.random())
            part = div(start, conj(start))
            self.angles.append(y)
            self.turns.append(part)  # type: ignore[arg-type]
            relation = [(len(self.turns) - 1, Fraction(1))]
        result: Element = 1
        for k, factor in relation:
            exponent = factor * TURN
            if exponent.denominator != 1:
                raise Uncovered("an angle of an unusual part")
            result = mul(result, power(self.turns[k], int(exponent)))
        return result  # type: ignore[return-value]

    def _sin(self, a: Scalar) -> Element:
        x, y = parts(a)
        if y:
            up, down = self._exp(gauss(-y, x)), self._exp(gauss(y, -x))
            return div(sub(up, down), gauss(0, 2))
        return parts(self._turn(x))[1]

    def _cos(self, a: Scalar) -> Element:
        x, y = parts(a)
        if y:
            return div(add(self._exp(gauss(-y, x)), self._exp(gauss(y, -x))), 2)
        return parts(self._turn(x))[0]

    # -- signs and roots ---------------------------------------------------
    def _sign(self, a: Scalar) -> int:
        return self.sign_bit(real_base(a)) % P

    def sign_bit(self, value: int) -> int:
        """1, 0 or -1. Remembered: signs of related values are independent only in the field."""
        self.compared.add(value)
        return sign_of(value)

    @property
    def caveat(self) -> str:
        """Why two sides may differ here though they agree in the reals, or nothing."""
        if any(name != "erf" for name, _ in self.odd):
            return "inverse functions with relations that are unknown here"
        known = Additive()
        known.append(1)
        for value in sorted(self.compared):
            if value and known.related(value) is None:
                known.append(value)
            elif value and ratio(value, 1) is None:
                units = [unit for unit in known.values[1:] if ratio(value, unit) is not None]
                if not units:
                    return "signs of values that depend on one another"
        return ""

    def _flat(self, a: Element, value: Callable[[Element], Element] | None = None) -> Element:
        if real_base(a) == 0:
            raise Again("a derivative at a kink")
        return 0 if value is None else value(a)

    def step(self, a: Element) -> Element:
        """1 for a > 0, 1/2 at 0."""
        return div(add(1, self.sign(a)), 2)

    def root(self, a: Element, exponent: Fraction) -> Element:
        """a ** exponent, a >= 0 (odd roots: any a)."""
        value = lift(
            lambda b: root(real_base(b), exponent),
            lambda b: mul(rational(exponent), div(self.root(b, exponent), b)),
        )
        return value(a)

    def sqrt(self, a: Element) -> Element:
        return self.root(a, Fraction(1, 2))

    # -- functions with nothing but a derivative and a symmetry ------------
    def _odd(self, name: str) -> Callable[[Scalar], int]:
        def value(a: Scalar) -> int:
            x = real_base(a)
            if x == 0:
                return 0
            key, mirrored = (name, x), (name, P - x)
            if mirrored in self.odd:
                return -self.odd[mirrored] % P
            return self.odd.setdefault(key, self.random())

        return value

    def _gaussian(self, a: Element) -> Element:
        return div(mul(2, self.exp(neg(mul(a, a)))), self.sqrt(self.pi))

    def elementwise(self, name: str, args: Sequence[Element]) -> Element:
        """An operator of the table at one entry. Raises Uncovered for one without a rule."""
        if name in BINARY:
            return BINARY[name](self, args[0], args[1])
        if name in UNARY:
            return UNARY[name](self, args[0])
        raise Uncovered(f"the function {name}")

    def general_power(self, a: Element, b: Element) -> Element:
        return self.exp(mul(b, self.log(a)))


SMALLEST = 1 << 40


def _sinh(f: Functions, a: Element) -> Element:
    return div(sub(f.exp(a), f.exp(neg(a))), 2)


def _cosh(f: Functions, a: Element) -> Element:
    return div(add(f.exp(a), f.exp(neg(a))), 2)


def _tanh(f: Functions, a: Element) -> Element:
    return div(_sinh(f, a), _cosh(f, a))


def _sigmoid(f: Functions, a: Element) -> Element:
    return reciprocal(add(1, f.exp(neg(a))))


def _atanh(f: Functions, a: Element) -> Element:
    return div(f.log(div(add(1, a), sub(1, a))), 2)


def _asinh(f: Functions, a: Element) -> Element:
    return f.log(add(a, f.sqrt(add(mul(a, a), 1))))


def _absolute(f: Functions, a: Element) -> Element:
    if conj(a) == a:
        return f.abs_real(a)
    return f.sqrt(mul(a, conj(a)))


UNARY: dict[str, Callable[[Functions, Element], Element]] = {
    "exp": lambda f, a: f.exp(a),
    "log": lambda f, a: f.log(a),
    "log1p": lambda f, a: f.log(add(1, a)),
    "expm1": lambda f, a: sub(f.exp(a), 1),
    "log2": lambda f, a: div(f.log(a), f.log(2)),
    "log10": lambda f, a: div(f.log(a), f.log(10)),
    "sqrt": lambda f, a: f.sqrt(a),
    "cbrt": lambda f, a: f.root(a, Fraction(1, 3)),
    "sin": lambda f, a: f.sin(a),
    "cos": lambda f, a: f.cos(a),
    "tan": lambda f, a: div(f.sin(a), f.cos(a)),
    "cot": lambda f, a: div(f.cos(a), f.sin(a)),
    "sec": lambda f, a: reciprocal(f.cos(a)),
    "csc": lambda f, a: reciprocal(f.sin(a)),
    "sinc": lambda f, a: div(f.sin(a), a),
    "atan": lambda f, a: f.atan(a),
    "asin": lambda f, a: f.asin(a),
    "acos": lambda f, a: sub(div(f.pi, 2), f.asin(a)),
    "erf": lambda f, a: f.erf(a),
    "erfc": lambda f, a: sub(1, f.erf(a)),
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": _tanh,
    "coth": lambda f, a: reciprocal(_tanh(f, a)),
    "sech": lambda f, a: reciprocal(_cosh(f, a)),
    "csch": lambda f, a: reciprocal(_sinh(f, a)),
    "asinh": _asinh,
    "atanh": _atanh,
    "acoth": lambda f, a: _atanh(f, reciprocal(a)),
    "sigmoid": _sigmoid,
    "logit": lambda f, a: f.log(div(a, sub(1, a))),
    "softplus": lambda f, a: f.log(add(1, f.exp(a))),
    "abs": _absolute,
    "sign": lambda f, a: f.sign(a),
    "relu": lambda f, a: div(add(a, f.abs_real(a)), 2),
    "heaviside": lambda f, a: f.step(a),
}
BINARY: dict[str, Callable[[Functions, Element, Element], Element]] = {
    "maximum": lambda f, a, b: div(add(add(a, b), f.abs_real(sub(a, b))), 2),
    "minimum": lambda f, a, b: div(sub(add(a, b), f.abs_real(sub(a, b))), 2),
    "hypot": lambda f, a, b: f.sqrt(add(mul(a, a), mul(b, b))),
}
