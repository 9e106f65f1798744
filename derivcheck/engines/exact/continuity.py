"""Where an equation shown for f > 0 and for f < 0 extends to f = 0 by continuity."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import flint

from derivcheck.algebra.balls import PRECISION, enclose
from derivcheck.algebra.errors import SignNeeded, Undefined, Unsupported
from derivcheck.algebra.field import Element
from derivcheck.algebra.signs import NONNEGATIVE, POSITIVE
from derivcheck.claim import Comparison
from derivcheck.engines.exact.lowering import Lowering
from derivcheck.engines.exact.problem import Problem
from derivcheck.expr.build import children
from derivcheck.expr.declarations import Declaration, Kind
from derivcheck.expr.nodes import (
    Apply,
    Choice,
    Compare,
    Condition,
    Derivative,
    Expr,
    Limit,
    Logic,
    Number,
    Variable,
)

DISCONTINUOUS = frozenset(
    {"sign", "heaviside", "floor", "ceil", "acot", "atan2", "arg", "pow", "binomial", "besselj",
     "onehot"}
)  # fmt: skip


CUT = frozenset(
    {"log", "log2", "log10", "log1p", "sqrt", "cbrt", "asin", "acos", "atan", "asec", "acsc",
     "asinh", "acosh", "atanh", "acoth", "logit", "loggamma"}
)  # fmt: skip
"""Functions that jump at a branch cut, off the real line."""


@dataclass(frozen=True, slots=True)
class Exponents:
    """Names of integer variables, and of positive ones that stay fixed on the way to f = 0."""

    whole: frozenset[str]
    positive: frozenset[str]


POINTS = (Fraction(7, 11), Fraction(-13, 7), Fraction(29, 9), Fraction(-3, 17), Fraction(41, 5))


def extends(problem: Problem, relation: Comparison, f: Element, closed: list[Element]) -> bool:
    """Both sides are continuous wherever they are defined, and f is not 0 everywhere.

    Derivatives of such piecewise smooth functions, where they exist, are among the derivatives
    of the pieces. What has to be >= 0 for a side to be defined (`closed`) is so everywhere, and
    other conditions are open, so a point is defined with its neighbourhood. Then each point with
    f = 0 is a limit of points with f ≠ 0 (f is analytic in the atoms), at which both sides are
    defined and equal.
    """
    whole = _whole(problem)
    sides = (relation.lhs, relation.rhs)
    positive = frozenset(
        d.variable.name for d in problem.declarations
        if d.variable.shape.is_scalar and not d.variable.is_complex and _is_apart(problem, d, f)
    )  # fmt: skip
    names = Exponents(whole, positive)
    if relation.op != "==" or not all(_continuous(side, names) for side in sides):
        return False
    if _meets_cuts(problem, sides, names):
        return False
    if any(" at " in k.name for e in closed for k in e.atoms):
        return False
    if not all(problem.algebra.sign(e) <= NONNEGATIVE for e in closed):
        return False
    return not problem.context.assumptions and _not_always_zero(problem, f)


def _whole(problem: Problem) -> frozenset[str]:
    return frozenset(d.variable.name for d in problem.declarations if d.domain.kind is Kind.INTEGER)


def is_continuous(relation: Comparison, problem: Problem) -> bool:
    """Whether both sides are continuous wherever they are defined."""
    names = Exponents(_whole(problem), frozenset())
    sides = (relation.lhs, relation.rhs)
    return all(_continuous(side, names) for side in sides) and not _meets_cuts(
        problem, sides, names
    )


def _meets_cuts(problem: Problem, sides: tuple[Expr, ...], names: Exponents) -> bool:
    """Whether a side may jump at a branch cut where the claim says something.

    Along the real line nothing jumps; and on the cut of what is differentiated by a complex
    variable there is no derivative.
    """
    if problem.context.on_real_line:
        return False
    outside: list[Expr] = []
    inside: list[Expr] = []
    for side in sides:
        _collect_cuts(side, names, frozenset(), outside, inside)
    low = Lowering(problem.algebra, problem.context, problem.free)
    return any(arg not in inside and not _is_real(low, arg) for arg in outside)


def _is_real(low: Lowering, node: Expr) -> bool:
    try:
        return all(z.is_real for row in low.of(node) for z in row)
    except (SignNeeded, Undefined, Unsupported):
        return False


def _collect_cuts(
    node: Expr | Condition, names: Exponents, by: frozenset[str],
    outside: list[Expr], inside: list[Expr],
) -> None:  # fmt: skip
    """The arguments of functions with a cut, those apart that vary with a derivative."""
    match node:
        case Derivative(targets=targets):
            by |= {t.variable.name for t in targets if t.variable.is_complex}
        case Apply("pow", (base, exponent)) if not _is_whole(exponent, names.whole):
            (inside if by & _variables(base) else outside).append(base)
        case Apply(op, (arg,)) if op in CUT:
            (inside if by & _variables(arg) else outside).append(arg)
    for child in children(node):
        _collect_cuts(child, names, by, outside, inside)


def _variables(node: Expr | Condition) -> frozenset[str]:
    own = frozenset((node.name,)) if isinstance(node, Variable) else frozenset()
    return own.union(*map(_variables, children(node)))


def _continuous(node: Expr | Condition, names: Exponents) -> bool:
    """A power with a whole or a positive exponent is continuous in its base."""
    match node:
        case Apply("pow", (base, Number())):
            return _continuous(base, names)
        case Apply("pow", (base, exponent)) if _is_whole(exponent, names.whole) or _is_positive(
            exponent, names.positive
        ):
            return _continuous(base, names)
        case Apply(op) if op in DISCONTINUOUS:
            return False
        case Choice() | Limit() | Compare() | Logic():
            return False
    return all(_continuous(child, names) for child in children(node))


def _is_whole(node: Expr | Condition, whole: frozenset[str]) -> bool:
    match node:
        case Number(value):
            return value.denominator == 1
        case Variable(name):
            return name in whole
        case Apply("add" | "sub" | "mul" | "neg", args):
            return all(_is_whole(arg, whole) for arg in args)
    return False


def _is_positive(node: Expr | Condition, positive: frozenset[str]) -> bool:
    match node:
        case Number(value):
            return value > 0
        case Variable(name):
            return name in positive
        case Apply("add" | "mul", args):
            return all(_is_positive(arg, positive) for arg in args)
    return False


def _is_apart(problem: Problem, declaration: Declaration, f: Element) -> bool:
    """Whether a variable is positive and not in f: points near by with f ≠ 0 keep it."""
    value = problem.free[declaration.variable.name][0][0].re
    apart = value.kernels[0] not in f.atoms
    return problem.algebra.sign(value) == POSITIVE and apart


def _not_always_zero(problem: Problem, f: Element) -> bool:
    atoms = {kernel.index: kernel for kernel in f.atoms}
    if not atoms or any(kernel.is_integer for kernel in atoms.values()):
        return False
    before = flint.ctx.prec
    flint.ctx.prec = PRECISION
    try:
        for shift in range(len(POINTS)):
            point = {
                index: flint.arb(_rational(POINTS[(place + shift) % len(POINTS)]))
                for place, index in enumerate(sorted(atoms))
            }
            ball = enclose(f, point)
            if ball.is_finite() and not ball.contains(0):
                return True
        return False
    finally:
        flint.ctx.prec = before


def _rational(value: Fraction) -> flint.fmpq:
    return flint.fmpq(value.numerator, value.denominator)
