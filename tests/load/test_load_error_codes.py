"""Every code that can be reported has its line in docs/errors.md, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from derivcheck.load.statements import quick
from derivcheck.text import SpecError

ROOT = Path(__file__).parents[2]


def test_every_code_is_documented_and_every_documented_code_is_used() -> None:
    sources = [*(ROOT / "derivcheck").rglob("*.py")]
    used = {
        code
        for path in sources
        for code in re.findall(r'"([LP]\d{3})"', path.read_text(encoding="utf-8"))
    }
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| ([A-Z]\d{3}) \|", page, re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert set(documented) == used


VARIABLES = {"x": "real", "y": "real[n]", "A": "real[2, 3]", "f": "real"}

FORMULAS: list[tuple[str, dict[str, Any]]] = [
    ("P001", {"text": "x + == y"}),
    ("P001", {"text": "2x == x + x"}),
    ("P002", {"text": "x.shape == 1"}),
    ("P002", {"text": "{1, 2} == x"}),
    ("P002", {"text": "x ^ 2 == 1"}),
    ("P002", {"text": "2j == x"}),
    ("P002", {"text": "A[0, 1, 2] == x"}),
    ("P003", {"text": "sigmod(x) == 1"}),
    ("P004", {"text": "y + A == y"}),
    ("P004", {"text": "A @ A == x"}),
    ("P005", {"text": "sin(x, x) == 1"}),
    ("P005", {"text": "diff(f, 2) == 1"}),
    ("P005", {"text": "x(1) == 1"}),
    ("P006", {"text": "x == x", "variables": {"x": "reel"}}),
    ("P006", {"text": "1 == 1", "variables": {"e": "real"}}),
    ("P006", {"text": "x == x", "variables": {"x": "real in (0"}}),
    ("P007", {"text": "r(2) == x", "define": {"r(t+1)": "2*r(t)"}}),
    ("P007", {"text": "a == x", "define": {"a": "a + 1"}}),
    ("P008", {"text": "9**9**9**9 == x"}),
    ("P008", {"text": "(" * 70 + "x" + ")" * 70 + " == x"}),
    ("P009", {"text": "x + 1"}),
    ("P009", {"steps": ["x == x", "x"]}),
    ("P009", {"text": "x == x", "assume": ["x"]}),
]


@pytest.mark.parametrize(("code", "arguments"), FORMULAS)
def test_the_examples_of_the_page(code: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(SpecError) as caught:
        quick(**{"variables": VARIABLES, **arguments})
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]
