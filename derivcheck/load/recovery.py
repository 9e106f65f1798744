"""Text to a tree, past YAML errors: a claim that is not YAML is set aside, the rest is read."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

import yaml

from derivcheck.load.document import Node, compose
from derivcheck.load.problems import Problems
from derivcheck.text import Diagnostic, Source, Span, SpecError

_ATTEMPTS = 20
_CHARACTERS_READ = 3_000_000
_FLOW = (
    "inside [ ] and { } YAML splits at commas and brackets: quote the value, or one entry a line"
)
# What a YAML parser says, and what a writer of specs most likely meant.
_HELP = (
    ("mapping values are not allowed", "quote a value that contains `: `; check the indentation"),
    ("cannot start any token", "quote the value; indent with spaces, not with tabs"),
    ("expected ',' or ']'", _FLOW),
    ("expected ',' or '}'", _FLOW),
    ("unexpected end of stream", "a quote is not closed"),
    ("block scalar", "quote a value that starts with | or >"),
    ("escape character", "inside double quotes \\ is special: use single quotes"),
    ("undefined tag handle", "quote a value that starts with !"),
    ("expected alphabetic or numeric character", "quote a value that starts with * or &"),
    ("expected key", "quote the whole value; check the indentation"),
    ("expected <block end>", "quote the whole value; check the indentation"),
    ("expected '-' indicator", "the claims are a list: `- id: …`, each at the same indentation"),
    ("could not find expected ':'", "write `key: value`; quote a value that goes on in a new line"),
)  # fmt: skip


class Lost(NamedTuple):
    """A claim whose text is not YAML: its id as far as it can be seen, its place, the error."""

    id: str
    span: Span
    diagnostic: Diagnostic


class Recovered(NamedTuple):
    """What could be read; the `errors` of YAML itself; its `misuses` in the tree, in order."""

    tree: Node | None
    lost: tuple[Lost, ...]
    errors: tuple[Diagnostic, ...]
    misuses: tuple[Diagnostic, ...] = ()


def read_tree(source: Source) -> Recovered:
    """The tree of a file without the claims that are not YAML.

    Each attempt blanks out one more claim, or one more line outside the claims, so this ends; the
    work is bounded by the number of attempts times the length.
    """
    text, items = source.text, _items(source)
    lost: list[Lost] = []
    found: list[Diagnostic] = []
    attempts = max(1, min(_ATTEMPTS, _CHARACTERS_READ // len(text)))
    for _ in range(attempts):
        composed = Problems()
        try:
            tree = compose(text, source, composed)
        except (yaml.YAMLError, SpecError) as error:
            diagnostic, item = _locate(error, source, items)
            found.append(diagnostic)
            is_spent = not text[item.start : item.stop].strip()
            if not items or is_spent or diagnostic.code == "L015":
                break
            if item in items:
                lost.append(Lost(_seen_id(item), item, diagnostic))
            elif text.startswith("claims:", item.start):
                break
            blank = re.sub(r"[^\n]", " ", text[item.start : item.stop])
            text = text[: item.start] + blank + text[item.stop :]
        else:
            return Recovered(tree, tuple(lost), tuple(found), tuple(composed.found))
    else:
        place = found[-1].span
        found.append(Diagnostic("L010", "not YAML: what follows was not read", place))
    return Recovered(None, tuple(lost), tuple(found))


def _items(source: Source) -> tuple[Span, ...]:
    """The entries of the list under `claims:`, found by indentation alone."""
    start = re.search(
        r"^claims:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*( *)- ", source.text, re.MULTILINE
    )
    if start is None:
        return ()
    indent = len(start.group(1))
    heads = re.compile(rf"^ {{{indent}}}- |^ {{0,{max(indent - 1, 0)}}}[^\s#-]", re.MULTILINE)
    bounds = [head.start() for head in heads.finditer(source.text, start.start(1))]
    bounds.append(len(source.text))
    return tuple(
        Span(source, begin, end)
        for begin, end in pairwise(bounds)
        if source.text.startswith("- ", begin + indent)
    )


def _item_at(source: Source, items: tuple[Span, ...], offset: int) -> Span:
    """The claim around an offset, or the line, where it is outside the claims."""
    index = bisect_right([item.start for item in items], offset) - 1
    if index >= 0 and offset < items[index].stop:
        return items[index]
    start = source.text.rfind("\n", 0, offset) + 1
    stop = source.text.find("\n", offset)
    return Span(source, start, stop if stop >= 0 else len(source.text))


def _locate(
    error: yaml.YAMLError | SpecError, source: Source, items: tuple[Span, ...]
) -> tuple[Diagnostic, Span]:
    """The error with the place a reader should look at, and the claim or line it spoils.

    An unclosed quote or bracket is noticed far behind its start: the start is shown.
    """
    if isinstance(error, SpecError):
        (diagnostic,) = error.diagnostics
        return diagnostic, _item_at(source, items, diagnostic.span.start if diagnostic.span else 0)
    last = max(len(source.text) - 1, 0)
    problem = getattr(error, "problem_mark", None)
    mark = getattr(error, "context_mark", None)
    context = getattr(error, "context", None) or ""
    at = min(problem.index, last) if problem else last
    item = _item_at(source, items, at)
    if mark is not None and "block collection" not in context:
        owner = _item_at(source, items, mark.index)
        is_scalar_or_flow = "block mapping" not in context
        runs_on = source.position(mark.index)[0] != source.position(at)[0]
        if (owner != item and owner in items) or (
            is_scalar_or_flow and (runs_on or "quoted" in context)
        ):
            at, item = mark.index, owner
    said = getattr(error, "problem", None) or "cannot be read"
    hint = next((hint for part, hint in _HELP if part in f"{context}: {said}"), "")
    message = f"not YAML: {said}" + (f" ({context})" if context else "")
    return Diagnostic("L010", message, Span(source, at, at + 1), hint), item


def _seen_id(item: Span) -> str:
    text = item.source.text[item.start : item.stop]
    found = re.search(r"^[ -]*id:[ \t]*['\"]?([\w.-]+)", text, re.MULTILINE)
    return found.group(1) if found else ""
