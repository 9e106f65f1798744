"""Comparisons of germs, as conditions use them."""

from __future__ import annotations

from derivcheck.engines.rigorous.order import strict_order
from derivcheck.engines.rigorous.scalars import (
    Dual,
    Mode,
    Scalar,
    Undecided,
    is_exact_zero,
    may_vanish,
    parts,
)


def join(op: str, a: bool, b: bool) -> bool:
    return (a and b) if op == "and" else (a or b)


def decide(op: str, a: Scalar, b: Scalar, mode: Mode) -> bool:
    """Decided by the sign of a - b; equality of complex numbers by both parts."""
    difference = a - b
    if op in ("==", "!="):
        return _is_zero(difference, mode) == (op == "==")
    sign = strict_order(difference, mode)
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[op]


def _is_zero(x: Scalar, mode: Mode) -> bool:
    if isinstance(x, Dual):
        return all(strict_order(part, mode) == 0 for part in parts(x) if not is_exact_zero(part))
    if is_exact_zero(x):
        return True
    if may_vanish(x):
        raise Undecided("an equality of balls")
    return False
