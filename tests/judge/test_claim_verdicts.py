"""Verdicts on claims, what counts as expected, and exit codes."""

from __future__ import annotations

import itertools

import pytest

from derivcheck.claim import Claim, Context, Expectation, Statement
from derivcheck.evidence import Agreement, Finding, Witness
from derivcheck.exits import ExitCode
from derivcheck.judge import exit_code, judge_claim
from derivcheck.judge.claims import Requirement, combine
from derivcheck.text import Source, Span
from derivcheck.verdict import Fault, LinkOutcome, Outcome, Verdict

STATEMENT = Statement((), Context((), ()), "a == b")
POINT = Witness((), (("x", "1"),), "1", "2")
BALLS = Finding("rigorous", Agreement(20, 99))
FLOATS = Finding("sampled", Agreement(64, 12))

PROVED = LinkOutcome("a == b", Verdict.PROVED, ())
BY_BALLS = LinkOutcome("a == b", Verdict.SUPPORTED, (BALLS, FLOATS))
BY_FLOATS = LinkOutcome("a == b", Verdict.SUPPORTED, (FLOATS,))
CERTIFIED = LinkOutcome("b == c", Verdict.REFUTED, (), certified=True, witness=POINT)
BY_A_FLOAT = LinkOutcome("b == c", Verdict.REFUTED, (), witness=POINT)
OPEN = LinkOutcome("c == d", Verdict.UNDECIDED, (), reason="timeout (symbolic): 20 s")
CLASH = LinkOutcome("d == f", Verdict.CONFLICT, (), reason="exact proved it, rigorous refuted")


def a_claim(
    expect: str = "match",
    require: Requirement = "",
    corrected: bool = False,
    lines: tuple[str, ...] = (),
) -> Claim:
    return Claim(
        "it", STATEMENT, Span(Source("s.yaml", ""), 0, 0), lines=lines,
        expect=Expectation(expect), require=require, corrected=STATEMENT if corrected else None,
    )  # fmt: skip


STRENGTH = [
    Verdict.ERROR, Verdict.CONFLICT, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.SUPPORTED,
    Verdict.PROVED,
]  # fmt: skip


@pytest.mark.parametrize("one, other", list(itertools.product(STRENGTH, repeat=2)))
def test_a_claim_is_as_strong_as_its_weakest_link(one: Verdict, other: Verdict) -> None:
    assert combine([one, other]) == STRENGTH[min(STRENGTH.index(one), STRENGTH.index(other))]


def test_a_claim_without_links_is_undecided() -> None:
    assert judge_claim(a_claim(), []).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("claim", "links", "corrected", "expected"),
    [
        (a_claim(), [PROVED], [], True),
        (a_claim(), [BY_FLOATS], [], True),
        (a_claim(), [PROVED, CERTIFIED], [], False),
        (a_claim(), [PROVED, OPEN], [], False),
        (a_claim(), [CLASH], [], False),
        (a_claim("mismatch"), [CERTIFIED], [], True),
        (a_claim("mismatch"), [BY_A_FLOAT], [], True),
        (a_claim("mismatch"), [PROVED], [], False),
        (a_claim("mismatch"), [OPEN], [], False),
        (a_claim("mismatch"), [CLASH], [], False),
        (a_claim("mismatch", corrected=True), [CERTIFIED], [PROVED], True),
        (a_claim("mismatch", corrected=True), [CERTIFIED], [BY_FLOATS], True),
        (a_claim("mismatch", corrected=True), [CERTIFIED], [CERTIFIED], False),
        (a_claim("mismatch", corrected=True), [CERTIFIED], [PROVED, OPEN], False),
        (a_claim("mismatch", corrected=True), [CERTIFIED], [], False),
        (a_claim(require="proved"), [PROVED, PROVED], [], True),
        (a_claim(require="proved"), [PROVED, BY_BALLS], [], False),
        (a_claim(require="certified"), [PROVED, BY_BALLS], [], True),
        (a_claim(require="certified"), [PROVED, BY_FLOATS], [], False),
        (a_claim("mismatch", "certified"), [CERTIFIED], [], True),
        (a_claim("mismatch", "certified"), [BY_A_FLOAT], [], False),
        (a_claim("mismatch", "proved", True), [CERTIFIED], [PROVED], True),
        (a_claim("mismatch", "proved", True), [CERTIFIED], [BY_BALLS], False),
    ],
)
def test_as_expected(
    claim: Claim, links: list[LinkOutcome], corrected: list[LinkOutcome], expected: bool
) -> None:
    outcome = judge_claim(claim, links, corrected)
    assert outcome.as_expected is expected
    assert expected or outcome.reason, "what is not as expected says why"


def test_the_stronger_of_two_requirements_counts() -> None:
    assert not judge_claim(a_claim(require="certified"), [BY_BALLS], require="proved").as_expected
    assert not judge_claim(a_claim(require="proved"), [BY_BALLS], require="certified").as_expected
    assert judge_claim(a_claim(), [BY_BALLS], require="certified").as_expected


def test_the_first_broken_step_of_a_derivation() -> None:
    claim = a_claim(lines=("a", "b", "c", "d"))
    diagnosis = judge_claim(claim, [PROVED, OPEN, CERTIFIED]).diagnosis
    assert diagnosis is not None
    assert (diagnosis.kind, diagnosis.step) == (Fault.STEP, 2)
    assert diagnosis.text == "line 4 does not follow from line 3: b == c"
    assert judge_claim(claim, [PROVED, OPEN]).diagnosis is None
    assert judge_claim(a_claim(), [CERTIFIED]).diagnosis is None, "a single relation has no step"


def test_reasons() -> None:
    assert judge_claim(a_claim(), [PROVED, OPEN]).reason == "timeout (symbolic): 20 s"
    assert judge_claim(a_claim(), [CLASH]).reason == CLASH.reason
    assert judge_claim(a_claim(), [PROVED]).reason == ""
    wrong_repair = judge_claim(a_claim("mismatch", corrected=True), [CERTIFIED], [OPEN])
    assert wrong_repair.reason == "the corrected formula is undecided: timeout (symbolic): 20 s"


GOOD = judge_claim(a_claim(), [PROVED])
BAD = judge_claim(a_claim(), [CERTIFIED])
BUG = judge_claim(a_claim(), [PROVED, CLASH])
HIDDEN_BUG = judge_claim(a_claim("mismatch", corrected=True), [CERTIFIED], [CLASH])


@pytest.mark.parametrize(
    ("outcomes", "broken", "interrupted", "code"),
    [
        ([GOOD, GOOD], False, False, ExitCode.AS_EXPECTED),
        ([GOOD, BAD], False, False, ExitCode.NOT_AS_EXPECTED),
        ([BAD, BUG], False, False, ExitCode.BUG),
        ([HIDDEN_BUG], False, False, ExitCode.BUG),
        ([BUG], True, False, ExitCode.BUG),
        ([BAD], True, False, ExitCode.USAGE),
        ([GOOD], True, False, ExitCode.USAGE),
        ([], True, False, ExitCode.USAGE),
        ([], False, False, ExitCode.NOTHING_SELECTED),
        ([BUG], True, True, ExitCode.INTERRUPTED),
        ([], False, True, ExitCode.INTERRUPTED),
    ],
)
def test_exit_codes(
    outcomes: list[Outcome], broken: bool, interrupted: bool, code: ExitCode
) -> None:
    assert exit_code(outcomes, broken_specs=broken, interrupted=interrupted) is code
