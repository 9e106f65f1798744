"""Why a computation in the algebra stops before it has a value."""

from __future__ import annotations

from typing import Any


class Undefined(Exception):
    """The expression has no value at any point considered (e.g. a division by zero)."""


class Unsupported(Exception):
    """The algebra has no rule for this; nothing is concluded."""


class Restart(Exception):
    """A finer generator is needed (e.g. exp(x/2) beside exp(x)): begin again with the hints."""


class SignNeeded(Exception):
    """The sign of this irreducible polynomial decides the value: split into cases."""

    def __init__(self, polynomial: Any) -> None:
        super().__init__("a sign decides the value")
        self.polynomial = polynomial
