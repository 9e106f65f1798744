"""Derivatives by atoms, and at kinks: where a case fixes atoms so that some f is 0.

At a kink a derivative that exists is the limit from either side, so it is read off the formula
of one side.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import SignNeeded, Unsupported
from derivcheck.algebra.field import Element, Sign, mentions
from derivcheck.algebra.signs import NEGATIVE, POSITIVE, Facts
from derivcheck.engines.exact.complexes import Complex
from derivcheck.engines.exact.matrices import Matrix
from derivcheck.expr.nodes import Derivative, Target

if TYPE_CHECKING:
    from derivcheck.engines.exact.lowering import Lowering

Step: TypeAlias = tuple[Target, tuple[int, int]]
MAX_ROUNDS = 12


@dataclass(slots=True)
class Kinks:
    """The case where some polynomials f are 0: how a derivative there is read off one side.

    `values`: the atoms (by index) put equal to what makes each f 0; `known`: the signs of the
    case, in free atoms, 0 for each such f. `direction` is the side, by the derivative's own atom.
    `nodes` collects the derivatives read off.
    """

    values: dict[int, Element]
    known: tuple[tuple[Element, int], ...]
    free: dict[str, Matrix]
    base: Facts
    direction: int
    nodes: list[Element] = field(default_factory=list)


def differentiated(
    algebra: Algebra, value: Complex, steps: list[Step], inner: dict[str, Matrix]
) -> Complex:
    """Wirtinger's ∂/∂z = (∂/∂x - I ∂/∂y)/2 by a complex variable, + for its conjugate."""
    for target, (i, j) in steps:
        atom = inner[target.variable.name][i][j]
        by_re = Complex(algebra.diff(value.re, atom.re), algebra.diff(value.im, atom.re))
        if not target.variable.is_complex:
            value = by_re
            continue
        by_im = Complex(algebra.diff(value.re, atom.im), algebra.diff(value.im, atom.im))
        sign = 1 if target.conjugate else -1
        turned = Complex(-by_im.im * sign, by_im.re * sign)
        half = Complex(algebra.of(Fraction(1, 2)), algebra.field.zero)
        value = (by_re + turned) * half
    return value


def meets_kinks(
    low: Lowering, steps: list[Step], inner: dict[str, Matrix], back: dict[int, Element]
) -> bool:
    """Whether a variable of the derivative is one whose value the case has fixed, or is in one.

    Otherwise what the case has fixed stays fixed along the derivative: the values go in first.
    """
    assert low.kinks is not None
    own = {inner[target.variable.name][i][j].re.kernels[0].index for target, (i, j) in steps}
    used = {k.index for value in low.kinks.values.values() for k in value.atoms}
    return bool(back) or bool(own & used)


def at_kink(low: Lowering, node: Derivative, steps: list[Step]) -> Matrix:
    """The limit of the derivative from one side along its own atom.

    Sound where the derivative exists: a function continuous at p, differentiable there and near
    p on one side, has there the limit of its derivative. The side: f changes along one of the
    atoms only, by a slope whose sign at p must be known. What the case fixes whatever the atoms
    are stays fixed along the derivative.
    """
    kinks, algebra = low.kinks, low.algebra
    assert kinks is not None
    if any(t.variable.is_complex or t.variable.name not in kinks.free for t, _ in steps):
        raise Unsupported("a derivative at a kink by a complex or bound variable")
    outer, facts = low.values, algebra.facts
    atoms = list(
        {
            (t.variable.name, place): kinks.free[t.variable.name][place[0]][place[1]].re
            for t, place in steps
        }.values()
    )
    indices = {atom.kernels[0].index for atom in atoms}
    fixed = {
        i: v for i, v in kinks.values.items()
        if i not in indices and not any(mentions((v,), index) for index in indices)
    }  # fmt: skip
    env = {key: _put(low, matrix, fixed) for key, matrix in kinks.free.items()}
    near: list[tuple[Element, Sign]] = []
    for f, sign in kinks.known:
        element = algebra.substitute(f, fixed)
        if element.is_zero:
            continue
        known: Sign = frozenset({sign})
        if sign == 0:
            slopes = [s for s in (algebra.diff(element, atom) for atom in atoms) if not s.is_zero]
            slope_sign = algebra.sign(algebra.substitute(slopes[0], kinks.values)) if slopes else ()
            if len(slopes) != 1 or slope_sign not in (POSITIVE, NEGATIVE):
                raise Unsupported("a kink met sideways")
            known = frozenset({kinks.direction * next(iter(slope_sign))})
        near.append((element, known))
    side = kinks.base.copy()
    algebra.enter(side)  # kernels ask the facts at hand for the signs of their arguments
    for element, known in near:
        side.learn(element, known)
    for _ in range(MAX_ROUNDS):
        inner = type(low)(algebra, low.context, env)
        algebra.enter(side)
        try:
            body = inner.of(node.body)
            values = [
                [differentiated(algebra, z, steps, inner.values) for z in row] for row in body
            ]
        except SignNeeded as needed:
            algebra.enter(facts)
            f = algebra.field.polynomial(needed.polynomial)
            at_point = algebra.decided_sign(algebra.substitute(f, kinks.values))
            if at_point == 0:
                raise Unsupported("another kink at a kink") from needed
            algebra.enter(side)
            side.learn(f, frozenset({at_point}))
            continue
        finally:
            algebra.enter(facts)
            low.values = outer
        result = tuple(
            tuple(
                Complex(
                    algebra.substitute(z.re, kinks.values), algebra.substitute(z.im, kinks.values)
                )
                for z in row
            )
            for row in values
        )
        kinks.nodes.extend(e for row in result for z in row for e in (z.re, z.im))
        return result
    raise Unsupported("too many signs at a kink")


def _put(low: Lowering, matrix: Matrix, values: dict[int, Element]) -> Matrix:
    if not values:
        return matrix
    put = low.algebra.substitute
    return tuple(
        tuple(Complex(put(z.re, values), put(z.im, values)) for z in row) for row in matrix
    )
