"""From a relation to evidence: begin, begin again with finer generators, and report."""

from __future__ import annotations

from itertools import product

from derivcheck.algebra.algebra import Algebra
from derivcheck.algebra.errors import Restart, SignNeeded, Undefined, Unsupported
from derivcheck.claim import Comparison, Context, Predicate, Relation
from derivcheck.engines.exact import continuity
from derivcheck.engines.exact.cases import Case, NotProved, Prover
from derivcheck.engines.exact.predicates import comparisons
from derivcheck.engines.exact.problem import Problem
from derivcheck.evidence import Cause, Evidence, Proof, Silence
from derivcheck.expr.build import children
from derivcheck.expr.nodes import Condition, Derivative, Expr, Variable

MAX_RESTARTS = 24
MAX_CHARTS = 3


def judge(
    relation: Relation, context: Context, deadline: float
) -> tuple[Evidence, tuple[str, ...]]:
    """A Proof, or Silence; never raises for mathematics."""
    try:
        parts = comparisons(relation) if isinstance(relation, Predicate) else (relation,)
        smooth = isinstance(relation, Predicate) and relation.name == "convex"
        provers = [_prove(part, context, deadline, smooth) for part in parts]
    except NotProved as reason:
        return Silence(Cause.INCONCLUSIVE, str(reason)), ()
    except Unsupported as reason:
        return Silence(Cause.UNSUPPORTED, str(reason)), ()
    except SignNeeded:
        return Silence(Cause.INCONCLUSIVE, "a sign that stays open"), ()
    except Undefined:
        return Silence(Cause.INCONCLUSIVE, "a side is nowhere defined"), ()
    except (MemoryError, RecursionError, OverflowError):
        return Silence(Cause.INCONCLUSIVE, "an expression grew too large"), ()
    if not all(prover.proved for prover in provers):
        return Silence(Cause.VACUOUS, "the two sides are nowhere defined together"), ()
    used = sorted({step for prover in provers for step in prover.used})
    steps = ("both sides written over exponentials, logarithms and algebraic kernels", *used)
    exceptions = tuple(dict.fromkeys(e for prover in provers for e in prover.exceptions))
    return Proof("exact algebra", steps, exceptions), ()


def _prove(relation: Comparison, context: Context, deadline: float, smooth: bool) -> Prover:
    if relation.lhs.shape != relation.rhs.shape and not (
        relation.lhs.shape.is_scalar or relation.rhs.shape.is_scalar
    ):
        raise NotProved("the two sides have different shapes")
    names = _names(relation.lhs) | _names(relation.rhs)
    for condition in context.assumptions:
        names |= _names(condition)
    hints: dict[str, int] = {}

    def attempt() -> Prover:
        for _ in range(MAX_RESTARTS):
            algebra = Algebra(hints)
            problem = Problem(algebra, context, names)
            prover = Prover(algebra, problem, relation, deadline, smooth)
            try:
                prover.prove(Case())
                return prover
            except Restart:
                continue
        raise Unsupported("no fine enough generators")

    first = attempt()
    is_closed = relation.op in ("==", "<=", ">=") and first.is_local and not smooth
    if not first.algebra.poles or (is_closed and continuity.is_continuous(relation, first.problem)):
        return first
    # The points where a generator tan(w/2) is infinite are looked at in the other charts.
    charts = sorted(first.algebra.poles)
    if len(charts) > MAX_CHARTS:
        raise Unsupported("too many angles")
    for choice in product((0, 1), repeat=len(charts)):
        hints.update(zip(charts, choice, strict=True))
        if any(choice) and attempt().algebra.poles - set(charts):
            raise Unsupported("angles that differ between charts")
    return first


def _names(node: Expr | Condition) -> frozenset[str]:
    """The variables in a tree, those that derivatives are by too."""
    found = {node.name} if isinstance(node, Variable) else set()
    if isinstance(node, Derivative):
        found |= {target.variable.name for target in node.targets}
    for child in children(node):
        found |= _names(child)
    return frozenset(found)
