"""Writing to the standard streams and to report files, whatever their encoding."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from derivcheck.text import Diagnostic, visible

MOST_DIAGNOSTICS = 50


def write(text: str, stream: TextIO | None = None) -> None:
    """Text to a stream, by default standard output; never fails for want of a character."""
    stream = stream or sys.stdout
    try:
        stream.write(text)
    except UnicodeEncodeError:
        from derivcheck.report.view import printable

        stream.write(printable(text, stream.encoding or "ascii"))
    stream.flush()


def complain(diagnostics: Sequence[Diagnostic]) -> None:
    """Errors of specs to standard error, a blank line between them; of very many the first."""
    for diagnostic in diagnostics[:MOST_DIAGNOSTICS]:
        write(f"{visible(diagnostic.render())}\n\n", sys.stderr)
    if len(diagnostics) > MOST_DIAGNOSTICS:
        write(f"… and {len(diagnostics) - MOST_DIAGNOSTICS} more errors\n\n", sys.stderr)


def write_file(path: str, text: str) -> None:
    """A report to a file, whole or not at all: a reader never sees half of one."""
    draft = f"{path}.{os.getpid()}.partial"
    try:
        with open(draft, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
        os.replace(draft, path)
    finally:
        if os.path.exists(draft):
            os.remove(draft)
