"""A field of rational functions over kernels, and its elements.

A kernel is a real quantity: an atom, pi, exp(w), tan(w/2), log|f|, a root of f, or any function
with a rule for its derivative. Elements are quotients of polynomials in the kernels (flint's
`fmpq_mpoly`), reduced by the true relations among kernels that the algebra knows, e.g.
R**2 = f for R = sqrt(f). Every relation used holds at each point where the kernels have values,
so an element that reduces to 0 is 0 there; a dependence that is not known may cost a proof only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import flint

from derivcheck.algebra.errors import Restart, Undefined

Polynomial: TypeAlias = Any  # flint.fmpq_mpoly
Sign = frozenset[int]
ANY: Sign = frozenset({-1, 0, 1})
MAX_TERMS = 4000
ATOM = "atom "


@dataclass(frozen=True, slots=True)
class Kernel:
    """A generator: `name(args)`. `index` is its place in the polynomial ring.

    `partials` gives the derivative by each argument, `rebuild` the element for other arguments,
    `enclose` a ball around the value from balls around the arguments.
    """

    name: str
    args: tuple[Element, ...]
    index: int
    text: str
    sign: Sign | Callable[[], Sign]
    partials: Callable[[], tuple[Element, ...]] | None
    rebuild: Callable[..., Element] | None
    enclose: Callable[..., Any] | None
    is_constant: bool
    is_integer: bool


@dataclass(frozen=True, slots=True)
class Element:
    """num/den, reduced; equal elements of independent kernels have equal num and den."""

    field: Field
    num: Polynomial
    den: Polynomial

    def __add__(self, other: Element | int | Fraction) -> Element:
        other = self.field.of(other)
        if self.den == other.den:
            return self.field.quotient(self.num + other.num, self.den)
        return self.field.quotient(
            self.num * other.den + other.num * self.den, self.den * other.den
        )

    def __neg__(self) -> Element:
        return Element(self.field, -self.num, self.den)

    def __sub__(self, other: Element | int | Fraction) -> Element:
        return self + (-self.field.of(other))

    def __mul__(self, other: Element | int | Fraction) -> Element:
        other = self.field.of(other)
        return self.field.quotient(self.num * other.num, self.den * other.den)

    def __truediv__(self, other: Element | int | Fraction) -> Element:
        other = self.field.of(other)
        if other.is_zero:
            raise Undefined("division by zero")
        return self.field.quotient(self.num * other.den, self.den * other.num)

    def __pow__(self, exponent: int) -> Element:
        if exponent < 0:
            return (self.field.one / self) ** -exponent
        self.field.check_size(self.num, exponent)
        self.field.check_size(self.den, exponent)
        return self.field.quotient(self.num**exponent, self.den**exponent)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: int | Fraction) -> Element:
        return self.field.of(other) - self

    def __rtruediv__(self, other: int | Fraction) -> Element:
        return self.field.of(other) / self

    @property
    def is_zero(self) -> bool:
        """Whether the normal form is 0: then the value is 0 at every point."""
        return not self.num

    @property
    def rational(self) -> Fraction | None:
        """The rational number this is, or None."""
        if not (self.num.is_constant() and self.den.is_constant()):
            return None
        value = constant_of(self.num) / constant_of(self.den)
        return Fraction(int(value.p), int(value.q))

    @property
    def is_constant(self) -> bool:
        """Whether no atom is inside."""
        return all(kernel.is_constant for kernel in self.kernels)

    @property
    def kernels(self) -> list[Kernel]:
        return self.field.kernels_of(self.num * self.den)

    @property
    def atoms(self) -> list[Kernel]:
        """The atoms, those inside other kernels too."""
        found: dict[int, Kernel] = {}
        pending = [self]
        while pending:
            for kernel in pending.pop().kernels:
                if kernel.index not in found:
                    found[kernel.index] = kernel
                    pending.extend(kernel.args)
        return [k for k in found.values() if not k.args and not k.is_constant]

    def __str__(self) -> str:
        if self.den.is_one():
            return self.field.show(self.num)
        return f"({self.field.show(self.num)})/({self.field.show(self.den)})"


def mentions(elements: tuple[Element, ...], index: int) -> bool:
    """Whether a kernel occurs in one of the elements, inside other kernels too."""
    return any(
        kernel.index == index or mentions(kernel.args, index)
        for element in elements
        for kernel in element.kernels
    )


def constant_of(polynomial: Polynomial) -> Any:
    """The rational of a constant polynomial."""
    coefficients = polynomial.coeffs()
    return coefficients[0] if coefficients else flint.fmpq(0)


@dataclass(eq=False, slots=True)
class Field:
    """The polynomial ring, its kernels and their relations; grows as kernels are made.

    Later kernels are greater in the lexicographic order, so each relation (monic in its own
    kernel, all else older) is a rewriting rule for division with remainder.
    """

    hints: dict[str, int]
    context: Any = field(init=False)
    kernels: dict[int, Kernel] = field(default_factory=dict)
    by_key: dict[tuple[str, ...], Kernel] = field(default_factory=dict)
    relations: dict[int, Polynomial] = field(default_factory=dict)
    one: Element = field(init=False)
    zero: Element = field(init=False)

    def __post_init__(self) -> None:
        size = self.hints.get("size", 32)
        names = tuple(f"g{i}_" for i in range(size))
        self.context = flint.fmpq_mpoly_ctx.get(names, flint.Ordering.lex)
        unit = self.context.constant(1)
        self.one = Element(self, unit, unit)
        self.zero = Element(self, self.context.constant(0), unit)

    # -- making -----------------------------------------------------------------------------------

    def of(self, value: Element | int | Fraction) -> Element:
        if isinstance(value, Element):
            return value
        value = Fraction(value)
        number = flint.fmpq(value.numerator, value.denominator)
        return Element(self, self.context.constant(number), self.one.num)

    def kernel(
        self,
        name: str,
        args: tuple[Element, ...] = (),
        *,
        sign: Sign | Callable[[], Sign] = ANY,
        partials: Callable[[], tuple[Element, ...]] | None = None,
        rebuild: Callable[..., Element] | None = None,
        enclose: Callable[..., Any] | None = None,
        is_integer: bool = False,
    ) -> Element:
        """The element of a kernel, made at its first use. Restart when the ring is full."""
        key = (name, *(f"{arg.num}|{arg.den}" for arg in args))
        found = self.by_key.get(key)
        if found is None:
            size = self.context.nvars()
            index = size - 1 - len(self.kernels)
            if index < 0:
                self.hints["size"] = 2 * size
                if size >= 256:
                    raise Undefined("too many kernels")
                raise Restart
            text = f"{name}({', '.join(map(str, args))})" if args else name.removeprefix(ATOM)
            is_constant = not name.startswith(ATOM) and all(arg.is_constant for arg in args)
            found = Kernel(
                name, args, index, text, sign, partials, rebuild, enclose, is_constant, is_integer
            )
            self.kernels[index] = found
            self.by_key[key] = found
        return self.generator(found)

    def generator(self, kernel: Kernel) -> Element:
        return Element(self, self.context.gen(kernel.index), self.one.num)

    def relate(self, kernel: Kernel, relation: Polynomial) -> None:
        """`relation` (monic in the kernel, else of older kernels) is 0 wherever it has a value."""
        self.relations[kernel.index] = relation

    def polynomial(self, numerator: Polynomial) -> Element:
        return self.quotient(numerator, self.one.num)

    # -- normal form ------------------------------------------------------------------------------

    def reduce(self, polynomial: Polynomial) -> Polynomial:
        """The remainder by the relations, newest kernel first."""
        if not self.relations:
            return polynomial
        for index in sorted(self.relations):
            relation = self.relations[index]
            degrees = polynomial.degrees()
            if degrees[index] >= relation.degrees()[index]:
                polynomial = polynomial % relation
        return polynomial

    def quotient(self, num: Polynomial, den: Polynomial) -> Element:
        """num/den in normal form. Undefined when den is 0."""
        if len(num) > MAX_TERMS or len(den) > MAX_TERMS:
            raise MemoryError("an expression grew too large")
        num, den = self.reduce(num), self.reduce(den)
        if not den:
            raise Undefined("division by zero")
        if not num:
            return self.zero
        if not den.is_constant():
            common = num.gcd(den)
            if not common.is_constant():
                num, den = num // common, den // common
            if self.relations:
                num, den = self._rationalise(num, den)
        lead = den.leading_coefficient()
        if lead != 1:
            num, den = num / lead, den / lead
        return Element(self, num, den)

    def _rationalise(self, num: Polynomial, den: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Square roots are moved out of the denominator: 1/(a + b R) = (a - b R)/(a² - b² f).

        Not done where a² - b² f is 0. There the denominator was no unit: it stays as it is.
        """
        for index in sorted(self.relations):
            relation = self.relations[index]
            degree = den.degrees()[index]
            if degree == 0:
                continue
            if relation.degrees()[index] == 2:
                other = self._conjugate(den, index)
                norm = self.reduce(den * other)
                if not norm:
                    continue
                num, den = self.reduce(num * other), norm
            elif sum(1 for d in den.degrees() if d) == 1:
                inverse = self._inverse(den, relation, index)
                if inverse is None:
                    continue
                num, den = self.reduce(num * inverse), self.one.num
            if den.is_constant():
                break
            common = num.gcd(den)
            if not common.is_constant():
                num, den = num // common, den // common
        return num, den

    def _conjugate(self, polynomial: Polynomial, index: int) -> Polynomial:
        """a - (b + relation's linear part) …: the other root put in for a quadratic kernel."""
        zero: Polynomial = self.zero.num
        relation = self.split(self.relations[index], index)
        other = -(relation.get(1, zero) + self.context.gen(index))
        parts = self.split(polynomial, index)
        return parts.get(0, zero) + parts.get(1, zero) * other

    def _inverse(self, den: Polynomial, relation: Polynomial, index: int) -> Polynomial | None:
        """The inverse of a polynomial in one algebraic constant, by the extended gcd over Q."""
        if sum(1 for d in relation.degrees() if d) != 1:
            return None
        first, second = self._univariate(den, index), self._univariate(relation, index)
        common, inverse, _ = first.xgcd(second)
        if common.degree() != 0:
            return None
        gen, total = self.context.gen(index), self.zero.num
        for power, coefficient in enumerate(inverse.coeffs()):
            total = total + gen**power * (coefficient / common[0])
        return total

    def _univariate(self, polynomial: Polynomial, index: int) -> Any:
        coefficients = [flint.fmpq(0)] * (polynomial.degrees()[index] + 1)
        for monomial, coefficient in polynomial.terms():
            coefficients[monomial[index]] += coefficient
        return flint.fmpq_poly(coefficients)

    # -- looking into polynomials -----------------------------------------------------------------

    def split(self, polynomial: Polynomial, index: int) -> dict[int, Polynomial]:
        """The coefficients of the powers of one kernel."""
        parts: dict[int, dict[tuple[int, ...], Any]] = {}
        for monomial, coefficient in polynomial.terms():
            rest = (*monomial[:index], 0, *monomial[index + 1 :])
            parts.setdefault(monomial[index], {})[rest] = coefficient
        return {power: self.context.from_dict(terms) for power, terms in parts.items()}

    def kernels_of(self, polynomial: Polynomial) -> list[Kernel]:
        return [self.kernels[i] for i, d in enumerate(polynomial.degrees()) if d > 0]

    def factor(self, polynomial: Polynomial) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
        """Constant times irreducible factors, each with leading coefficient 1, to their powers."""
        constant, factors = polynomial.factor()
        result = []
        for factor, exponent in factors:
            lead = factor.leading_coefficient()
            constant = constant * lead ** int(exponent)
            result.append((factor / lead, int(exponent)))
        return Fraction(int(constant.p), int(constant.q)), result

    def factored(self, element: Element) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
        """The same of num/den; the denominator's factors have negative powers."""
        top, above = self.factor(element.num)
        bottom, below = self.factor(element.den)
        return top / bottom, above + [(factor, -exponent) for factor, exponent in below]

    def single(self, polynomial: Polynomial) -> Kernel | None:
        """The kernel that this polynomial just is, or None."""
        if len(polynomial) != 1 or polynomial.total_degree() != 1:
            return None
        return self.kernels_of(polynomial)[0] if polynomial.leading_coefficient() == 1 else None

    def check_size(self, polynomial: Polynomial, exponent: int) -> None:
        if exponent > 200 or (len(polynomial) > 1 and len(polynomial) * exponent > 600):
            raise MemoryError("a power is too large")

    def show(self, polynomial: Polynomial) -> str:
        return re.sub(
            r"g(\d+)_", lambda match: self.kernels[int(match[1])].text, str(polynomial)
        ).replace("^", "**")
