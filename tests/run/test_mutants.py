"""Mutants of right claims are refuted; what is no mutant is told apart; survivors are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench import QUICK
from derivcheck.claim import Claim, Reading
from derivcheck.expr.scope import Scope
from derivcheck.load.statements import read_claim
from derivcheck.run.mutants import changed_claims, run_mutants
from derivcheck.run.options import ENGINES
from derivcheck.text import Fragment, Source, Span
from derivcheck.verdict import Fate, Mutant

OPTIONS = replace(QUICK, timeout=5.0)
NAMES = {"x": "real", "a": "real > 0", "n": "integer >= 1", "u": "real[d]", "P": "spd[d]"}


def claim_of(text: str) -> Claim:
    scope = Scope()
    for name, kind in NAMES.items():
        scope.declare(Fragment.whole(name), Fragment.whole(kind))
    statement = read_claim(Fragment.whole(text), scope)
    return Claim("one", statement, Span(Source("s.yaml", ""), 0, 0), reading=Reading(scope.names))


def judged(text: str, most: int = 6, engines: tuple[str, ...] = ()) -> tuple[Mutant, ...]:
    chosen = tuple(e for e in ENGINES if not engines or e.name in engines)
    ((_, mutants),) = run_mutants([claim_of(text)], OPTIONS, engines=chosen, most=most)
    return mutants


def fates(mutants: tuple[Mutant, ...]) -> set[Fate]:
    return {mutant.fate for mutant in mutants}


def test_the_mutants_of_a_right_claim_are_refuted() -> None:
    found = judged("grad(u.T @ P @ u, u) == 2*P @ u")
    assert any(mutant.fate is Fate.REFUTED for mutant in found)
    without = [mutant for mutant in found if mutant.change.startswith("without")]
    assert [mutant.fate for mutant in without] == [Fate.EQUIVALENT]  # symmetric is enough
    assert fates(judged("abs(a)*x == a*x")) <= {Fate.REFUTED, Fate.EQUIVALENT}


def test_an_assumption_that_is_needed_is_missed() -> None:
    found = judged("abs(a) == a")
    assert [m.fate for m in found if m.change.startswith("without")] == [Fate.REFUTED]


def test_a_change_that_changes_nothing_is_no_mutant() -> None:
    found = judged("diff(tanh(x), x) == 1 - tanh(x)**2", most=12)
    assert {m.text for m in found if m.fate is Fate.EQUIVALENT} == {
        "diff(tanh(x), x) == 1 - tanh(-x)**2"
    }


def test_a_true_mutant_that_nobody_can_prove_survives() -> None:
    found = judged("diff(tanh(x), x) == 1 - tanh(x)**2", most=12, engines=("rigorous",))
    (survivor,) = [m for m in found if m.fate is Fate.SURVIVED]
    assert survivor.text == "diff(tanh(x), x) == 1 - tanh(-x)**2"
    assert survivor.reason == "supported"


@pytest.mark.parametrize("most", [3, 5])
def test_their_number_is_bounded_and_they_are_the_same_each_time(most: int) -> None:
    claim = claim_of("diff(x**3 - 2*x**2 + x, x) == 3*x**2 - 4*x + 1")
    first = [one.text for one in changed_claims(claim, most)]
    assert len(first) == most
    assert first == [one.text for one in changed_claims(claim, most)]


def test_a_claim_that_cannot_be_read_again_has_none() -> None:
    claim = replace(claim_of("x == x"), reading=None)
    assert list(changed_claims(claim)) == []
