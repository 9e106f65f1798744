"""Where a report is read: how wide, in colour or not, in which encoding, how much of it."""

from __future__ import annotations

import os
import shutil
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType

NARROWEST, WIDEST = 40, 160

_ASCII = {
    "✓": "+", "✗": "x", "‼": "!", "≈": "~", "·": ".", "─": "-", "━": "-", "│": "|", "…": "~",
    "—": "-", "–": "-", "→": "->", "←": "<-", "×": "x", "∘": ".*", "⊗": "(x)", "∂": "d",
    "∇": "grad", "Σ": "sum", "Π": "prod", "Γ": "gamma", "∞": "oo", "∫": "int ", "√": "sqrt",
    "‖": "||", "≤": "<=", "≥": ">=", "≠": "!=", "≟": "=?", "∧": " and ", "∨": " or ", "¬": "not ",
    "⁻": "^-", "ᵀ": ".T", "ᴴ": ".H", "⁺": "+", "𝟙": "1", "⌊": "floor(", "⌋": ")",
    "⌈": "ceil(", "⌉": ")", "∈": "in", "ℝ": "R", "ℂ": "C", "⪰": ">=", "\u0304": "~",
    "“": '"', "”": '"', "‘": "'", "’": "'", "§": "S.",
}  # fmt: skip
_SCRIPTS = {"<super>": "^", "<sub>": "_"}


@dataclass(frozen=True, slots=True)
class View:
    """`verbosity`: -1 only what is not as expected, 0 what a reader wants, 1 all that was found."""

    width: int = 80
    color: bool = False
    encoding: str = "utf-8"
    verbosity: int = 0

    @staticmethod
    def of_stream(stream: TextIO, verbosity: int = 0) -> View:
        """The view of a stream: NO_COLOR and `TERM=dumb` are honoured, a pipe gets no colour."""
        environ = os.environ
        plain = bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
        color = stream.isatty() and not plain
        width = shutil.get_terminal_size((80, 24)).columns
        encoding = getattr(stream, "encoding", None) or "utf-8"
        return View(min(max(width, NARROWEST), WIDEST), color, encoding, verbosity)

    def for_file(self) -> View:
        """The same report in a file: UTF-8, no colour, as wide as a printed page."""
        return replace(self, width=100, color=False, encoding="utf-8")

    def draw(self, *parts: RenderableType) -> str:
        """Rich renderables as text that this view can show; only rich is asked how they look."""
        import io

        from rich.console import Console

        console = Console(
            file=io.StringIO(),
            width=self.width,
            force_terminal=self.color,
            color_system="standard" if self.color else None,
            no_color=not self.color,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            _environ={},
        )
        with console.capture() as captured:
            for part in parts:
                console.print(part)
        text = captured.get()
        if not self.color:
            text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        return printable(text, self.encoding)


def can_print(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def printable(text: str, encoding: str) -> str:
    """The text with each character that the encoding lacks spelt in characters that it has."""
    if can_print(text, encoding):
        return text
    return "".join(char if can_print(char, encoding) else _spelled(char) for char in text)


def _spelled(char: str) -> str:
    """`≤` as <=, `α` as alpha, `²` as ^2, `é` as e; what has no spelling as `?`."""
    if char in _ASCII:
        return _ASCII[char]
    words = unicodedata.name(char, "?").split()
    if words[0] == "GREEK" and "LETTER" in words:
        name = words[words.index("LETTER") + 1].lower().replace("lamda", "lambda")
        return name.capitalize() if "CAPITAL" in words else name
    mark = _SCRIPTS.get(unicodedata.decomposition(char).split(" ")[0], "")
    plain = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode("ascii")
    return mark + plain if plain else "?"
