"""Signs of functions by their derivatives: from an anchor where the sign is known, they only grow.

If d(c) >= 0, d' >= 0 for x >= c and d' <= 0 for x <= c, then d >= 0, for x in an interval that
contains c and on which d is smooth; the other atoms are held fixed. Strict where d(c) > 0.
"""

from __future__ import annotations

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import SignNeeded, Undefined, Unsupported
from derivcheck.algebra.field import ANY, Element, Kernel, Sign, mentions
from derivcheck.algebra.signs import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO, Facts, times
from derivcheck.engines.exact.lowering import Lowering
from derivcheck.engines.exact.problem import Problem

ANCHORS = (0, 1, -1)
MAX_DEPTH = 3


def sign_of(
    problem: Problem, low: Lowering, known: tuple[tuple[Element, int], ...], element: Element
) -> Sign:
    """The possible signs of an element in a case, by monotony in one of its atoms; ANY if unknown.

    Only facts that are bounds of that atom, or do not mention it, are kept, so that each point
    is joined to the anchor by a segment of points where they hold.
    """
    algebra = problem.algebra
    if problem.equations or low.kinks is not None:
        return ANY
    facts = algebra.facts
    try:
        for atom in element.atoms:
            if atom.is_integer:
                continue
            segment = _segment_facts(problem, low, known, atom)
            algebra.enter(segment)
            if any(0 in algebra.sign(s) for s in low.singular):
                continue
            found = _by_anchor(algebra, element, atom, MAX_DEPTH)
            if found != ANY:
                return found
        return ANY
    except (SignNeeded, Undefined, Unsupported):
        return ANY
    finally:
        algebra.enter(facts)


def _segment_facts(
    problem: Problem, low: Lowering, known: tuple[tuple[Element, int], ...], atom: Kernel
) -> Facts:
    algebra = problem.algebra
    facts = Facts(algebra.field)
    algebra.enter(facts)
    problem.learn(Lowering(algebra, problem.context, problem.free))
    for f, side in known:
        facts.learn(f, frozenset({side}))
    for required, sign in low.requirements:
        facts.learn(required, sign)
    for key, (polynomial, _) in list(facts.signs.items()):
        element = algebra.field.polynomial(polynomial)
        is_bound = polynomial.total_degree() == 1 and element.kernels == [atom]
        if mentions((element,), atom.index) and not is_bound:
            del facts.signs[key]
    facts.memo.clear()
    return facts


def _by_anchor(algebra: Algebra, element: Element, atom: Kernel, depth: int) -> Sign:
    """The sign of an element under the facts at hand, which are bounds of the atom."""
    direct = algebra.sign(element)
    if direct != ANY or depth == 0:
        return direct
    x = algebra.field.generator(atom)
    slope = algebra.diff(element, x)
    outer = algebra.facts
    for number in ANCHORS:
        anchor = algebra.of(number)
        if not _reaches(outer, atom, anchor):
            continue
        try:
            start = algebra.sign(algebra.substitute(element, {atom.index: anchor}))
        except (SignNeeded, Undefined, Unsupported):
            continue
        for direction in (1, -1):
            if start <= times(NONNEGATIVE, frozenset({direction})) and all(
                _grows(algebra, outer, slope * (side * direction), atom, x - anchor, side, depth)
                for side in (1, -1)
            ):
                return start if start in (POSITIVE, NEGATIVE) else start | frozenset({direction})
    return ANY


def _reaches(facts: Facts, atom: Kernel, anchor: Element) -> bool:
    """Whether the anchor is in the interval of the atom, or at an end of it."""
    for polynomial, sign in facts.signs.values():
        element = facts.field.polynomial(polynomial)
        if element.kernels == [atom]:
            value = element - facts.field.generator(atom) + anchor
            if not facts.of(value) <= sign | ZERO:
                return False
    return True


def _grows(
    algebra: Algebra,
    outer: Facts,
    slope: Element,
    atom: Kernel,
    distance: Element,
    side: int,
    depth: int,
) -> bool:
    """Whether slope >= 0 on one side of the anchor (of itself where there are no points)."""
    inner = outer.copy()
    algebra.enter(inner)
    try:
        inner.learn(distance, frozenset({side}))
        if inner.is_contradictory:
            return True
        return _by_anchor(algebra, slope, atom, depth - 1) <= NONNEGATIVE
    finally:
        algebra.enter(outer)
