"""The terminal report and the page of a claim: what they show, and that they fit."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_data import (
    DIAGNOSIS,
    ENTRIES,
    EXCEPTION,
    FINE,
    LONG_ID,
    NUMBERS,
    OTHER,
    POINT,
    PROOF,
    REPORT,
    SEEN,
    derivation,
    outcome,
    place,
)

from derivcheck.report.formats import render
from derivcheck.report.model import Report, id_of
from derivcheck.report.page import page
from derivcheck.report.view import View
from derivcheck.report.words import summary, value_text

WIDTHS = [40, 60, 80, 120]


def text_of(report: Report = REPORT, **view: int | bool | str) -> str:
    return render("terminal", report, View(**view))  # type: ignore[arg-type]


def page_of(id: str, **view: int | bool | str) -> str:
    entry = next(entry for entry in ENTRIES if id_of(entry) == id)
    return View(**view).draw(page(entry))  # type: ignore[arg-type]


def row_of(text: str, id: str) -> str:
    return next(line for line in text.splitlines() if re.match(rf". +\w+ +{id} ", line))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for text in (
        text_of(width=width, verbosity=1),
        *(page_of(id_of(e), width=width) for e in ENTRIES),
    ):
        assert max(len(line) for line in text.splitlines()) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_id_is_folded_and_never_cut(width: int) -> None:
    assert LONG_ID in re.sub(r"\s", "", text_of(width=width, verbosity=1))
    column = [line[14:] for line in text_of(width=80).splitlines()]
    start = next(i for i, line in enumerate(column) if line.startswith("a-claim-"))
    parts = [column[start].split()[0]]
    for line in column[start + 1 :]:
        if "".join(parts) == LONG_ID:
            break
        parts.append(line.split()[0])
    assert "".join(parts) == LONG_ID
    assert all(part.endswith("-") for part in parts[:-1])


def test_a_row_shows_verdict_method_points_and_digits() -> None:
    text = text_of()
    assert row_of(text, "proved-one").split() == [
        "✓", "proved", "proved-one", "2", "exact", "algebra", "96", "13",
    ]  # fmt: skip
    assert row_of(text, "wrong").split()[:3] == ["✗", "refuted", "wrong"]
    assert row_of(text, "wrong-on-purpose").split()[:3] == ["✓", "refuted", "wrong-on-purpose"]
    assert row_of(text, "open").split()[-2:] == ["timeout", "(symbolic)"]
    assert row_of(text, "cut-short").split()[:3] == ["✗", "error", "cut-short"]


def test_the_method_is_shown_up_to_its_first_comma() -> None:
    report = replace(FINE, entries=(outcome("two", 3, NUMBERS),))
    assert "floats " in row_of(text_of(report), "two")
    assert "in steps" not in text_of(report)


def test_each_file_has_its_own_table() -> None:
    other = outcome("elsewhere", 2, PROOF)
    other = replace(other, claim=replace(other.claim, span=place(2, OTHER)))
    text = text_of(replace(REPORT, entries=(*ENTRIES, other)))
    assert text.count("verdict") == 2
    assert text.index("specs/page.yaml") < text.index("specs/other.yaml") < text.index("elsewhere")


def test_exceptions_are_named_under_the_table() -> None:
    assert f"exceptions of proved-one: {EXCEPTION}" in text_of()
    assert "exceptions of wrong" not in text_of()
    named = tuple(f"{'very ' * i}long" for i in range(5))
    several = replace(NUMBERS, evidence=replace(NUMBERS.evidence, exceptions=named))
    text = text_of(replace(FINE, entries=(outcome("two", 3, several),)))
    assert "exceptions of two: long; very long; 3 more\n" in text


def test_a_mismatch_shows_witness_both_values_and_what_was_derived() -> None:
    text = text_of()
    block = text[text.index("✓ wrong-on-purpose: refuted (certified), as expected") :]
    block = block[: block.index("\n\n")]
    for line in (
        "where      specs/page.yaml:4",
        "claim      abs(x) == x",
        "sizes      m = 2, n = 1",
        "at         A = [1, 1/3]",
        "x = [-1/2]",
        "z = 1 + 2*I",
        "left       [1, 0.1]",
        "entry [0] is 1",
        "right      [-1, 0.1]",
        "gap        at least 1.5",
        "derived    2*A*x",
        "corrected  abs(x) == abs(x)",
        "(proved)",
    ):
        assert line in block
    assert "certified" not in text[text.index("✗ wrong: ") : text.index("✗ open: ")]


def test_a_diagnosis_is_shown_with_the_formula_that_holds() -> None:
    explained = replace(outcome("wrong", 2, SEEN), diagnosis=DIAGNOSIS)
    text = text_of(replace(FINE, entries=(explained,)))
    assert "diagnosis  sign: the second term has the wrong sign" in text
    assert "holds      abs(x) == -x" in text
    assert "diagnosis" not in text_of(replace(FINE, entries=(outcome("wrong", 2, SEEN),)))


def test_a_derivation_shows_its_lines_and_the_one_that_breaks() -> None:
    broken = derivation("steps", 2)
    text = text_of(replace(FINE, entries=(broken,)))
    for line in ("1. (x + 1)**2 - 1", "3. x*(x - 2)", "step: line 3 does not follow from line 2"):
        assert line in text
    assert "breaks" not in text
    explained = replace(broken, diagnosis=replace(DIAGNOSIS, step=1))
    assert "breaks     from line 2 to line 3" in text_of(replace(FINE, entries=(explained,)))


def test_reasons_are_shown() -> None:
    text = text_of()
    assert "reason     timeout (symbolic): 20 s" in text
    assert "error      '(' was never closed" in text


def test_a_conflict_prints_the_evidence_of_both_sides() -> None:
    text = text_of(verbosity=-1)
    block = text[text.index("✗ clash: conflict") :]
    assert "exact      proved by exact algebra" in block
    assert "rigorous   counterexample, certain: at least 1.5 (balls)" in block
    told = " ".join(text.split())
    assert "seed 7, derivcheck" in told and "python-flint" in told and "sympy" in told
    assert "seed" not in text_of(FINE)


def test_quiet_shows_what_is_not_as_expected_and_the_summary() -> None:
    text = text_of(verbosity=-1)
    assert "proved-one" not in text and "wrong-on-purpose" not in text
    assert row_of(text, "wrong") and row_of(text, "open")
    assert text_of(FINE, verbosity=-1) == summary(FINE) + "\n"


def test_verbose_shows_what_each_engine_found() -> None:
    assert "sampled    agrees at 96 points to 13 digits" in text_of(FINE, verbosity=1)
    assert "sampled " not in text_of(FINE)


def test_the_summary_line() -> None:
    assert summary(FINE) == "2 claims: 1 proved, 1 supported; all as expected; 500 ms"
    assert text_of().splitlines()[-2:] == [
        "8 claims: 1 proved, 1 supported, 3 refuted, 1 undecided, 1 conflict, 1 error; 3",
        "as expected, 5 not; 1 diagnostic; 1.2 s",
    ]
    stopped = replace(FINE, entries=FINE.entries[:1], interrupted=True)
    assert summary(stopped).endswith("as expected; 1 not judged; 500 ms; interrupted")


def test_colour_only_where_it_is_asked_for() -> None:
    assert "\x1b[" not in text_of()
    assert "\x1b[32mproved" in text_of(color=True)
    plain = re.sub(r"\x1b\[[\d;]*m", "", text_of(color=True))
    assert re.sub(r" +$", "", plain, flags=re.MULTILINE) == text_of()


def test_brackets_are_text_and_not_markup() -> None:
    assert "A [title] with brackets" in page_of("proved-one")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
def test_the_report_can_be_printed_in_every_encoding(encoding: str) -> None:
    text = text_of(encoding=encoding, verbosity=1)
    text.encode(encoding)
    assert row_of(text, "proved-one") and "?" not in text


def test_a_page_shows_the_claim_typeset_and_everything_found() -> None:
    text = page_of("proved-one")
    for line in (
        "✓ proved-one: proved",
        "title      A [title] with brackets",
        "where      specs/page.yaml:2",
        "|x| = x",
        "with       x: real",
        "exact      proved by exact algebra",
        "both sides to exponentials",
        "sampled    agrees at 96 points to 13 digits (floats, in steps); sizes n = 2; n",
        "claimed    x",
        "derived    2*x",
        f"except     {EXCEPTION}",
    ):
        assert line in text
    assert re.search(r"^  x = 1 +1/2 +0.5 +14$", text, re.MULTILINE)


def test_a_page_of_a_derivation_gives_each_link_its_verdict() -> None:
    text = page_of("line-breaks")
    assert "    = x² + 2·x\n" in text
    assert "line 1 to 2, proved: (x + 1)**2 - 1 == x**2 + 2*x" in text
    assert "line 2 to 3, refuted: x**2 + 2*x == x*(x - 2)" in text


def test_a_page_of_an_unreadable_claim_gives_the_error() -> None:
    assert "error      '(' was never closed" in page_of("cut-short")


def test_values_read_as_the_language_writes_them() -> None:
    assert value_text("1/3") == "1/3"
    assert value_text((("1",), ("2",))) == "[1, 2]"
    assert value_text((("1", "2"),)) == "[[1, 2]]"
    assert value_text(POINT.values[0][1]) == "[1, 1/3]"
    assert value_text((("7",) * 50,) * 50) == "a 50×50 matrix that starts [[7, 7, 7, 7]]"
