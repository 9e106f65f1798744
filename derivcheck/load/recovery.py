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


class _Unit(NamedTuple):
    """What is blanked out as a whole: a claim, an entry of another section, or such a section."""

    span: Span
    is_claim: bool


def read_tree(source: Source) -> Recovered:
    """The tree of a file without the claims that are not YAML.

    Each attempt blanks out one more claim, or one more entry outside the claims, so this ends; the
    work is bounded by the number of attempts times the length. An entry goes as a whole, with all
    its lines: no formula is ever read without a part of it.
    """
    text, units = source.text, _units(source)
    lost: list[Lost] = []
    found: list[Diagnostic] = []
    attempts = max(1, min(_ATTEMPTS, _CHARACTERS_READ // len(text)))
    for _ in range(attempts):
        composed = Problems()
        try:
            tree = compose(text, source, composed)
        except (yaml.YAMLError, SpecError) as error:
            diagnostic, unit = _locate(error, source, units)
            found.append(diagnostic)
            if unit is None or diagnostic.code == "L015":
                break
            start, stop = unit.span.start, unit.span.stop
            if not text[start:stop].strip():
                break
            if unit.is_claim:
                lost.append(Lost(_seen_id(unit.span), unit.span, diagnostic))
            text = text[:start] + re.sub(r"[^\n]", " ", text[start:stop]) + text[stop:]
        else:
            return Recovered(tree, tuple(lost), tuple(found), tuple(composed.found))
    else:
        place = found[-1].span
        found.append(Diagnostic("L010", "not YAML: what follows was not read", place))
    return Recovered(None, tuple(lost), tuple(found))


def _units(source: Source) -> tuple[_Unit, ...]:
    """The sections of a file and their entries, found by indentation alone, sorted by start.

    A section starts with a key at the left margin; its entries are as far in as the first of them,
    and reach up to the next. The section of the claims is no unit: without it nothing is left.
    """
    text, units = source.text, list[_Unit]()
    heads = re.finditer(r"^(?!#|- |---)\S[^\n]*?:(?=\s|$)", text, re.MULTILINE)
    for start, stop in pairwise([*(head.start() for head in heads), len(text)]):
        is_claims = text.startswith("claims:", start)
        if not is_claims:
            units.append(_Unit(Span(source, start, stop), False))
        body = text.find("\n", start, stop) + 1 or stop
        first = re.compile(r"^( *)[^\s#]", re.MULTILINE).search(text, body, stop)
        if first is None:
            continue
        mark = "- " if is_claims else r"[^\s#]"
        entries = re.compile(f"^{first.group(1)}{mark}", re.MULTILINE).finditer(text, body, stop)
        for begin, end in pairwise([*(entry.start() for entry in entries), stop]):
            units.append(_Unit(Span(source, begin, end), is_claims))
    return tuple(units) if any(unit.is_claim for unit in units) else ()


def _unit_at(units: tuple[_Unit, ...], offset: int) -> _Unit | None:
    """The innermost unit around an offset: the last that starts before it."""
    index = bisect_right(units, offset, key=lambda unit: unit.span.start) - 1
    return units[index] if index >= 0 and offset < units[index].span.stop else None


def _locate(
    error: yaml.YAMLError | SpecError, source: Source, units: tuple[_Unit, ...]
) -> tuple[Diagnostic, _Unit | None]:
    """The error with the place a reader should look at, and the unit it spoils.

    An unclosed quote or bracket is noticed far behind its start: the start is shown.
    """
    if isinstance(error, SpecError):
        (diagnostic,) = error.diagnostics
        return diagnostic, _unit_at(units, diagnostic.span.start if diagnostic.span else 0)
    last = max(len(source.text) - 1, 0)
    problem = getattr(error, "problem_mark", None)
    mark = getattr(error, "context_mark", None)
    context = getattr(error, "context", None) or ""
    at = min(problem.index, last) if problem else last
    unit = _unit_at(units, at)
    if mark is not None and "block collection" not in context:
        owner = _unit_at(units, mark.index)
        runs_on = source.position(mark.index)[0] != source.position(at)[0]
        is_scalar_or_flow = "block mapping" not in context
        if (is_scalar_or_flow and (runs_on or "quoted" in context)) or (
            owner is not None and owner.is_claim and owner != unit
        ):
            at, unit = mark.index, owner
    said = getattr(error, "problem", None) or "cannot be read"
    hint = next((hint for part, hint in _HELP if part in f"{context}: {said}"), "")
    message = f"not YAML: {said}" + (f" ({context})" if context else "")
    return Diagnostic("L010", message, Span(source, at, at + 1), hint), unit


def _seen_id(item: Span) -> str:
    text = item.source.text[item.start : item.stop]
    found = re.search(r"^[ -]*id:[ \t]*['\"]?([\w.-]+)", text, re.MULTILINE)
    return found.group(1) if found else ""
