"""Confirms what was seen at the point of `rare`, and nothing else."""

from __future__ import annotations

from derivcheck.claim import Context, Relation
from derivcheck.evidence import Agreement, Finding, Refutation, Settings, Witness


def recheck(relation: Relation, context: Context, settings: Settings, seen: Witness) -> Finding:
    if dict(seen.values)["x"] == "rare point":
        return Finding("fake", Refutation(seen, "1"))
    return Finding("fake", Agreement(points=1, digits=80))
