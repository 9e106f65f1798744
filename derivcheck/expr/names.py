"""What the names of a spec stand for while its formulas are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from derivcheck.expr.declarations import Declaration, Domain
from derivcheck.expr.dims import Shape
from derivcheck.text import Fragment

CONSTANTS = ("pi", "e", "I", "oo")


@dataclass(frozen=True, slots=True)
class NamedExpression:
    """`loss: norm(W @ v - y)**2`."""

    name: str
    body: Fragment


@dataclass(frozen=True, slots=True)
class NamedFunction:
    """`swish(t): t * sigmoid(t)`."""

    name: str
    parameters: tuple[str, ...]
    body: Fragment


@dataclass(frozen=True, slots=True)
class NamedRecurrence:
    """`r(0): …` and `r(t+1): …`; complete once it has a base and a step."""

    name: str
    base: tuple[tuple[int, Fragment], ...] = ()
    index: str = ""
    shift: int = 0
    step: Fragment | None = None


@dataclass(frozen=True, slots=True)
class NamedUnknown:
    """`A(t): invertible[m]`, an unspecified function; parameters are resolved when it is used."""

    name: str
    parameters: tuple[str, ...]
    shape: Shape
    domain: Domain
    place: Fragment


Entry: TypeAlias = Declaration | NamedExpression | NamedFunction | NamedRecurrence | NamedUnknown


@dataclass(slots=True)
class Names:
    """The names of one claim: `entries` in order, and the dims used in declarations."""

    entries: dict[str, Entry] = field(default_factory=dict)
    dims: dict[str, Fragment] = field(default_factory=dict)

    def copy(self) -> Names:
        return Names(dict(self.entries), dict(self.dims))
