"""Exact derivatives of elements, and the substitution of elements for atoms."""

from __future__ import annotations

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import Undefined, Unsupported
from derivcheck.algebra.field import Element, Kernel, Polynomial


def derivative(algebra: Algebra, element: Element, atom: Element) -> Element:
    """∂(n/d) = (∂n - (n/d) ∂d)/d; ∂ of a polynomial is Σ over its kernels of ∂p/∂g · g'."""
    index = algebra.field.kernels_of(atom.num)[0].index
    top = _of_polynomial(algebra, element.num, index)
    if element.den.is_one():
        return top
    below = _of_polynomial(algebra, element.den, index)
    return (top - element * below) / algebra.field.polynomial(element.den)


def _of_polynomial(algebra: Algebra, polynomial: Polynomial, index: int) -> Element:
    total = algebra.field.zero
    for kernel in algebra.field.kernels_of(polynomial):
        inner = _of_kernel(algebra, kernel, index)
        if not inner.is_zero:
            outer = algebra.field.polynomial(polynomial.derivative(kernel.index))
            total = total + outer * inner
    return total


def _of_kernel(algebra: Algebra, kernel: Kernel, index: int) -> Element:
    if kernel.index == index:
        return algebra.field.one
    if not kernel.args:
        return algebra.field.zero
    key = (kernel.index, index)
    if key not in algebra.derivatives:
        atom = algebra.field.generator(algebra.field.kernels[index])
        inner = [derivative(algebra, arg, atom) for arg in kernel.args]
        total = algebra.field.zero
        if not all(part.is_zero for part in inner):
            if kernel.partials is None:
                raise Unsupported(f"no derivative of {kernel.name}")
            for outer, part in zip(kernel.partials(), inner, strict=True):
                if not part.is_zero:
                    total = total + outer * part
        algebra.derivatives[key] = total
    return algebra.derivatives[key]


def substitute(algebra: Algebra, element: Element, values: dict[int, Element]) -> Element:
    """Each atom replaced, each kernel rebuilt from its own arguments, all at once."""
    try:
        return _Substitution(algebra, values).of(element)
    except Undefined as error:
        # A kernel may have no value where the element has (tan(x/2) at pi): nothing is concluded.
        raise Unsupported("no value of a kernel after a substitution") from error


def modulo(algebra: Algebra, element: Element, zero: Polynomial) -> Element:
    """The element where a polynomial is 0: multiples of it left out, inside kernels too."""
    try:
        return _Substitution(algebra, {}, zero).of(element)
    except Undefined as error:
        raise Unsupported("no value of a kernel after a substitution") from error


def anew(algebra: Algebra, element: Element) -> Element:
    """Every kernel built again under the present facts: sqrt(a² - x²) splits where they allow."""
    try:
        return _Substitution(algebra, {}, anew=True).of(element)
    except Undefined as error:
        raise Unsupported("no value of a kernel under other facts") from error


class _Substitution:
    def __init__(
        self,
        algebra: Algebra,
        values: dict[int, Element],
        zero: Polynomial | None = None,
        anew: bool = False,
    ) -> None:
        self.algebra = algebra
        self.memo = dict(values)
        self.zero = zero
        self.anew = anew

    def of(self, element: Element) -> Element:
        if self.zero is not None:
            element = self.algebra.field.quotient(element.num % self.zero, element.den % self.zero)
        if not any(self._changes(kernel) for kernel in element.kernels):
            return element
        top = self._polynomial(element.num)
        return top if element.den.is_one() else top / self._polynomial(element.den)

    def _changes(self, kernel: Kernel) -> bool:
        return self._kernel(kernel) != self.algebra.field.generator(kernel)

    def _kernel(self, kernel: Kernel) -> Element:
        if kernel.index not in self.memo:
            args = tuple(self.of(arg) for arg in kernel.args)
            if args == kernel.args and not (self.anew and kernel.rebuild is not None):
                value = self.algebra.field.generator(kernel)
            else:
                assert kernel.rebuild is not None
                value = kernel.rebuild(*args)
            self.memo[kernel.index] = value
        return self.memo[kernel.index]

    def _polynomial(self, polynomial: Polynomial) -> Element:
        field = self.algebra.field
        total = field.zero
        for monomial, coefficient in polynomial.terms():
            term = field.polynomial(field.context.constant(coefficient))
            for index, exponent in enumerate(monomial):
                if exponent:
                    term = term * self._kernel(field.kernels[index]) ** int(exponent)
            total = total + term
        return total
