"""The JSON report against the contract of the language page."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from report_data import (
    DIAGNOSIS,
    ENTRIES,
    EXCEPTION,
    FINE,
    LONG_ID,
    POINT,
    REPORT,
    SOURCE,
    derivation,
    outcome,
)

from derivcheck.evidence import Finding, Mismatch
from derivcheck.report.formats import FORMATS, render
from derivcheck.report.json import json_value
from derivcheck.report.model import derived_of
from derivcheck.report.view import View
from derivcheck.verdict import Outcome

VERDICTS = ["proved", "supported", "refuted", "undecided", "conflict", "error"]
COUNT = {"type": "integer", "minimum": 0}
ENTRY = {"type": ["number", "string"]}
VALUE = {"anyOf": [ENTRY, {"type": "array", "items": {"type": "array", "items": ENTRY}}]}
WITNESS = {
    "type": ["object", "null"],
    "required": ["sizes", "values", "lhs", "rhs"],
    "properties": {
        "sizes": {"additionalProperties": {"type": "integer", "minimum": 1}},
        "values": {"additionalProperties": VALUE},
        "lhs": VALUE,
        "rhs": VALUE,
    },
}
DIAGNOSIS_SCHEMA = {
    "type": ["object", "null"],
    "required": ["kind", "text", "corrected", "step"],
    "properties": {"step": {"type": ["integer", "null"]}},
}
CONTRACT: dict[str, Any] = {
    "type": "object",
    "required": ["format", "summary", "claims"],
    "properties": {
        "format": {"const": 1},
        "summary": {
            "required": ["claims", "as_expected", "seconds", *VERDICTS],
            "properties": {
                "seconds": {"type": "number"},
                **dict.fromkeys(["claims", "as_expected", *VERDICTS], COUNT),
            },
        },
        "claims": {
            "type": "array",
            "items": {
                "required": [
                    "id", "file", "line", "verdict", "expect", "as_expected", "derived",
                    "certified", "witness", "diagnosis", "exceptions", "seconds",
                ],
                "properties": {
                    "id": {"type": "string"},
                    "file": {"type": "string"},
                    "line": {"type": "integer", "minimum": 1},
                    "verdict": {"enum": VERDICTS},
                    "expect": {"enum": ["match", "mismatch"]},
                    "as_expected": {"type": "boolean"},
                    "derived": {"type": "string"},
                    "certified": {"type": "boolean"},
                    "witness": WITNESS,
                    "diagnosis": DIAGNOSIS_SCHEMA,
                    "exceptions": {"type": "array", "items": {"type": "string"}},
                    "seconds": {"type": "number"},
                },
            },
        },
    },
}  # fmt: skip


def claims(report: Any = REPORT) -> dict[str, Any]:
    data = json.loads(render("json", report, View()))
    return {claim["id"]: claim for claim in data["claims"]}


def test_the_report_keeps_the_contract() -> None:
    jsonschema.validate(json.loads(render("json", REPORT, View())), CONTRACT)


def test_a_report_without_a_key_of_the_contract_is_noticed() -> None:
    data = json.loads(render("json", REPORT, View()))
    del data["claims"][0]["exceptions"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, CONTRACT)


def test_the_summary_counts_every_claim_once() -> None:
    summary = json.loads(render("json", REPORT, View()))["summary"]
    assert summary["claims"] == len(ENTRIES) == sum(summary[verdict] for verdict in VERDICTS)
    assert {verdict: summary[verdict] for verdict in VERDICTS} == {
        "proved": 1, "supported": 1, "refuted": 3, "undecided": 1, "conflict": 1, "error": 1,
    }  # fmt: skip
    assert summary["as_expected"] == 3
    assert summary["exit_code"] == 3


def test_claims_stand_in_the_order_of_the_file_with_their_place() -> None:
    data = json.loads(render("json", REPORT, View()))
    assert [claim["line"] for claim in data["claims"]] == list(range(2, 10))
    assert {claim["file"] for claim in data["claims"]} == {SOURCE.name}


def test_a_witness_has_numbers_where_doubles_are_exact() -> None:
    witness = claims()["wrong-on-purpose"]["witness"]
    assert witness["sizes"] == {"m": 2, "n": 1}
    assert witness["values"] == {"A": [[1], ["1/3"]], "x": [[-0.5]], "z": "1 + 2*I"}
    assert witness["lhs"] == [[1], ["0.1"]]
    assert witness["entry"] == [0, 0]
    assert witness["gap"] == "1.5"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-7", -7),
        ("3/4", 0.75),
        ("0.25", 0.25),
        ("1e3", 1000),
        ("1/3", "1/3"),
        ("0.1", "0.1"),
        ("1/0", "1/0"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("1 + 2*I", "1 + 2*I"),
        ("9007199254740993", "9007199254740993"),
        ("1e999", "1e999"),
        ("1e999999999", "1e999999999"),
    ],
)
def test_numbers(text: str, value: int | float | str) -> None:
    found = json_value(text)
    assert found == value and type(found) is type(value)


def test_only_a_rigorous_refutation_is_certified() -> None:
    found = claims()
    assert found["wrong-on-purpose"]["certified"] is True
    assert found["wrong"]["certified"] is False
    assert found["wrong"]["witness"] is not None
    assert found["proved-one"]["certified"] is False


def test_what_was_derived_and_excepted() -> None:
    found = claims()
    assert found["proved-one"]["derived"] == "2*x"
    assert found["proved-one"]["exceptions"] == [EXCEPTION]
    assert found[LONG_ID]["derived"] == ""
    assert (found[LONG_ID]["points"], found[LONG_ID]["digits"]) == (96, 13)


def test_a_diagnosis_and_the_step_that_breaks() -> None:
    explained = replace(outcome("wrong", 2, Finding("f", Mismatch(POINT, 9))), diagnosis=DIAGNOSIS)
    found = claims(replace(FINE, entries=(explained, derivation("steps", 3))))
    assert found["wrong"]["diagnosis"] == {
        "kind": "sign",
        "text": "the second term has the wrong sign",
        "corrected": "abs(x) == -x",
        "step": None,
    }
    assert found["steps"]["diagnosis"]["step"] == 1
    assert [link["verdict"] for link in found["steps"]["links"]] == ["proved", "refuted"]


def test_a_claim_that_cannot_be_read_is_an_error() -> None:
    broken = claims()["cut-short"]
    assert broken["verdict"] == "error" and broken["as_expected"] is False
    assert broken["reason"] == "'(' was never closed"
    assert broken["errors"][0]["code"] == "P001"


def test_the_report_is_readable_in_every_encoding() -> None:
    titled = outcome("greek", 2)
    titled = replace(titled, claim=replace(titled.claim, title="∇ of λ \ud800"))
    assert isinstance(titled, Outcome)
    report = replace(FINE, entries=(titled,))
    for encoding in ("ascii", "latin-1", "utf-8"):
        text = render("json", report, View(encoding=encoding))
        assert json.loads(text.encode(encoding))["claims"][0]["title"] == "∇ of λ \ud800"


def test_an_unknown_format_is_an_error() -> None:
    assert set(FORMATS) == {"terminal", "json", "findings"}
    with pytest.raises(KeyError):
        render("xml", FINE, View())


def test_a_derivation_that_breaks_where_nothing_is_derived_still_shows_what_was() -> None:
    whole = derivation("line-breaks", 8)
    first, second = whole.links
    bare = replace(whole, links=(first, replace(second, derived="")))
    assert derived_of(whole) == "2*A*x"
    assert derived_of(bare) == "2*x" and bare.decisive is not None
    assert derived_of(replace(bare, links=(replace(first, derived=""), bare.links[1]))) == ""
