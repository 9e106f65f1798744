"""Positive semidefinite matrices and convex functions that are so at sight."""

from __future__ import annotations

from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.calculus import By
from derivcheck.engines.indexed.clearing import atoms_in
from derivcheck.engines.indexed.lower import Lowering
from derivcheck.engines.indexed.terms import (
    ZERO,
    Base,
    Delta,
    Entry,
    Function,
    Poly,
    Position,
    Rational,
    Sum,
    Term,
    Unsupported,
)
from derivcheck.engines.indexed.terms import Kind as AtomKind
from derivcheck.expr.declarations import Kind
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Expr, Variable

Group = tuple[Dim | None, Term]
SMOOTH = frozenset({"sigmoid", "softplus", "sin", "cos", "atan", "asinh", "erf"})


def is_semidefinite(lowering: Lowering, matrix: Expr) -> bool:
    """A real M with M_ij a sum of w(k) g(k, i) g(k, j) with weights w >= 0, of w(i) δ(i, j),
    and of positive definite variables."""
    algebra = lowering.algebra
    size = matrix.shape.rows
    if not matrix.shape.is_square or not algebra.on_real_line:
        raise Unsupported("semidefinite only of real square matrices")
    i, j = algebra.fresh(size), algebra.fresh(size)
    return is_gram(algebra, settled(algebra, lowering.entry(matrix, i, j)), i, j)


def is_convex(lowering: Lowering, body: Expr, variable: Variable) -> bool:
    """The Hessian of a function that is smooth on the whole (convex) domain is semidefinite."""
    algebra = lowering.algebra
    shape = variable.shape
    if not algebra.on_real_line or algebra.kinds.get(variable.name) is not Kind.REAL:
        raise Unsupported("convexity only in a free real variable")
    if not (shape.is_column or shape.is_row):
        raise Unsupported("convexity only in a scalar or a vector")
    function = lowering.scalar(body)
    if not is_smooth(algebra, function):
        raise Unsupported("convexity of a function that may be undefined or not smooth")
    derivative = lowering.calculus.derivative
    if shape.is_scalar:
        by = By(variable.name, ())
        second = settled(algebra, derivative(derivative(function, by), by))
        return algebra.is_nonnegative(second) or is_weight(algebra, second)
    i, j = algebra.fresh(shape.size), algebra.fresh(shape.size)
    first = derivative(function, By(variable.name, (i,)))
    second = settled(algebra, derivative(first, By(variable.name, (j,))))
    return is_gram(algebra, second, i, j)


def settled(algebra: Algebra, poly: Poly) -> Poly:
    algebra.final = True
    try:
        return algebra.refreshed(poly)
    finally:
        algebra.final = False


def is_smooth(algebra: Algebra, poly: Poly) -> bool:
    """Smooth and defined everywhere: only smooth functions, logs and roots of positive things."""
    for atom in atoms_in(poly):
        match atom:
            case Function("log", (u,)):
                if not algebra.is_positive(u):
                    return False
            case Function(name) if name not in SMOOTH:
                return False
            case _:
                pass
    return all(
        (power >= 0 and int(power) == power) or algebra.atom_sign(atom) is True
        for part in (poly, *inner_parts(poly))
        for term in part.terms
        for atom, power in term
    )


def inner_parts(poly: Poly) -> list[Poly]:
    """The polynomials inside the atoms."""
    found: list[Poly] = []
    for atom in atoms_in(poly):
        match atom:
            case Sum(_, body):
                found.append(Poly({body: 1}))
            case Function(_, args):
                found.extend(args)
            case Base(inner):
                found.append(inner)
            case Entry() | Delta():
                pass
            case _:
                exponent = getattr(atom, "exponent", None)
                if isinstance(exponent, frozenset):
                    found.append(Poly({exponent: 1}))
    return found


def is_gram(algebra: Algebra, poly: Poly, i: str, j: str) -> bool:
    weights: dict[Group, Poly] = {}
    shared = "#weight"
    for term, factor in poly.terms.items():
        bounds, factors = opened(algebra, term)
        mapping: dict[str, Position] = {}
        extent: Dim | None = None
        if len(bounds) == 1:
            ((name, extent),) = bounds.items()
            mapping = {name: shared}
            algebra.ranges.extents[shared] = extent
        renamed = algebra.rename(Poly({frozenset(factors.items()): factor}), mapping).monomial
        if renamed is None:
            return False
        split = halves(algebra, renamed[0], i, j)
        if split is None:
            return False
        half, rest = split
        key = (extent if len(bounds) == 1 else None, half)
        if len(bounds) > 1 and algebra.term_sign(rest, factor) is None:
            return False
        if len(bounds) <= 1:
            weights[key] = weights.get(key, ZERO) + Poly({rest: renamed[1]})
    for (extent, _), weight in weights.items():
        if extent is not None:
            algebra.ranges.extents[shared] = extent
        if not (algebra.is_nonnegative(weight) or is_weight(algebra, weight)):
            return False
    return True


def is_weight(algebra: Algebra, poly: Poly) -> bool:
    """c m (1 - σ(u)) with c m >= 0."""
    if not poly.terms:
        return True
    factor, common, rest = algebra.content(poly)
    inner = algebra.complement(rest)
    if inner is None:
        return False
    sign = rest.terms[frozenset()]
    return algebra.term_sign(frozenset(common.items()), factor * sign) is not None


def opened(algebra: Algebra, term: Term) -> tuple[dict[str, Dim], dict[AtomKind, Rational]]:
    bounds: dict[str, Dim] = {}
    factors: dict[AtomKind, Rational] = {}
    for atom, power in term:
        if isinstance(atom, Sum) and power == 1:
            more, body = algebra.opened(atom)
            single = body.monomial
            if single is not None and single[1] == 1:
                bounds.update(more)
                factors.update(single[0])
                continue
        factors[atom] = power
    return bounds, factors


def halves(algebra: Algebra, term: Term, i: str, j: str) -> tuple[Term, Term] | None:
    """(g(i), w) where the term is w g(i) g(j), or w δ(i, j), or w S[i, j] with S semidefinite."""
    rest: dict[AtomKind, Rational] = {}
    sides: dict[str, dict[AtomKind, Rational]] = {i: {}, j: {}}
    whole: dict[AtomKind, Rational] = {}
    for atom, power in term:
        where = atom.free & {i, j}
        match len(where):
            case 0:
                rest[atom] = power
            case 1:
                sides[next(iter(where))][atom] = power
            case _:
                whole[atom] = power
    left, right = frozenset(sides[i].items()), frozenset(sides[j].items())
    if whole:
        ((atom, power), *others) = whole.items()
        if others or power != 1:
            return None
        if isinstance(atom, Delta):
            weight = {**rest, **sides[i], **sides[j]}
            return frozenset({(atom, power)}), frozenset(weight.items())
        if isinstance(atom, Entry) and algebra.kinds.get(atom.name) is Kind.SPD and not left:
            half: Term = frozenset({(atom, power)})
            return (half, frozenset(rest.items())) if not right else None
        return None
    turned = algebra.rename(Poly({left: 1}), {i: j})
    if turned != Poly({right: 1}):
        return None
    return left, frozenset(rest.items())
