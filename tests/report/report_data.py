"""A report with one claim of every verdict, made without an engine."""

from __future__ import annotations

from derivcheck.claim import Claim, Expectation
from derivcheck.evidence import (
    Agreement,
    Cause,
    Finding,
    Mismatch,
    Proof,
    Refutation,
    Sample,
    Silence,
    Witness,
)
from derivcheck.judge import judge_claim, judge_link
from derivcheck.load.assembling import BrokenClaim
from derivcheck.load.statements import quick
from derivcheck.report.model import Entry, Report
from derivcheck.text import Diagnostic, Source, Span
from derivcheck.verdict import Diagnosis, Fault, Outcome

LONG_ID = "a-claim-with-an-id-that-is-much-longer-than-any-column-of-a-table-could-be"
SOURCE = Source("specs/page.yaml", "claims:\n" + "- id: x\n" * 20)
OTHER = Source("specs/other.yaml", "claims:\n- id: y\n")

POINT = Witness(
    sizes=(("m", 2), ("n", 1)),
    values=(("A", (("1",), ("1/3",))), ("x", (("-1/2",),)), ("z", "1 + 2*I")),
    lhs=(("1",), ("0.1",)),
    rhs=(("-1",), ("0.1",)),
    entry=(0, 0),
)
SAMPLE = Sample((("n", 1),), (("x", "1"),), "1/2", "0.5", 14)
EXCEPTION = "x = 0 (kink)"

PROOF = Finding("exact", Proof("exact algebra", ("both sides to exponentials",)), derived="2*x")
NUMBERS = Finding(
    "sampled",
    Agreement(96, 13, ((("n", 2),), (("n", 3),)), (EXCEPTION,), (SAMPLE,), "floats, in steps"),
)
CERTAIN = Finding("rigorous", Refutation(POINT, "1.5", "balls"), derived="2*A*x")
SEEN = Finding("sampled", Mismatch(POINT, 12, "floats"))
SLOW = Finding("symbolic", Silence(Cause.TIMEOUT, "20 s"))


def place(line: int, source: Source = SOURCE) -> Span:
    start = source.offset(line - 1, 0)
    return Span(source, start, start + 1)


def outcome(id: str, line: int, *findings: Finding, expect: str = "match") -> Outcome:
    statement = quick("abs(x) == x", {"x": "real"})
    corrected = quick("abs(x) == abs(x)", {"x": "real"}) if expect == "mismatch" else None
    claim = Claim(
        id, statement, place(line), title="A [title] with brackets", expect=Expectation(expect),
        corrected=corrected,
    )  # fmt: skip
    links = [judge_link(link.text, findings) for link in statement.links]
    repaired = [judge_link(link.text, [PROOF]) for link in corrected.links] if corrected else []
    return judge_claim(claim, links, repaired, seconds=0.25)


def derivation(id: str, line: int) -> Outcome:
    steps = ("(x + 1)**2 - 1", "x**2 + 2*x", "x*(x - 2)")
    statement = quick(steps=steps, variables={"x": "real"})
    claim = Claim(id, statement, place(line), lines=steps)
    first, second = statement.links
    return judge_claim(claim, [judge_link(first.text, [PROOF]), judge_link(second.text, [CERTAIN])])


BROKEN = BrokenClaim("cut-short", place(9), (Diagnostic("P001", "'(' was never closed", place(9)),))
DIAGNOSIS = Diagnosis(Fault.SIGN, "the second term has the wrong sign", corrected="abs(x) == -x")
ENTRIES: tuple[Entry, ...] = (
    outcome("proved-one", 2, PROOF, NUMBERS),
    outcome(LONG_ID, 3, NUMBERS, SLOW),
    outcome("wrong-on-purpose", 4, CERTAIN, SEEN, expect="mismatch"),
    outcome("wrong", 5, SEEN),
    outcome("open", 6, SLOW),
    outcome("clash", 7, PROOF, CERTAIN),
    derivation("line-breaks", 8),
    BROKEN,
)
REPORT = Report(ENTRIES, BROKEN.diagnostics, selected=len(ENTRIES), seconds=1.25, seed=7)
FINE = Report((outcome("one", 2, PROOF), outcome("two", 3, NUMBERS)), selected=2, seconds=0.5)
