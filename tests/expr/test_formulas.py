"""Formulas of the language table: shapes of right ones, errors of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from derivcheck.claim import Comparison
from derivcheck.load.statements import quick
from derivcheck.text import SpecError

TABLE = yaml.load(
    (Path(__file__).parent / "formulas.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)


@pytest.mark.parametrize(("text", "shape"), TABLE["readable"])
def test_readable(text: str, shape: str) -> None:
    statement = quick(f"({text}) == ({text})", TABLE["variables"], TABLE["define"])
    relation = statement.links[0].relation
    assert isinstance(relation, Comparison)
    assert str(relation.lhs.shape) == shape


@pytest.mark.parametrize(("text", "code", "hint"), TABLE["unreadable"])
def test_unreadable(text: str, code: str, hint: str) -> None:
    with pytest.raises(SpecError) as caught:
        quick(text if " = " in text else f"({text}) == 1", TABLE["variables"], TABLE["define"])
    rendered = "\n".join(d.render() for d in caught.value.diagnostics)
    assert caught.value.diagnostics[0].code == code, rendered
    assert hint in rendered
    assert "^" in rendered or caught.value.diagnostics[0].span is None


def test_every_undeclared_name_is_reported() -> None:
    with pytest.raises(SpecError) as caught:
        quick("p + q == sin(x) + sni(x)", {"x": "real"})
    assert len(caught.value.diagnostics) == 3


def test_a_caret_stands_under_the_fault_behind_wide_characters() -> None:
    with pytest.raises(SpecError) as caught:
        quick("λ*λ + y == 0", {"λ": "real"})
    lines = caught.value.diagnostics[0].render().split("\n")
    assert lines[1].index("y") == lines[2].index("^")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("e", "real"), ("pi", "real"), ("I", "complex"), ("x", "rael"), ("x", "real[0]"),
     ("x", "real[n"), ("x", "symmetric[n, m]"), ("x", "real > y"), ("x", "complex > 0"),
     ("x", "stiefel[n]"), ("x", "real in (0"), ("x", ""), ("2x", "real"), ("x", "real[n, m, k]")],
)  # fmt: skip
def test_bad_declarations(name: str, kind: str) -> None:
    with pytest.raises(SpecError):
        quick("1 == 1", {name: kind})


@pytest.mark.parametrize(
    "define",
    [{"p": "p + 1"}, {"p": "q", "q": "p"}, {"p": "missing"}, {"r(0)": "1"}, {"r(t+1)": "r(t)"},
     {"r(0)": "1", "r(t+1)": "[1, 2]"}, {"pi": "3"}, {"f(a, a)": "a"}],
)  # fmt: skip
def test_bad_definitions(define: dict[str, str]) -> None:
    with pytest.raises(SpecError):
        quick("1 == 1", {"x": "real"}, define)


def test_a_bomb_of_definitions_is_bounded() -> None:
    define = {"a0": "x"} | {f"a{i + 1}": f"a{i} * a{i}" for i in range(40)}
    with pytest.raises(SpecError) as caught:
        quick("a40 == 1", {"x": "real"}, define)
    assert caught.value.diagnostics[0].code == "P008"


def test_a_parameter_is_held_apart_from_a_variable_in_its_argument() -> None:
    """`h(t): diff(t*x, t)` at t = x is x, not the derivative of x*x."""
    statement = quick("h(x) == x", {"x": "real"}, {"h(t)": "diff(t*x, t)"})
    relation = statement.links[0].relation
    assert isinstance(relation, Comparison)
    assert type(relation.lhs).__name__ == "At"


def test_the_context_holds_what_is_used_and_no_more() -> None:
    statement = quick(
        "at(f, x=y) == y**2", {"x": "real", "y": "real > 0", "q": "complex"}, {"f": "x**2"}
    )
    names = [d.variable.name for d in statement.context.declarations]
    assert names == ["y"]
    assert statement.context.on_real_line


def test_a_complex_variable_takes_the_claim_off_the_real_line() -> None:
    assert not quick("z == z", {"z": "complex"}).context.on_real_line
    assert not quick("x == sqrt(I)", {"x": "real"}).context.on_real_line


def test_an_integer_variable_may_be_a_size() -> None:
    statement = quick("trace(eye(t)) == t", {"t": "integer >= 2"})
    assert statement.context.dims == ("t",)
    assert not statement.context.declarations
    assert len(statement.context.assumptions) == 1
