"""What a stream can show."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from derivcheck.report.view import View, printable


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in ("NO_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    yield monkeypatch


def test_a_terminal_has_colour_and_a_pipe_has_none() -> None:
    assert View.of_stream(Terminal()).color
    assert not View.of_stream(io.StringIO()).color


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_refused(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    assert not View.of_stream(Terminal()).color


def test_an_empty_no_color_refuses_nothing(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("NO_COLOR", "")
    assert View.of_stream(Terminal()).color


@pytest.mark.parametrize(("columns", "width"), [("100", 100), ("5", 40), ("1000", 160)])
def test_the_width_is_kept_within_reason(
    environment: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    environment.setenv("COLUMNS", columns)
    assert View.of_stream(Terminal()).width == width


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("∇_x ‖A x - b‖²", "grad_x ||A x - b||^2"),
        ("α ≤ Λ·x₁", "alpha <= Lambda.x_1"),
        ("✓ é “q” …", '+ e "q" ~'),
        ("plain", "plain"),
        ("日", "?"),
        ("\ud800", "?"),
    ],
)
def test_what_ascii_lacks_is_spelled(text: str, spelled: str) -> None:
    assert printable(text, "ascii") == spelled


def test_what_the_encoding_has_stays() -> None:
    assert printable("é ²", "latin-1") == "é ²"
    assert printable("∇ ²", "latin-1") == "grad ²"
    assert printable("∇", "utf-8") == "∇"


def test_an_unknown_encoding_gets_ascii() -> None:
    assert printable("∇", "no-such-encoding").isascii()
