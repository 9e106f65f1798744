"""Formula text to a Python syntax tree, bounded before it is walked; never evaluated."""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Iterable

from derivcheck.text import Diagnostic, Fragment, SpecError

MAX_TEXT = 20_000
MAX_BRACKETS = 60
MAX_DEPTH = 200
MAX_SYNTAX_NODES = 20_000


class Formula:
    """A parsed formula: its syntax tree, and the way from a tree node back to the text."""

    def __init__(self, fragment: Fragment, tree: ast.expr, text: str) -> None:
        self.fragment = fragment
        self.tree = tree
        self._text = text
        self._bytes = None if text.isascii() else text.encode()

    def _offset(self, column: int) -> int:
        """Character offset of a byte column (Python counts UTF-8 bytes)."""
        if self._bytes is None:
            return column
        return len(self._bytes[:column].decode(errors="ignore"))

    def bounds(self, node: ast.AST) -> tuple[int, int]:
        start = getattr(node, "col_offset", 0)
        stop = getattr(node, "end_col_offset", None)
        return self._offset(start), len(self._text) if stop is None else self._offset(stop)

    def text_of(self, node: ast.AST) -> str:
        start, stop = self.bounds(node)
        return self._text[start:stop]

    def error(self, code: str, message: str, node: ast.AST, hint: str = "") -> SpecError:
        return SpecError(self.diagnostic(code, message, node, hint))

    def diagnostic(self, code: str, message: str, node: ast.AST, hint: str = "") -> Diagnostic:
        return Diagnostic(code, message, self.fragment.span(*self.bounds(node)), hint)


def read(fragment: Fragment) -> Formula:
    """Parse one expression. Raises SpecError P001 (syntax), P008 (too large)."""
    fragment = fragment.strip()
    text = re.sub(r"\s", " ", fragment.text)
    if not text:
        raise SpecError(Diagnostic("P001", "an empty formula", fragment.span()))
    _check_size(fragment, text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise SpecError(_syntax_diagnostic(fragment, text, error)) from None
    except (ValueError, MemoryError, RecursionError) as error:
        raise SpecError(Diagnostic("P001", f"cannot be read: {error}", fragment.span())) from None
    _check_depth(fragment, tree)
    return Formula(fragment, tree, text)


def _check_size(fragment: Fragment, text: str) -> None:
    if len(text) > MAX_TEXT:
        raise SpecError(
            Diagnostic("P008", f"a formula of {len(text)} characters; {MAX_TEXT} are allowed",
                       fragment.span(0, 1), "give parts of it a name in `define:`")
        )  # fmt: skip
    if "\0" in text:
        at = text.index("\0")
        raise SpecError(Diagnostic("P001", "a NUL character", fragment.span(at, at + 1)))
    depth = 0
    for position, char in enumerate(text):
        if char in "([{":
            depth += 1
            if depth > MAX_BRACKETS:
                raise SpecError(
                    Diagnostic("P008", f"more than {MAX_BRACKETS} brackets inside one another",
                               fragment.span(position, position + 1))
                )  # fmt: skip
        elif char in ")]}":
            depth -= 1


def _check_depth(fragment: Fragment, tree: ast.expr) -> None:
    """Terminates on any tree Python could build: walks it with a list, not by recursion."""
    todo: list[tuple[ast.AST, int]] = [(tree, 1)]
    count = 0
    while todo:
        node, depth = todo.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_SYNTAX_NODES:
            raise SpecError(
                Diagnostic("P008", "the formula is nested too deeply or too large", fragment.span(),
                           "give parts of it a name in `define:`, or write a sum over a range")
            )  # fmt: skip
        todo.extend(
            (child, depth + 1)
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr | ast.comprehension | ast.keyword)
        )


def _syntax_diagnostic(fragment: Fragment, text: str, error: SyntaxError) -> Diagnostic:
    column = max((error.offset or 1) - 1, 0)
    if not text.isascii():
        column = min(column, len(text))
    message = (error.msg or "invalid syntax").split(". Perhaps")[0]
    hint = ""
    if re.search(r"\blambda\b", text):
        hint = "`lambda` is a Python keyword: name it `lam` or `λ`"
    elif re.search(r"(?<![=<>!])=(?!=)", text) and "==" not in text:
        hint = "an equation is written with =="
    elif re.search(r"\d[A-Za-z_(]", text[max(column - 1, 0) : column + 2]):
        hint = "a product is written with *"
    stop = max((error.end_offset or 0) - 1, column + 1)
    return Diagnostic(
        "P001", message, fragment.span(min(column, max(len(text) - 1, 0)), stop), hint
    )


def suggestion(name: str, known: Iterable[str]) -> str:
    """A help line naming a near name, or nothing."""
    synonyms = {"ln": "log", "lambda": "λ", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
                "tr": "trace", "transpose": "A.T", "Id": "eye", "j": "I", "i": "I", "inf": "oo",
                "infinity": "oo", "fabs": "abs", "gradient": "grad", "jacobian": "jac",
                "hessian": "hess", "derivative": "diff", "Sum": "sum", "trans": "A.T"}  # fmt: skip
    known = list(known)
    if name in synonyms:
        return f"did you mean `{synonyms[name]}`?"
    lowered = {item.lower(): item for item in reversed(known)}
    near = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return f"did you mean `{lowered[near[0]]}`?" if near else ""
