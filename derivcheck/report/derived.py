"""What `derive` prints: the closed form, the rules that lead to it, and who confirmed it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from derivcheck.expr.latex import to_latex
from derivcheck.expr.printing import to_text
from derivcheck.expr.unicode import to_unicode
from derivcheck.report.blocks import Row, findings, rows
from derivcheck.report.differentials import has_derivative as has_derivative
from derivcheck.report.differentials import rules
from derivcheck.report.view import View, can_print
from derivcheck.report.words import declared
from derivcheck.verdict import Derived, Verdict


def render(derived: Derived, view: View, format: str) -> str:
    match format:
        case "latex":
            return _latex(derived) + "\n"
        case "json":
            data = as_data(derived)
            text = json.dumps(data, indent=2, ensure_ascii=False)
            return (text if can_print(text, view.encoding) else json.dumps(data, indent=2)) + "\n"
        case _:
            return view.draw(*_page(derived))


def as_data(derived: Derived) -> dict[str, Any]:
    check, form = derived.check, derived.form
    return {
        "expression": derived.text,
        "derived": "" if form is None else to_text(form),
        "latex": "" if form is None else to_latex(form),
        "confirmed": derived.is_confirmed,
        "verdict": "" if check is None else check.verdict.value,
        "engine": derived.engine,
        "steps": list(rules(derived.expression)),
        "points": 0 if check is None else check.points,
        "digits": 0 if check is None else check.digits,
        "exceptions": [] if check is None else list(check.exceptions),
        "reason": _doubt(derived),
    }


def _latex(derived: Derived) -> str:
    """The equation; an unconfirmed one says so in a comment."""
    left = to_latex(derived.expression)
    if derived.form is None:
        return f"% {_doubt(derived)}\n{left}"
    comment = "" if derived.is_confirmed else f"% {_doubt(derived)}\n"
    return f"{comment}{left} = {to_latex(derived.form)}"


def _page(derived: Derived) -> Iterator[RenderableType]:
    left = to_unicode(derived.expression)
    if not derived.is_confirmed:
        yield Text(_doubt(derived), style="bold red")
    sign = "=" if derived.is_confirmed else "≟"
    lines = left if derived.form is None else f"{left}\n{sign} {to_unicode(derived.form)}"
    yield Padding(Text(lines, style="bold"), (1, 0, 1, 4))
    yield rows(_rows(derived))
    if derived.check is not None and not derived.is_confirmed:
        yield Text()
        yield findings(derived.check)


def _rows(derived: Derived) -> Iterator[Row]:
    context = derived.context
    yield "with", "\n".join(f"{name}: {kind}" for name, kind in declared(context))
    yield "assuming", "\n".join(to_unicode(condition) for condition in context.assumptions)
    if context.dims:
        yield "sizes", f"every {', '.join(context.dims)} from 1"
    yield "steps", "\n".join(rules(derived.expression))
    if derived.form is not None:
        yield ("derived" if derived.is_confirmed else "found"), to_text(derived.form)
        yield ("checked" if derived.is_confirmed else "doubt"), _checked(derived)
    if derived.check is not None:
        yield "except", "\n".join(derived.check.exceptions)


def _checked(derived: Derived) -> str:
    check = derived.check
    if check is None or not derived.is_confirmed:
        return _doubt(derived)
    how = f" by {check.method}" if check.verdict is Verdict.PROVED else ""
    return f"{check.verdict.value}{how}; agrees at {check.points} points to {check.digits} digits"


def _doubt(derived: Derived) -> str:
    """Why the form is no fact; empty where it is confirmed."""
    if derived.form is None:
        return "no closed form was found"
    if derived.is_confirmed or derived.check is None:
        return ""
    check = derived.check
    return f"unconfirmed: {check.verdict.value}" + (f", {check.reason}" if check.reason else "")
