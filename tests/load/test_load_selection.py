"""What is named on the command line, and the claims it chooses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from derivcheck.load.keywords import matches
from derivcheck.load.selection import Selection, select
from derivcheck.text import SpecError

FIRST = """\
claims:
  - {id: sigmoid-tanh, claim: x == x, title: The sigmoid, tags: [scalar, easy]}
  - {id: sigmoid-derivative, claim: x == x, tags: scalar}
  - {id: softmax-ce-grad.k-ne-y, claim: x == x}
"""
SECOND = """\
claims:
  - {id: norm-grad, claim: x == x, tags: [vector]}
"""


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs" / "sub").mkdir(parents=True)
    (tmp_path / "specs" / "a.yaml").write_text(FIRST)
    (tmp_path / "specs" / "sub" / "b.yaml").write_text(SECOND)
    monkeypatch.chdir(tmp_path)


def ids(selection: Selection) -> list[str]:
    return [claim.id for claim in selection.claims]


EVERY = ["sigmoid-tanh", "sigmoid-derivative", "softmax-ce-grad.k-ne-y", "norm-grad"]


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ([], EVERY),
        (["all"], EVERY),
        (["specs"], EVERY),
        (["specs/sub"], EVERY[3:]),
        (["specs/sub/b.yaml"], EVERY[3:]),
        (["sigmoid-tanh"], EVERY[:1]),
        (["norm-grad", "sigmoid-tanh"], [EVERY[0], EVERY[3]]),
        (["sigmoid-*"], EVERY[:2]),
        (["specs/a.yaml::sigmoid-tanh"], EVERY[:1]),
        (["specs/a.yaml::s*-d*"], EVERY[1:2]),
        (["specs/a.yaml", "./specs/a.yaml"], EVERY[:3]),
        (["specs/sub", "all"], EVERY[3:]),
        (["specs/sub/b.yaml::norm-grad", "sigmoid-tanh"], [EVERY[0], EVERY[3]]),
    ],
)
def test_selectors(selectors: list[str], expected: list[str]) -> None:
    selection = select(selectors)
    assert selection.diagnostics == ()
    assert sorted(ids(selection)) == sorted(expected)


@pytest.mark.parametrize(
    ("selector", "code", "hint"),
    [
        ("sigmoid-tan", "L040", "sigmoid-tanh"),
        ("derivative", "L040", "sigmoid-derivative"),
        ("specs/a.yaml::norm-grad", "L040", ""),
        ("zzz", "L040", "derivcheck list"),
        ("z*", "L040", ""),
        ("specs/c.yaml", "L001", ""),
        ("other/", "L001", ""),
    ],
)
def test_what_is_not_there(selector: str, code: str, hint: str) -> None:
    selection = select([selector])
    assert ids(selection) == []
    assert [d.code for d in selection.diagnostics] == [code]
    assert hint in selection.diagnostics[0].help


def test_an_unknown_selector_does_not_spoil_the_others() -> None:
    selection = select(["norm-grad", "norm-gard"])
    assert ids(selection) == ["norm-grad"]
    assert [d.code for d in selection.diagnostics] == ["L040"]


def test_keyword_and_tags_narrow() -> None:
    assert ids(select([], keyword="sigmoid and not THE")) == ["sigmoid-derivative"]
    assert ids(select([], tags=["easy", "vector"])) == ["sigmoid-tanh", "norm-grad"]
    assert ids(select(["sigmoid-*"], tags=["vector"])) == []


def test_a_wrong_keyword_expression_is_reported() -> None:
    selection = select([], keyword="sigmoid and")
    assert ids(selection) == []
    assert [d.code for d in selection.diagnostics] == ["L041"]


def test_an_id_names_one_claim_over_all_files(tmp_path: Path) -> None:
    (tmp_path / "specs" / "sub" / "b.yaml").write_text(SECOND.replace("norm-grad", "sigmoid-tanh"))
    selection = select()
    (diagnostic,) = selection.diagnostics
    assert diagnostic.code == "L029"
    assert "sub/b.yaml:2" in diagnostic.render().replace("\\", "/")
    assert "a.yaml:2" in diagnostic.help
    assert [len(claim.diagnostics) for claim in selection.claims] == [0, 0, 0, 1]


def test_errors_of_claims_that_were_not_chosen_are_not_reported(tmp_path: Path) -> None:
    (tmp_path / "specs" / "a.yaml").write_text(FIRST + "  - {id: wrong, clam: x}\n")
    assert select(["sigmoid-tanh"]).diagnostics == ()
    assert {d.code for d in select(["wrong"]).diagnostics} == {"L021", "L025"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("softmax", True),
        ("Soft", True),
        ("grad", False),
        ("not grad", True),
        ("grad or hess and soft", True),
        ("(grad or hess) and soft", True),
        ("not (softmax and hess)", False),
        ("hess not", None),
        ("(hess", None),
        ("and", None),
        ("hess)", None),
        ("not " * 150 + "hess", True),
        ("(" * 10_000, None),
    ],
)
def test_keyword_expressions(expression: str, expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(SpecError) as caught:
            matches(expression, "softmax-hess")
        assert caught.value.diagnostics[0].code == "L041"
    else:
        assert matches(expression, "softmax-hess") is expected


def test_choosing_claims_loads_no_parser_and_no_engine() -> None:
    program = (
        "import sys; from derivcheck.load import select; assert len(select().claims) == 4\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
        "print(*sorted(name for name in sys.modules if name.startswith('derivcheck.expr')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    roots, parser = run.stdout.splitlines()
    assert "yaml" in roots.split()
    assert not {"numpy", "sympy", "flint", "jsonschema", "difflib"} & set(roots.split())
    assert parser == ""
