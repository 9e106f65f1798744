"""derivcheck's engines in this process, without its worker processes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from answers import Says

from derivcheck.evidence import Settings
from derivcheck.judge.claims import combine
from derivcheck.judge.links import judge_link
from derivcheck.load.statements import quick
from derivcheck.verdict import Verdict

PROVERS = ("exact", "indexed")
ALL = ("exact", "indexed", "rigorous", "sampled")
SETTINGS = Settings(seed=1, seconds=10)
_SAYS = {Verdict.PROVED: Says.YES, Verdict.SUPPORTED: Says.YES, Verdict.REFUTED: Says.NO}


def check(claim: str, variables: dict[str, str], engines: Sequence[str] = ALL) -> Says:
    """With the provers alone, a claim is proved or left open."""
    statement = quick(claim, variables)
    verdicts = []
    for link in statement.links:
        found = [
            import_module(f"derivcheck.engines.{name}").examine(
                link.relation, statement.context, SETTINGS
            )
            for name in engines
        ]
        verdicts.append(judge_link(link.text, found).verdict)
    return _SAYS.get(combine(verdicts), Says.OPEN)
