"""`derivcheck derive`: closed forms, confirmed by the numbers or not printed as fact."""

from __future__ import annotations

import json

import pytest

from derivcheck.claim import Context
from derivcheck.cli import main
from derivcheck.commands.formulas import formulas_last
from derivcheck.evidence import Agreement, Finding, Mismatch, Proof, Witness
from derivcheck.expr import build
from derivcheck.judge import judge_link
from derivcheck.load.statements import quick
from derivcheck.report.derived import as_data, render
from derivcheck.report.differentials import _LINEAR, _MATRIX, _SLOPES, rules
from derivcheck.report.view import View, printable
from derivcheck.verdict import Derived

FLAGS, WITH_VALUE = {"--steps", "-h"}, {"-v", "-d", "-a", "--format", "-j"}
AGREES = Finding("sampled", Agreement(64, 12))
DIFFERS = Finding("sampled", Mismatch(Witness((), (("x", "1"),), "2", "3"), 12))
PROVES = Finding("indexed", Proof("index notation"))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def found(*findings: Finding) -> Derived:
    relation = quick("diff(x**2, x) == 2*x", {"x": "real"}).links[0].relation
    form = build.apply("mul", build.number(2), relation.lhs.targets[0].variable)  # type: ignore[union-attr]
    check = judge_link("", findings)
    return Derived("diff(x**2, x)", relation.lhs, Context((), ()), form, "indexed", check)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("findings", "confirmed"),
    [
        ((AGREES,), True),
        ((PROVES, AGREES), True),
        ((PROVES,), False),  # the engine that derived it proves it: nobody else looked
        ((DIFFERS,), False),
        ((PROVES, Finding("sampled", Agreement(0, 0))), False),
    ],
)
def test_a_form_is_a_fact_only_where_numbers_confirm_it(
    findings: tuple[Finding, ...], confirmed: bool
) -> None:
    derived = found(*findings)
    assert derived.is_confirmed is confirmed
    text = render(derived, View(), "text")
    assert ("= 2·x" in text.splitlines()[2 if confirmed else 3]) is confirmed
    assert ("unconfirmed" in text) is not confirmed
    assert render(derived, View(), "latex").startswith("%") is not confirmed
    assert as_data(derived)["confirmed"] is confirmed


@pytest.mark.parametrize(
    ("claim", "variables", "wanted", "unwanted"),
    [
        ("grad(norm(A@x - b)**2, x) == 0", {"A": "real[m,n]", "x": "real[n]", "b": "real[m]"},
         "d ‖u‖² = 2 uᵀ du    u = A x - b", "d(u v)"),
        ("grad(norm(x)**3, x) == 0", {"x": "real[n]"}, "d ‖u‖ = uᵀ du/‖u‖", "2 uᵀ du"),
        ("diff(x*exp(x), x) == 0", {"x": "real"}, "d(u v) = du v + u dv", "C fixed"),
        ("diff(y*exp(x), x) == 0", {"x": "real", "y": "real"}, "C fixed    C = y", "du v"),
        ("diff(x**y, y) == 0", {"x": "real > 0", "y": "real"}, "log(c)", "p u^(p - 1)"),
        ("exp(x) == 0", {"x": "real"}, "", "d exp"),
    ],
)  # fmt: skip
def test_rules_are_those_that_the_formula_calls_for(
    claim: str, variables: dict[str, str], wanted: str, unwanted: str
) -> None:
    relation = quick(claim, variables).links[0].relation
    text = "\n".join(rules(relation.lhs))  # type: ignore[union-attr]
    assert wanted in text
    assert unwanted not in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-x == x", "-v", "x: real"], ["-v", "x: real", "--", "-x == x"]),
        (["-diff(x, x) == 1", "-vx: real"], ["-vx: real", "--", "-diff(x, x) == 1"]),
        (["-a*x == x", "-a", "-x > 0"], ["-a", "-x > 0", "--", "-a*x == x"]),
        (["-j2", "--format=json", "x"], ["-j2", "--format=json", "--", "x"]),
        (["--steps", "-x", "--", "-v"], ["--steps", "--", "-x", "-v"]),
        (["--typo", "x"], ["--typo", "--", "x"]),
        (["-df(t): t*t", "-v"], ["-df(t): t*t", "-v", "--"]),
    ],
)
def test_a_formula_may_start_with_a_minus(arguments: list[str], expected: list[str]) -> None:
    assert formulas_last(arguments, FLAGS, WITH_VALUE) == expected


def test_a_closed_form_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["-v", "Q: real[n, n]", "-v", "x: real[n]", "--format", "json", "--timeout", "5"]
    assert run("derive", "-grad(x.T @ Q @ x, x)", *options) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["confirmed"] and data["verdict"] == "proved"
    assert "Q.T" in data["derived"]


@pytest.mark.parametrize("text", ["x**2", "diff(x", "diff(y, x)"])
def test_what_cannot_be_derived_is_an_error(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("derive", text, "-v", "x: real") == 2
    assert "<command line>:1:" in capsys.readouterr().err


def test_the_rules_can_be_printed_in_ascii() -> None:
    words = "\n".join((*_LINEAR.values(), *_MATRIX.values(), *_SLOPES.values()))
    assert "?" not in printable(words + "∘ ⊗ ‖u‖² Σ_k Π_{j≠k}", "ascii")
    assert "?" in printable("語", "ascii")
