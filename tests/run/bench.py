"""Claims for the fake engines, and the engines."""

from __future__ import annotations

from dataclasses import replace

from derivcheck.claim import Claim, Comparison, Context, Expectation, Link, Statement
from derivcheck.expr.dims import SCALAR
from derivcheck.expr.nodes import Variable
from derivcheck.run import Engine, Options, Stage
from derivcheck.text import Source, Span

PROVER = Engine("exact", "fakes.prover")
NUMBERS = Engine("rigorous", "fakes.numbers", recheck="fakes.recheck")
FLOATS = Engine("sampled", "fakes.floats")
DEAR = Engine("symbolic", "fakes.dear", Stage.LAST)


def a_statement(*words: str) -> Statement:
    links = tuple(
        Link(Comparison("==", Variable(word, SCALAR), Variable("y", SCALAR)), f"{word} == y")
        for word in words
    )
    return Statement(links, Context((), ()), " == ".join(words))


def a_claim(*words: str, corrected: str = "") -> Claim:
    """A claim of one link for each word."""
    claim = Claim("-".join(words), a_statement(*words), Span(Source("s.yaml", ""), 0, 0))
    if corrected:
        claim = replace(claim, expect=Expectation.MISMATCH, corrected=a_statement(corrected))
    return claim


QUICK = Options(jobs=2, timeout=0.2, memory_mb=1024)
ALL = (PROVER, NUMBERS, DEAR)
