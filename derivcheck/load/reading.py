"""A path to the text of a spec file, and a directory to the spec files in it."""

from __future__ import annotations

import os
import re

from derivcheck.load.problems import failure
from derivcheck.text import Source, Span

MAX_BYTES = 1_000_000
SUFFIXES = (".yaml", ".yml")
# The characters YAML does not allow in UTF-8 (a byte order mark at the start is taken off first).
_CONTROL = re.compile("[\0-\x08\v\f\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")


def find_specs(path: str) -> tuple[str, ...]:
    """A file is itself; a directory, all *.yaml and *.yml below it but in hidden
    folders, sorted. Raises L001, L002."""
    if os.path.isdir(path):
        found = []
        for folder, subfolders, names in os.walk(path):
            subfolders[:] = [name for name in subfolders if not name.startswith(".")]
            found += [os.path.join(folder, name) for name in names if name.endswith(SUFFIXES)]
        if not found:
            raise failure(
                "L002", f"no spec files in `{path}`", None, "a spec file ends in .yaml or .yml"
            )
        return tuple(sorted(found))
    if not os.path.exists(path):
        raise failure("L001", f"`{path}` does not exist", None, "name a spec file or a directory")
    return (path,)


def read_source(path: str) -> Source:
    """The text of a file with its line breaks made `\\n`. Raises L001 to L006."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise failure("L001", f"`{path}` cannot be read: {reason}", None) from None
    if len(data) > MAX_BYTES:
        raise failure(
            "L003", f"`{path}` is larger than {MAX_BYTES // 1000} kB", None, "split it into files"
        )
    source = Source(path, _decode(path, data))
    if not source.text.strip():
        raise failure("L006", f"`{path}` is empty", None, "a spec file needs `claims:`")
    if control := _CONTROL.search(source.text):
        char, at = control.group(), control.start()
        name = "a NUL character" if char == "\0" else f"the control character U+{ord(char):04X}"
        shown = Source(path, _CONTROL.sub("\ufffd", source.text))
        hint = "a spec file is plain text: remove it"
        raise failure("L005", name, Span(shown, at, at + 1), hint)
    return source


def _decode(path: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        source = Source(path, before + "\ufffd")
        raise failure(
            "L004",
            f"byte 0x{data[error.start]:02X} is not UTF-8",
            Span(source, len(before), len(before) + 1),
            "save the file as UTF-8",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
