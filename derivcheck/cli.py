"""The command line: options to requests, results to exit codes. What is done is in `commands`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from derivcheck import __version__
from derivcheck.commands.request import Output, Wanted
from derivcheck.exits import ExitCode

if TYPE_CHECKING:
    from fractions import Fraction

    from derivcheck.run import Options

F = TypeVar("F", bound=Callable[..., Any])
FORMAT_NAMES = ("terminal", "json", "findings")

EPILOG = """\b
Examples:
  derivcheck run all
  derivcheck run sigmoid-tanh
  derivcheck run 'sgns-*' --tag word2vec --format json=report.json
  derivcheck show sigmoid-tanh
  derivcheck check 'grad(norm(x)**2, x) == 2*x' -v 'x: real[n]'
  derivcheck derive 'grad(norm(x)**2, x)' -v 'x: real[n]'

\b
Exit codes: 0 every claim as expected, 1 some claim not as expected,
2 usage or a spec that cannot be read, 3 a bug or a conflict of the engines,
5 nothing selected, 130 interrupted.
"""


class Guarded(click.Group):
    """A group whose commands end with one line when they fail: code 3 for a bug, 2 for what the
    machine refuses (no space, no right to write)."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except OSError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"derivcheck: {error}", err=True)
            return ExitCode.USAGE
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            hint = "`derivcheck --debug ...` shows the traceback"
            click.echo(f"derivcheck: a bug: {type(error).__name__}: {error}\n{hint}", err=True)
            return ExitCode.BUG


class WithFormulas(click.Command):
    """A command whose arguments are formulas, which may start with a minus."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        from derivcheck.commands.formulas import formulas_last

        flags, with_value = set(ctx.help_option_names), set[str]()
        for option in self.params:
            if isinstance(option, click.Option):
                (flags if option.is_flag else with_value).update(option.opts)
        return super().parse_args(ctx, formulas_last(args, flags, with_value))


def _read_formats(
    ctx: click.Context, param: click.Parameter, texts: Sequence[str]
) -> tuple[Output, ...]:
    """Each `FORMAT` or `FORMAT=PATH`; files are looked at before any work is done."""
    from derivcheck.commands.run import unwritable

    found: list[Output] = []
    for text in texts:
        name, sign, path = text.partition("=")
        problem = ""
        if name not in FORMAT_NAMES:
            problem = f"no format {name!r}; there are {', '.join(FORMAT_NAMES)}"
        elif sign:
            problem = unwritable(path) if path else f"a path is missing after `{name}=`"
        elif any(not output.path for output in found):
            problem = "two formats on standard output: write one to a file, as in json=report.json"
        if problem:
            raise click.BadParameter(problem, ctx, param)
        found.append(Output(name, path))
    return tuple(found)


def _read_within(ctx: click.Context, param: click.Parameter, text: str) -> Fraction | None:
    """Read exactly, as in a spec."""
    from derivcheck.load.assembling import tolerance
    from derivcheck.text import Fragment, SpecError

    try:
        return tolerance(Fragment.whole(text, "--within")) if text else None
    except SpecError as error:
        raise click.BadParameter(f"{error}; {error.diagnostics[0].help}", ctx, param) from None


def _together(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


SELECTION = _together(
    click.argument("selectors", nargs=-1, metavar="[all | ID | PATH | PATH::ID | GLOB]..."),
    click.option("-k", "keyword", metavar="EXPR", default="",
                 help="Only claims whose id, title or tags match: 'sigmoid and not tanh'."),
    click.option("--tag", "tags", multiple=True,
                 help="Only claims with this tag; repeatable, any of them."),
)  # fmt: skip
SPECS = click.option(
    "--specs", metavar="DIR", default="", help="Where ids are looked for.  [default: specs]"
)
JUDGING = _together(
    click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True,
                 help="Seed of the sample points."),
    click.option("-j", "--jobs", type=click.IntRange(1, 1024), default=None,
                 help="Worker processes.  [default: one a core]"),
    click.option("--timeout", type=click.FloatRange(0, 86_400, min_open=True), default=None,
                 metavar="SECONDS",
                 help="What an engine may take for one relation.  [default: 20]"),
)  # fmt: skip
FORMATS = click.option(
    "--format", "formats", multiple=True, metavar="FORMAT[=PATH]", callback=_read_formats,
    help=f"{' or '.join(FORMAT_NAMES)}, to standard output or to PATH; repeatable.",
)  # fmt: skip


@click.group(cls=Guarded, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="derivcheck")
@click.option("--debug", is_flag=True, help="Show the traceback of a bug.")
def cli(debug: bool) -> None:
    """Judge claimed identities, derivatives and gradients: proved, supported by the
    numbers, or refuted with a counterexample."""


@cli.command()
@SELECTION
@SPECS
@click.option("-x", "--exitfirst", is_flag=True, help="Stop at the first claim not as expected.")
@click.option("--require", type=click.Choice(["proved", "certified"]), default=None,
              help="What every matching claim must reach to be as expected.")  # fmt: skip
@click.option(
    "--mutants",
    "with_mutants",
    is_flag=True,
    help="Change each matching claim in many ways; what is not refuted is listed.",
)
@JUDGING
@FORMATS
@click.option("-v", "--verbose", is_flag=True, help="Show what each engine found on every claim.")
@click.option("-q", "--quiet", is_flag=True, help="Show only claims that are not as expected.")
def run(
    selectors: tuple[str, ...],
    keyword: str,
    tags: tuple[str, ...],
    specs: str,
    exitfirst: bool,
    require: str | None,
    with_mutants: bool,
    seed: int,
    jobs: int | None,
    timeout: float | None,
    formats: tuple[Output, ...],
    verbose: bool,
    quiet: bool,
) -> ExitCode:
    """Judge claims and report; without a selector all claims of specs/."""
    from derivcheck.commands.run import run as run_command

    options = _options(seed, jobs, timeout, fail_fast=exitfirst, require=require or "")
    wanted = Wanted(selectors, keyword, tags, specs)
    return run_command(wanted, options, formats, int(verbose) - int(quiet), with_mutants)


@cli.command()
@click.argument("selectors", nargs=-1, required=True, metavar="ID...")
@SPECS
@JUDGING
def show(
    selectors: tuple[str, ...], specs: str, seed: int, jobs: int | None, timeout: float | None
) -> ExitCode:
    """Show claims in full: typeset, with each engine's finding and sample points."""
    from derivcheck.commands.show import show as show_command

    return show_command(Wanted(selectors, specs=specs), _options(seed, jobs, timeout))


@cli.command("list")
@SELECTION
@SPECS
def list_claims(
    selectors: tuple[str, ...], keyword: str, tags: tuple[str, ...], specs: str
) -> ExitCode:
    """List claims: id, expectation, title."""
    from derivcheck.commands.listing import show_list

    return show_list(Wanted(selectors, keyword, tags, specs))


TYPED = _together(
    click.option("-v", "--variable", "variables", multiple=True, metavar="'NAME: KIND'",
                 help="Declare a variable, as in 'x: real[n] > 0'; repeatable."),
    click.option("-d", "--define", multiple=True, metavar="'NAME: EXPR'",
                 help="Define a name or a function, as in 'f(t): t*t'; repeatable."),
    click.option("-a", "--assume", multiple=True, metavar="COND",
                 help="Assume a condition, as in 'x > 0'; repeatable."),
)  # fmt: skip


@cli.command(cls=WithFormulas)
@click.argument("lines", nargs=-1, required=True, metavar="CLAIM...")
@TYPED
@click.option("--steps", is_flag=True,
              help="Each CLAIM is a line of a derivation that equals the one before.")  # fmt: skip
@click.option("--within", metavar="NUMBER", default="", callback=_read_within,
              help="An approximate claim: the sides differ by at most so much.")  # fmt: skip
@JUDGING
@FORMATS
def check(
    lines: tuple[str, ...],
    variables: tuple[str, ...],
    define: tuple[str, ...],
    assume: tuple[str, ...],
    steps: bool,
    within: Fraction | None,
    seed: int,
    jobs: int | None,
    timeout: float | None,
    formats: tuple[Output, ...],
) -> ExitCode:
    """Judge one claim without a file.

    \b
    derivcheck check 'tanh(x) == 2*sigmoid(2*x) - 1' -v 'x: real'
    derivcheck check 'diff(f(x), x) == 2*x' -v 'x: real' -d 'f(t): t*t'
    derivcheck check --steps '(x + 1)**2 - 1' 'x**2 + 2*x' 'x*(x + 2)' -v 'x: real'
    """
    from derivcheck.commands.check import OneOff
    from derivcheck.commands.check import check as check_command
    from derivcheck.commands.typed import Typed

    if len(lines) > 1 and not steps:
        raise click.UsageError("one claim at a time; --steps takes the lines of a derivation")
    one = OneOff(lines, steps, Typed(variables, define, assume), within)
    return check_command(one, _options(seed, jobs, timeout), formats)


@cli.command(cls=WithFormulas)
@click.argument("expression", metavar="EXPRESSION")
@TYPED
@JUDGING
@click.option("--format", "format", type=click.Choice(["text", "latex", "json"]), default="text",
              show_default=True, help="How the closed form is printed.")  # fmt: skip
def derive(
    expression: str,
    variables: tuple[str, ...],
    define: tuple[str, ...],
    assume: tuple[str, ...],
    seed: int,
    jobs: int | None,
    timeout: float | None,
    format: str,
) -> ExitCode:
    """Derive a closed form, in matrix notation, and confirm it by the numbers.

    \b
    derivcheck derive 'grad(norm(A @ x - b)**2, x)' \\
        -v 'A: real[m, n]' -v 'x: real[n]' -v 'b: real[m]'
    """
    from derivcheck.commands.derive import derive as derive_command
    from derivcheck.commands.typed import Typed

    typed = Typed(variables, define, assume)
    return derive_command(expression, typed, _options(seed, jobs, timeout), format)


def _options(seed: int, jobs: int | None, timeout: float | None, **more: Any) -> Options:
    """The options of a run, with its own defaults where the user said nothing."""
    from derivcheck.run import Options

    said = {"jobs": jobs, "timeout": timeout}
    return Options(seed=seed, **{k: v for k, v in said.items() if v is not None}, **more)  # type: ignore[arg-type]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The console script. Exits with a code of the contract, whatever happens."""
    try:
        code = cli.main(arguments, prog_name="derivcheck", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        code = ExitCode.INTERRUPTED
    sys.exit(int(code or 0))
