"""YAML text to a tree of scalars, sequences and mappings with places; nothing is ever constructed.

A scalar stays its source text: `no`, `n` and `1e-6` are what they look like. Tags, anchors,
aliases and further documents are not part of the language. Composing walks the parser's events
with a list of its own, so no nesting, however deep, reaches Python's or C's stack.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import yaml

from derivcheck.load.problems import Problems, failure
from derivcheck.text import Source, Span

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 20
MAX_NODES = 100_000


class Scalar(NamedTuple):
    """`style` is `'`, `"`, `|`, `>`, or empty for a plain scalar. (Nodes are tuples for speed.)"""

    text: str
    source: Source
    start: int
    stop: int
    style: str = ""

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.stop)


class Sequence(NamedTuple):
    """`is_flow`: written with [ ]."""

    items: tuple[Node, ...]
    span: Span
    is_flow: bool = False


class Mapping(NamedTuple):
    """`is_flow`: written with { }."""

    pairs: tuple[tuple[Node, Node], ...]
    span: Span
    is_flow: bool = False


Node: TypeAlias = Scalar | Sequence | Mapping


class _Open:
    """A collection whose end has not been seen yet."""

    def __init__(self, event: yaml.CollectionStartEvent, start: int) -> None:
        self.start = start
        self.is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.is_flow = bool(event.flow_style)
        self.children: list[Node] = []

    def close(self, source: Source, stop: int) -> Node:
        span = Span(source, self.start, stop)
        if self.is_mapping:
            keys, values = self.children[::2], self.children[1::2]
            return Mapping(tuple(zip(keys, values, strict=True)), span, self.is_flow)
        return Sequence(tuple(self.children), span, self.is_flow)


def compose(text: str, source: Source, problems: Problems) -> Node | None:
    """The tree of the first document, None for one without content.

    `text` is that of `source`, or a copy with some parts blanked out, of the same length.
    Raises yaml.YAMLError for what is not YAML, SpecError L014 for what is nested too deeply,
    L015 for what has too many parts.
    """
    top: list[Node] = []
    children, stack = top, list[_Open]()
    documents = count = 0
    for event in yaml.parse(text, Loader=LOADER):
        start, stop = _bounds(event)
        if isinstance(event, yaml.NodeEvent):
            count += 1
            if count > MAX_NODES:
                place = Span(source, start, stop)
                raise failure("L015", f"more than {MAX_NODES} parts", place, "split the file")
            if event.anchor is not None or getattr(event, "tag", None) is not None:
                _refuse_extras(event, Span(source, start, stop), problems)
        if isinstance(event, yaml.ScalarEvent):
            style = "" if event.implicit[0] else event.style or ""
            children.append(Scalar(event.value, source, start, stop, style))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) >= MAX_DEPTH:
                hint = "quote a formula that starts with a bracket"
                place = Span(source, start, stop)
                raise failure("L014", f"nested deeper than {MAX_DEPTH} levels", place, hint)
            stack.append(_Open(event, start))
            children = stack[-1].children
        elif isinstance(event, yaml.CollectionEndEvent):
            node = stack.pop().close(source, stop)
            children = stack[-1].children if stack else top
            children.append(node)
        elif isinstance(event, yaml.AliasEvent):
            children.append(Scalar(text[start:stop], source, start, stop))
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                hint = "put the claims of one file under one `claims:`"
                problems.add(
                    "L013", "a second document in one file", Span(source, start, stop), hint
                )
                break
    return top[0] if top else None


def _bounds(event: yaml.Event) -> tuple[int, int]:
    """Marks count characters, as a source does."""
    assert event.start_mark and event.end_mark
    return event.start_mark.index, event.end_mark.index


def _refuse_extras(event: yaml.NodeEvent, span: Span, problems: Problems) -> None:
    """Tags could construct objects, aliases could multiply: neither has a use in a spec."""
    if isinstance(event, yaml.AliasEvent):
        hint = "quote a value that starts with *; share with the file's `variables:` and `define:`"
        problems.add("L012", f"the YAML alias `*{event.anchor}`", span, hint)
        return
    if event.anchor is not None:
        hint = "quote a value that starts with &; share with the file's `variables:` and `define:`"
        problems.add("L012", f"the YAML anchor `&{event.anchor}`", _start(span), hint)
    tag = getattr(event, "tag", None)
    if tag is not None:
        hint = "remove it; quote a value that starts with !"
        short = tag.replace("tag:yaml.org,2002:", "!!")
        problems.add("L011", f"the YAML tag `{short}`", _start(span), hint)


def _start(span: Span) -> Span:
    return Span(span.source, span.start, span.start + 1)
