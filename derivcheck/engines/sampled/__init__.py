"""NumPy: both sides at random points of the domain, derivatives from function values alone."""

from derivcheck.engines.sampled.engine import examine

__all__ = ["examine"]
