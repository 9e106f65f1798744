"""Tables of right claims, each with wrong twins, through every engine and the judge."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from derivcheck.evidence import Finding, Settings
from derivcheck.judge.claims import combine
from derivcheck.judge.links import judge_link
from derivcheck.load.statements import quick
from derivcheck.text import SpecError
from derivcheck.verdict import Verdict

CASES = Path(__file__).parent / "cases"
ENGINES = {
    name: import_module(f"derivcheck.engines.{name}").examine
    for name in ("exact", "indexed", "rigorous", "sampled")
}
SETTINGS = Settings(seed=1, seconds=10)


def rows() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        table = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        for case in table["cases"]:
            variables = {**table.get("variables", {}), **case.get("variables", {})}
            shared = (variables, case.get("define"), case.get("assume", ()))
            yield pytest.param(case["right"], True, *shared, id=f"{path.stem}: {case['right']}")
            for wrong in case["wrong"]:
                yield pytest.param(wrong, False, *shared, id=f"{path.stem}: not {wrong}")


def verdict(statement: Any) -> tuple[Verdict, list[list[Finding]]]:
    links, findings = [], []
    for link in statement.links:
        found = [ask(link.relation, statement.context, SETTINGS) for ask in ENGINES.values()]
        findings.append(found)
        links.append(judge_link(link.text, found).verdict)
    return combine(links), findings


@pytest.mark.parametrize(("text", "is_right", "variables", "define", "assume"), list(rows()))
def test_case(
    text: str, is_right: bool, variables: dict[str, str], define: dict[str, str], assume: list[str]
) -> None:
    try:
        statement = quick(text, variables, define, assume)
    except SpecError as error:
        pytest.fail(error.diagnostics[0].render())
    found, findings = verdict(statement)
    if is_right:
        assert found in (Verdict.PROVED, Verdict.SUPPORTED), findings
    else:
        assert found is Verdict.REFUTED, findings
