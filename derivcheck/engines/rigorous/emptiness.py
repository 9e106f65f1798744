"""Whether the assumptions certainly leave nothing: by the bounds they put on a name alone."""

from __future__ import annotations

from flint import arb, fmpq

from derivcheck.claim import Context
from derivcheck.engines.rigorous.assumptions import conjuncts
from derivcheck.engines.rigorous.environment import Environment, free_variables
from derivcheck.engines.rigorous.evaluate import Evaluator
from derivcheck.engines.rigorous.members import Range
from derivcheck.engines.rigorous.scalars import Scalar, Undecided, Undefined, Unsupported
from derivcheck.expr.build import children
from derivcheck.expr.nodes import Compare, Condition, Expr, Size, Variable

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


def conditions_on(context: Context, evaluator: Evaluator) -> dict[str, Range]:
    """The intervals that conditions `name op constant` leave to scalars and to sizes.

    Sound: a condition of any other form is passed over, so each interval is a superset.
    """
    found: dict[str, Range] = {dim: Range(fmpq(1)) for dim in context.dims}
    for condition in conjuncts(context.assumptions):
        bound = _bound(condition, evaluator)
        if bound is not None:
            name, op, value = bound
            found[name] = narrowed(found.get(name, Range()), op, value)
    return found


def narrowed(span: Range, op: str, value: Scalar) -> Range:
    """The interval cut off at `value`; a bound that is not certainly tighter changes nothing."""
    lower, upper = span.lower, span.upper
    lower_open, upper_open = span.lower_open, span.upper_open
    if op in (">", ">=", "==") and (
        lower is None or value > lower or (op == ">" and value >= lower)
    ):
        lower, lower_open = value, op == ">"
    if op in ("<", "<=", "==") and (
        upper is None or value < upper or (op == "<" and value <= upper)
    ):
        upper, upper_open = value, op == "<"
    return Range(lower, upper, lower_open, upper_open, span.excluded)


def is_empty(span: Range) -> bool:
    """Whether no number lies in the interval, certainly."""
    if span.lower is None or span.upper is None:
        return False
    low, high = arb(span.lower), arb(span.upper)
    if low > high:
        return True
    return (span.lower_open or span.upper_open) and bool(low >= high)


def shown_empty(context: Context, evaluator: Evaluator, ranges: dict[str, Range]) -> bool:
    """Whether a size, a scalar, or each entry of an array has an empty interval left to it."""
    left = conditions_on(context, evaluator)
    for name, span in ranges.items():
        if is_empty(span):
            return True
        for op, value, is_open in (
            (">", span.lower, span.lower_open), ("<", span.upper, span.upper_open)
        ):  # fmt: skip
            if value is not None:
                left[name] = narrowed(left.get(name, Range()), op if is_open else op + "=", value)
    return any(is_empty(span) for span in left.values())


def _bound(condition: Condition, evaluator: Evaluator) -> tuple[str, str, Scalar] | None:
    if not isinstance(condition, Compare) or condition.op == "!=":
        return None
    for op, side, other in (
        (condition.op, condition.lhs, condition.rhs),
        (MIRRORED[condition.op], condition.rhs, condition.lhs),
    ):
        name = _name(side)
        if name is not None and other.shape.is_scalar and not _names_anything(other):
            try:
                value = evaluator.scalar(other, Environment({}, {}))
            except (Undefined, Undecided, Unsupported):
                return None
            if isinstance(value, (fmpq, arb)) and arb(value).is_finite():
                return name, op, value
    return None


def _name(side: Expr) -> str | None:
    match side:
        case Variable(name) if side.shape.is_scalar and not side.is_complex:
            return name
        case Size(dim) if len(dim.names) == 1:
            (name,) = dim.names
            return name if str(dim) == name else None
    return None


def _names_anything(node: Expr) -> bool:
    return bool(free_variables(node)) or any(
        isinstance(part, Size) and part.dim.names for part in _parts(node)
    )


def _parts(node: Expr) -> list[Expr | Condition]:
    found: list[Expr | Condition] = [node]
    for part in found:
        found += children(part)
    return found
