"""What is wrong with a refuted claim: a small change of it that holds.

Engines and the reader of formulas are handed in as functions; nothing is said that they did not
confirm.
"""

from derivcheck.diagnose.search import Case, Tools, diagnose

__all__ = ["Case", "Tools", "diagnose"]
