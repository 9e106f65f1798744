"""Text with positions, and the one kind of error a reader of specs can meet.

A `Source` is a whole file (or a command-line argument); a `Fragment` is a formula cut out of
it that still knows where each of its characters came from; a `Diagnostic` is one error: a code,
one line, a place, one line of help.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Source:
    """A named text. `name` is the path as the user wrote it, or e.g. `<command line>`."""

    name: str
    text: str
    starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lengths = (len(line) + 1 for line in self.text.split("\n")[:-1])
        object.__setattr__(self, "starts", tuple(accumulate(lengths, initial=0)))

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column of a character offset."""
        row = bisect_right(self.starts, max(offset, 0)) - 1
        return row + 1, offset - self.starts[row] + 1

    def offset(self, line: int, column: int) -> int:
        """Character offset of a 0-based line and column, clamped to the text."""
        if line >= len(self.starts):
            return len(self.text)
        return min(self.starts[line] + column, len(self.text))

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line break."""
        start = self.starts[number - 1]
        stop = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return self.text[start:stop].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """The characters `start` up to, not including, `stop` of a source."""

    source: Source
    start: int
    stop: int

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text read out of a source: `offsets[i]` is where its character i stands there.

    `offsets` has one entry more than `text` has characters (the end); a range for text that
    stands there as it is.
    """

    text: str
    source: Source
    offsets: Sequence[int]

    @staticmethod
    def whole(text: str, name: str = "<command line>") -> Fragment:
        return Fragment(text, Source(name, text), range(len(text) + 1))

    def span(self, start: int = 0, stop: int | None = None) -> Span:
        last = len(self.text)
        stop = last if stop is None else min(stop, last)
        start = min(max(start, 0), last)
        begin, end = self.offsets[start], self.offsets[max(stop, start)]
        return Span(self.source, begin, max(end, begin + 1))

    def cut(self, start: int, stop: int) -> Fragment:
        return Fragment(self.text[start:stop], self.source, self.offsets[start : stop + 1])

    def strip(self) -> Fragment:
        if self.text == self.text.strip():
            return self
        left = len(self.text) - len(self.text.lstrip())
        return self.cut(left, max(len(self.text.rstrip()), left))


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error of a spec; `code` is stable (see docs/errors.md), `help` one line or empty."""

    code: str
    message: str
    span: Span | None
    help: str = ""

    def render(self) -> str:
        """`file:line:column: code message`, the line with a caret under it, one line of help."""
        tail = [f"  help: {self.help}"] if self.help else []
        if self.span is None:
            return "\n".join([f"{self.code}: {self.message}", *tail])
        source, (line, column) = self.span.source, self.span.source.position(self.span.start)
        text = source.line(line)
        width = max(1, min(self.span.stop - self.span.start, len(text) - column + 1))
        shown, shift = _window(text, column)
        gutter = str(line)
        return "\n".join(
            [
                f"{source.name}:{line}:{column}: {self.code} {self.message}",
                f"  {gutter} | {shown}",
                f"  {' ' * len(gutter)} | {' ' * (column - 1 - shift)}{'^' * min(width, 60)}",
                *tail,
            ]
        )


def visible(text: str) -> str:
    """Characters that would steer a terminal spelt out: `\\x1b`. Line breaks stay."""
    if text.isprintable():
        return text
    return "".join(char if char in _KEPT or char.isprintable() else _code(char) for char in text)


_KEPT = "\n\u00a0"


def _code(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _window(text: str, column: int, width: int = 100) -> tuple[str, int]:
    """A part of a long line that shows `column`, and how many characters stand before it.

    One character each stands for those that would steer a terminal, so that the caret fits.
    """
    clean = "".join(char if char.isprintable() else " " for char in text)
    if len(clean) <= width:
        return clean, 0
    shift = max(0, min(column - 1 - width // 2, len(clean) - width))
    return clean[shift : shift + width], shift


class SpecError(Exception):
    """Raised inside the reader to carry diagnostics up to the place that collects them."""

    def __init__(self, first: Diagnostic, *more: Diagnostic) -> None:
        super().__init__(first.message)
        self.diagnostics = (first, *more)
