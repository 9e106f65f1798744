"""What several engines say of the same exceptions, told once.

Engines name a place (`x == 0`, `x = 0 (kink)`), a reason (`derivative of abs at a kink at x = 0`)
or a kind of place (`where a piecewise function …`). Of one place the best reason is kept, of a
place and a part of it the wider one; what names no place is left out where another does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

_MARKED = re.compile(r"(?P<place>.*=.*) \((?P<mark>kink|undefined)\)")
_WITH_PLACE = re.compile(r"(?P<reason>.*?) at (?P<place>\w+ = .*)")
_WITH_HINT = re.compile(r"(?P<reason>.*) \(where .*\)")
_SEVERAL = re.compile(r"(?P<name>\w+) = (?P<values>[^=]*, [^=]*)")
_SHIFTED = re.compile(r"(?P<name>\w+) (?P<sign>[+-]) (?P<number>[\d./]+) = 0")
_ENTRY = "an entry of "
_EXAMPLE = 3


@dataclass(frozen=True, slots=True)
class _Exception:
    """`place`: equations that hold together, empty where none is named. `rank`: provers and balls
    know why, floats only where, and a prover for all sizes neither."""

    text: str
    rank: int
    reason: str = ""
    place: frozenset[str] = frozenset()

    @property
    def is_example(self) -> bool:
        """A whole point: one of many, found by chance."""
        return len(self.place) >= _EXAMPLE


_RANKS = {"rigorous": 0, "exact": 1, "symbolic": 1, "sampled": 2, "indexed": 3}


def merged(named: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The distinct exceptions among pairs of an engine and its text, the best known first."""
    parsed = [one for engine, text in named for one in _parsed(text, _RANKS.get(engine, 2))]
    found: list[_Exception] = []
    for one in sorted(parsed, key=lambda one: (one.is_example, one.rank)):
        _add(one, found)
    placed = [one for one in found if one.place]
    reasons = {one.reason for one in placed}
    kept = [one for one in found if one.place or (one.rank < 3 and one.reason not in reasons)]
    examples = [one for one in kept if one.is_example]
    kept = [one for one in kept if not one.is_example] + examples[:1]
    return tuple(dict.fromkeys(one.text for one in kept or found))


def _add(one: _Exception, found: list[_Exception]) -> None:
    """Unless it is there; a wider place takes over the reason known for a part of it."""
    for position, other in enumerate(found):
        if one.place and other.place and _is_part(other.place, one.place):
            if other.place != one.place:
                text = f"{other.reason} at {_written(one.place)}" if other.reason else one.text
                found[position] = replace(other, text=text, place=one.place)
            return
        if one.place and other.place and _is_part(one.place, other.place):
            return
        if one.text == other.text:
            return
    found.append(one)


def _is_part(inner: frozenset[str], outer: frozenset[str]) -> bool:
    """Whether a point of `inner` is one of `outer`: `x = 0, y = 1` of `x = 0`, and `x = 0` of
    `an entry of x = 0`."""
    return all(e in inner or e.removeprefix(_ENTRY) in inner for e in outer)


def _parsed(text: str, rank: int) -> Iterator[_Exception]:
    reason, place = "", text.replace("==", "=")
    if match := _MARKED.fullmatch(text):
        place = match["place"]
    elif match := _WITH_PLACE.fullmatch(text):
        reason, place = match["reason"], match["place"]
    elif match := _WITH_HINT.fullmatch(text):
        reason, text, place = match["reason"], match["reason"], ""
    elif "=" not in text:
        reason, place = text, ""
    if several := _SEVERAL.fullmatch(place):
        for value in several["values"].split(", "):
            equation = f"{several['name']} = {value}"
            yield _Exception(equation, rank, reason, frozenset({equation}))
        return
    yield _Exception(text, rank, reason, frozenset(_equations(place)))


def _equations(place: str) -> Iterator[str]:
    """`x = 0, y = [1, 2]` apart; of a case, `z - 1 < 0 and z + 1 = 0`, the equations alone."""
    for part in re.split(r", (?=[^\]\[]*(?:\[|$))(?=[\w ]+ = )| and ", place):
        if "=" in part and not re.search(r"[<>!]", part):
            yield _solved(part.strip())


def _solved(equation: str) -> str:
    """`z - 1 = 0` as `z = 1`."""
    match = _SHIFTED.fullmatch(equation)
    if match is None:
        return equation
    sign = "-" if match["sign"] == "+" else ""
    return f"{match['name']} = {sign}{match['number']}"


def _written(place: Iterable[str]) -> str:
    return ", ".join(sorted(place))
