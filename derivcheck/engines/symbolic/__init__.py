"""The SymPy engine: derives over explicit entries and proves by exact algebra."""

from derivcheck.engines.symbolic.judge import examine

__all__ = ["examine"]
