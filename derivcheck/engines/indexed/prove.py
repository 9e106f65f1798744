"""A relation judged: both sides lowered, facts switched on, the difference shown to be zero."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction

from derivcheck.claim import Comparison, Context, Predicate, Relation
from derivcheck.engines.indexed.algebra import Algebra
from derivcheck.engines.indexed.axes import Spot, join, spots
from derivcheck.engines.indexed.clearing import vanishes
from derivcheck.engines.indexed.convexity import (
    is_convex_by_rules,
    is_convex_hessian,
    is_covariance,
)
from derivcheck.engines.indexed.derive import closed_form, has_derivative
from derivcheck.engines.indexed.determinants import turned_round
from derivcheck.engines.indexed.extremes import without_extremes
from derivcheck.engines.indexed.induction import by_induction
from derivcheck.engines.indexed.inequalities import named_inequality
from derivcheck.engines.indexed.lower import Lowering
from derivcheck.engines.indexed.semidefinite import is_convex, is_semidefinite
from derivcheck.engines.indexed.terms import ONE, ZERO, Poly, Undefined, Unsupported, number
from derivcheck.evidence import Cause, Finding, Proof, Settings, Silence
from derivcheck.expr import build
from derivcheck.expr.dims import Dim
from derivcheck.expr.latex import to_latex
from derivcheck.expr.nodes import Expr
from derivcheck.expr.printing import to_text

METHOD = "index notation, every size"
# What the derivative of max(u, 0) is taken to be at u = 0, where it is undefined: a claim that
# follows for one choice holds wherever the derivative exists.
KINKS: tuple[Poly | None, ...] = (None, ZERO, ONE, number(Fraction(1, 2)))


@dataclass(slots=True)
class Sides:
    """Both sides of an equation at one pair of spots, before facts are used."""

    lhs: Poly
    rhs: Poly
    bounds: dict[str, Dim]


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    started = time.monotonic()
    algebra = Algebra(context, started + settings.seconds)
    try:
        evidence = judge(relation, context, algebra)
    except Unsupported as reason:
        evidence = Silence(Cause.UNSUPPORTED, str(reason))
    except Undefined as reason:
        evidence = Silence(Cause.INCONCLUSIVE, f"undefined: {reason}")
    except RecursionError:
        evidence = Silence(Cause.INCONCLUSIVE, "nested too deeply")
    derived = first_derived(relation, context, settings)
    return Finding("indexed", evidence, *derived, seconds=time.monotonic() - started)


def first_derived(relation: Relation, context: Context, settings: Settings) -> tuple[str, str]:
    """The closed form of the first side that holds a derivative, as text and as LaTeX."""
    sides = (relation.lhs, relation.rhs) if isinstance(relation, Comparison) else ()
    for side in sides:
        if has_derivative(side):
            algebra = Algebra(context, time.monotonic() + min(settings.seconds / 4, 0.5))
            form = closed_form(Lowering(algebra), side)
            return ("", "") if form is None else (to_text(form), to_latex(form))
    return "", ""


def judge(relation: Relation, context: Context, algebra: Algebra) -> Proof | Silence:
    lowering = Lowering(algebra)
    match relation:
        case Comparison("==", lhs, rhs):
            plain = without_extremes(algebra, lhs), without_extremes(algebra, rhs)
            if equal(lowering, *plain) or by_induction(lowering, lhs, rhs, equal):
                return proof(algebra)
            if with_determinants(lowering, lhs, rhs):
                algebra.note("det(I + A C) = det(I + C A)")
                return proof(algebra)
        case Comparison(">" | ">=" as op, lhs, rhs):
            return by_name(lowering, lhs, rhs, op == ">") or ordered(lowering, lhs, rhs, op == ">")
        case Comparison("<" | "<=" as op, lhs, rhs):
            return by_name(lowering, rhs, lhs, op == "<") or ordered(lowering, rhs, lhs, op == "<")
        case Predicate("is_symmetric", matrix):
            if matrix.shape.is_square and equal(lowering, matrix, build.transpose(matrix)):
                return proof(algebra)
        case Predicate("orthogonal" | "unitary" as name, matrix):
            adjoint = build.transpose(matrix)
            if name == "unitary":
                adjoint = build.apply("conj", adjoint)
            eye = build.apply("eye", params=(matrix.shape.cols, matrix.shape.cols))
            if matrix.shape.is_square and equal(lowering, build.matmul(adjoint, matrix), eye):
                return proof(algebra)
        case Predicate("psd", matrix):
            if is_covariance(lowering, matrix):
                algebra.note("vᵀ(diag(p) - p pᵀ)v is a variance")
                return proof(algebra)
            if is_convex_hessian(lowering, matrix):
                algebra.note("the Hessian of a convex function")
                return proof(algebra)
            if is_semidefinite(lowering, matrix):
                algebra.note("a sum of Gram matrices with weights >= 0")
                return proof(algebra)
            return Silence(Cause.INCONCLUSIVE, "not semidefinite at sight")
        case Predicate("convex", body, variable) if variable is not None:
            if is_convex_by_rules(lowering, body, variable):
                algebra.note("convex functions put together by rules that keep convexity")
                return proof(algebra)
            if is_convex(lowering, body, variable):
                algebra.note("the Hessian is a sum of Gram matrices with weights >= 0")
                return proof(algebra)
            return Silence(Cause.INCONCLUSIVE, "not convex at sight")
        case _:
            return Silence(Cause.UNSUPPORTED, "no rule for this kind of relation")
    return Silence(Cause.INCONCLUSIVE, "the two sides have different canonical forms")


def proof(algebra: Algebra) -> Proof:
    return Proof(METHOD, tuple(algebra.steps), tuple(sorted(algebra.exceptions)))


def each_entry(lowering: Lowering, lhs: Expr, rhs: Expr) -> list[Sides]:
    """Both sides at every position: named indices along symbolic axes, numbers along short ones."""
    if lhs.shape != rhs.shape and not (lhs.shape.is_scalar or rhs.shape.is_scalar):
        raise Unsupported("two sides of different shape")
    left, right = lowering.layout.axes(lhs), lowering.layout.axes(rhs)
    if lhs.shape.is_scalar:
        left = right
    elif rhs.shape.is_scalar:
        right = left
    found: list[Sides] = []
    algebra = lowering.algebra
    for row_bounds, i in spots(algebra, join(left[0], right[0])):
        for col_bounds, j in spots(algebra, join(left[1], right[1])):
            found.append(at_entry(lowering, lhs, rhs, i, j, {**row_bounds, **col_bounds}))
    return found


def at_entry(
    lowering: Lowering, lhs: Expr, rhs: Expr, i: Spot, j: Spot, bounds: dict[str, Dim]
) -> Sides:
    return Sides(lowering.entry(lhs, i, j), lowering.entry(rhs, i, j), bounds)


def equal(lowering: Lowering, lhs: Expr, rhs: Expr) -> bool:
    """Whether both sides agree in every entry: equal canonical forms, or a difference that
    vanishes after multiplication by something that is nowhere 0."""
    entries = each_entry(lowering, lhs, rhs)
    return any(
        all(agree(lowering.algebra, sides, kink) for sides in entries)
        for kink in (KINKS if lowering.algebra.exceptions else KINKS[:1])
    )


def agree(algebra: Algebra, sides: Sides, kink: Poly | None) -> bool:
    algebra.final, algebra.kink = True, kink
    try:
        gap = algebra.refreshed(sides.lhs - sides.rhs)
        return not gap.terms or vanishes(algebra, gap, sides.bounds)
    finally:
        algebra.final, algebra.kink = False, None


def with_determinants(lowering: Lowering, lhs: Expr, rhs: Expr) -> bool:
    """Whether both sides agree after determinants on one of them, or both, are turned round."""
    left, right = turned_round(lowering.algebra, lhs), turned_round(lowering.algebra, rhs)
    if left is lhs and right is rhs:
        return False
    return any(equal(lowering, *pair) for pair in ((left, rhs), (lhs, right), (left, right)))


def by_name(lowering: Lowering, large: Expr, small: Expr, strict: bool) -> Proof | None:
    """An inequality with a name; only of real expressions, and never a strict one."""
    if strict or not lowering.algebra.on_real_line or large.shape != small.shape:
        return None
    try:
        name = named_inequality(small, large, lambda lhs, rhs: equal(lowering, lhs, rhs))
    except (Unsupported, Undefined):
        return None
    if not name:
        return None
    lowering.algebra.note(name)
    return proof(lowering.algebra)


def ordered(lowering: Lowering, large: Expr, small: Expr, strict: bool) -> Proof | Silence:
    """Every entry of the difference is a sum of terms of known sign."""
    algebra = lowering.algebra
    for sides in each_entry(lowering, large, small):
        algebra.final = True
        gap = algebra.refreshed(sides.lhs - sides.rhs)
        algebra.final = False
        if not algebra.is_real(gap):
            return Silence(Cause.UNSUPPORTED, "an inequality of complex expressions")
        if not (algebra.is_positive(gap) if strict else algebra.is_nonnegative(gap)):
            return Silence(Cause.INCONCLUSIVE, "the sign of the difference is not obvious")
    algebra.note("every term of the difference has a known sign")
    return proof(algebra)
