"""Declarations and definitions typed on the command line: `-v 'x: real[n]' -d 'f(t): t*t'`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from derivcheck.expr.scope import Scope
from derivcheck.text import Diagnostic, Fragment, SpecError

COMMAND_LINE = "<command line>"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the formulas of the command line are read with, as typed."""

    variables: tuple[str, ...] = ()
    define: tuple[str, ...] = ()
    assume: tuple[str, ...] = ()

    def scope(self) -> Scope:
        """With everything declared and defined. Raises SpecError with all errors."""
        scope, found = Scope(), list[Diagnostic]()

        def put(
            option: str, texts: Sequence[str], use: Callable[[Fragment, Fragment], None]
        ) -> None:
            for text in texts:
                try:
                    use(*_pair(Fragment.whole(text, option)))
                except SpecError as error:
                    found.extend(error.diagnostics)

        put("-v", self.variables, scope.declare)
        put("-d", self.define, scope.define)
        found.extend(scope.check())
        if found:
            raise SpecError(*found)
        return scope

    @property
    def assumptions(self) -> tuple[Fragment, ...]:
        return tuple(Fragment.whole(condition, "-a") for condition in self.assume)

    @property
    def definitions(self) -> tuple[tuple[str, str], ...]:
        pairs = (_pair(Fragment.whole(text, "-d")) for text in self.define)
        return tuple((key.text, body.text) for key, body in pairs)


def _pair(text: Fragment) -> tuple[Fragment, Fragment]:
    """`name: text` at its first colon."""
    at = text.text.find(":")
    if at < 0:
        example = "x: real" if text.source.name == "-v" else "f(t): t*t"
        raise SpecError(
            Diagnostic("P006", "a `:` is missing", text.span(), f"write it as `{example}`")
        )
    return text.cut(0, at).strip(), text.cut(at + 1, len(text.text)).strip()
