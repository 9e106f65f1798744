"""One change of one side of a relation."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from derivcheck.variants.sides import Side
from derivcheck.verdict import Fault


@dataclass(frozen=True, slots=True)
class Change:
    """`root` is the changed side. `text` says what is wrong if the change repairs the claim."""

    kind: Fault
    text: str
    root: ast.expr


Changes: TypeAlias = Iterator[Change]
Generator: TypeAlias = Callable[[Side, Side], Changes]
"""Makes the changes of its first argument; the second is the side across."""
