"""Mutants of right claims: none that the numbers contradict may be proved."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from test_indexed_claims import CASES, Case

from derivcheck.claim import Comparison, Context
from derivcheck.engines.indexed import examine
from derivcheck.engines.sampled import examine as sample
from derivcheck.evidence import Mismatch, Proof, Refutation, Settings, Value
from derivcheck.expr import build
from derivcheck.expr.nodes import Apply, Choice, Derivative, Expr, Item, Number, Reduce
from derivcheck.expr.operators import ShapeError
from derivcheck.load.statements import quick

SEED = 20260801
MUTANTS = 2000
SWAPPED = {
    "sin": "cos", "cos": "sin", "sigmoid": "tanh", "tanh": "sigmoid", "exp": "sigmoid",
    "relu": "abs", "abs": "relu", "sign": "heaviside", "add": "sub", "sub": "add",
    "inv": "transpose", "transpose": "inv", "softmax": "exp", "conj": "real", "det": "trace",
}  # fmt: skip
Path = tuple[tuple[str, int], ...]


def parts(node: Expr) -> Iterator[tuple[tuple[str, int], Expr]]:
    match node:
        case Apply(args=args):
            yield from ((("args", i), arg) for i, arg in enumerate(args))
        case Item(base=base):
            yield ("base", 0), base
        case Reduce(body=body) | Derivative(body=body):
            yield ("body", 0), body
        case Choice(then=then, otherwise=otherwise):
            yield ("then", 0), then
            yield ("otherwise", 0), otherwise


def places(node: Expr, path: Path = ()) -> Iterator[tuple[Path, Expr]]:
    yield path, node
    for step, part in parts(node):
        yield from places(part, (*path, step))


def put(node: Expr, path: Path, new: Expr) -> Expr:
    """The tree with one node replaced; shapes are checked again on the way up."""
    if not path:
        return new
    (name, position), rest = path[0], path[1:]
    if isinstance(node, Apply):
        args = list(node.args)
        args[position] = put(args[position], rest, new)
        return build.apply(node.op, *args, params=node.params)
    return replace(node, **{name: put(getattr(node, name), rest, new)})  # type: ignore[arg-type]


def mutant(node: Expr, chance: random.Random) -> Expr:
    """A sign, a factor, a transpose, a dropped term or factor, an exponent, a function."""
    path, old = chance.choice(list(places(node)))
    choices: list[Expr] = [
        build.apply("neg", old), build.apply("mul", build.number(2), old),
        build.apply("abs", old), build.apply("add", old, build.UNIT),
    ]  # fmt: skip
    if old.shape.is_square and not old.shape.is_scalar:
        choices += [build.apply("transpose", old)] * 3
    if isinstance(old, Number):
        choices += [build.number(old.value + 1)] * 3
    if isinstance(old, Apply) and old.op in ("add", "sub", "mul", "matmul"):
        choices += [arg for arg in old.args if arg.shape == old.shape] * 2
    if isinstance(old, Apply) and old.op in SWAPPED:
        choices += [build.apply(SWAPPED[old.op], *old.args)] * 3
    new = chance.choice(choices)
    if new.shape != old.shape:
        raise ShapeError("a mutant of another shape")
    return put(node, path, new)


def mutants(case: Case, count: int, chance: random.Random) -> Iterator[tuple[Comparison, Context]]:
    statement = quick(case.right, case.variables, case.define, case.assume)
    for _ in range(count):
        relation = chance.choice(statement.links).relation
        if not isinstance(relation, Comparison):
            continue
        side = chance.choice(("lhs", "rhs"))
        try:
            changed = mutant(getattr(relation, side), chance)
        except ShapeError:
            continue
        yield replace(relation, **{side: changed}), statement.context  # type: ignore[arg-type]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.right for case in CASES])
def test_no_mutant_is_proved_against_the_numbers(number: int) -> None:
    chance = random.Random(SEED + number)
    for relation, context in mutants(CASES[number], MUTANTS // len(CASES), chance):
        found = examine(relation, context, Settings(seconds=1)).evidence
        if isinstance(found, Proof):
            numbers = sample(relation, context, Settings(seconds=2, seed=number)).evidence
            if isinstance(numbers, Mismatch | Refutation):
                gap = max(map(distance, flat(numbers.witness.lhs), flat(numbers.witness.rhs)))
                assert gap < 1e-9, (relation, numbers.witness)  # else rounding near saturation


def flat(value: Value) -> list[complex]:
    rows = ((value,),) if isinstance(value, str) else value
    return [complex(entry.replace(" ", "").replace("*I", "j")) for row in rows for entry in row]


def distance(left: complex, right: complex) -> float:
    return abs(left - right)
