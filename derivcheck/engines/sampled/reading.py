"""What of a context a relation is about: its variables, functions and dims."""

from __future__ import annotations

from dataclasses import dataclass

from derivcheck.claim import Comparison, Context, Predicate, Relation
from derivcheck.expr.build import children
from derivcheck.expr.declarations import Declaration, Domain, Function, Kind
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import (
    Apply,
    Call,
    Condition,
    Derivative,
    Expr,
    Interval,
    Item,
    Limit,
    Logic,
    Recur,
    Size,
    Variable,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """`differentiates`: a derivative or a limit is involved, so errors depend on a step."""

    declarations: tuple[Declaration, ...]
    functions: tuple[Function, ...]
    dims: tuple[str, ...]
    differentiates: bool


def scope_of(relation: Relation, context: Context) -> Scope:
    """Only what the relation, the assumptions and the recurrences they use mention."""
    roots: list[Expr | Condition] = list(context.assumptions)
    match relation:
        case Comparison(_, lhs, rhs):
            roots += [lhs, rhs]
        case Predicate(_, argument, variable):
            roots += [argument] if variable is None else [argument, variable]
    recurrences = {r.name: r for r in context.recurrences}
    names: set[str] = set()
    called: set[str] = set()
    dims: set[str] = set()
    differentiates = False
    seen: set[int] = set()
    while roots:
        node = roots.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        roots.extend(children(node))
        if not isinstance(node, Logic):
            dims |= node.shape.names
        match node:
            case Variable(name):
                names.add(name)
            case Call(function):
                called.add(function)
            case Recur(name) if name in recurrences:
                recurrence = recurrences.pop(name)
                roots += [recurrence.step, *(value for _, value in recurrence.base)]
            case Derivative(_, _, targets):
                names |= {target.variable.name for target in targets}
                differentiates = True
            case Limit():
                differentiates = True
            case Size(dim):
                dims |= dim.names
            case Apply(_, _, params):
                dims |= {name for p in params if isinstance(p, Dim) for name in p.names}
            case Item(_, rows, cols):
                for selector in (rows, cols):
                    if isinstance(selector, Interval):
                        dims |= selector.start.names | selector.stop.names
            case _:
                pass
    declared = {d.variable.name for d in context.declarations}
    functions = tuple(f for f in context.functions if f.name in called)
    extra = {
        p.name: Declaration(p, Domain(Kind.COMPLEX if p.is_complex else Kind.REAL))
        for f in context.functions
        for p in f.parameters
        if p.name in names and p.name not in declared
    }
    declarations = tuple(d for d in context.declarations if d.variable.name in names)
    declarations += tuple(extra.values())
    for declaration in declarations:
        dims |= declaration.variable.shape.names
        if declaration.domain.extent is not None:
            dims |= declaration.domain.extent.names
    for used in functions:
        dims |= used.shape.names
        dims |= {name for p in used.parameters for name in p.shape.names}
    ordered = tuple(name for name in context.dims if name in dims)
    ordered += tuple(sorted(dims - set(ordered)))
    return Scope(declarations, functions, ordered, differentiates)
