"""An engine of the last stage that proves everything and derives something."""

from __future__ import annotations

from derivcheck.claim import Context, Relation
from derivcheck.evidence import Finding, Proof, Settings


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    return Finding("fake", Proof("dear"), derived="by the dear engine")
