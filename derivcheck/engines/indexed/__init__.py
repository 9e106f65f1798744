"""Proofs for every size: expressions as sums of terms with named indices."""

from derivcheck.engines.indexed.derive import derive
from derivcheck.engines.indexed.prove import examine

__all__ = ["derive", "examine"]
