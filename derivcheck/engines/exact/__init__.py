"""The exact engine: relations without symbolic sizes, decided in a field of rational functions.

It proves or is silent; it never refutes.
"""

from __future__ import annotations

import time

from derivcheck.claim import Context, Relation
from derivcheck.evidence import Finding, Settings

NAME = "exact"


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    """A Proof of the relation on its whole domain, or Silence with the reason."""
    from derivcheck.engines.exact.examination import judge

    start = time.monotonic()
    evidence, notes = judge(relation, context, start + settings.seconds)
    return Finding(NAME, evidence, notes=notes, seconds=time.monotonic() - start)


__all__ = ["NAME", "examine"]
