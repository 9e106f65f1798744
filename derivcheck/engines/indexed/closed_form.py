"""Index expressions back in matrix notation: `2*A.T @ (A @ x - b)`.

A term is a graph: indices are nodes, factors with two indices edges, factors with one vectors.
A tree of it is a product of matrices and Hadamard products; terms that start or end with the
same matrix are put in brackets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.leaves import Leaves, NoClosedForm
from derivcheck.engines.indexed.network import Network
from derivcheck.engines.indexed.products_text import Product, collected
from derivcheck.engines.indexed.terms import Delta, Exp, Kind, Poly, Rational, Sum, Term
from derivcheck.expr import build
from derivcheck.expr.dims import ONE as ONE_DIM
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Expr, Variable
from derivcheck.expr.printing import to_text

Part = Poly | tuple[Kind, Rational]


class ClosedForm(Leaves):
    """Writes polynomials with at most two free indices. Raises NoClosedForm."""

    def __init__(self, algebra: Algebra, variables: Mapping[str, Variable]) -> None:
        self.algebra = algebra
        self.variables = variables

    def array(self, poly: Poly, free: tuple[str, ...]) -> Expr:
        """Rows by the first free index, columns by the second."""
        if len(free) > 2:
            raise NoClosedForm("more than two free indices")
        products = [self.product(term, factor, free) for term, factor in poly.terms.items()]
        if not products:
            return self.filled("zeros", free)
        return collected(products)

    def filled(self, op: str, free: tuple[str, ...]) -> Expr:
        extents = [self.algebra.ranges.extents[name] for name in free]
        rows, cols = (*extents, ONE_DIM, ONE_DIM)[:2]
        if not free:
            return build.ZERO if op == "zeros" else build.UNIT
        return build.apply(op, params=(rows, cols))

    def product(self, term: Term, factor: Rational, free: tuple[str, ...]) -> Product:
        """One term: scalars, and a chain of matrices whose product has the free indices."""
        bounds, factors = self.flattened(term)
        nodes = {*bounds, *free}
        scalars: list[Expr] = []
        parts: dict[frozenset[str], list[tuple[Kind, Rational]]] = {}
        exponents: dict[frozenset[str], Poly] = {}
        self.take_softmax(factors, nodes, parts, scalars)
        for atom, power in factors:
            own = frozenset(atom.free & nodes)
            if isinstance(atom, Exp):
                more = Poly({atom.exponent: power})
                exponents[own] = exponents.get(own, Poly({})) + more
            else:
                parts.setdefault(own, []).append((atom, power))
        network = Network({**bounds, **{n: self.algebra.ranges.extents[n] for n in free}})
        for own, exponent in exponents.items():
            self.place(network, scalars, own, free, [exponent])
        for own, group in parts.items():
            self.place(network, scalars, own, free, group)
        for scalar in network.scalars(free):
            scalars.append(scalar)
        return Product(Fraction(factor), tuple(scalars), network.chain(free))

    def factor(self, parts: Sequence[Part], order: tuple[str, ...]) -> Expr:
        """The entrywise product of powers of atoms and of exponentials of polynomials."""
        pieces = [
            build.apply("exp", self.array(part, order))
            if isinstance(part, Poly)
            else self.leaf(*part, order)
            for part in parts
        ]
        result = pieces[0]
        for piece in pieces[1:]:
            result = build.apply("mul", result, piece)
        return result

    def place(
        self,
        network: Network,
        scalars: list[Expr],
        own: frozenset[str],
        free: tuple[str, ...],
        parts: Sequence[Part],
    ) -> None:
        """A factor put where its indices are; a matrix the way round in which it is shorter."""
        order = tuple(sorted(own, key=lambda n: (free.index(n) if n in free else 9, n)))
        match len(order):
            case 0:
                scalars.append(self.factor(parts, order))
            case 1:
                network.add_vector(order[0], self.factor(parts, order))
            case 2:
                forms = [(way, self.factor(parts, way)) for way in (order, order[::-1])]
                (row, col), leaf = min(forms, key=lambda form: len(to_text(form[1])))
                network.add_matrix(row, col, leaf)
            case _:
                raise NoClosedForm("a factor with three indices")

    def flattened(self, term: Term) -> tuple[dict[str, Dim], list[tuple[Kind, Rational]]]:
        """The factors with the sums among them opened under fresh names."""
        bounds: dict[str, Dim] = {}
        factors: list[tuple[Kind, Rational]] = []
        for atom, power in term:
            if isinstance(atom, Sum) and power == 1:
                more, body = self.algebra.opened(atom)
                single = body.monomial
                if single is None or single[1] != 1:
                    raise NoClosedForm("a sum of several terms")
                bounds.update(more)
                inner_bounds, inner = self.flattened(single[0])
                bounds.update(inner_bounds)
                factors.extend(inner)
            elif isinstance(atom, Delta) and power != 1:
                raise NoClosedForm("a power of an identity")
            else:
                factors.append((atom, power))
        return bounds, factors

    def take_softmax(
        self, factors: list[tuple[Kind, Rational]], nodes: set[str],
        parts: dict[frozenset[str], list[tuple[Kind, Rational]]], scalars: list[Expr],
    ) -> None:  # fmt: skip
        """exp(u_i)/Σ_k exp(u_k) is softmax(u)_i; the factors of it are turned into one."""
        for divisor, power in list(factors):
            if not isinstance(divisor, Sum) or power >= 0 or int(power) != power:
                continue
            if len(divisor.bounds) != 1 or not all(isinstance(a, Exp) for a, _ in divisor.body):
                continue
            ((bound, _),) = divisor.bounds
            for _ in range(-int(power)):
                if not self.one_softmax(factors, nodes, divisor, bound, parts):
                    break

    def one_softmax(
        self, factors: list[tuple[Kind, Rational]], nodes: set[str], divisor: Sum, bound: str,
        parts: dict[frozenset[str], list[tuple[Kind, Rational]]],
    ) -> bool:  # fmt: skip
        algebra = self.algebra
        for index in sorted(nodes - divisor.free):
            wanted = algebra.rename(Poly({divisor.body: 1}), {bound: index}).monomial
            have = dict(factors)
            if wanted is None or not all(
                have.get(a, 0) == e or (have.get(a, 0) / e >= 1) for a, e in wanted[0]
            ):
                continue
            exponent = Poly({a.exponent: e for a, e in divisor.body if isinstance(a, Exp)})
            moved = algebra.rename(exponent, {bound: index})
            for atom, power in (*wanted[0], (divisor, -1)):
                left = have[atom] - power
                have.pop(atom)
                if left:
                    have[atom] = left
            factors[:] = list(have.items())
            marker = algebra.function_atom("softmax", moved, algebra.from_dim(Dim.of(index)))
            parts.setdefault(frozenset(moved.free & nodes), []).append((marker, 1))
            return True
        return False
