"""`derivcheck derive`: the closed form of a derivative, with the rules that lead to it."""

from __future__ import annotations

import sys

from derivcheck.claim import Statement
from derivcheck.commands.stream import complain, write
from derivcheck.commands.typed import COMMAND_LINE, Typed
from derivcheck.exits import ExitCode
from derivcheck.expr.scope import Scope
from derivcheck.load.statements import read_claim, read_expression
from derivcheck.report.derived import has_derivative, render
from derivcheck.report.view import View
from derivcheck.run import Options
from derivcheck.run import derive as derive_form
from derivcheck.text import Diagnostic, Fragment, SpecError
from derivcheck.verdict import Verdict


def derive(text: str, typed: Typed, options: Options, format: str = "text") -> ExitCode:
    """0 where a form was found and confirmed, 1 where not, 3 where the numbers refute one."""
    try:
        scope, assume = typed.scope(), typed.assumptions
        source = Fragment.whole(text, COMMAND_LINE)
        expression, context = read_expression(source, scope, assume)
        if not has_derivative(expression):
            help = "as in `grad(norm(x)**2, x)`; diff, grad, jac and hess are derivatives"
            message = "there is no derivative to carry out"
            raise SpecError(Diagnostic("P009", message, source.span(), help))
    except SpecError as error:
        complain(error.diagnostics)
        return ExitCode.USAGE

    def read(claim: str) -> Statement:
        return read_claim(Fragment.whole(claim), Scope(scope.names.copy()), assume)

    found = derive_form(text.strip(), expression, context, read, options)
    write(render(found, View.of_stream(sys.stdout), format))
    if found.is_confirmed:
        return ExitCode.AS_EXPECTED
    is_wrong = found.check is not None and found.check.verdict in (
        Verdict.REFUTED, Verdict.CONFLICT,
    )  # fmt: skip
    return ExitCode.BUG if is_wrong else ExitCode.NOT_AS_EXPECTED
