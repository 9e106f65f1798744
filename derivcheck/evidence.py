"""What an engine found out about one relation: five kinds of evidence, pure data.

Numbers in a witness are strings: an exact rational ("-1/2"), a decimal, or complex ("1 + 2*I").
A matrix is a tuple of rows, a column too (n rows of one entry).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """A point where a relation fails: sizes, values of the variables, both sides there.

    `entry` is the 0-based (row, column) of the entry that differs most, for arrays.
    `note` says anything else a reader needs, e.g. that the two shapes differ.
    """

    sizes: tuple[tuple[str, int], ...]
    values: tuple[tuple[str, Value], ...]
    lhs: Value
    rhs: Value
    entry: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """Holds on the whole domain, for every size; `exceptions`: where a side is undefined."""

    method: str
    steps: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refutation:
    """A point at which the relation certainly fails: `gap` bounds the difference from below."""

    witness: Witness
    gap: str
    method: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A point at which floating point sees the relation fail, beyond its error estimate."""

    witness: Witness
    digits: int
    method: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One point, for the table of `show`."""

    sizes: tuple[tuple[str, int], ...]
    values: tuple[tuple[str, Value], ...]
    lhs: Value
    rhs: Value
    digits: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Both sides agreed at all `points` where both were defined, to `digits` digits."""

    points: int
    digits: int
    sizes: tuple[tuple[tuple[str, int], ...], ...] = ()
    exceptions: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    method: str = ""


class Cause(StrEnum):
    """Why an engine says nothing. CONTESTED: at a point it found the sides are too close to tell,
    so that agreement elsewhere does not support the claim."""

    UNSUPPORTED = "unsupported"
    INCONCLUSIVE = "inconclusive"
    CONTESTED = "contested"
    VACUOUS = "vacuous"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing could be said; never a success."""

    cause: Cause
    reason: str


Evidence: TypeAlias = Proof | Refutation | Mismatch | Agreement | Silence


@dataclass(frozen=True, slots=True)
class Finding:
    """What one engine says of one relation.

    `derived` is its own form of the derivative claimed, in the claim language, where it has one;
    `derived_latex` the same typeset; `notes` are remarks.
    """

    engine: str
    evidence: Evidence
    derived: str = ""
    derived_latex: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What every engine is told: the seed of its points, its soft budget in seconds."""

    seed: int = 0
    seconds: float = 10.0
    digits: int = 100
