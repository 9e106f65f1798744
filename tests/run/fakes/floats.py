"""Sees `noisy` and `rare` fail at a point."""

from __future__ import annotations

from derivcheck.claim import Comparison, Context, Relation
from derivcheck.evidence import Agreement, Finding, Mismatch, Settings, Witness
from derivcheck.expr.nodes import Variable


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    assert isinstance(relation, Comparison) and isinstance(relation.lhs, Variable)
    if relation.lhs.name in ("noisy", "rare"):
        witness = Witness((), (("x", f"{relation.lhs.name} point"),), "0", "1")
        return Finding("fake", Mismatch(witness, 10))
    return Finding("fake", Agreement(points=10, digits=12))
