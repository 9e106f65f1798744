"""A relation and its context as a question for the algebra: atoms, domains, conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.calculus import modulo
from derivcheck.algebra.errors import SignNeeded, Undefined, Unsupported
from derivcheck.algebra.field import ANY, Element, Field, Polynomial, mentions
from derivcheck.algebra.signs import NONNEGATIVE, NONZERO, POSITIVE
from derivcheck.claim import Context
from derivcheck.engines.exact.complexes import Complex
from derivcheck.engines.exact.lowering import SIGNS, Lowering
from derivcheck.engines.exact.matrices import Matrix, entry
from derivcheck.expr.build import children
from derivcheck.expr.declarations import COMPLEX_KINDS, Declaration, Kind
from derivcheck.expr.nodes import (
    Apply,
    At,
    Choice,
    Compare,
    Condition,
    Constant,
    Expr,
    Limit,
    Logic,
    Reduce,
)  # fmt: skip

NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
MAX_SIZE = 12


@dataclass(slots=True)
class Problem:
    """`free`: the variables as atoms. `equations`: elements that are 0 at every point considered.

    The equations must not be used under a derivative, which is taken as if entries were free.
    """

    algebra: Algebra
    context: Context
    names: frozenset[str]
    free: dict[str, Matrix] = field(default_factory=dict)
    equations: list[Element] = field(default_factory=list)

    @property
    def declarations(self) -> list[Declaration]:
        """Those of the variables that matter: named in the relation."""
        return [d for d in self.context.declarations if d.variable.name in self.names]

    def __post_init__(self) -> None:
        for declaration in self.declarations:
            self.free[declaration.variable.name] = self._atoms(declaration)

    def _atoms(self, declaration: Declaration) -> Matrix:
        variable, domain = declaration.variable, declaration.domain
        rows, cols = variable.shape.rows.constant, variable.shape.cols.constant
        if rows is None or cols is None or rows * cols > MAX_SIZE * MAX_SIZE:
            raise Unsupported("a size known only by name")
        zero = self.algebra.field.zero
        whole = domain.kind is Kind.INTEGER
        result = []
        for i in range(rows):
            row = []
            for j in range(cols):
                name = variable.name if variable.shape.is_scalar else f"{variable.name}[{i}, {j}]"
                if domain.kind in COMPLEX_KINDS:
                    re, im = self.algebra.atom(f"real({name})"), self.algebra.atom(f"imag({name})")
                    row.append(Complex(re, im))
                else:
                    row.append(Complex(self.algebra.atom(name, ANY, whole), zero))
            result.append(tuple(row))
        atoms = tuple(result)
        self._relate(domain.kind, atoms)
        return atoms

    def _relate(self, kind: Kind, a: Matrix) -> None:
        """The equations among the entries of a structured variable."""
        n = range(len(a))
        match kind:
            case Kind.REAL | Kind.COMPLEX | Kind.INTEGER | Kind.INVERTIBLE:
                return
            case Kind.SYMMETRIC | Kind.SPD:
                self.equations += [a[i][j].re - a[j][i].re for i in n for j in range(i)]
            case Kind.SKEW:
                self.equations += [a[i][j].re + a[j][i].re for i in n for j in range(i + 1)]
            case Kind.DIAGONAL:
                self.equations += [a[i][j].re for i in n for j in n if i != j]
            case Kind.HERMITIAN | Kind.HPD:
                self.equations += [a[i][j].re - a[j][i].re for i in n for j in range(i)]
                self.equations += [a[i][j].im + a[j][i].im for i in n for j in range(i + 1)]
            case Kind.SIMPLEX | Kind.UNIT:
                power = 2 if kind is Kind.UNIT else 1
                total = self.algebra.of(-1)
                for row in a:
                    total = total + row[0].re ** power
                self.equations.append(total)
            case _:
                raise Unsupported(f"entries of a variable of kind {kind}")

    # -- facts ------------------------------------------------------------------------------------

    def learn(self, low: Lowering) -> None:
        """The domains of the variables and the assumptions, as facts of the case."""
        for declaration in self.declarations:
            self._learn_domain(low, declaration)
        for condition in self.context.assumptions:
            self._assume(low, condition, True)

    def _learn_domain(self, low: Lowering, declaration: Declaration) -> None:
        facts, domain = self.algebra.facts, declaration.domain
        entries = [z.re for row in low.values[declaration.variable.name] for z in row]
        for bound, sign in ((domain.lower, 1), (domain.upper, -1)):
            if bound is None or _is_infinite(bound.value):
                continue
            value = low.scalar(bound.value).re
            for x in entries:
                facts.learn((x - value) * sign, POSITIVE if bound.is_open else NONNEGATIVE)
        for node in domain.excluded:
            value = low.scalar(node).re
            for x in entries:
                facts.learn(x - value, NONZERO)
        if domain.kind is Kind.SIMPLEX:
            for x in entries:
                facts.learn(x, NONNEGATIVE)

    def _assume(self, low: Lowering, condition: Condition, holds: bool) -> None:
        """A condition that is not understood is left out: that asks for a stronger proof."""
        match condition:
            case Logic("and", args) if holds:
                for arg in args:
                    self._assume(low, arg, True)
            case Logic("or", args) if not holds:
                for arg in args:
                    self._assume(low, arg, False)
            case Logic("not", args):
                self._assume(low, args[0], not holds)
            case Compare(op, lhs, rhs):
                relation = op if holds else NEGATED[op]
                if condition.shape.names or (not condition.shape.is_scalar and not holds):
                    return
                try:
                    left, right = low.of(lhs), low.of(rhs)
                    for i in range(condition.shape.rows.constant or 1):
                        for j in range(condition.shape.cols.constant or 1):
                            self._compare(relation, entry(left, i, j) - entry(right, i, j))
                except (SignNeeded, Unsupported, Undefined):
                    return

    def _compare(self, op: str, difference: Complex) -> None:
        if op == "==":
            self.equations += [e for e in (difference.re, difference.im) if not e.is_zero]
        elif difference.is_real:
            self.algebra.facts.learn(difference.re, SIGNS[op])

    def vanishes(self, element: Element, equations: list[Element]) -> bool:
        """Whether it is 0, using the equations: solved for an atom, or by division."""
        algebra = self.algebra
        if algebra.is_zero(element):
            return True
        for place, equation in enumerate(equations):
            rest = equations[:place] + equations[place + 1 :]
            solved = solve(algebra, equation.num)
            if solved is not None:
                put = [algebra.substitute(e, solved) for e in rest]
                return self.vanishes(
                    algebra.substitute(element, solved), [e for e in put if not e.is_zero]
                )
            if algebra.is_zero(modulo(algebra, element, equation.num)):
                return True
        return False


def solve(algebra: Algebra, polynomial: object) -> dict[int, Element] | None:
    """x = -b/a where the polynomial is a x + b, x an atom in no other kernel of it, a ≠ 0."""
    field = algebra.field
    for index, factor, rest in _affine(field, polynomial):
        if 0 not in algebra.facts.sign(factor):
            return {index: -field.polynomial(rest) / field.polynomial(factor)}
    return None


def leading_doubt(algebra: Algebra, polynomial: object) -> Polynomial | None:
    """A factor of unknown sign of the a in a x + b, which keeps `solve` from x = -b/a."""
    for _, leading, _ in _affine(algebra.field, polynomial):
        if not leading.is_constant():
            for factor, _ in algebra.field.factor(leading)[1]:
                if 0 in algebra.facts.sign(factor):
                    return factor
    return None


def _affine(field: Field, polynomial: object) -> Iterator[tuple[int, Polynomial, Polynomial]]:
    """(x, a, b) for each atom x in which the polynomial is a x + b, in no other kernel of it."""
    poly = field.polynomial(polynomial).num
    for kernel in field.kernels_of(poly):
        if kernel.args or kernel.is_constant or kernel.is_integer:
            continue
        parts = field.split(poly, kernel.index)
        if set(parts) - {0, 1}:
            continue
        others = [k for part in parts.values() for k in field.kernels_of(part)]
        if not any(mentions(k.args, kernel.index) for k in others):
            yield kernel.index, parts[1], parts.get(0, field.zero.num)


def _is_infinite(node: Expr) -> bool:
    match node:
        case Constant("oo"):
            return True
        case Apply("neg", (Constant("oo"),)):
            return True
    return False


def visit(low: Lowering, node: Expr | Condition) -> None:
    """Lower what has a domain, inner parts first, only to learn the domains.

    A derivative at a point needs a value of its body there.
    """
    if isinstance(node, Choice | At | Limit | Reduce):
        return
    for child in children(node):
        visit(low, child)
    if isinstance(node, Apply):
        try:
            low.of(node)
        except (SignNeeded, Unsupported):
            return
