"""Factors: one too many, one missing, one that should divide."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from derivcheck.expr.nodes import Apply, Index, Size, Variable
from derivcheck.variants.change import Change, Changes
from derivcheck.variants.sides import Side
from derivcheck.variants.signs import sums
from derivcheck.variants.syntax import (
    factors,
    negated,
    number,
    over,
    replaced,
    same,
    size,
    snippet,
    terms,
    times,
    write,
)  # fmt: skip
from derivcheck.verdict import Fault

NUMBERS = ("2", "3", "4", "6", "pi", "sqrt(2)", "sqrt(pi)", "log(2)", "log(10)", "I")
MOST_PARTS = 14


def dropped(side: Side, other: Side) -> Changes:
    """a*b -> a, a*b -> b, a/b -> a, and the same with @ where the shapes fit."""
    for node in side.parts():
        match node:
            case ast.BinOp(left=left, op=ast.Mult() | ast.MatMult(), right=right):
                yield _without(side, node, right, left)
                yield _without(side, node, left, right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                text = f"the division by {write(right)} is too much"
                yield Change(Fault.FACTOR, text, side.put(node, left))
                text = f"one factor {write(left)} too many"
                if not (isinstance(left, ast.Constant) and left.value == 1):
                    yield Change(Fault.FACTOR, text, side.put(node, over(number(1), right)))


def _without(side: Side, node: ast.expr, factor: ast.expr, rest: ast.expr) -> Change:
    match factor, rest:
        case ast.UnaryOp(op=ast.USub(), operand=operand), _:
            return Change(Fault.FACTOR, _too_many(operand), side.put(node, negated(rest)))
    return Change(Fault.FACTOR, _too_many(factor), side.put(node, rest))


def _too_many(factor: ast.expr) -> str:
    return f"one factor {write(factor)} too many"


def numeric(side: Side, other: Side) -> Changes:
    """A number, a size or a scalar variable too few or too many, of the whole or of one term."""
    names = [name for name in NUMBERS if name != "I" or side.is_complex(side.root)]
    for place, within in _places(side):
        for name in names:
            yield from _scaled(side, place, snippet(name), within)


def scalars(side: Side, other: Side) -> Changes:
    """A size or a scalar variable that occurs in the claim as a missing factor or divisor."""
    for name in dict.fromkeys((*scalar_names(side), *scalar_names(other))):
        for place, within in _places(side):
            yield from _scaled(side, place, snippet(name), within)


def subexpressions(side: Side, other: Side) -> Changes:
    """A part u of the claim, or 1 - u, as a missing factor or divisor; the square root too."""
    parts = _occurring(side, other)
    for place, within in _places(side):
        for part in parts:
            yield from _scaled(side, place, part, within)
    for place, within in _places(side):
        for part in parts:
            if isinstance(part, ast.Call):
                for rest in (f"1 - {write(part)}", f"1 - {write(part)}**2"):
                    yield _multiplied(side, place, snippet(rest), within)


def entrywise(side: Side, other: Side) -> Changes:
    """A @ u -> A @ (u*v): an array v of the claim as a missing factor inside a product."""
    yield from inside_products(side, _occurring(side, other))


def inside_products(side: Side, parts: Iterable[ast.expr]) -> Changes:
    candidates = list(parts)
    for node in side.parts():
        match node:
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                for place in (right, left):
                    if not isinstance(place, ast.BinOp | ast.Name | ast.Call):
                        continue
                    for part in candidates:
                        if not same(part, place):
                            yield _multiplied(side, place, part, f" at {write(place)}")


def of_parts(side: Side, parts: Iterable[ast.expr]) -> Changes:
    """Each of some parts as a missing factor of the whole, of a term, inside a product."""
    candidates = list(parts)
    for place, within in _places(side):
        for part in candidates:
            yield _multiplied(side, place, part, within)
    yield from inside_products(side, candidates)


def arguments(side: Side, other: Side) -> Changes:
    """f(u) -> f(2*u), f(u/2), f(c*u) for the scalars c of the claim."""
    names = ["2", *dict.fromkeys((*scalar_names(side), *scalar_names(other)))]
    for node in side.parts():
        match node:
            case ast.Call(func=ast.Name(), args=[argument]) if side.means(argument) is not None:
                for name in names:
                    changes = [scale(snippet(name), argument)]
                    if not any(same(part, snippet(name)) for part in factors(argument)):
                        changes.append(over(argument, snippet(name)))
                    for change in changes:
                        text = f"{write(argument)} should be {write(change)} in {write(node)}"
                        clone = replaced(node, argument, change)
                        yield Change(Fault.FACTOR, text, side.put(node, clone))


def diagonals(side: Side, other: Side) -> Changes:
    """diag(u) -> diag(u*(1 - u)), and the same for a part of a product with a vector."""
    for node in side.parts():
        match node:
            case ast.Call(func=ast.Name(id="diag"), args=[inner]):
                for rest in (f"1 - {write(inner)}", f"1 - {write(inner)}**2"):
                    factor = snippet(rest)
                    text = f"a factor {rest} is missing in {write(node)}"
                    clone = replaced(node, inner, times(inner, factor))
                    yield Change(Fault.FACTOR, text, side.put(node, clone))


def inverted(side: Side, other: Side) -> Changes:
    """s -> 1/s; a*b <-> a/b, a/b -> b/a, a/b -> 1/(a*b)."""
    if not side.is_array(side.root):
        text = f"{write(side.root)} should be inverted"
        yield Change(Fault.FACTOR, text, over(number(1), side.root))
    for node in side.parts():
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                text = f"{write(right)} should divide, not multiply"
                yield Change(Fault.FACTOR, text, side.put(node, over(left, right)))
                if not isinstance(left, ast.Constant):
                    text = f"{write(left)} should divide, not multiply"
                    yield Change(Fault.FACTOR, text, side.put(node, over(right, left)))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                text = f"{write(right)} should multiply, not divide"
                yield Change(Fault.FACTOR, text, side.put(node, times(left, right)))
                text = f"{write(left)} should divide, not multiply"
                inverse = over(number(1), times(left, right))
                yield Change(Fault.FACTOR, text, side.put(node, inverse))
                text = f"numerator and denominator of {write(node)} are exchanged"
                yield Change(Fault.FACTOR, text, side.put(node, over(right, left)))


# -- places and parts ------------------------------------------------------------------------------


def _places(side: Side) -> Iterator[tuple[ast.expr, str]]:
    """The whole side, then each term of each sum that has several, and what a sum(…) sums up."""
    yield side.root, ""
    for part in side.parts():
        match part:
            case ast.Call(args=[ast.GeneratorExp(elt=summand)]):
                yield summand, f" in {write(summand)}"
    for node in sums(side):
        for _, term in terms(node):
            if side.means(term) is not None:
                yield term, f" in the term {write(term)}"


def _scaled(side: Side, place: ast.expr, factor: ast.expr, within: str) -> Changes:
    yield _multiplied(side, place, factor, within)
    if any(same(part, factor) for part in factors(place)):
        return
    text = f"a divisor {write(factor)} is missing{within}"
    yield Change(Fault.FACTOR, text, side.put(place, divided(place, factor)))


def _multiplied(side: Side, place: ast.expr, factor: ast.expr, within: str) -> Change:
    text = f"a factor {write(factor)} is missing{within}"
    return Change(Fault.FACTOR, text, side.put(place, scale(factor, place)))


def scale(factor: ast.expr, node: ast.expr) -> ast.expr:
    """factor*node, with the sign and a whole number in front kept in front."""
    match node:
        case ast.Constant(value=int(old)) if isinstance(factor, ast.Constant):
            return number(old * int(factor.value))  # type: ignore[arg-type]
        case _ if same(node, factor):
            return ast.BinOp(node, ast.Pow(), number(2))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return negated(scale(factor, operand))
        case ast.BinOp(left=left, op=ast.Mult() as op, right=right) if same(right, factor):
            return ast.BinOp(left, op, ast.BinOp(right, ast.Pow(), number(2)))
        case ast.Constant(value=1):
            return factor
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Div(), right=right):
            return over(factor, right)
        case ast.BinOp(left=left, op=ast.Mult() | ast.MatMult() | ast.Div() as op, right=right):
            return ast.BinOp(scale(factor, left), op, right)
        case ast.Constant():
            return times(node, factor)
    return times(factor, node)


def divided(node: ast.expr, factor: ast.expr) -> ast.expr:
    """node/factor; x/f becomes x/f**2."""
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right) if same(right, factor):
            return over(left, ast.BinOp(right, ast.Pow(), number(2)))
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.MatMult() as op, right=right):
            inner = divided(left, factor)
            if write(inner) != write(over(left, factor)):
                return ast.BinOp(inner, op, right)
    return over(node, factor)


def scalar_names(side: Side) -> list[str]:
    """The sizes and scalar variables of a side, and those of the shapes of its parts."""
    names: list[str] = []
    for node in side.parts():
        meaning = side.means(node)
        if meaning is None:
            continue
        match node, meaning:
            case ast.Name(id=name), Size() | Index():
                names.append(name)
            case ast.Name(id=name), _ if meaning.shape.is_scalar:
                names.append(name)
        names += sorted(meaning.shape.names)
    names += _names_inside(side)
    return list(dict.fromkeys(names))


def _names_inside(side: Side) -> Iterator[str]:
    """Scalar variables below definitions and inside derivatives, by the trees they expand to."""
    from derivcheck.expr.build import children

    seen: set[int] = set()
    todo = [side.meaning]
    while todo:
        node = todo.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Variable(name, shape) if shape.is_scalar and name.isidentifier():
                yield name
            case Apply(params=params):
                for param in params:
                    yield from sorted(getattr(param, "names", ()))
        todo.extend(children(node))  # type: ignore[arg-type]


def _occurring(side: Side, other: Side) -> list[ast.expr]:
    """Parts of either side that are no plain numbers, small ones first, each once."""
    found: list[ast.expr] = []
    parts = [node for source in (side, other) for node in source.all_parts()]
    for node in sorted(parts, key=size):
        simple = isinstance(node, ast.Constant) or size(node) > MOST_PARTS
        if simple or isinstance(node, ast.UnaryOp) or any(same(node, old) for old in found):
            continue
        found.append(node)
    return found[:24]
