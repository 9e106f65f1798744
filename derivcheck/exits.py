"""The exit codes of the command line; apart from the verdicts, so that `list` starts fast."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    AS_EXPECTED = 0
    NOT_AS_EXPECTED = 1
    USAGE = 2
    BUG = 3
    NOTHING_SELECTED = 5
    INTERRUPTED = 130
