"""What the documents say of the commands is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derivcheck.cli import cli
from derivcheck.load import load, select

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / name for name in ("README.md", "CHANGELOG.md", "ARCHITECTURE.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))


def test_the_spec_of_the_readme_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (spec,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("notes.yaml").write_text(spec, encoding="utf-8")
    loaded = load(select(["notes.yaml"]))
    assert not loaded.diagnostics
    assert len(loaded.claims) == 3


def test_every_command_and_option_of_the_readme_exists() -> None:
    commands = set(re.findall(r"derivcheck (run|show|list|check|\w+) ", README)) - {"and", "judges"}
    assert commands <= set(cli.commands)
    known = {
        option for command in cli.commands.values() for p in command.params for option in p.opts
    }
    table = README[README.index("## Commands") : README.index("## Verdicts")]
    used = set(re.findall(r"(?<![\w-])--?[a-z]+(?![\w-])", table))
    assert used and used <= known


def test_the_first_command_installs_from_the_clone() -> None:
    assert "pip install -e . && .venv/bin/derivcheck run all" in README
    for document in DOCUMENTS:
        assert not re.search(r"pip install ['\"]?derivcheck", document.read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (document.parent / target).exists(), target


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    (command,) = re.findall(r"\.venv/bin/(python -m pytest.*)", README)
    assert f"step {command}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
