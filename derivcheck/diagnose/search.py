"""The search for a repair: changes in order, each refuted quickly or confirmed with care."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from derivcheck.claim import Comparison, Context, Predicate, Relation, Statement
from derivcheck.diagnose.plan import (
    FIRST,
    INSIDE,
    LAST,
    NATURAL,
    SECOND,
    STRUCTURED,
    THIRD,
    WITH_A_SIGN,
)
from derivcheck.expr import build
from derivcheck.expr.names import Names
from derivcheck.expr.nodes import Expr
from derivcheck.text import Fragment, SpecError
from derivcheck.variants.change import Change, Generator
from derivcheck.variants.domains import Restated, Restrict
from derivcheck.variants.factors import of_parts, scale
from derivcheck.variants.sides import Side, Written, read_relation
from derivcheck.variants.signs import whole
from derivcheck.variants.syntax import negated, size, snippet, terms, write
from derivcheck.variants.terms import extended
from derivcheck.variants.transposes import transposed, transposes_inside
from derivcheck.verdict import Diagnosis, Fault

SHARE = 0.5
REPEATING = (Fault.CONSTANT, Fault.EXTRA_TERM)
LONGEST, MOST_PARTS = 160, 12
Assume: TypeAlias = tuple[Fragment, ...]

_OPPOSITE: dict[str, Literal["==", "!=", "<", "<=", ">", ">="]] = {
    "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A refuted relation: link number `link` of the claim `text`, with the names it was read with.

    `derived` is what an engine found instead, in the claim language, or empty. In a derivation
    the relation is between two lines. `ratio` is that of the sides at a counterexample.
    """

    text: str
    link: int
    names: Names
    assume: Assume = ()
    derived: str = ""
    step: int | None = None
    is_derivation: bool = False
    ratio: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What the search is given. `read` raises SpecError for a text that is no claim.

    `refutes` is quick and may miss a failure; `holds` is thorough: what it says is printed.
    `points` counts at how many of some points a relation holds.
    """

    read: Callable[[str, Names, Assume], Statement]
    refutes: Callable[[Relation, Context], bool]
    holds: Callable[[Statement], bool]
    points: Callable[[Relation, Context], int]
    seconds: float = 5.0


def diagnose(case: Case, tools: Tools) -> Diagnosis | None:
    """The first confirmed repair, or None; never one that was not confirmed."""
    statement = tools.read(case.text, case.names, case.assume)
    search = _Search(case, tools, time.monotonic() + tools.seconds, statement.context)
    found = search.run(statement)
    return None if found is None else replace(found, step=case.step)


@dataclass(slots=True)
class _Search:
    case: Case
    tools: Tools
    deadline: float
    context: Context
    tried: int = 0

    def run(self, statement: Statement) -> Diagnosis | None:
        case = self.case
        original = statement.links[case.link].relation
        try:
            written = read_relation(case.text, case.link, case.names)
        except SpecError:
            written = None
        if written is None or isinstance(original, Predicate) or original.op != "==":
            return self._restricted(NATURAL, statement)
        return (
            self._turned(written, original)
            or self._changed(FIRST, written, original)
            or self._first(self._ratio(written), written, self._sides(written)[0][0], original)
            or self._restricted(NATURAL, statement)
            or self._opened(written, original)
            or self._derived_terms(written, original)
            or self._changed(SECOND, written, original)
            or self._restricted(STRUCTURED, statement)
            or self._changed(THIRD, written, original)
            or self._derived_factors(written, original)
            or self._restricted(LAST, statement)
            or self._with_a_sign(written, original)
        )

    # -- changed formulas --------------------------------------------------------------------------

    def _changed(
        self, generators: Iterable[Generator], written: Written, original: Relation
    ) -> Diagnosis | None:
        for generate in generators:
            for side, other in self._sides(written):
                found = self._first(generate(side, other), written, side, original)
                if found is not None:
                    return found
        return None

    def _opened(self, written: Written, original: Relation) -> Diagnosis | None:
        """A change of what is differentiated: tables of antiderivatives are wrong there."""
        for side, other in ((written.lhs, written.rhs), (written.rhs, written.lhs)):
            if side.has_derivative and not other.has_derivative:
                opened = replace(side, is_open=True)
                for generate in INSIDE:
                    changes = generate(opened, other)
                    found = self._first(changes, written, side, original)
                    if found is not None:
                        return found
        return None

    def _first(
        self, changes: Iterator[Change], written: Written, side: Side, original: Relation
    ) -> Diagnosis | None:
        for change in changes:
            if self._out_of_time():
                return None
            text = _claim_with(written, side, change)
            if self._confirmed(text, original, change.kind in REPEATING):
                return Diagnosis(change.kind, change.text, text)
        return None

    def _confirmed(self, text: str, original: Relation, may_repeat: bool = False) -> bool:
        """Whether a changed relation is readable, another one, no triviality, and holds."""
        try:
            statement = self.tools.read(text, self.case.names, self.case.assume)
        except SpecError:
            return False
        self.tried += 1
        relation = statement.links[0].relation
        if not isinstance(relation, Comparison) or relation == original:
            return False
        if (_repeats_itself(text) and not may_repeat) or not _fits(relation):
            return False
        if self.tools.refutes(relation, statement.context):
            return False
        return self.tools.holds(statement) and self._as_defined(relation, original, statement)

    def _as_defined(self, relation: Comparison, original: Relation, statement: Statement) -> bool:
        """Whether both sides are defined about where the original ones are: a repair by
        sqrt(-x**2), which is defined at 0 only, holds for want of points."""
        counts = []
        for one, context in ((relation, statement.context), (original, self.context)):
            both = _both_sides(one)
            counts.append(self.tools.points(Comparison("==", both, both), context))
        return counts[0] >= SHARE * counts[1]

    def _ratio(self, written: Written) -> Iterator[Change]:
        """The ratio of the two sides at the counterexample, as a missing factor."""
        side, _ = self._sides(written)[0]
        ratio = self.case.ratio
        if ratio is None or ratio in (0, 1):
            return
        if side is written.lhs:
            ratio = 1 / ratio
        factor = snippet(str(abs(ratio)))
        root = scale(factor, side.root)
        yield Change(
            Fault.FACTOR, f"a factor {ratio} is missing", negated(root) if ratio < 0 else root
        )

    def _turned(self, written: Written, original: Relation) -> Diagnosis | None:
        """For two sides of transposed shape: the transpose, alone or with one change more."""
        left, right = written.lhs.meaning.shape, written.rhs.meaning.shape
        if left == right or left.transposed != right:
            return None
        inside = self._changed((transposes_inside,), written, original)
        if inside is not None:
            return inside
        side, other = self._sides(written)[0]
        return self._after(
            Change(Fault.TRANSPOSE, _shapes_text(side, other), transposed(side.root, side)),
            FIRST, written, side, original,
        )  # fmt: skip

    def _with_a_sign(self, written: Written, original: Relation) -> Diagnosis | None:
        """The sign of the whole side, and one change more."""
        side, other = self._sides(written)[0]
        for change in whole(side, other):
            return self._after(change, WITH_A_SIGN, written, side, original)
        return None

    def _after(
        self,
        first: Change,
        generators: Iterable[Generator],
        written: Written,
        side: Side,
        original: Relation,
    ) -> Diagnosis | None:
        """One change, alone or together with another one."""
        text = _claim_with(written, side, first)
        if self._confirmed(text, original):
            return Diagnosis(first.kind, first.text, text)
        try:
            again = read_relation(text, 0, self.case.names)
        except SpecError:
            return None
        also = None if again is None else self._changed(generators, again, original)
        if also is None:
            return None
        return replace(also, kind=first.kind, text=f"{first.text}; also {also.text}")

    def _derived_terms(self, written: Written, original: Relation) -> Diagnosis | None:
        """A term of the derived form that the claimed side lacks, or has with the other sign."""
        derived = self._derived(written)
        if derived is None:
            return None
        side, _ = self._sides(written)[0]
        changes = extended(side, [term for _, term in terms(derived)])
        return self._first(changes, written, side, original)

    def _derived_factors(self, written: Written, original: Relation) -> Diagnosis | None:
        """A part of the derived form that the claimed side lacks as a factor."""
        derived = self._derived(written)
        if derived is None:
            return None
        side, _ = self._sides(written)[0]
        parts = [n for n in ast.walk(derived) if isinstance(n, ast.Call) and size(n) > 1]
        return self._first(of_parts(side, parts[:MOST_PARTS]), written, side, original)

    def _derived(self, written: Written) -> ast.expr | None:
        """The derived form as a tree; of no use where a bare zero is claimed."""
        side, _ = self._sides(written)[0]
        if not 0 < len(self.case.derived) <= LONGEST or write(side.root).startswith(("0", "zeros")):
            return None
        try:
            return snippet(self.case.derived)
        except SyntaxError:
            return None

    def _sides(self, written: Written) -> list[tuple[Side, Side]]:
        """The side that is claimed, with the one across. Where neither is a derivative that is
        the right one, then the left; in a derivation, whose line above stands, the right one."""
        left, right = written.lhs, written.rhs
        if right.has_derivative and not left.has_derivative:
            return [(left, right)]
        if self.case.is_derivation or (left.has_derivative and not right.has_derivative):
            return [(right, left)]
        return [(right, left), (left, right)]

    # -- restricted domains ------------------------------------------------------------------------

    def _restricted(self, restricts: Iterable[Restrict], statement: Statement) -> Diagnosis | None:
        """The claim as written, on a part of its domain."""
        case = self.case
        for restrict in restricts:
            for restated in restrict(statement.context, case.names, case.assume):
                if self._out_of_time():
                    return None
                if self._holds_where(restated, statement):
                    text = restated.text
                    if restated.border is not None and self._holds_on(restated.border, statement):
                        text = text.replace(" > ", " >= ").replace(" < ", " <= ")
                    if restated.outside is not None and self._fails_on(restated.outside):
                        text += " only"
                    return Diagnosis(Fault.DOMAIN, text, self._general(statement))
        return None

    def _holds_where(self, restated: Restated, statement: Statement) -> bool:
        """Whether the claim holds there, read as on its whole domain: `log(-1)` for a complex
        variable that happens to be real stays defined."""
        try:
            narrowed = self.tools.read(self.case.text, restated.names, restated.assume)
        except SpecError:
            return False
        self.tried += 1
        link = narrowed.links[self.case.link]
        context = replace(narrowed.context, on_real_line=statement.context.on_real_line)
        if self.tools.refutes(link.relation, context):
            return False
        return self.tools.holds(replace(narrowed, links=(link,), context=context))

    def _holds_on(self, border: Fragment, statement: Statement) -> bool:
        case = self.case
        return self._holds_where(Restated("", case.names, (*case.assume, border)), statement)

    def _fails_on(self, outside: Fragment) -> bool:
        """Whether the claim is wrong at every point there: its opposite holds."""
        case = self.case
        try:
            narrowed = self.tools.read(case.text, case.names, (*case.assume, outside))
        except SpecError:
            return False
        link = narrowed.links[case.link]
        relation = link.relation
        if not isinstance(relation, Comparison) or not relation.lhs.shape.is_scalar:
            return False
        opposite = replace(link, relation=replace(relation, op=_OPPOSITE[relation.op]))
        return self.tools.holds(replace(narrowed, links=(opposite,)))

    def _general(self, statement: Statement) -> str:
        """The formula for the whole domain, where an engine derived one that holds."""
        if not 0 < len(self.case.derived) <= LONGEST:
            return ""
        relation = statement.links[self.case.link].relation
        try:
            written = read_relation(self.case.text, self.case.link, self.case.names)
            if written is None:
                return ""
            side, _ = self._sides(written)[0]
            change = Change(Fault.DOMAIN, "", snippet(self.case.derived))
            text = _claim_with(written, side, change)
        except (SpecError, SyntaxError):
            return ""
        return text if self._confirmed(text, relation) else ""

    def _out_of_time(self) -> bool:
        return time.monotonic() > self.deadline


def _claim_with(written: Written, side: Side, change: Change) -> str:
    if side is written.lhs:
        return written.claim(lhs=change.root)
    return written.claim(rhs=change.root)


def _both_sides(relation: Relation) -> Expr:
    """An expression that is defined where both sides are; of two shapes the left side alone."""
    assert isinstance(relation, Comparison)
    if not _fits(relation):
        return relation.lhs
    return build.apply("add", relation.lhs, relation.rhs)


def _repeats_itself(text: str) -> bool:
    """`x == x`: nothing is left of the claim."""
    left, _, right = text.partition(" == ")
    return left == right


def _fits(relation: Comparison) -> bool:
    left, right = relation.lhs.shape, relation.rhs.shape
    return left == right or left.is_scalar or right.is_scalar


def _shapes_text(side: Side, other: Side) -> str:
    here, there = side.meaning.shape, other.meaning.shape
    return f"the transpose is missing: {write(side.root)} is {here}, the other side is {there}"
