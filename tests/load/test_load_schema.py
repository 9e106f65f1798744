"""The schema for editors and the reader accept and refuse the same keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from derivcheck.load.records import CLAIM_KEYS, EXPECTATIONS, FILE_KEYS, REQUIREMENTS, read_record
from derivcheck.text import Source

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "derivcheck.schema.json").read_text())


def is_valid(text: str) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text))


def is_read(text: str) -> bool:
    return not read_record(Source("a.yaml", text)).diagnostics


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_keys_are_the_same() -> None:
    claim = SCHEMA["$defs"]["claim"]["properties"]
    assert sorted(SCHEMA["properties"]) == sorted(FILE_KEYS)
    assert sorted(claim) == sorted(CLAIM_KEYS)
    assert claim["expect"]["enum"] == list(EXPECTATIONS)
    assert claim["require"]["enum"] == list(REQUIREMENTS)
    for properties in (SCHEMA["properties"], claim):
        assert all(value.get("description") for value in properties.values())


ONE = "claims:\n  - id: a\n    claim: x == x\n"

TEXTS = [
    (ONE, True),
    ("title: 2017\nsource: no\nvariables: {n: real}\ndefine: {y: 2}\n" + ONE, True),
    (ONE + "    title: t\n    source: s\n    note: n\n    tags: a\n    assume: x > 0\n", True),
    (ONE + "    tags: [a, 1]\n    assume: [x > 0, x < 1]\n    within: 1e-6\n", True),
    (ONE + "    expect: mismatch\n    corrected: x == x\n    require: proved\n", True),
    ("claims:\n  - id: a.b_c-1\n    steps: [x, x]\n    corrected: [x, x]\n", True),
    ("claims:\n  - id: 12\n    claim: x == x\n", True),
    ("variables:\ndefine:\n" + ONE, True),
    ("variables: x\n" + ONE, False),
    ("titel: a\n" + ONE, False),
    (ONE + "    clam: a\n", False),
    (ONE + "    steps: [x, x]\n", False),
    (ONE + "    title:\n", False),
    (ONE + "    title: [a]\n", False),
    (ONE + "    title: {a: b}\n", False),
    (ONE + "    variables: [x]\n", False),
    (ONE + "    variables: {x: [a]}\n    variables2: {}\n", False),
    (ONE + "    define: {x: {y: z}}\n", False),
    (ONE + "    assume: {x: y}\n", False),
    (ONE + "    tags: {x: y}\n", False),
    (ONE + "    expect: proved\n", False),
    (ONE + "    require: match\n", False),
    ("claims: []\n", False),
    ("claims: a\n", False),
    ("title: a\n", False),
    ("claims:\n  - a\n", False),
    ("claims:\n  - id: a\n", False),
    ("claims:\n  - claim: x == x\n", False),
    ("claims:\n  - id: all\n    claim: x == x\n", False),
    ("claims:\n  - id: a--b\n    claim: x == x\n", False),
    ("claims:\n  - id: a\n    steps: [x]\n", False),
    ("claims:\n  - id: a\n    steps: x\n", False),
    ("claims:\n  - id: a\n    claim: {x: y}\n", False),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_schema_and_reader_agree(text: str, expected: bool) -> None:
    assert is_read(text) is expected
    assert is_valid(text) is expected
