"""Options and formulas told apart: a formula may start with a minus."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_LONG = re.compile(r"--[a-z][a-z-]*(=.*)?", re.DOTALL)
_ATTACHED = re.compile(r"-[vd]\s*[^\W\d]\w*\s*(\([^()]*\))?\s*:.*|-j\d+", re.DOTALL)


def formulas_last(
    arguments: Sequence[str], flags: Collection[str], with_value: Collection[str]
) -> list[str]:
    """The options with their values, `--`, then everything else in its order.

    `-diff(x**2, x) == -2*x` is a formula, `-vx: real` an option with its value attached.
    """
    options, formulas = list[str](), list[str]()
    todo = list(arguments)
    while todo:
        token = todo.pop(0)
        if token == "--":
            formulas += todo
            break
        if token in with_value:
            options += [token, *todo[:1]]
            del todo[:1]
        elif token in flags or _LONG.fullmatch(token) or _ATTACHED.fullmatch(token):
            options.append(token)
        else:
            formulas.append(token)
    return [*options, "--", *formulas]
