"""The algebra: a field, the facts of the case at hand, and the operators on elements.

`apply(op, …)` knows the real functions of the claim language. Values are real; a complex number
is a pair of elements, made one level up.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from derivcheck.algebra.errors import SignNeeded, Unsupported
from derivcheck.algebra.field import ANY, ATOM, Element, Field, Polynomial, Sign
from derivcheck.algebra.signs import NEGATIVE, POSITIVE, ZERO, Facts


@dataclass(eq=False, slots=True)
class Algebra:
    """`hints` outlive a Restart: sizes of the ring, the finest unit of each exponent and root.

    `poles` names the angles w whose generator tan(w/2) may be infinite at a point considered.
    """

    hints: dict[str, int] = dataclasses.field(default_factory=dict)
    field: Field = dataclasses.field(init=False)
    facts: Facts = dataclasses.field(init=False)
    poles: set[str] = dataclasses.field(default_factory=set)
    derivatives: dict[tuple[int, int], Element] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        self.field = Field(self.hints)
        self.facts = Facts(self.field)

    # -- making -----------------------------------------------------------------------------------

    def of(self, value: Element | int | Fraction) -> Element:
        return self.field.of(value)

    def atom(self, key: str, sign: Sign = ANY, is_integer: bool = False) -> Element:
        """A free real quantity; the sign is a fact of the case at hand."""
        element = self.field.kernel(ATOM + key, is_integer=is_integer)
        if sign != ANY:
            self.facts.learn(element, sign)
        return element

    @property
    def pi(self) -> Element:
        return self.field.kernel("pi", sign=POSITIVE, enclose=flint.arb.pi)

    def opaque(
        self,
        name: str,
        args: tuple[Element, ...],
        partials: Callable[[], tuple[Element, ...]] | None,
        rebuild: Callable[..., Element],
        *,
        sign: Sign | Callable[[], Sign] = ANY,
        enclose: Callable[..., Any] | None = None,
    ) -> Element:
        """A function kept as it is: a kernel that knows its partial derivatives."""
        return self.field.kernel(
            name, args, sign=sign, partials=partials, rebuild=rebuild, enclose=enclose
        )

    def enter(self, facts: Facts) -> None:
        """Begin another case: what was derived under other facts is forgotten."""
        self.facts = facts
        self.derivatives.clear()

    # -- signs ------------------------------------------------------------------------------------

    def sign(self, element: Element) -> Sign:
        return self.facts.of(element)

    def decided_sign(self, element: Element) -> int:
        """-1, 0 or 1. Raises SignNeeded with the factor that leaves it open."""
        if element.is_zero:
            return 0
        sign = self.sign(element)
        if len(sign) == 1:
            return next(iter(sign))
        constant, factors = self.field.factored(element)
        result = 1 if constant > 0 else -1
        for factor, exponent in factors:
            own = self.facts.sign(factor)
            if exponent < 0:
                own = own - ZERO
            if exponent % 2 == 0 and 0 not in own:
                continue
            if len(own) != 1:
                raise SignNeeded(factor)
            result *= next(iter(own)) ** (exponent % 2 or 2)
        return result

    def absolute(self, element: Element) -> Element:
        """|u|: the even powers need no sign; raises SignNeeded for an odd one that is open."""
        result = self.of(abs(self.field.factored(element)[0])) if not element.is_zero else element
        if element.is_zero:
            return element
        for factor, exponent in self.field.factored(element)[1]:
            value = self.field.polynomial(factor) ** exponent
            if exponent % 2:
                value = value * self.polynomial_sign(factor)
            result = result * value
        return result

    def polynomial_sign(self, polynomial: Polynomial) -> int:
        """1 where it is known to be >= 0, -1 where <= 0: the s with |f| = s f."""
        sign = self.facts.sign(polynomial)
        if sign <= POSITIVE | ZERO:
            return 1
        if sign <= NEGATIVE | ZERO:
            return -1
        raise SignNeeded(polynomial)

    # -- operators --------------------------------------------------------------------------------

    def apply(self, op: str, *args: Element) -> Element:
        """A real function of the language. Raises Unsupported where there is no rule."""
        from derivcheck.algebra.operators import RULES

        rule = RULES.get(op)
        if rule is None:
            raise Unsupported(f"no exact rule for {op}")
        return rule(self, *args)

    def diff(self, element: Element, atom: Element) -> Element:
        """The derivative by an atom: the chain rule through every kernel."""
        from derivcheck.algebra.calculus import derivative

        return derivative(self, element, atom)

    def substitute(self, element: Element, values: dict[int, Element]) -> Element:
        """Atoms (by the index of their kernel) replaced, every kernel built anew."""
        from derivcheck.algebra.calculus import substitute

        return substitute(self, element, values)

    def is_zero(self, element: Element) -> bool:
        """Whether the element is certainly 0 at each point considered."""
        from derivcheck.algebra.zero import is_zero

        return is_zero(self, element)
