"""A closed form of an expression with derivatives, derived in a worker and then judged."""

from __future__ import annotations

from collections.abc import Callable

from derivcheck.claim import Comparison, Context, Link, Statement
from derivcheck.expr.nodes import Expr
from derivcheck.run.examination import Examiner
from derivcheck.run.options import ENGINES, Engine, Options
from derivcheck.run.parcel import pack
from derivcheck.run.pool import Pool
from derivcheck.text import SpecError
from derivcheck.verdict import Derived

_DERIVING = ("indexed", "symbolic")
"""Closed forms for every size first; SymPy for scalars and sizes given as numbers."""


def derive(
    text: str,
    expr: Expr,
    context: Context,
    read: Callable[[str], Statement],
    options: Options,
    *,
    engines: tuple[Engine, ...] = ENGINES,
) -> Derived:
    """The first form that the numbers confirm; else the first that was found, or none.

    `read` reads a claim with the names of the expression. A form is judged like any claim, by
    engines that do not see how it was derived.
    """
    asked = options.select(engines)
    question = Statement((Link(Comparison("==", expr, expr), text),), context, text)
    best = Derived(text, expr, context)
    pool = Pool(options)
    try:
        parcel = pack(question)
        examiner = Examiner(pool, asked)
        for engine in (one for name in _DERIVING for one in asked if one.name == name):
            form = pool.finding(pool.ask(engine, parcel, 0)).derived
            if not form:
                continue
            try:
                claimed = read(f"({text}) == ({form})")
            except SpecError:
                continue
            relation = claimed.links[0].relation
            assert isinstance(relation, Comparison)
            (check,) = examiner.examine(claimed)
            found = Derived(text, expr, context, relation.rhs, engine.name, check)
            if found.is_confirmed:
                return found
            best = best if best.form is not None else found
    finally:
        pool.stop()
    return best
