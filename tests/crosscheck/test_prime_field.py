"""What the indexed engine proves holds over a prime field, and what differs there is not proved."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from prime_field import look
from test_indexed_claims import CASES as PROVED
from test_indexed_mutants import mutant

from derivcheck.claim import Claim, Comparison, Statement
from derivcheck.engines.indexed import examine
from derivcheck.evidence import Proof, Settings
from derivcheck.expr.operators import ShapeError
from derivcheck.load import load, select
from derivcheck.load.statements import quick

SEED = 20261121
SETTINGS = Settings(seconds=1)
MUTANTS = 240
EXCEPTIONAL = "traps"  # a table of claims that fail in single points only
TESTS = Path(__file__).parent.parent
FILES = {
    path.stem: path
    for folder in ("cases", "../specs/notes", "../specs/public")
    for path in sorted((TESTS / folder).glob("*.yaml"))
}


def statements(source: str) -> Iterator[tuple[bool, Statement]]:
    """Right claims and wrong ones of a table, of a file of specs, or of the engine's own tests."""
    if source == "indexed":
        for case in PROVED:
            for text in (case.right, *case.wrong):
                yield text == case.right, quick(text, case.variables, case.define, case.assume)
    elif FILES[source].parent.name == "cases":
        table = yaml.load(FILES[source].read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        for case in table["cases"]:
            variables = {**table.get("variables", {}), **case.get("variables", {})}
            for text in (case["right"], *case["wrong"]):
                right = text == case["right"]
                yield right, quick(text, variables, case.get("define"), case.get("assume", ()))
    else:
        for claim in load(select([str(FILES[source])])).claims:
            assert isinstance(claim, Claim)
            yield claim.expect == "match", claim.statement
            if claim.corrected is not None:
                yield True, claim.corrected


@pytest.mark.parametrize("source", [*FILES, "indexed"])
def test_proofs_hold_and_wrong_twins_differ(source: str) -> None:
    """Of what is proved, nearly all is covered and nothing differs; most wrong twins that are
    covered differ (the others fail in exceptional points only: at kinks, at 0)."""
    seen: Counter[str] = Counter()
    for right, statement in statements(source):
        looks = [look(link.relation, statement.context, SEED) for link in statement.links]
        if not right:
            if all(one.holds is not None for one in looks):
                seen["differs" if any(one.holds is False for one in looks) else "fools"] += 1
            continue
        for link, one in zip(statement.links, looks, strict=True):
            found = examine(link.relation, statement.context, SETTINGS).evidence
            if isinstance(found, Proof):
                assert one.holds is not False, link.text
                seen["holds" if one.holds else "uncovered"] += 1
    assert seen["uncovered"] <= max(2, seen["holds"] // 8), seen
    if source != EXCEPTIONAL:
        assert seen["fools"] <= max(1, seen["differs"] // 10), seen


@pytest.mark.parametrize("part", range(8))
def test_mutants_that_differ_are_not_proved(part: int) -> None:
    """One change somewhere in a claim of the engine's own tests: a sign, a factor, a transpose."""
    chance = random.Random(SEED + part)
    differing = 0
    for _ in range(MUTANTS // 8):
        case = chance.choice(PROVED)
        statement = quick(case.right, case.variables, case.define, case.assume)
        relation = chance.choice(statement.links).relation
        if not isinstance(relation, Comparison):
            continue
        try:
            changed = replace(relation, lhs=mutant(relation.lhs, chance))
        except ShapeError:
            continue
        if look(changed, statement.context, SEED).holds is False:
            differing += 1
            found = examine(changed, statement.context, SETTINGS).evidence
            assert not isinstance(found, Proof), changed
    assert differing >= MUTANTS // 8 // 3


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("U.T @ U == eye(k)", {"U": "stiefel[n, k]"}),
        ("inv(A @ B) == inv(B) @ inv(A)", {"A": "invertible[n]", "B": "invertible[n]"}),
        ("x.T @ K @ x == 0", {"K": "skew[n]", "x": "real[n]"}),
        ("grad(logsumexp(x), x) == softmax(x)", {"x": "real[n]"}),
        ("log(softmax(x)) == x - logsumexp(x)", {"x": "real[n]"}),
        ("hess(logsumexp(x), x) == diag(softmax(x)) - softmax(x) @ softmax(x).T",
         {"x": "real[n]"}),
        ("grad(logdet(A), A) == inv(A).T", {"A": "invertible[n]"}),
        ("grad(norm(Z @ W)**2, conj(W)) == Z.H @ Z @ W",
         {"Z": "complex[m, n]", "W": "complex[n, k]"}),
        ("sin(3*x) == 3*sin(x) - 4*sin(x)**3", {"x": "real"}),
        ("diff(x**a, x) == a*x**(a - 1)", {"x": "real > 0", "a": "real"}),
        ("diff(abs(x), x) == sign(x)", {"x": "real"}),
        ("sum(y) == 1", {"y": "simplex[n]"}),
    ],
)  # fmt: skip
def test_teeth(text: str, variables: dict[str, str]) -> None:
    """A right claim holds; twice one side, and one more, are seen."""
    left, right = text.split(" == ")
    for wrong in (f"1 + {left} == {right}", f"2*({left}) == {right}"):
        if wrong.startswith("1") or right != "0":
            statement = quick(wrong, variables)
            assert look(statement.links[0].relation, statement.context, SEED).holds is False, wrong
    statement = quick(text, variables)
    assert look(statement.links[0].relation, statement.context, SEED).holds is True, text
