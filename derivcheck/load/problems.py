"""Collecting the errors of a file, so that all of them are reported and not only the first."""

from __future__ import annotations

from collections.abc import Iterable

from derivcheck.text import Diagnostic, Span, SpecError


class Problems:
    """The diagnostics found so far, in the order in which they were found."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def add(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.found.append(Diagnostic(code, message, span, hint))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.found.extend(diagnostics)

    def in_order(self) -> tuple[Diagnostic, ...]:
        """By place; what has no place comes first."""
        return tuple(sorted(self.found, key=start_of))

    def since(self, count: int) -> tuple[Diagnostic, ...]:
        """Those found after the first `count`."""
        return tuple(self.found[count:])


def start_of(diagnostic: Diagnostic) -> int:
    return diagnostic.span.start if diagnostic.span else -1


def failure(code: str, message: str, span: Span | None, hint: str = "") -> SpecError:
    """One error as an exception, for where reading cannot go on."""
    return SpecError(Diagnostic(code, message, span, hint))


def near(name: str, known: Iterable[str]) -> str:
    """The known name nearest to a misspelt one, or an empty string."""
    import difflib  # only where there is an error: `list` must start fast

    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A help line: the nearest known name, else all of them."""
    known = list(known)
    match = near(name, known)
    return f"did you mean `{match}`?" if match else f"one of: {', '.join(known)}"
