"""A proof by cases: where the sign of f decides, f > 0, f < 0 and f = 0 are each proved."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import SignNeeded, Undefined, Unsupported
from derivcheck.algebra.field import Element, Polynomial
from derivcheck.algebra.signs import NONNEGATIVE, NONZERO, Facts
from derivcheck.algebra.trigonometry import learn_angles
from derivcheck.claim import Comparison
from derivcheck.engines.exact import constancy, continuity, monotony
from derivcheck.engines.exact.kinks import Kinks
from derivcheck.engines.exact.lowering import SIGNS, Lowering
from derivcheck.engines.exact.matrices import Matrix, entry
from derivcheck.engines.exact.problem import Problem, leading_doubt, solve, visit

MAX_CASES = 150


class NotProved(Exception):
    """The relation was not shown in some case; `constant` is a difference that is a number ≠ 0."""


@dataclass(frozen=True, slots=True)
class Case:
    """Signs that hold (of polynomials in the free atoms), and atoms fixed where a sign is 0."""

    known: tuple[tuple[Element, int], ...] = ()
    values: tuple[tuple[int, Element], ...] = ()

    def __str__(self) -> str:
        words = {1: "> 0", 0: "== 0", -1: "< 0"}
        return " and ".join(f"{f} {words[sign]}" for f, sign in self.known)


@dataclass(slots=True)
class Prover:
    """Proves one comparison; `proved` counts the cases that have points and were shown.

    `smooth`: the sides must be smooth on the whole domain. `closed`: what has to be >= 0 for
    the sides to be defined. `is_local`: no step used that a set of points is connected where a
    generator tan(w/2) could hide a singular point.
    """

    algebra: Algebra
    problem: Problem
    relation: Comparison
    deadline: float
    smooth: bool = False
    is_local: bool = True
    proved: int = 0
    visited: int = 0
    used: set[str] = field(default_factory=set)
    closed: list[Element] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)

    def prove(self, case: Case) -> None:
        """Returns only if it is shown; else raises NotProved, Unsupported or an algebra error."""
        self.visited += 1
        if self.visited > MAX_CASES or time.monotonic() > self.deadline:
            raise NotProved("too many cases")
        try:
            low = self._enter(case, 1)
            if self.algebra.facts.is_contradictory:
                return
            self._learn(low)
            if self.algebra.facts.is_contradictory:
                return
            low.memo.clear()
            low.singular.clear()
            lhs, rhs = low.of(self.relation.lhs), low.of(self.relation.rhs)
            self.closed += [e for e, sign in low.requirements if sign == NONNEGATIVE]
            self._settle(case, low, lhs, rhs)
        except Undefined:
            if not self.relation.lhs.shape.is_scalar or not self.relation.rhs.shape.is_scalar:
                raise NotProved("some entries are undefined") from None
            if case.known and case.known[-1][1] == 0:
                self.exceptions.append(str(case))
        except SignNeeded as needed:
            self._split(case, needed.polynomial)

    # -- entering a case --------------------------------------------------------------------------

    def _enter(self, case: Case, direction: int) -> Lowering:
        algebra, problem = self.algebra, self.problem
        values = dict(case.values)
        base = Facts(algebra.field)
        algebra.enter(base)
        problem.equations.clear()
        problem.free = {}
        problem.__post_init__()
        free = Lowering(algebra, problem.context, problem.free)
        problem.learn(free)
        facts = base
        root, kinks = problem.free, None
        if values:
            facts = Facts(algebra.field)
            algebra.enter(facts)
            root = {name: self._put(m, values) for name, m in problem.free.items()}
            problem.learn(Lowering(algebra, problem.context, root))
            problem.equations[:] = [
                e for e in (algebra.substitute(e, values) for e in problem.equations)
                if not e.is_zero
            ]  # fmt: skip
            kinks = Kinks(values, case.known, problem.free, base, direction)
        for f, sign in case.known:
            if sign:
                facts.learn(algebra.substitute(f, values) if values else f, frozenset({sign}))
        algebra.enter(facts)
        learn_angles(algebra)
        return Lowering(algebra, problem.context, root, kinks)

    def _put(self, matrix: Matrix, values: dict[int, Element]) -> Matrix:
        substitute = self.algebra.substitute
        return tuple(
            tuple(type(z)(substitute(z.re, values), substitute(z.im, values)) for z in row)
            for row in matrix
        )

    def _learn(self, low: Lowering) -> None:
        for side in (self.relation.lhs, self.relation.rhs):
            visit(low, side)

    # -- branching --------------------------------------------------------------------------------

    def _split(self, case: Case, polynomial: Polynomial) -> None:
        algebra = self.algebra
        f = algebra.field.polynomial(polynomial)
        if any(" at " in kernel.name for kernel in f.atoms) or f.is_constant:
            raise Unsupported("a sign that no case can fix")
        open_signs = algebra.facts.sign(polynomial)
        solved = solve(algebra, polynomial)
        doubt = leading_doubt(algebra, polynomial) if solved is None else None
        if doubt is not None and 0 in open_signs:
            self._split(case, doubt)
            return
        singular_at_zero = 0 in open_signs
        self.used.add("case distinction")
        for sign in (1, -1):
            if sign in open_signs:
                self.prove(Case((*case.known, (f, sign)), case.values))
        if not singular_at_zero:
            return
        try:
            if solved is None:
                raise Unsupported(f"the points where {f} = 0")
            values = {index: algebra.substitute(v, solved) for index, v in case.values} | solved
            self.prove(Case((*case.known, (f, 0)), tuple(values.items())))
        except Unsupported:
            self._enter(Case(), 1)
            if not continuity.extends(self.problem, self.relation, f, self.closed):
                raise
            self.used.add("continuity")

    # -- deciding ---------------------------------------------------------------------------------

    def _settle(self, case: Case, low: Lowering, lhs: Matrix, rhs: Matrix) -> None:
        if low.kinks is not None and low.kinks.nodes:
            self._settle_kink(case, low, lhs, rhs)
            return
        if self.smooth:
            self._require_smooth(case, low)
        for difference in _differences(lhs, rhs):
            self._show(case, low, difference)
        self.proved += 1

    def _require_smooth(self, case: Case, low: Lowering) -> None:
        """No case was made and, by the domains alone, nothing is singular or undefined anywhere."""
        singular, facts = list(low.singular), self.algebra.facts
        cut = any(d.domain.excluded for d in self.problem.declarations)
        if cut or case.known or self.problem.equations or self.problem.context.assumptions:
            raise Unsupported("convexity where there are cases or assumptions")
        self._enter(case, 1)
        if any(e.is_zero or 0 in self.algebra.sign(e) for e in singular) or not all(
            self.algebra.sign(e) <= sign for e, sign in low.requirements
        ):
            raise Unsupported("convexity of what may be singular")
        self.algebra.enter(facts)

    def _show(self, case: Case, low: Lowering, difference: Element) -> None:
        op, algebra = self.relation.op, self.algebra
        if op != "==":
            if algebra.sign(difference) <= SIGNS[op]:
                return
            if not monotony.sign_of(self.problem, low, case.known, difference) <= SIGNS[op]:
                raise NotProved(f"the sign of {difference} is not known")
            self.is_local &= not _on_circle(low.singular)
            self.used.add("monotony from an anchor")
            return
        if self.problem.vanishes(difference, self.problem.equations):
            return
        if constancy.proves(self.problem, low, case.known, difference):
            self.is_local &= not _on_circle(low.singular)
            self.used.add("zero derivative and an exact point")
            return
        raise NotProved(f"the difference {difference} was not shown to be 0")

    def _settle_kink(self, case: Case, low: Lowering, lhs: Matrix, rhs: Matrix) -> None:
        """At a kink, for each direction: both sides with the derivatives read off that side.

        A derivative exists there only if its two limits D₊ and D₋ agree. So it is enough that
        one difference d is 0, or that d = λ (D₊ - D₋) with λ defined; and where D₊ - D₋ is
        certainly not 0 the derivative does not exist.
        """
        if self.relation.op != "==":
            raise Unsupported("an inequality at a kink")
        assert low.kinks is not None
        algebra, right = self.algebra, low.kinks.nodes
        differences = _differences(lhs, rhs)
        other = self._enter(case, -1)
        self._learn(other)
        other.memo.clear()
        opposite = _differences(other.of(self.relation.lhs), other.of(self.relation.rhs))
        assert other.kinks is not None
        jumps = [a - b for a, b in zip(right, other.kinks.nodes, strict=True)]
        certain = [jump for jump in jumps if not jump.is_zero and algebra.sign(jump) <= NONZERO]
        if certain and len(differences) == 1:
            self.exceptions.append(str(case))
            return
        for plus, minus in zip(differences, opposite, strict=True):
            if self.problem.vanishes(plus, []) or self.problem.vanishes(minus, []):
                continue
            if algebra.sign(plus - minus) <= NONZERO:
                self.exceptions.append(str(case))  # the entry's derivatives cannot all exist
                continue
            ratios = [plus / jump for jump in jumps if not jump.is_zero]
            if not any(algebra.facts.sign(r.den) <= NONZERO for r in ratios):
                raise NotProved(f"the difference {plus} at the kink was not shown to be 0")
        self.proved += 1


def _on_circle(elements: list[Element]) -> bool:
    """Whether a generator tan(w/2) is inside: then a zero may hide where it is infinite."""
    kernels = [kernel for element in elements for kernel in element.kernels]
    return any(k.name == "tan" or _on_circle(list(k.args)) for k in kernels)


def _differences(lhs: Matrix, rhs: Matrix) -> list[Element]:
    """The parts of each entry of lhs - rhs."""
    rows, cols = max(len(lhs), len(rhs)), max(len(lhs[0]), len(rhs[0]))
    result = []
    for i in range(rows):
        for j in range(cols):
            difference = entry(lhs, i, j) - entry(rhs, i, j)
            result += [difference.re] if difference.im.is_zero else [difference.re, difference.im]
    return result
