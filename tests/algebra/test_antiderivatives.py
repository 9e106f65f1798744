"""Tabulated antiderivatives differentiated: each proved, its wrong twin not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from derivcheck.engines.exact import examine
from derivcheck.evidence import Evidence, Proof, Settings
from derivcheck.load.statements import quick

TABLE = [
    (group["variables"], *row)
    for group in yaml.safe_load(Path(__file__).with_name("antiderivatives.yaml").read_text())
    for row in group["table"]
]


def evidence_of(integral: str, integrand: str, variables: dict[str, str]) -> Evidence:
    statement = quick(f"diff({integral}, x) == {integrand}", variables)
    return examine(statement.links[0].relation, statement.context, Settings(seconds=5)).evidence


@pytest.mark.parametrize(("variables", "integral", "integrand", "twin"), TABLE)
def test_antiderivative(
    variables: dict[str, str], integral: str, integrand: str, twin: str
) -> None:
    assert isinstance(evidence_of(integral, integrand, variables), Proof)
    assert not isinstance(evidence_of(integral, twin, variables), Proof)


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 100
