"""Reading the keys and values of a mapping: each function reads one kind of value.

Every one of them reports what is wrong and goes on, so a file's errors are found together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from derivcheck.load.document import Mapping, Node, Scalar, Sequence
from derivcheck.load.fragments import fragment_of, raw_fragment
from derivcheck.load.problems import Problems, did_you_mean
from derivcheck.text import Fragment, Span

Fields = dict[str, tuple[Scalar, Node]]
_KINDS = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping"}


def kind_of(node: Node) -> str:
    return _KINDS[type(node)]


def head(span: Span) -> Span:
    """The first line of a place, for carets."""
    stop = span.source.text.find("\n", span.start)
    return Span(span.source, span.start, max(span.start + 1, min(span.stop, stop % (1 << 60))))


def read_fields(
    mapping: Mapping, problems: Problems, what: str, known: Iterable[str] = ()
) -> Fields:
    """The entries of a mapping by key. L021: not one of `known`; L022: repeated; L023: no name."""
    known, fields = tuple(known), Fields()
    for key, value in mapping.pairs:
        if not isinstance(key, Scalar):
            problems.add(
                "L023", f"{kind_of(key)} as a key", head(key.span), "a key is a plain name"
            )
        elif known and key.text not in known:
            hint = did_you_mean(key.text, known)
            if key.text == "<<":
                hint = "merge keys are not read; share with the file's `variables:` and `define:`"
            problems.add("L021", f"unknown key `{key.text}` of {what}", key.span, hint)
        elif key.text in fields:
            first = fields[key.text][0].span.line
            problems.add("L022", f"repeated key `{key.text}`; it is in line {first}", key.span)
        else:
            fields[key.text] = (key, value)
    return fields


def read_text(fields: Fields, name: str, problems: Problems) -> str:
    """A text such as a title; empty where the key is absent."""
    if name not in fields:
        return ""
    key, value = fields[name]
    if not isinstance(value, Scalar):
        hint = "quote it" if value.is_flow else "write it in one line, or as a block after |"
        problems.add("L020", f"`{name}` is {kind_of(value)}, not a text", head(value.span), hint)
        return ""
    if _is_empty(value):
        _report_empty(key, value, problems)
    return value.text.strip()


def read_choice(fields: Fields, name: str, allowed: tuple[str, ...], problems: Problems) -> str:
    """One of the `allowed` words; empty where the key is absent. L027: another word."""
    text = read_text(fields, name, problems)
    if text and text not in allowed:
        place = fields[name][1].span
        problems.add("L027", f"`{text}` as `{name}`", place, did_you_mean(text, allowed))
        return ""
    return text


def read_formula(key: Scalar, value: Node, problems: Problems) -> Fragment | None:
    """A formula; `[[a, b], [c, d]]` without quotes is read from its source text."""
    match value:
        case Scalar():
            if _is_empty(value):
                _report_empty(key, value, problems)
                return None
            return fragment_of(value)
        case Sequence(is_flow=True):
            return raw_fragment(value)
        case Sequence() | Mapping():
            hint = "quote a formula that starts with `- ` or `{`, or that has `: ` in it"
            message = f"`{key.text}` is {kind_of(value)}, not a formula"
            problems.add("L020", message, head(value.span), hint)
            return None


def read_formulas(key: Scalar, value: Node, problems: Problems) -> tuple[Fragment, ...]:
    """A list of formulas, or a single one."""
    if not isinstance(value, Sequence):
        formula = read_formula(key, value, problems)
        return () if formula is None else (formula,)
    if value.is_flow and _is_torn(value.items, problems):
        return ()
    read = [read_formula(key, item, problems) for item in value.items]
    return tuple(formula for formula in read if formula is not None)


def read_texts(fields: Fields, name: str, problems: Problems) -> tuple[str, ...]:
    """A list of words, or a single one."""
    if name not in fields:
        return ()
    key, value = fields[name]
    items = value.items if isinstance(value, Sequence) else (value,)
    return tuple(text for item in items if (text := read_text({name: (key, item)}, name, problems)))


def read_entries(
    fields: Fields, name: str, problems: Problems
) -> tuple[tuple[Fragment, Fragment], ...]:
    """`variables` or `define`: names and what they stand for, in order."""
    if name not in fields:
        return ()
    _, value = fields[name]
    if isinstance(value, Scalar) and not value.text and not value.style:
        return ()  # every entry is a comment
    if not isinstance(value, Mapping):
        hint = f"write `name: …` under `{name}:`"
        problems.add("L020", f"`{name}` is {kind_of(value)}, not a mapping", head(value.span), hint)
        return ()
    parts = [part for pair in value.pairs for part in pair]
    if value.is_flow and _is_torn(parts, problems):
        return ()
    entries = []
    for key, body in read_fields(value, problems, f"`{name}`").values():
        formula = read_formula(key, body, problems)
        if formula is not None:
            entries.append((fragment_of(key), formula))
    return tuple(entries)


def _is_empty(value: Scalar) -> bool:
    return not value.text.strip() or (value.text == "~" and not value.style)


def _report_empty(key: Scalar, value: Scalar, problems: Problems) -> None:
    """L024; YAML takes everything behind ` #` for a comment."""
    line = value.span.source.line(key.span.line)
    hint = "a # starts a comment: quote the value" if re.search(r"\s#", line) else ""
    problems.add("L024", f"`{key.text}` has no value", key.span, hint)


def _is_torn(parts: Iterable[Node], problems: Problems) -> bool:
    """L030: a comma inside parentheses ended a value, `[x in (0, 1)]` being `x in (0` and `1)`."""
    for part in parts:
        if not isinstance(part, Scalar) or part.style:
            continue
        if part.text.count("(") != part.text.count(")"):
            hint = "inside [ ] and { } YAML splits at commas: quote it, or one entry a line"
            problems.add("L030", "a comma splits this formula", part.span, hint)
            return True
    return False
