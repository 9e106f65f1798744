"""What is written to a terminal never steers it, and never floods it."""

from __future__ import annotations

import pytest

from derivcheck.commands.stream import MOST_DIAGNOSTICS, complain
from derivcheck.text import Diagnostic, Fragment, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ‖A x‖² é\nsecond line", "plain ‖A x‖² é\nsecond line"),
        ("red \x1b[31m", "red \\x1b[31m"),
        ("bell\x07, back\x08, return\r", "bell\\x07, back\\x08, return\\r"),
        ("C1 \x9b31m", "C1 \\x9b31m"),
        ("turned \u202e round", "turned \\u202e round"),
    ],
)
def test_control_characters_are_spelt(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_caret_stands_under_its_character_after_a_control_character() -> None:
    fragment = Fragment.whole("x\x1b == y", "-v")
    lines = Diagnostic("P001", "no \x1b", fragment.span(6, 7)).render().splitlines()
    assert lines[1].index("y") == lines[2].index("^")
    assert "\x1b" not in lines[1]


@pytest.mark.parametrize(("count", "printed"), [(50, 50), (51, 50), (400, 50)])
def test_of_very_many_diagnostics_the_first_are_printed(
    count: int, printed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Fragment.whole("x\x1b", "a\x1b.yaml").span()
    complain([Diagnostic("P001", f"error {i}", place) for i in range(count)])
    text = capsys.readouterr().err
    assert text.count("P001") == printed
    assert (f"… and {count - MOST_DIAGNOSTICS} more errors" in text) is (count > printed)
    assert "\x1b" not in text
