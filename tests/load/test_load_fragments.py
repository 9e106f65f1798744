"""Each character of a formula knows its place in the file, however YAML wrote it."""

from __future__ import annotations

import pytest

from derivcheck.load.records import read_record
from derivcheck.text import Fragment, Source


def formula(value: str) -> Fragment:
    (claim,) = read_record(Source("a.yaml", f"claims:\n  - id: é𝛌\n    claim: {value}\n")).claims
    assert claim.claim is not None
    return claim.claim


SPELLINGS = {
    "plain": "α + b == c",
    "single quotes": "'α + b == c'",
    "double quotes": '"α + b == c"',
    "plain, two lines": "α +\n      b == c",
    "single quotes, two lines": "'α\n\n      + b == c'",
    "double quotes, an escaped line break": '"α + \\\n      b == c"',
    "an escape": '"\\u03b1 + b\\t\\x3d= c"',
    "literal block": "|\n      α +\n        b == c\n",
    "literal block, no break kept": "|-  # remark\n      α + b\n      == c",
    "folded block": ">\n      α\n      + b ==\n\n      c\n",
}


@pytest.mark.parametrize("value", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_visible_characters_keep_their_places(value: str) -> None:
    read = formula(value)
    assert read.text.split() == ["α", "+", "b", "==", "c"]
    assert len(read.offsets) == len(read.text) + 1
    assert list(read.offsets) == sorted(read.offsets)
    for char, offset in zip(read.text, read.offsets, strict=False):
        there = read.source.text[offset]
        assert char.isspace() or there in (char, "\\"), (char, there)


def test_a_quote_inside_quotes() -> None:
    read = formula("'limit(f, x, 0, ''+'') == c'")
    assert read.text == "limit(f, x, 0, '+') == c"
    assert read.source.text[read.offsets[read.text.index("c")]] == "c"


def test_a_part_is_shown_in_its_own_line() -> None:
    read = formula("|\n      a +\n      wrong == c\n")
    start = read.text.index("wrong")
    span = read.span(start, start + 5)
    assert (span.line, span.column) == (5, 7)


def test_a_number_keeps_all_its_digits() -> None:
    digits = "0.123456789012345678901234567890"
    assert formula(digits).text == digits
