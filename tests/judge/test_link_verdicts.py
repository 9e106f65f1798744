"""The verdict table, row by row and pair by pair, each row with the reason why it is sound."""

from __future__ import annotations

import itertools

import pytest

from derivcheck.evidence import (
    Agreement,
    Cause,
    Evidence,
    Finding,
    Mismatch,
    Proof,
    Refutation,
    Silence,
    Witness,
)
from derivcheck.judge import judge_link
from derivcheck.verdict import Verdict

CERTAIN = Witness((("n", 2),), (("x", "1/2"),), "1", "2")
FLOAT = Witness((), (("x", "0.3"),), "1.0", "1.1")

PROOF = Finding("exact", Proof("exact algebra", exceptions=("x = 0",)))
REFUTATION = Finding("rigorous", Refutation(CERTAIN, "0.9", "balls, 333 bits"))
MISMATCH = Finding("sampled", Mismatch(FLOAT, 2, "floats"))
BALLS = Finding("rigorous", Agreement(20, 99, exceptions=("x = 0", "x = 1"), method="balls"))
ROUNDING = Finding("recheck", Agreement(1, 99))
CONFIRMED = Finding("recheck", Refutation(CERTAIN, "0.9"))
ESTIMATE = Finding("rigorous", Mismatch(FLOAT, 10, "estimated limits"))
FLOATS = Finding("sampled", Agreement(64, 12, method="floats"))


def silent(engine: str, cause: Cause = Cause.UNSUPPORTED, reason: str = "gamma") -> Finding:
    return Finding(engine, Silence(cause, reason))


@pytest.mark.parametrize(
    ("findings", "verdict", "certified", "because"),
    [
        ([PROOF, REFUTATION], "conflict", True, "one of two certain answers is wrong"),
        ([PROOF, REFUTATION, FLOATS], "conflict", True, "agreement elsewhere settles nothing"),
        ([REFUTATION], "refuted", True, "one certain counterexample refutes for all"),
        ([REFUTATION, FLOATS], "refuted", True, "floats may have missed the point"),
        ([REFUTATION, MISMATCH], "refuted", True, "the certain witness is the one shown"),
        ([PROOF, MISMATCH], "conflict", False, "nothing shows which of the two is wrong"),
        ([PROOF, MISMATCH, BALLS], "proved", False, "balls show that floats were rounding"),
        ([PROOF, MISMATCH, silent("rigorous")], "conflict", False, "silence confirms nothing"),
        ([PROOF, FLOATS], "proved", False, "proved, and the numbers agree"),
        ([PROOF, BALLS], "proved", False, "proved, and the numbers agree"),
        ([PROOF, silent("rigorous"), silent("sampled")], "proved", False, "a proof needs no point"),
        (
            [PROOF, silent("rigorous", Cause.VACUOUS), silent("sampled", Cause.VACUOUS)],
            "undecided", False, "a claim about nothing is no match, however proved",
        ),
        (
            [PROOF, silent("rigorous"), silent("sampled", Cause.VACUOUS)],
            "undecided", False, "nobody saw a point of the domain, and one says there is none",
        ),
        (
            [PROOF, silent("sampled", Cause.VACUOUS), BALLS],
            "proved", False, "a point where the balls agree is a point of the domain",
        ),
        ([MISMATCH], "refuted", False, "floats beyond their error estimate, not certified"),
        ([MISMATCH, BALLS], "supported", False, "more digits settle what floats cannot"),
        ([MISMATCH, silent("rigorous")], "refuted", False, "silence does not overrule"),
        ([MISMATCH, ROUNDING], "undecided", False, "the mismatch is gone, nothing is in its place"),
        ([MISMATCH, ROUNDING, BALLS], "supported", False, "settled at the very point"),
        ([MISMATCH, ROUNDING, PROOF], "proved", False, "settled at the very point"),
        ([MISMATCH, CONFIRMED, BALLS], "refuted", True, "balls elsewhere say nothing of here"),
        ([MISMATCH, CONFIRMED, PROOF], "conflict", True, "now two certain answers differ"),
        ([MISMATCH, ROUNDING, ESTIMATE], "refuted", False, "another point than the settled one"),
        (
            [MISMATCH, silent("recheck"), silent("rigorous")],
            "refuted", False, "a second look that saw nothing settles nothing",
        ),
        ([ROUNDING], "undecided", False, "one troubled point is no support"),
        (
            [PROOF, MISMATCH, ROUNDING, silent("rigorous", Cause.VACUOUS)],
            "proved", False, "the point that was looked at again is in the domain",
        ),
        ([FLOATS, BALLS], "supported", False, "points, not a proof"),
        ([FLOATS], "supported", False, "points, not a proof"),
        ([FLOATS, silent("sampled", Cause.VACUOUS)], "supported", False, "a point was seen"),
        ([silent("exact"), silent("sampled")], "undecided", False, "silence is no success"),
        ([Finding("sampled", Agreement(0, 50))], "undecided", False, "no point, no agreement"),
        (
            [MISMATCH, Finding("rigorous", Agreement(0, 99))],
            "refuted", False, "balls that saw no point overrule nothing",
        ),
        ([], "undecided", False, "nothing was asked"),
    ],
)  # fmt: skip
def test_table(findings: list[Finding], verdict: str, certified: bool, because: str) -> None:
    outcome = judge_link("a == b", findings)
    assert (outcome.verdict, outcome.certified) == (verdict, certified), because
    assert outcome.findings == tuple(findings), "nothing found is thrown away"


KINDS: dict[str, Evidence] = {
    "proof": PROOF.evidence,
    "refutation": REFUTATION.evidence,
    "mismatch": MISMATCH.evidence,
    "agreement": FLOATS.evidence,
    "silence": Silence(Cause.INCONCLUSIVE, ""),
    "vacuous": Silence(Cause.VACUOUS, ""),
}
PAIRS = {
    ("proof", "proof"): "proved",
    ("proof", "refutation"): "conflict",
    ("proof", "mismatch"): "conflict",
    ("proof", "agreement"): "proved",
    ("proof", "silence"): "proved",
    ("proof", "vacuous"): "undecided",
    ("refutation", "refutation"): "refuted",
    ("refutation", "mismatch"): "refuted",
    ("refutation", "agreement"): "refuted",
    ("refutation", "silence"): "refuted",
    ("refutation", "vacuous"): "refuted",
    ("mismatch", "mismatch"): "refuted",
    ("mismatch", "agreement"): "refuted",
    ("mismatch", "silence"): "refuted",
    ("mismatch", "vacuous"): "refuted",
    ("agreement", "agreement"): "supported",
    ("agreement", "silence"): "supported",
    ("agreement", "vacuous"): "supported",
    ("silence", "silence"): "undecided",
    ("silence", "vacuous"): "undecided",
    ("vacuous", "vacuous"): "undecided",
}


@pytest.mark.parametrize(("one", "other"), list(PAIRS), ids="-".join)
def test_every_pair_of_kinds_in_both_orders(one: str, other: str) -> None:
    findings = [Finding("one", KINDS[one]), Finding("other", KINDS[other])]
    assert judge_link("", findings).verdict == PAIRS[one, other]
    assert judge_link("", findings[::-1]).verdict == PAIRS[one, other]


def test_the_pairs_are_all_pairs() -> None:
    assert set(PAIRS) == set(itertools.combinations_with_replacement(KINDS, 2))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_soundness_over_all_combinations(size: int) -> None:
    """No pass without a proof or an agreement, none with a refutation; no refutation for free."""
    for kinds in itertools.product(KINDS, repeat=size):
        verdict = judge_link("", [Finding(f"e{i}", KINDS[k]) for i, k in enumerate(kinds)]).verdict
        if verdict.is_match:
            assert {"proof", "agreement"} & set(kinds)
            assert not {"refutation", "mismatch"} & set(kinds)
        if verdict is Verdict.PROVED:
            assert "proof" in kinds
        if verdict is Verdict.REFUTED:
            assert {"refutation", "mismatch"} & set(kinds)
            assert "proof" not in kinds
        if verdict is Verdict.CONFLICT:
            assert "proof" in kinds


def test_the_certified_witness_is_preferred_and_its_gap_kept() -> None:
    outcome = judge_link("", [MISMATCH, REFUTATION])
    assert (outcome.witness, outcome.gap) == (CERTAIN, "0.9")
    assert judge_link("", [MISMATCH]).witness == FLOAT
    assert judge_link("", [MISMATCH, BALLS]).witness is None, "a match has no counterexample"


def test_points_and_digits_of_the_strongest_engine_and_exceptions_once() -> None:
    outcome = judge_link("", [FLOATS, BALLS, PROOF])
    assert (outcome.points, outcome.digits) == (20, 99)
    assert outcome.exceptions == ("x = 0", "x = 1")
    assert judge_link("", [REFUTATION, PROOF]).exceptions == ()


@pytest.mark.parametrize(
    ("findings", "method"),
    [
        ([FLOATS, PROOF], "exact algebra"),
        ([Finding("indexed", Proof(""))], "index calculus"),
        ([FLOATS, BALLS], "balls"),
        ([REFUTATION], "balls, 333 bits"),
        ([PROOF, REFUTATION], "exact algebra against balls, 333 bits"),
        ([PROOF, MISMATCH], "exact algebra against floats"),
        ([silent("exact")], ""),
    ],
)
def test_method(findings: list[Finding], method: str) -> None:
    assert judge_link("", findings).method == method


def test_derived_prefers_the_closed_matrix_form() -> None:
    exact = Finding("exact", Silence(Cause.INCONCLUSIVE, ""), derived="2*x")
    symbolic = Finding("symbolic", Silence(Cause.INCONCLUSIVE, ""), derived="x + x")
    indexed = Finding("indexed", Silence(Cause.INCONCLUSIVE, ""), derived="2*A.T @ x")
    assert judge_link("", [exact, symbolic, indexed]).derived == "2*A.T @ x"
    assert judge_link("", [exact, symbolic]).derived == "x + x"
    assert judge_link("", [exact, FLOATS]).derived == "2*x"


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        (
            [silent("exact", Cause.INCONCLUSIVE, "?"), silent("sampled", Cause.TIMEOUT, "20 s")],
            "timeout (sampled): 20 s",
        ),
        ([silent("exact"), silent("symbolic", Cause.MEMORY, "2 GB")], "memory (symbolic): 2 GB"),
        ([silent("exact", Cause.INCONCLUSIVE, "?"), silent("rigorous")],
         "unsupported (rigorous): gamma"),
        ([silent("exact", Cause.TIMEOUT, "20 s"), silent("sampled", Cause.VACUOUS, "no point")],
         "vacuous (sampled): no point"),
        ([silent("exact", reason="a size"), silent("rigorous")], "unsupported (rigorous): gamma"),
        ([silent("exact", Cause.INCONCLUSIVE, "")], "inconclusive (exact)"),
    ],
)  # fmt: skip
def test_the_most_informative_reason(findings: list[Finding], reason: str) -> None:
    assert judge_link("", findings).reason == reason


@pytest.mark.parametrize(("others", "expected"), [((), ("a kink",)), ((PROOF,), ("x = 0",))])
def test_a_prover_by_cases_knows_the_exceptions_best(
    others: tuple[Finding, ...], expected: tuple[str, ...]
) -> None:
    indexed = Finding("indexed", Proof("index notation", exceptions=("a kink",)))
    assert judge_link("", (indexed, *others)).exceptions == expected


def test_a_strict_relation_too_close_to_tell_is_not_supported_by_floats() -> None:
    contested = silent("rigorous", Cause.CONTESTED, "comes within 1e-254 of equality")
    assert judge_link("", [FLOATS, contested]).verdict is Verdict.UNDECIDED
    assert judge_link("", [PROOF, FLOATS, contested]).verdict is Verdict.PROVED
    elsewhere = silent("rigorous", Cause.INCONCLUSIVE, "")
    assert judge_link("", [FLOATS, elsewhere]).verdict is Verdict.SUPPORTED
