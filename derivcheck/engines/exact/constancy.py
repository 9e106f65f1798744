"""A second way to prove a = b: every derivative of a - b is 0, and a - b is 0 at an exact point.

Sound on a connected set where a - b is differentiable. The sets used are convex: those points
where some affine forms in the atoms are positive. They are cut by the zeros of whatever may be
singular in either side; each piece with points gets an exact point of its own.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import Restart, SignNeeded, Undefined, Unsupported
from derivcheck.algebra.field import Element, Kernel
from derivcheck.algebra.signs import NEGATIVE, NONZERO, POSITIVE, Facts
from derivcheck.algebra.trigonometry import learn_angles
from derivcheck.engines.exact.lowering import Lowering
from derivcheck.engines.exact.problem import Problem

MAX_CUTS = 5
NUMBERS = (1, 0, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2), 3, -3, 4, -4, 10, -10,
           Fraction(1, 10), Fraction(-1, 10), Fraction(1, 3))  # fmt: skip
PI_MULTIPLES = (Fraction(1, 2), Fraction(-1, 2), Fraction(1, 4), 1, -1)
MAX_POINTS = 400


def proves(
    problem: Problem, low: Lowering, known: tuple[tuple[Element, int], ...], difference: Element
) -> bool:
    """Whether the difference is constant on each convex piece of the case, and 0 at a point."""
    algebra = problem.algebra
    if problem.equations or low.kinks is not None or any(e.is_zero for e in low.singular):
        return False
    atoms = difference.atoms
    if any(kernel.is_integer for kernel in atoms):
        return False
    if not _is_constant(algebra, difference, atoms):
        return False
    facts = algebra.facts
    try:
        return _pieces_hold(problem, low, known, difference)
    finally:
        algebra.enter(facts)


def _is_constant(algebra: Algebra, difference: Element, atoms: list[Kernel]) -> bool:
    """Whether each derivative is 0 where the facts at hand hold."""
    generator = algebra.field.generator
    return all(algebra.is_zero(algebra.diff(difference, generator(atom))) for atom in atoms)


def _pieces_hold(
    problem: Problem, low: Lowering, known: tuple[tuple[Element, int], ...], difference: Element
) -> bool:
    """Only affine facts are kept, so that each piece is convex; dropping facts enlarges the set."""
    algebra = problem.algebra
    affine = Facts(algebra.field)
    algebra.enter(affine)
    problem.learn(Lowering(algebra, problem.context, problem.free))
    for f, side in known:
        affine.learn(f, frozenset({side}))
    for key, (polynomial, sign) in list(affine.signs.items()):
        if not _is_affine(algebra.field.polynomial(polynomial)) or sign == NONZERO:
            del affine.signs[key]
    affine.memo.clear()
    bounds = affine.copy()
    learn_angles(algebra)
    cuts: dict[str, Element] = {}
    pending = list(low.singular)
    while pending:
        for factor, _ in algebra.field.factored(pending.pop())[1]:
            if 0 not in affine.sign(factor):
                continue
            element = algebra.field.polynomial(factor)
            kernel = algebra.field.single(factor)
            if kernel is not None and kernel.name == "root":
                pending.append(kernel.args[0])
            elif _is_affine(element):
                cuts[str(factor)] = element
            else:
                return False
    if len(cuts) > MAX_CUTS:
        return False
    atoms = {k.index: k for e in (difference, *cuts.values()) for k in e.atoms}
    for polynomial, _ in bounds.signs.values():
        atoms |= {k.index: k for k in algebra.field.polynomial(polynomial).atoms}
    return all(
        _piece_holds(algebra, low, bounds, tuple(cuts.values()), signs, atoms, difference)
        for signs in product((1, -1), repeat=len(cuts))
    )


def _is_affine(element: Element) -> bool:
    return (
        element.num.total_degree() <= 1
        and all(not kernel.args for kernel in element.kernels)
        and element.den.is_one()
    )


def _piece_holds(
    algebra: Algebra,
    low: Lowering,
    affine: Facts,
    cuts: tuple[Element, ...],
    signs: tuple[int, ...],
    atoms: dict[int, Kernel],
    difference: Element,
) -> bool:
    """A piece without points, or where a side is nowhere defined, holds of itself."""
    piece = affine.copy()
    algebra.enter(piece)
    for cut, side in zip(cuts, signs, strict=True):
        piece.learn(cut, frozenset({side}))
    if piece.is_contradictory or any(not piece.of(e) & s for e, s in low.requirements):
        return True
    bounds = piece.copy()
    learn_angles(algebra)
    try:  # once more, by the facts of this piece alone: others need not hold on all of it
        if not _is_constant(algebra, difference, difference.atoms):
            return False
    except (SignNeeded, Undefined, Unsupported):
        return False
    indices = sorted(atoms, reverse=True)
    for count, numbers in enumerate(product(_numbers(algebra), repeat=len(indices))):
        if count > MAX_POINTS:
            return False
        point = dict(zip(indices, numbers, strict=True))
        try:
            if not _inside(algebra, bounds, point):
                continue
            if algebra.is_zero(algebra.substitute(difference, point)):
                return True
        except Restart:
            raise
        except (SignNeeded, Undefined, Unsupported):
            continue
    return False


def _numbers(algebra: Algebra) -> list[Element]:
    """Numbers at which many functions have exact values."""
    numbers = [algebra.of(n) for n in NUMBERS]
    return numbers[:3] + [algebra.pi * q for q in PI_MULTIPLES] + numbers[3:]


def _inside(algebra: Algebra, piece: Facts, point: dict[int, Element]) -> bool:
    """Whether each fact holds strictly at the point."""
    for polynomial, sign in piece.signs.values():
        value = algebra.substitute(algebra.field.polynomial(polynomial), point)
        found = algebra.sign(value)
        if not (found <= sign and found in (POSITIVE, NEGATIVE)):
            return False
    return True
