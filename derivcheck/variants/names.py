"""Names: an index for another, a function for its partner, an argument left out."""

from __future__ import annotations

import ast

from derivcheck.expr.dims import SCALAR, Shape
from derivcheck.expr.nodes import Index, Variable
from derivcheck.variants.change import Change, Changes
from derivcheck.variants.factors import scalar_names
from derivcheck.variants.sides import Side, is_derivative
from derivcheck.variants.syntax import replaced, snippet, times, write
from derivcheck.verdict import Fault

_PAIRS = (
    ("sin", "cos"), ("tan", "cot"), ("sec", "csc"), ("sinh", "cosh"), ("tanh", "coth"),
    ("sech", "csch"), ("asin", "acos"), ("atan", "acot"), ("asinh", "acosh"), ("sin", "sinh"),
    ("cos", "cosh"), ("tan", "tanh"), ("atan", "atanh"), ("asin", "asinh"), ("sec", "sech"),
    ("csc", "csch"), ("cot", "coth"), ("log", "log10"), ("log", "log2"), ("erf", "erfc"),
    ("exp", "expm1"), ("log", "log1p"), ("gamma", "digamma"), ("gamma", "loggamma"),
    ("sigmoid", "softplus"), ("sigmoid", "tanh"), ("sign", "heaviside"), ("relu", "abs"),
    ("exp", "softmax"), ("exp", "sigmoid"), ("sum", "mean"), ("max", "min"), ("det", "logdet"),
    ("det", "trace"), ("sqrt", "cbrt"), ("floor", "ceil"), ("hstack", "vstack"),
    ("real", "imag"), ("gamma", "factorial"),
)  # fmt: skip
_PARTNERS: dict[str, list[str]] = {}
for _one, _two in _PAIRS:
    _PARTNERS.setdefault(_one, []).append(_two)
    _PARTNERS.setdefault(_two, []).append(_one)


def functions(side: Side, other: Side) -> Changes:
    """sin -> cos and the like, and sin(u) -> cos(u) keeps its argument."""
    for node in side.parts():
        match node:
            case ast.Call(func=ast.Name(id=name) as function, args=[_, *_]):
                for partner in _PARTNERS.get(name, ()):
                    new = replaced(node, function, ast.Name(partner))
                    text = f"{write(node)} should be {write(new)}"
                    yield Change(Fault.FACTOR, text, side.put(node, new))


def variables(side: Side, other: Side) -> Changes:
    """A variable or a size for another of the same shape that occurs in the claim."""
    sizes = scalar_names(side) + scalar_names(other)
    found: dict[str, Shape | None] = dict.fromkeys(sizes, SCALAR)
    targets: set[str] = set()
    for source in (side, other):
        for node in source.all_parts():
            meaning = source.means(node)
            if isinstance(node, ast.Name) and meaning is not None:
                found.setdefault(node.id, meaning.shape)
            elif is_derivative(node) and isinstance(node, ast.Call):
                targets.update(arg.id for arg in node.args[1:] if isinstance(arg, ast.Name))
    for node in side.parts():
        if not isinstance(node, ast.Name) or isinstance(side.means(node), Index):
            continue
        for name, shape in {**dict.fromkeys(sorted(targets)), **found}.items():
            if name != node.id and shape in (None, found.get(node.id)):
                text = f"{node.id} should be {name}"
                yield Change(Fault.FACTOR, text, side.put(node, ast.Name(name)))


def wrapped(side: Side, other: Side) -> Changes:
    """u -> abs(u), sign(u) for every name and argument."""
    for node in side.parts():
        if isinstance(node, ast.Name) and not side.is_complex(node):
            for name in ("abs", "sign"):
                new = ast.Call(ast.Name(name), [node], [])
                text = f"{node.id} should be {write(new)}"
                yield Change(Fault.FACTOR, text, side.put(node, new))


def reshaped(side: Side, other: Side) -> Changes:
    """A scalar u next to a matrix -> u*eye(n); ones -> eye, eye -> ones; abs(u) for u."""
    for node in side.parts():
        meaning = side.means(node)
        if meaning is None:
            continue
        match node:
            case ast.Call(func=ast.Name(id="eye"), args=[inner]):
                new: ast.expr = snippet(f"ones({write(inner)}, {write(inner)})")
            case ast.Call(func=ast.Name(id="ones"), args=[rows, cols]) if (
                meaning.shape.is_square and write(rows) == write(cols)
            ):
                new = snippet(f"eye({write(rows)})")
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                across = side.means(left)
                scalar = side.means(right)
                if across is None or scalar is None or not scalar.shape.is_scalar:
                    continue
                if across.shape.is_scalar or not across.shape.is_square:
                    continue
                unit = snippet(f"eye({across.shape.rows})")
                new = ast.BinOp(left, op, times(right, unit))
            case _:
                continue
        text = f"{write(node)} should be {write(new)}"
        yield Change(Fault.FACTOR, text, side.put(node, new))


def indices(side: Side, other: Side) -> Changes:
    """An index or running variable for another of the claim, and i -> i + 1, i - 1."""
    known: dict[str, None] = {}
    for source in (side, other):
        for node in ast.walk(source.root):
            if isinstance(node, ast.Subscript):
                known.update(dict.fromkeys(n.id for n in ast.walk(node.slice)
                                           if isinstance(n, ast.Name)))  # fmt: skip
    for node in _positions(side):
        for name in known:
            if name != node.id:
                text = f"the index {node.id} should be {name}"
                yield Change(Fault.INDEX, text, side.put(node, ast.Name(name)))
    for node in _positions(side):
        for shift in (f"{node.id} + 1", f"{node.id} - 1"):
            text = f"the index {node.id} should be {shift}"
            yield Change(Fault.INDEX, text, side.put(node, snippet(shift)))
    yield from _ranges(side)


def _positions(side: Side) -> list[ast.Name]:
    """Names inside the brackets of entries."""
    found: list[ast.Name] = []
    for node in side.parts():
        if isinstance(node, ast.Subscript):
            found += [n for n in ast.walk(node.slice) if isinstance(n, ast.Name)]
    return [n for n in found if isinstance(side.means(n), Index | Variable | type(None))]


def _ranges(side: Side) -> Changes:
    """range(n) -> range(n - 1), range(n + 1), range(1, n)."""
    for node in ast.walk(side.root):
        match node:
            case ast.Call(func=ast.Name(id="range"), args=[stop]):
                bounds = [f"{write(stop)} - 1", f"{write(stop)} + 1", f"1, {write(stop)}"]
            case ast.Call(func=ast.Name(id="range"), args=[start, stop]):
                low, high = write(start), write(stop)
                bounds = [f"{low}, {high} - 1", f"{low}, {high} + 1", f"{low} + 1, {high}",
                          f"{low} - 1, {high}"]  # fmt: skip
            case _:
                continue
        for inner in bounds:
            text = f"the range should be range({inner})"
            yield Change(Fault.INDEX, text, side.put(node, snippet(f"range({inner})")))
