"""The engine's one entry: a relation to a finding."""

from __future__ import annotations

import time

from derivcheck.claim import Comparison, Context, Relation
from derivcheck.engines.symbolic.derived import derive
from derivcheck.engines.symbolic.equality import Record, prove_equal
from derivcheck.engines.symbolic.inequality import prove_order
from derivcheck.engines.symbolic.limited import GIVING_UP, Budget, OutOfTime
from derivcheck.engines.symbolic.predicates import as_comparison
from derivcheck.engines.symbolic.reading import Vocabulary
from derivcheck.engines.symbolic.region import NeedSign, Undefined, Unsupported
from derivcheck.engines.symbolic.regions import assumed
from derivcheck.evidence import Cause, Evidence, Finding, Proof, Settings, Silence
from derivcheck.expr.latex import to_latex
from derivcheck.expr.nodes import Expr
from derivcheck.expr.printing import to_text

ENGINE = "symbolic"


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    """Derive what the relation asks for, and prove it where SymPy's algebra reaches."""
    began, budget = time.monotonic(), Budget(settings.seconds * 0.8)
    evidence: Evidence
    derived: Expr | None = None
    try:
        comparison = as_comparison(relation)
        with budget.at_most(settings.seconds):
            words = Vocabulary(context)
            evidence = _judge(comparison, words, budget)
        with budget.at_most(settings.seconds):
            derived = derive(words, words.start, comparison.lhs, comparison.rhs, budget)
    except Unsupported as reason:
        evidence = Silence(Cause.UNSUPPORTED, str(reason))
    except OutOfTime:
        if "evidence" not in locals():
            evidence = Silence(Cause.TIMEOUT, "the symbolic budget is spent")
    return Finding(
        ENGINE,
        evidence,
        to_text(derived) if derived is not None else "",
        to_latex(derived) if derived is not None else "",
        seconds=time.monotonic() - began,
    )


def _judge(comparison: Comparison, words: Vocabulary, budget: Budget) -> Evidence:
    lhs, rhs, op = comparison.lhs, comparison.rhs, comparison.op
    scalar = lhs.shape.is_scalar or rhs.shape.is_scalar
    if lhs.shape != rhs.shape and not scalar:
        return Silence(Cause.UNSUPPORTED, "the two sides have different shapes")
    record = Record()
    try:
        start = assumed(words)
        if op == "==":
            failure = prove_equal(words, start, lhs, rhs, record)
        else:
            failure = prove_order(words, start, op, lhs, rhs, record)
    except (NeedSign, Undefined) as reason:
        failure = str(reason)
    except GIVING_UP as error:
        failure = f"SymPy gave up: {type(error).__name__}"
    if failure is not None:
        return Silence(Cause.INCONCLUSIVE, failure)
    return Proof("SymPy, exact algebra over kernels", _steps(op, record), _exceptions(record))


def _steps(op: str, record: Record) -> tuple[str, ...]:
    what = (
        "rewrote the functions as exponentials, logarithms and roots; the difference cancels to 0"
        if op == "=="
        else "the sign of the difference follows from its factors and the domain"
    )
    cases = tuple(f"case {case}" for case in record.cases[:8])
    return (*cases, what)


def _exceptions(record: Record) -> tuple[str, ...]:
    return tuple(dict.fromkeys(record.exceptions))
