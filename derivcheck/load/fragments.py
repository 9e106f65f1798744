"""Scalars to fragments: each character of a formula knows its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivcheck.load.document import Scalar, Sequence
from derivcheck.text import Fragment

_ESCAPE = r"(?s:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.))"
_BLANK_ESCAPES = frozenset("tnvfr N_LP\t\n")


def fragment_of(scalar: Scalar) -> Fragment:
    """The value of a scalar, stripped, line breaks made spaces, with the place of each character.

    YAML folds, indents and escapes, but it keeps every visible character in order: the k-th
    visible character of the value is the k-th visible one of the source text. Blanks take the
    place after the character before them.
    """
    source, start, stop = scalar.source, scalar.start, scalar.stop
    text = scalar.text.replace("\n", " ")
    margin = 1 if scalar.style in ("'", '"') else 0
    if source.text[start + margin : stop - margin] == scalar.text:
        return Fragment(text, source, range(start + margin, stop - margin + 1)).strip()
    places = _visible(scalar)
    offsets, after = [], min(start + 1, stop)
    for char in text:
        place = after if char.isspace() else next(places, after)
        offsets.append(place)
        after = min(place + 1, stop)
    return Fragment(text, source, (*offsets, after)).strip()


def _visible(scalar: Scalar) -> Iterator[int]:
    """Where the visible characters of a scalar's value stand."""
    source, start, stop = scalar.source.text, scalar.start, scalar.stop
    if scalar.style in ("|", ">"):
        start = (
            source.find("\n", start, stop) + 1 or stop
        )  # the header line is no part of the value
    elif scalar.style in ("'", '"'):
        start, stop = start + 1, stop - 1
    at = start
    while at < stop:
        char, step = source[at], 1
        if scalar.style == "'" and char == "'":
            step = 2
        elif (
            scalar.style == '"'
            and char == "\\"
            and (escape := re.match(_ESCAPE, source[at : at + 10]))
        ):
            step = len(escape.group())
            if step == 2 and source[at + 1] in _BLANK_ESCAPES:
                char = " "
        if not char.isspace():
            yield at
        at += step


def raw_fragment(sequence: Sequence) -> Fragment:
    """The source text of a flow sequence, `[[a, b], [c, d]]`: a matrix written without quotes."""
    source, start, stop = sequence.span.source, sequence.span.start, sequence.span.stop
    text = source.text[start:stop].replace("\n", " ")
    return Fragment(text, source, range(start, stop + 1))
