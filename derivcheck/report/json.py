"""The JSON report: format 1 of the claim language page. Keys may be added, none removed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derivcheck.evidence import Value, Witness
from derivcheck.report.model import (
    Entry,
    Report,
    derived_of,
    exceptions_of,
    id_of,
    is_as_expected,
    place_of,
    reason_of,
    verdict_of,
)  # fmt: skip
from derivcheck.report.versions import versions
from derivcheck.report.view import View, can_print
from derivcheck.text import Diagnostic
from derivcheck.verdict import Diagnosis, Fate, LinkOutcome, Mutant, Outcome, Verdict

FORMAT = 1
_REAL = re.compile(r"[+-]?(?:\d{1,400}/\d{1,400}|\d{1,400}(?:\.\d{0,400})?(?:[eE][+-]?\d{1,3})?)")


def render(report: Report, view: View) -> str:
    """Escapes what is not ASCII only where the encoding of the view cannot show it."""
    data = as_data(report)
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    if not can_print(text, view.encoding):
        text = json.dumps(data, indent=2, ensure_ascii=True, allow_nan=False)
    return text + "\n"


def as_data(report: Report) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "versions": versions(),
        "seed": report.seed,
        "summary": {
            "claims": len(report.entries),
            "as_expected": report.as_expected,
            **{verdict.value: report.count(verdict) for verdict in Verdict},
            "seconds": round(report.seconds, 3),
            "unfinished": report.unfinished,
            "interrupted": report.interrupted,
            "exit_code": int(report.exit_code),
        },
        "claims": [_entry(entry) for entry in report.entries],
        "errors": [_diagnostic(diagnostic) for diagnostic in report.diagnostics],
        "mutants": None if report.mutants is None else _mutants(report.mutants),
    }


def _mutants(mutants: Sequence[Mutant]) -> dict[str, Any]:
    """How many there are of each fate, and all that were not refuted."""
    return {
        "total": len(mutants),
        **{fate.value: sum(mutant.fate is fate for mutant in mutants) for fate in Fate},
        "not_refuted": [
            {
                "id": mutant.claim,
                "fate": mutant.fate.value,
                "change": mutant.change,
                "claim": mutant.text,
                "reason": mutant.reason,
            }
            for mutant in mutants
            if mutant.fate is not Fate.REFUTED
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    file, line = place_of(entry)
    claim = entry.claim if isinstance(entry, Outcome) else entry
    common = {
        "id": id_of(entry),
        "file": file,
        "line": line,
        "verdict": verdict_of(entry).value,
        "expect": claim.expect.value,
        "as_expected": is_as_expected(entry),
    }
    about = {
        "reason": reason_of(entry),
        "title": claim.title,
        "source": claim.source,
        "tags": list(claim.tags),
    }
    if not isinstance(entry, Outcome):
        errors = [_diagnostic(diagnostic) for diagnostic in entry.diagnostics]
        return {**common, **_EMPTY, "seconds": 0.0, **about, "errors": errors}
    corrected = entry.claim.corrected
    return {
        **common,
        **_result(entry.decisive),
        "derived": derived_of(entry),
        "certified": any(link.certified for link in entry.links),
        "diagnosis": _diagnosis(entry.diagnosis),
        "exceptions": list(exceptions_of(entry)),
        "seconds": round(entry.seconds, 3),
        **about,
        "claim": entry.claim.statement.text,
        "links": [_link(link) for link in entry.links],
        "corrected": None
        if corrected is None
        else {"claim": corrected.text, "links": [_link(link) for link in entry.corrected]},
    }


_EMPTY: dict[str, Any] = {
    "derived": "",
    "certified": False,
    "witness": None,
    "diagnosis": None,
    "exceptions": [],
}


def _result(link: LinkOutcome | None) -> dict[str, Any]:
    """What was found about one relation; `diagnosis` keeps its place in the order of keys."""
    if link is None:
        return dict(_EMPTY)
    return {
        "derived": link.derived,
        "certified": link.certified,
        "witness": None if link.witness is None else _witness(link.witness, link.gap),
        "diagnosis": None,
        "exceptions": list(link.exceptions),
        "method": link.method,
        "points": link.points,
        "digits": link.digits,
    }


def _link(link: LinkOutcome) -> dict[str, Any]:
    result = _result(link)
    del result["diagnosis"]
    return {"claim": link.text, "verdict": link.verdict.value, **result, "reason": link.reason}


def _witness(witness: Witness, gap: str) -> dict[str, Any]:
    return {
        "sizes": dict(witness.sizes),
        "values": {name: json_value(value) for name, value in witness.values},
        "lhs": json_value(witness.lhs),
        "rhs": json_value(witness.rhs),
        "entry": None if witness.entry is None else list(witness.entry),
        "gap": gap,
        "note": witness.note,
    }


def _diagnosis(diagnosis: Diagnosis | None) -> dict[str, Any] | None:
    if diagnosis is None:
        return None
    return {
        "kind": diagnosis.kind.value,
        "text": diagnosis.text,
        "corrected": diagnosis.corrected,
        "step": diagnosis.step,
    }


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "help": diagnostic.help,
    }


def json_value(value: Value) -> Any:
    """A number, or nested lists of numbers by rows (a column is n rows of one entry)."""
    if isinstance(value, str):
        return _number(value)
    return [[_number(entry) for entry in row] for row in value]


def _number(text: str) -> int | float | str:
    """A number where a double holds it exactly, else the text as it is: 1/3, 0.1, 1 + 2*I."""
    if not _REAL.fullmatch(text) or re.search(r"/0+$", text):
        return text
    exact = Fraction(text)
    try:
        double = float(exact)
    except OverflowError:
        return text
    if not math.isfinite(double) or Fraction(double) != exact:
        return text
    return int(exact) if exact.denominator == 1 and abs(exact) <= 2**53 else double
