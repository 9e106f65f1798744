"""Derivatives of index expressions by an entry of a variable: one rule for each kind of atom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.clearing import atoms_in
from derivcheck.engines.indexed.terms import (
    ONE,
    ZERO,
    Base,
    Count,
    Delta,
    Entry,
    Exp,
    Function,
    Kind,
    Matrix,
    Poly,
    Position,
    Power,
    Rational,
    Sum,
    Symbol,
    Term,
    Unknown,
    Unsupported,
    number,
)  # fmt: skip
from derivcheck.expr.dims import Dim, Shape


@dataclass(frozen=True, slots=True)
class By:
    """The entry of a variable by which one differentiates."""

    name: str
    positions: tuple[Position, ...]
    conjugate: bool = False


class Calculus:
    """Derivatives in an algebra; `arguments` are the shapes of unspecified functions' arguments."""

    def __init__(self, algebra: Algebra, arguments: dict[str, tuple[Shape, ...]]) -> None:
        self.algebra = algebra
        self.arguments = arguments
        self._depends: dict[tuple[Poly, str, bool], bool] = {}

    def depends(self, poly: Poly, by: By) -> bool:
        key = (poly, by.name, by.conjugate)
        if key not in self._depends:
            self._depends[key] = any(
                self.atom_depends(atom, by) for term in poly.terms for atom, _ in term
            )
        return self._depends[key]

    def atom_depends(self, atom: Kind, by: By) -> bool:
        match atom:
            case Entry(name, _, conjugate):
                return name == by.name and conjugate == by.conjugate
            case Count() | Symbol() | Delta():
                return False
            case Exp(term) | Sum(_, term):
                return self.depends(Poly({term: 1}), by)
            case Function(_, args) | Unknown(_, _, _, args):
                return any(self.depends(arg, by) for arg in args)
            case Base(poly):
                return self.depends(poly, by)
            case Power(base, exponent):
                return self.depends(base, by) or self.depends(Poly({exponent: 1}), by)
            case Matrix(_, _, _, _, body, _, exponent):
                return self.depends(body, by) or (
                    exponent is not None and self.depends(exponent, by)
                )

    def derivative(self, poly: Poly, by: By) -> Poly:
        """The sum and product rules, and the power rule for an atom's constant exponent."""
        algebra, total = self.algebra, ZERO
        for term, factor in poly.terms.items():
            for atom, exponent in term:
                if not self.atom_depends(atom, by):
                    continue
                rest, kept = self.beside(term, atom, by)
                scale = factor
                inner = self.of_atom(atom, by)
                if isinstance(atom, Exp | Power):
                    rest[atom] = exponent
                    scale = factor * exponent
                elif exponent != 1:
                    rest[atom] = exponent - 1
                    scale = factor * exponent
                product = algebra.multiply(algebra.product(rest, scale), inner)
                total = total + algebra.multiply(product, kept)
        return total

    def beside(self, term: Term, atom: Kind, by: By) -> tuple[dict[Kind, Rational], Poly]:
        """The other factors. An indicator 1[u>0] beside a derivative chooses the piece to be
        differentiated, free at u = 0: if the pieces join smoothly there, either will do."""
        algebra, rest, kept = self.algebra, {a: e for a, e in term if a is not atom}, ONE
        for other in list(rest):
            if not isinstance(other, Function) or other.name != "positive":
                continue
            if self.atom_depends(other, by):
                u = other.args[0]
                self.of_indicator(by, u, self.derivative(u, by))
                algebra.note("a piecewise function is differentiated piece by piece")
                algebra.exceptions.add("where the pieces of a piecewise function meet")
                del rest[other]
                kept = algebra.multiply(kept, algebra.step(other.args[0]))
        return rest, kept

    def of_atom(self, atom: Kind, by: By) -> Poly:
        """The derivative of an atom; of `Exp` and `Power` the logarithmic one."""
        algebra = self.algebra
        algebra.tick()
        match atom:
            case Entry(_, positions):
                return algebra.product_of(
                    *(algebra.delta(p, q) for p, q in zip(positions, by.positions, strict=True))
                )
            case Exp(exponent):
                return self.derivative(Poly({exponent: 1}), by)
            case Power(base, exponent):
                return self.of_power(base, Poly({exponent: 1}), by)
            case Function(name, args):
                return self.of_function(name, args, by)
            case Base(poly):
                return self.derivative(poly, by)
            case Sum():
                bounds, body = algebra.opened(atom)
                return algebra.summed(bounds, self.derivative(body, by))
            case Matrix():
                return self.of_matrix(atom, by)
            case Unknown():
                return self.of_unknown(atom, by)
            case Count() | Symbol() | Delta():
                return ZERO

    def of_power(self, base: Poly, exponent: Poly, by: By) -> Poly:
        """d(u**m)/u**m = m u'/u + log(u) m'."""
        algebra, total = self.algebra, ZERO
        if self.depends(base, by):
            quotient = algebra.multiply(self.derivative(base, by), algebra.power(base, -1))
            total = algebra.multiply(exponent, quotient)
        if self.depends(exponent, by):
            change = algebra.multiply(algebra.log(base), self.derivative(exponent, by))
            total = total + change
        return total

    def of_function(self, name: str, args: tuple[Poly, ...], by: By) -> Poly:
        """The chain rule: f(u)' = f'(u) u'."""
        if len(args) != 1:
            raise Unsupported(f"the derivative of {name}")
        (u,) = args
        inner = self.derivative(u, by)
        if not inner.terms:
            return ZERO
        if name == "positive":
            return self.of_indicator(by, u, inner)
        if name == "step":
            return ZERO
        rule = RULES.get(name)
        if rule is None:
            raise Unsupported(f"the derivative of {name}")
        if name == "abs":
            self.algebra.note("|u|' = sign(u) u', undefined at u = 0")
            self.algebra.exceptions.add("where an absolute value, relu, max or min has its kink")
        return self.algebra.multiply(rule(self.algebra, u), inner)

    def of_indicator(self, by: By, u: Poly, inner: Poly) -> Poly:
        """0, where the sign of u certainly changes at u = 0 (its derivative is a number times δ):
        elsewhere the function beside the indicator could be smooth across."""
        for atom in atoms_in(u):
            is_bit = isinstance(atom, Function) and atom.name in ("positive", "step")
            if is_bit and self.atom_depends(atom, by):
                raise Unsupported("the derivative of a condition on a condition")
        for term in inner.terms:
            if not all(isinstance(atom, Delta) for atom, _ in term):
                raise Unsupported("the derivative of a condition that is not linear")
        return ZERO

    def of_matrix(self, atom: Matrix, by: By) -> Poly:
        algebra, extent = self.algebra, atom.extent
        r, c = algebra.fresh(extent), algebra.fresh(extent)
        body = algebra.rename(atom.body, {atom.row: r, atom.col: c})
        if atom.kind == "expm":
            return self.of_exponential(atom, by)
        change = self.derivative(body, by)

        def inverse(left: Position, right: Position) -> Poly:
            x, y = algebra.fresh(extent), algebra.fresh(extent)
            inside = algebra.rename(atom.body, {atom.row: x, atom.col: y})
            return algebra.matrix("inv", extent, x, y, inside, (left, right))

        if atom.kind == "inv":
            algebra.note("d inv(M) = -inv(M) dM inv(M)")
            left, right = atom.positions
            product = algebra.product_of(inverse(left, r), change, inverse(c, right))
            return -algebra.summed({r: extent, c: extent}, product)
        if atom.kind == "det":
            algebra.note("d det(M) = det(M) trace(inv(M) dM)")
            product = algebra.multiply(inverse(c, r), change)
            total = algebra.summed({r: extent, c: extent}, product)
            return algebra.multiply(algebra.plain(atom), total)
        raise Unsupported("the derivative of a matrix power with a symbolic exponent")

    def of_exponential(self, atom: Matrix, by: By) -> Poly:
        """d expm(t B)/dt = B expm(t B) for a scalar t and B free of t."""
        algebra = self.algebra
        if by.positions:
            raise Unsupported("the derivative of expm by a matrix")
        change = self.derivative(atom.body, by)
        t = algebra.entry(by.name, ())
        if self.depends(change, by) or algebra.multiply(t, change) != atom.body:
            raise Unsupported("the derivative of expm of more than a scalar times a matrix")
        left, right = atom.positions
        middle, x, y = (algebra.fresh(atom.extent) for _ in range(3))
        factor = algebra.rename(change, {atom.row: left, atom.col: middle})
        body = algebra.rename(atom.body, {atom.row: x, atom.col: y})
        rest = algebra.matrix("expm", atom.extent, x, y, body, (middle, right))
        algebra.note("d expm(t B)/dt = B expm(t B)")
        return algebra.sum_over(middle, atom.extent, algebra.multiply(factor, rest))

    def of_unknown(self, atom: Unknown, by: By) -> Poly:
        """The chain rule over the entries of the arguments: Σ_a Σ_rc ∂f/∂a_rc a_rc'."""
        algebra, total = self.algebra, ZERO
        algebra.note(f"chain rule over the arguments of {atom.name}")
        shapes = self.arguments.get(atom.name)
        if shapes is None:
            raise Unsupported("the derivative of a recurrence")
        for number_, (arg, shape) in enumerate(zip(atom.args, shapes, strict=True)):
            if not self.depends(arg, by):
                continue
            r, r_bounds = self.slot(shape.rows)
            c, c_bounds = self.slot(shape.cols)
            change = self.derivative(algebra.rename(arg, {atom.row: r, atom.col: c}), by)
            outer = algebra.unknown(
                atom.name, atom.row, atom.col, atom.args, atom.positions,
                (*atom.slots, (number_, r, c)),
            )  # fmt: skip
            product = algebra.multiply(outer, change)
            total = total + algebra.summed({**r_bounds, **c_bounds}, product)
        return total

    def slot(self, extent: Dim) -> tuple[Position, dict[str, Dim]]:
        if extent == Dim.of(1):
            return Dim.of(0), {}
        name = self.algebra.fresh(extent)
        return name, {name: extent}


def _inverse_root(algebra: Algebra, radicand: Poly) -> Poly:
    return algebra.power(radicand, Fraction(-1, 2))


RULES: dict[str, Callable[[Algebra, Poly], Poly]] = {
    "log": lambda a, u: a.power(u, -1),
    "sigmoid": lambda a, u: a.multiply(a.sigmoid(u), ONE - a.sigmoid(u)),
    "softplus": lambda a, u: a.sigmoid(u),
    "abs": lambda a, u: a.step(u).scale(2) - ONE,
    "sin": lambda a, u: a.apply("cos", u),
    "cos": lambda a, u: -a.apply("sin", u),
    "atan": lambda a, u: a.power(ONE + a.natural_power(u, 2), -1),
    "acot": lambda a, u: -a.power(ONE + a.natural_power(u, 2), -1),
    "asin": lambda a, u: _inverse_root(a, ONE - a.natural_power(u, 2)),
    "acos": lambda a, u: -_inverse_root(a, ONE - a.natural_power(u, 2)),
    "asinh": lambda a, u: _inverse_root(a, ONE + a.natural_power(u, 2)),
    "acosh": lambda a, u: a.multiply(_inverse_root(a, u - ONE), _inverse_root(a, u + ONE)),
    "atanh": lambda a, u: a.power(ONE - a.natural_power(u, 2), -1),
    "erf": lambda a, u: a.product_of(
        number(2), a.power(a.symbol("pi"), Fraction(-1, 2)), a.exp(-a.natural_power(u, 2))
    ),
    "loggamma": lambda a, u: a.apply("digamma", u),
    "gamma": lambda a, u: a.multiply(a.apply("gamma", u), a.apply("digamma", u)),
}
