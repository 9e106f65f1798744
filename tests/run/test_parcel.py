"""Trees travel whole, however deep, and shared parts stay shared."""

from __future__ import annotations

import pickle

import pytest

from derivcheck.claim import Comparison, Context, Link, Predicate, Statement
from derivcheck.expr.build import ZERO, apply, diff
from derivcheck.expr.dims import SCALAR
from derivcheck.expr.nodes import Apply, Expr, Target, Variable
from derivcheck.run.parcel import bottom_up, has_derivative, pack, unpack

X = Variable("x", SCALAR)


def statement(lhs: Expr) -> Statement:
    return Statement((Link(Comparison("==", lhs, X), ""),), Context((), ()), "")


def left_side(packed: bytes) -> Expr:
    relation = unpack(packed).links[0].relation
    assert isinstance(relation, Comparison)
    return relation.lhs


def test_a_small_statement_comes_back_equal() -> None:
    whole = statement(apply("add", apply("sin", X), apply("exp", X)))
    assert unpack(pack(whole)) == whole


def test_a_tree_too_deep_for_pickle_alone() -> None:
    tree: Expr = X
    for _ in range(30_000):
        tree = apply("sin", tree)
    deep = statement(tree)
    with pytest.raises(RecursionError):
        pickle.dumps(deep)
    assert sum(1 for _ in bottom_up([left_side(pack(deep))])) == 30_001


def test_shared_parts_stay_shared() -> None:
    tree: Expr = X
    for _ in range(200):
        tree = apply("mul", tree, tree)
    packed = pack(statement(tree))
    assert len(packed) < 50_000
    back = left_side(packed)
    assert isinstance(back, Apply)
    assert back.args[0] is back.args[1]


def test_bottom_up_gives_parts_before_the_whole_and_each_once() -> None:
    inner = apply("sin", X)
    outer = apply("add", inner, inner)
    assert list(bottom_up([outer, inner])) == [X, inner, outer]


def test_has_derivative() -> None:
    slope = apply("add", diff(apply("sin", X), [Target(X)]), X)
    assert has_derivative(Comparison("==", ZERO, slope))
    assert has_derivative(Predicate("psd", slope))
    assert not has_derivative(Comparison("==", ZERO, apply("sin", X)))
    assert not has_derivative(Predicate("psd", X))
