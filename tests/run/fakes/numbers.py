"""Agrees with everything, except that `wrong` has a witness; the seed makes the point."""

from __future__ import annotations

from derivcheck.claim import Comparison, Context, Relation
from derivcheck.evidence import Agreement, Finding, Refutation, Settings, Witness
from derivcheck.expr.nodes import Variable


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    assert isinstance(relation, Comparison)
    if isinstance(relation.lhs, Variable) and relation.lhs.name == "wrong":
        witness = Witness((), (("wrong", str(settings.seed)),), "0", "1")
        return Finding("fake", Refutation(witness, "1"))
    return Finding("fake", Agreement(points=10 + settings.seed, digits=50))
