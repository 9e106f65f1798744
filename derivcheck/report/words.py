"""Evidence, values and claims in words: text only, nothing about how it is laid out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from derivcheck.claim import Comparison, Context, Expectation, Relation, Statement
from derivcheck.evidence import (
    Agreement,
    Evidence,
    Mismatch,
    Proof,
    Refutation,
    Silence,
    Value,
)  # fmt: skip
from derivcheck.expr.declarations import Declaration, Domain, Function, Kind
from derivcheck.expr.dims import Shape
from derivcheck.expr.printing import to_text
from derivcheck.expr.unicode import to_unicode
from derivcheck.report.model import Entry, Report
from derivcheck.verdict import Outcome, Verdict

_SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}
_MOST_ENTRIES = 36
_VECTOR_KINDS = frozenset({Kind.ONEHOT, Kind.SIMPLEX, Kind.UNIT})
_FREE_KINDS = frozenset({Kind.REAL, Kind.COMPLEX, Kind.INTEGER})


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


# -- mathematics ---------------------------------------------------------------


def typeset(relation: Relation) -> str:
    """A relation as one line of mathematics."""
    match relation:
        case Comparison(op, lhs, rhs):
            return f"{to_unicode(lhs)} {_SIGNS[op]} {to_unicode(rhs)}"
        case _:
            inside = [to_unicode(relation.argument)]
            inside += [relation.variable.name] if relation.variable else []
            return f"{relation.name}({', '.join(inside)})"


def declared(context: Context) -> Iterable[tuple[str, str]]:
    """Each variable and function of a claim with its kind, as a spec would declare it."""
    for declaration in context.declarations:
        yield declaration.variable.name, _kind(declaration)
    for function in context.functions:
        yield _signature(function), _domain(function.domain, function.shape)


def _kind(declaration: Declaration) -> str:
    return _domain(declaration.domain, declaration.domain.extent or declaration.variable.shape)


def _signature(function: Function) -> str:
    return f"{function.name}({', '.join(parameter.name for parameter in function.parameters)})"


def _domain(domain: Domain, shape: Shape) -> str:
    """`real[m, n] > 0`, `index[m]`, `symmetric[n]`."""
    kind, dims = domain.kind, ""
    if kind in _FREE_KINDS:
        if not shape.is_scalar:
            dims = str(shape.rows) if shape.is_column else f"{shape.rows}, {shape.cols}"
    elif kind is Kind.STIEFEL:
        dims = f"{shape.rows}, {shape.cols}"
    else:
        dims = str(shape.rows)
    return kind.value + (f"[{dims}]" if dims else "") + _bounds(domain)


def _bounds(domain: Domain) -> str:
    lower, upper = domain.lower, domain.upper
    if lower and upper:
        opening, closing = "(" if lower.is_open else "[", ")" if upper.is_open else "]"
        text = f" in {opening}{to_text(lower.value)}, {to_text(upper.value)}{closing}"
    elif lower:
        text = f" {'>' if lower.is_open else '>='} {to_text(lower.value)}"
    elif upper:
        text = f" {'<' if upper.is_open else '<='} {to_text(upper.value)}"
    else:
        text = ""
    return text + "".join(f" != {to_text(value)}" for value in domain.excluded)


# -- values --------------------------------------------------------------------


def value_text(value: Value) -> str:
    """`-1/2`, a column as `[1, 2]`, a matrix as `[[1, 2], [3, 4]]`: what `at` takes."""
    if isinstance(value, str):
        return value
    rows, cols = len(value), len(value[0]) if value else 0
    if rows * cols > _MOST_ENTRIES:
        return f"a {rows}×{cols} matrix that starts {value_text(tuple(r[:4] for r in value[:1]))}"
    if cols == 1:
        return f"[{', '.join(row[0] for row in value)}]"
    return f"[{', '.join('[' + ', '.join(row) + ']' for row in value)}]"


def entry_of(value: Value, entry: tuple[int, int]) -> str:
    """The text of one entry; a value of another shape, which has no such entry, as a whole."""
    row, col = entry
    if isinstance(value, str) or row >= len(value) or col >= len(value[row]):
        return value_text(value)
    return value[row][col]


def entry_name(value: Value, entry: tuple[int, int]) -> str:
    """`[i]` of a column, `[i, j]` of a matrix."""
    row, col = entry
    is_column = not isinstance(value, str) and all(len(line) == 1 for line in value)
    return f"[{row}]" if is_column else f"[{row}, {col}]"


def sizes_text(sizes: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} = {size}" for name, size in sizes)


# -- evidence and verdicts -----------------------------------------------------


def found(evidence: Evidence) -> str:
    """What an engine found, in one or two clauses."""
    match evidence:
        case Proof(method=method):
            return f"proved by {method}" if method else "proved"
        case Refutation(gap=gap, method=method):
            apart = f": {gap_text(gap)}" if gap else ""
            return f"counterexample, certain{apart}" + _by(method)
        case Mismatch(digits=digits, method=method):
            return f"counterexample, seen to {plural(digits, 'digit')}" + _by(method)
        case Agreement(points=points, digits=digits, sizes=sizes, method=method):
            text = f"agrees at {plural(points, 'point')} to {plural(digits, 'digit')}" + _by(method)
            several = [sizes_text(choice) for choice in sizes if choice]
            return text + (f"; sizes {'; '.join(several)}" if several else "")
        case Silence(cause=cause, reason=reason):
            return f"silent, {cause.value}: {reason}" if reason else f"silent, {cause.value}"
        case _:
            assert_never(evidence)


def gap_text(gap: str) -> str:
    """A number bounds the difference of the sides from below; anything else speaks for itself."""
    return f"at least {gap}" if gap[:1].isdigit() else gap


def _by(method: str) -> str:
    return f" ({method})" if method else ""


def verdict_words(entry: Entry) -> str:
    """`refuted (certified), as expected`."""
    if not isinstance(entry, Outcome):
        return "error, it could not be read"
    words = entry.verdict.value
    if entry.verdict is Verdict.REFUTED and any(link.certified for link in entry.links):
        words += " (certified)"
    if entry.as_expected and entry.claim.expect is Expectation.MISMATCH:
        words += ", as expected"
    return words


def summary(report: Report) -> str:
    """`12 claims: 9 proved, 2 refuted, 1 error; 11 as expected, 1 not; 0.4 s`."""
    verdicts = [f"{report.count(v)} {v.value}" for v in Verdict if report.count(v)]
    total = len(report.entries)
    text = plural(total, "claim") + (f": {', '.join(verdicts)}" if verdicts else "")
    if total and report.as_expected == total:
        text += "; all as expected" if total > 1 else "; as expected"
    elif total:
        text += f"; {report.as_expected} as expected, {total - report.as_expected} not"
    if report.unfinished:
        text += f"; {report.unfinished} not judged"
    if report.diagnostics:
        text += f"; {plural(len(report.diagnostics), 'diagnostic')}"
    return f"{text}; {duration(report.seconds)}" + ("; interrupted" if report.interrupted else "")


def duration(seconds: float) -> str:
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def statement_text(statement: Statement, is_derivation: bool = False) -> str:
    """The claim as written; the lines of a derivation are numbered from 1."""
    lines = statement.text.split("\n")
    if not is_derivation or len(lines) < 2:
        return statement.text
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
