"""Every code that can be reported has its line in docs/errors.md, and no other."""

from __future__ import annotations

import re
from pathlib import Path

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
