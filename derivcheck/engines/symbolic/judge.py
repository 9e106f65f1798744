"""The engine's one entry: a relation to a finding."""

from __future__ import annotations

import time

from derivcheck.claim import Comparison, Context, Predicate, Relation
from derivcheck.engines.symbolic.convexity import prove_convex
from derivcheck.engines.symbolic.derived import derive
from derivcheck.engines.symbolic.equality import Record, prove_equal
from derivcheck.engines.symbolic.inequality import prove_order
from derivcheck.engines.symbolic.limited import GIVING_UP, Budget, OutOfTime
from derivcheck.engines.symbolic.predicates import as_comparison
from derivcheck.engines.symbolic.reading import Vocabulary
from derivcheck.engines.symbolic.region import NeedSign, Region, Undefined, Unsupported
from derivcheck.engines.symbolic.regions import assumed
from derivcheck.evidence import Cause, Evidence, Finding, Proof, Settings, Silence
from derivcheck.expr.latex import to_latex
from derivcheck.expr.nodes import Expr
from derivcheck.expr.printing import to_text

ENGINE = "symbolic"


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    """Derive what the relation asks for, and prove it where SymPy's algebra reaches."""
    began, budget = time.monotonic(), Budget(settings.seconds * 0.8)
    evidence: Evidence = Silence(Cause.TIMEOUT, "the symbolic budget is spent")
    derived: Expr | None = None
    try:
        words = Vocabulary(context)
        with budget.at_most(settings.seconds * 0.6):
            evidence = _judge(relation, words)
        if isinstance(relation, Comparison):
            with budget.at_most(settings.seconds):
                derived = derive(words, assumed(words), relation.lhs, relation.rhs, budget)
    except Unsupported as reason:
        evidence = Silence(Cause.UNSUPPORTED, str(reason))
    except OutOfTime:
        pass
    return Finding(
        ENGINE,
        evidence,
        to_text(derived) if derived is not None else "",
        to_latex(derived) if derived is not None else "",
        seconds=time.monotonic() - began,
    )


def _judge(relation: Relation, words: Vocabulary) -> Evidence:
    record = Record()
    try:
        start = assumed(words)
        if isinstance(relation, Predicate) and relation.name == "convex":
            assert relation.variable is not None
            op = "convex"
            failure = prove_convex(words, start, relation.argument, relation.variable, record)
        else:
            comparison = as_comparison(relation)
            op = comparison.op
            failure = _compare(comparison, words, start, record)
    except (NeedSign, Undefined) as reason:
        failure = str(reason)
    except GIVING_UP as error:
        failure = f"SymPy gave up: {type(error).__name__}"
    if failure is not None:
        return Silence(Cause.INCONCLUSIVE, failure)
    return Proof("SymPy, exact algebra over kernels", _steps(op, record), _exceptions(record))


def _compare(
    comparison: Comparison, words: Vocabulary, start: Region, record: Record
) -> str | None:
    lhs, rhs, op = comparison.lhs, comparison.rhs, comparison.op
    scalar = lhs.shape.is_scalar or rhs.shape.is_scalar
    if lhs.shape != rhs.shape and not scalar:
        raise Unsupported("the two sides have different shapes")
    if op == "==":
        return prove_equal(words, start, lhs, rhs, record)
    return prove_order(words, start, op, lhs, rhs, record)


def _steps(op: str, record: Record) -> tuple[str, ...]:
    match op:
        case "==":
            what = "rewrote as exponentials, logarithms and roots; the difference cancels to 0"
        case "convex":
            what = "the second derivative is nowhere negative on the interval"
        case _:
            what = "the sign of the difference follows from its factors and the domain"
    cases = tuple(f"case {case}" for case in record.cases[:8])
    return (*cases, what)


def _exceptions(record: Record) -> tuple[str, ...]:
    """The equations at which a side is undefined, without those that follow from another."""
    found: list[frozenset[str]] = []
    for path in record.exceptions:
        parts = path.split(", ")
        equations = frozenset(part for part in parts if part.endswith("== 0")) or frozenset(parts)
        if equations not in found:
            found.append(equations)
    return tuple(", ".join(sorted(one)) for one in found if not any(other < one for other in found))
