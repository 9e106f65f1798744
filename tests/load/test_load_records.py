"""Spec texts to records: what is read, and where each error stands. No formula is parsed here."""

from __future__ import annotations

import pytest
import yaml

from derivcheck.load import document
from derivcheck.load.records import FileRecord, read_record
from derivcheck.text import Source


def read(text: str) -> FileRecord:
    return read_record(Source("a.yaml", text))


def errors(text: str) -> list[str]:
    """`CODE line:column` of each error, in order."""
    return [f"{d.code} {d.span.line}:{d.span.column}" for d in read(text).diagnostics if d.span]


GOOD = """\
title: A page
source: Notes, p. 1
variables:
  n: real
  y: real[m, n] > 0
define:
  swish(t): t * sigmoid(t)
  no: 1e-6
claims:
  - id: first.s1_a-b
    title: No 1
    claim: n == no
    assume: [n > 1, a < b < c]
    tags: [on, off]
    within: 1e-6
  - id: second
    steps:
      - n
      - n + 0
    variables: {on: real}
    expect: mismatch
    corrected: n == n
    require: certified
    tags: yes
"""


@pytest.mark.usefixtures("loader")
def test_everything_of_a_good_file() -> None:
    file = read(GOOD)
    assert file.diagnostics == ()
    assert [(k.text, v.text) for k, v in file.variables] == [("n", "real"), ("y", "real[m, n] > 0")]
    assert [(k.text, v.text) for k, v in file.define][1] == ("no", "1e-6")
    first, second = file.claims
    assert first.id == "first.s1_a-b" and first.span.line == 10
    assert first.claim is not None and first.claim.text == "n == no"
    assert [a.text for a in first.assume] == ["n > 1", "a < b < c"]
    assert first.tags == ("on", "off") and first.within is not None
    assert first.within.text == "1e-6"
    assert [s.text for s in second.steps] == ["n", "n + 0"]
    assert (second.expect, second.require, second.tags) == ("mismatch", "certified", ("yes",))
    assert [c.text for c in second.corrected] == ["n == n"]
    assert [k.text for k, _ in second.variables] == ["on"]


ONE = "claims:\n  - id: a\n    claim: x == x\n"

WRONG = {
    "unknown key of a file": ("titel: x\n" + ONE, ["L021 1:1"]),
    "unknown key of a claim": (ONE + "    asume: x > 0\n", ["L021 4:5"]),
    "repeated key": (ONE + "    claim: x == y\n", ["L022 4:5"]),
    "repeated variable": ("variables:\n  x: real\n  x: complex\n" + ONE, ["L022 3:3"]),
    "a list as a key": (ONE + "    ? [a]\n    : b\n", ["L023 4:7"]),
    "a merge key": (ONE + "    <<: b\n", ["L021 4:5"]),
    "a tag": (ONE + "    note: !!python/object/apply:os.system [ls]\n", ["L020 4:11", "L011 4:11"]),
    "a local tag": (ONE + "    note: !secret x\n", ["L011 4:11"]),
    "an anchor": (ONE + "    note: &here x\n", ["L012 4:11"]),
    "an alias": (ONE + "    note: *here\n", ["L012 4:11"]),
    "a second document": (ONE + "---\n" + ONE, ["L013 4:1"]),
    "no claims": ("title: x\n", ["L025 1:1"]),
    "an empty list of claims": ("claims: []\n", ["L024 1:1"]),
    "claims as a mapping": ("claims:\n  a: x == x\n", ["L020 1:1"]),
    "a claim as a text": ("claims:\n  - x == x\n", ["L020 2:5"]),
    "a list as a file": ("- a\n", ["L020 1:1"]),
    "only comments": ("# nothing\n", ["L020 1:1"]),
    "no id": ("claims:\n  - claim: x == x\n", ["L025 2:5"]),
    "an id with a blank": ("claims:\n  - id: a b\n    claim: x == x\n", ["L028 2:9"]),
    "the id `all`": ("claims:\n  - id: all\n    claim: x == x\n", ["L028 2:9"]),
    "neither claim nor steps": ("claims:\n  - id: a\n", ["L025 2:5"]),
    "both claim and steps": (ONE + "    steps: [x, x]\n", ["L026 4:5"]),
    "one step": ("claims:\n  - id: a\n    steps:\n      - x\n", ["L031 3:5"]),
    "steps as a text": ("claims:\n  - id: a\n    steps: x\n", ["L020 3:5"]),
    "no value": ("claims:\n  - id: a\n    claim:\n", ["L024 3:5"]),
    "a comment for a value": (ONE + "    title: #1 of all\n", ["L024 4:5"]),
    "expect": (ONE + "    expect: mismach\n", ["L027 4:13"]),
    "require": (ONE + "    require: true\n", ["L027 4:14"]),
    "variables as a list": (ONE + "    variables: [x]\n", ["L020 4:16"]),
    "title as a list": (ONE + "    title: [x]\n", ["L020 4:12"]),
    "a formula as a mapping": ("claims:\n  - id: a\n    claim: {x: y}\n", ["L020 3:12"]),
    "a formula as a block list": ("claims:\n  - id: a\n    claim:\n      - x\n", ["L020 4:7"]),
    "a comma that splits": (ONE + "    assume: [x in (0, 1), y > 0]\n", ["L030 4:14"]),
    "a comma that splits a head": (ONE + "    define: {f(x, y): x*y}\n", ["L030 4:14"]),
    "not YAML in the head": ("title: a: b\n" + ONE, ["L010 1:9"]),
    "not YAML at all": ("title: 'a\n", ["L010 1:8"]),
    "a tab": ("claims:\n\t- id: a\n", ["L010 2:1"]),
}


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_each_error_has_its_code_and_place(text: str, expected: list[str]) -> None:
    assert sorted(errors(text)) == sorted(expected)


def test_the_text_the_wrong_cases_start_from_is_right() -> None:
    assert errors(ONE) == []


@pytest.mark.parametrize("name", [name for name in WRONG if "claim" not in name])
def test_every_error_is_shown_with_a_caret(name: str) -> None:
    for diagnostic in read(WRONG[name][0]).diagnostics:
        assert "^" in diagnostic.render()


def test_all_errors_of_a_file_and_only_the_claims_they_are_in() -> None:
    file = read(
        "titel: x\n"
        "claims:\n"
        "  - id: one\n    claim: x == x\n    tag: a\n"
        "  - id: two\n    claim: x == x\n"
        "  - id: three\n    claim: x == x\n    note: !t a\n    expect: perhaps\n"
    )
    assert [d.code for d in file.diagnostics] == ["L021", "L021", "L011", "L027"]
    assert [len(claim.diagnostics) for claim in file.claims] == [1, 0, 2]


def test_a_near_key_is_suggested() -> None:
    (diagnostic,) = read(ONE + "    asume: x > 0\n").diagnostics
    assert "`assume`" in diagnostic.help


BROKEN_YAML = """\
variables:
  x: real: 3
claims:
  - id: colon
    title: Part 1: sums
    claim: x == x
  - id: good
    claim: x == x
  - id: bracket
    claim: [[1, 2]] @ x == x
  - id: quote
    claim: "x == x
  - id: flow
    variables: {x: real[m, n]}
    claim: x == x
  - id: last
    claim: x == x
"""


@pytest.mark.usefixtures("loader")
def test_claims_that_are_not_yaml_do_not_hide_the_others() -> None:
    file = read(BROKEN_YAML)
    places = [f"{d.code} {d.span.line}:{d.span.column}" for d in file.diagnostics if d.span]
    assert places == ["L010 2:10", "L010 5:18", "L010 10:21", "L010 12:12", "L010 14:24"]
    assert all(d.help for d in file.diagnostics)
    read_well = [claim.id for claim in file.claims if not claim.diagnostics]
    lost = [claim.id for claim in file.claims if claim.diagnostics]
    assert read_well == ["good", "last"]
    assert lost == ["colon", "bracket", "quote", "flow"]


def test_no_formula_is_read_without_a_part_of_it() -> None:
    file = read(
        "variables:\n  x: real\n"
        "define:\n  f: x\n    + y: z\n  g: x\n"
        "claims:\n"
        "  - id: folded\n    claim: >-\n        x ==\n ) : 2*(\n        x\n"
        "  - id: plain\n    claim: x\n      == y: z\n"
        "  - id: good\n    claim: x == x\n"
    )
    assert [d.code for d in file.diagnostics] == ["L010", "L010", "L010"]
    assert [key.text for key, _ in file.define] == ["g"]
    assert [claim.id for claim in file.claims if not claim.diagnostics] == ["good"]


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both YAML parsers: the fast one is not in every build of PyYAML."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML without libyaml")
    monkeypatch.setattr(document, "LOADER", getattr(yaml, request.param))
    return str(request.param)


def test_many_yaml_errors_end_in_a_remark() -> None:
    text = "claims:\n" + "".join(f"  - id: a{i}\n    title: a: b\n" for i in range(100))
    file = read(text)
    assert len(file.diagnostics) < 30
    assert "not read" in file.diagnostics[-1].message


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    "value",
    ["[" * 10_000, "{a: " * 10_000, "- " * 10_000, "? " * 10_000, "[" * 400_000],
    ids=["lists", "mappings", "dashes", "keys", "400000 lists"],
)
def test_deep_nesting_is_one_error(value: str) -> None:
    file = read(
        "claims:\n  - id: deep\n    claim: " + value + "\n  - id: good\n    claim: x == x\n"
    )
    assert len(file.diagnostics) == 1
    assert [claim.id for claim in file.claims if not claim.diagnostics] == ["good"]


def test_an_alias_bomb_is_refused_where_it_starts() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    file = read("\n".join(rows) + "\nclaims: *a29\n")
    assert {"L012", "L021", "L020"} == {d.code for d in file.diagnostics}
    assert file.claims == ()


def test_too_many_parts() -> None:
    file = read("claims:\n  - id: a\n    tags: [" + "a, " * 110_000 + "a]\n")
    assert [d.code for d in file.diagnostics] == ["L015"]


def test_a_matrix_is_read_from_the_source_text() -> None:
    (claim,) = read("claims:\n  - id: a\n    steps:\n      - [[1, 2], [3, 4]]\n      - A\n").claims
    assert claim.diagnostics == ()
    assert [step.text for step in claim.steps] == ["[[1, 2], [3, 4]]", "A"]


def test_corrected_lines_of_a_derivation() -> None:
    (claim,) = read(
        "claims:\n  - id: a\n    steps: [x, 2*x]\n    expect: mismatch\n    corrected: [x, x + 0]\n"
    ).claims
    assert claim.diagnostics == ()
    assert [line.text for line in claim.corrected] == ["x", "x + 0"]
