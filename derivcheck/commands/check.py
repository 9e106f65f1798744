"""`derivcheck check`: a claim from the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from derivcheck.claim import Claim, Reading
from derivcheck.commands.judging import judge
from derivcheck.commands.request import Output
from derivcheck.commands.run import deliver
from derivcheck.commands.show import write_pages
from derivcheck.commands.stream import complain
from derivcheck.exits import ExitCode
from derivcheck.expr.scope import Scope
from derivcheck.load.assembling import Loaded
from derivcheck.load.statements import read_claim, read_steps
from derivcheck.run import Options
from derivcheck.text import Diagnostic, Fragment, SpecError

COMMAND_LINE = "<command line>"


@dataclass(frozen=True, slots=True)
class OneOff:
    """A claim as typed: one relation, or the lines of a derivation (`is_steps`)."""

    lines: tuple[str, ...]
    is_steps: bool = False
    variables: tuple[str, ...] = ()
    define: tuple[str, ...] = ()
    assume: tuple[str, ...] = ()


def check(one: OneOff, options: Options, formats: Sequence[Output] = ()) -> ExitCode:
    try:
        claim = read_one_off(one)
    except SpecError as error:
        complain(error.diagnostics)
        return ExitCode.USAGE
    loaded = Loaded((COMMAND_LINE,), (claim,), ())
    report = judge(loaded, replace(options, all_engines=True), show_progress=True)
    deliver(report, formats)
    if all(output.path for output in formats):
        write_pages(report)
    return report.exit_code


def read_one_off(one: OneOff) -> Claim:
    """The claim with its declarations and definitions. Raises SpecError with all errors."""
    scope, found = Scope(), list[Diagnostic]()

    def put(option: str, texts: Sequence[str], use: Callable[[Fragment, Fragment], None]) -> None:
        for text in texts:
            try:
                use(*_pair(Fragment.whole(text, option)))
            except SpecError as error:
                found.extend(error.diagnostics)

    put("-v", one.variables, scope.declare)
    put("-d", one.define, scope.define)
    found.extend(scope.check())
    if found:
        raise SpecError(*found)
    lines = [Fragment.whole(line, COMMAND_LINE) for line in one.lines]
    assume = [Fragment.whole(condition, "-a") for condition in one.assume]
    if one.is_steps:
        statement = read_steps(lines, scope, assume)
    else:
        statement = read_claim(lines[0], scope, assume)
    return Claim(
        id="claim",
        statement=statement,
        span=lines[0].span(),
        lines=one.lines if one.is_steps else (),
        definitions=tuple(
            (key.text, body.text) for key, body in (_pair(Fragment.whole(d)) for d in one.define)
        ),
        reading=Reading(scope.names, tuple(assume)),
    )


def _pair(text: Fragment) -> tuple[Fragment, Fragment]:
    """`name: text` at its first colon."""
    at = text.text.find(":")
    if at < 0:
        example = "x: real" if text.source.name == "-v" else "f(t): t*t"
        raise SpecError(
            Diagnostic("P006", "a `:` is missing", text.span(), f"write it as `{example}`")
        )
    return text.cut(0, at).strip(), text.cut(at + 1, len(text.text)).strip()
