"""`derivcheck check`: a claim from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from derivcheck.claim import Claim, Reading
from derivcheck.commands.judging import judge
from derivcheck.commands.request import Output
from derivcheck.commands.run import deliver
from derivcheck.commands.show import write_pages
from derivcheck.commands.stream import complain
from derivcheck.commands.typed import COMMAND_LINE, Typed
from derivcheck.exits import ExitCode
from derivcheck.load.assembling import Loaded
from derivcheck.load.statements import read_claim, read_steps
from derivcheck.run import Options
from derivcheck.text import Fragment, SpecError


@dataclass(frozen=True, slots=True)
class OneOff:
    """A claim as typed: one relation, or the lines of a derivation (`is_steps`)."""

    lines: tuple[str, ...]
    is_steps: bool = False
    typed: Typed = field(default_factory=Typed)
    within: Fraction | None = None


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
    scope, assume = one.typed.scope(), one.typed.assumptions
    lines = [Fragment.whole(line, COMMAND_LINE) for line in one.lines]
    if one.is_steps:
        statement = read_steps(lines, scope, assume, one.within)
    else:
        statement = read_claim(lines[0], scope, assume, one.within)
    return Claim(
        id="claim",
        statement=statement,
        span=lines[0].span(),
        lines=one.lines if one.is_steps else (),
        definitions=one.typed.definitions,
        reading=Reading(scope.names, assume),
    )
