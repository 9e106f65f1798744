"""The rigorous engine: both sides enclosed by balls of 333 bits and more, at exact points."""

from derivcheck.engines.rigorous.examine import examine

__all__ = ["examine"]
