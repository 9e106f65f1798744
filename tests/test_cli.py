"""The command line: exit codes, options, streams. Most tests judge with a stand-in for engines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from derivcheck import __version__
from derivcheck.claim import Claim
from derivcheck.cli import main
from derivcheck.commands import judging
from derivcheck.evidence import Agreement, Finding, Mismatch, Proof, Refutation, Witness
from derivcheck.judge import judge_claim, judge_link
from derivcheck.run import Options
from derivcheck.verdict import Outcome

SPEC = """\
variables: {x: real}
claims:
  - id: good
    title: A true one
    claim: x == x
    tags: [easy]
  - id: numbers-only
    claim: sin(x) == sin(x)
  - id: bad
    claim: x == -x
  - id: bad-on-purpose
    claim: x == -x
    expect: mismatch
"""
WITNESS = Witness((), (("x", "1"),), "1", "-1")
FINDINGS = {
    "good": [Finding("exact", Proof("algebra"))],
    "numbers-only": [Finding("sampled", Agreement(64, 12))],
    "bad": [Finding("sampled", Mismatch(WITNESS, 12))],
    "bad-on-purpose": [Finding("rigorous", Refutation(WITNESS, "2"))],
    "clash": [Finding("exact", Proof("algebra")), Finding("rigorous", Refutation(WITNESS, "2"))],
    "claim": [Finding("exact", Proof("algebra"))],
}
Run = Callable[..., int]


def judge_by_id(claims: Sequence[Claim], options: Options, **more: object) -> Iterator[Outcome]:
    """In reverse order, as workers may finish."""
    for claim in reversed(claims):
        if claim.id == "interrupt":
            raise KeyboardInterrupt
        if claim.id == "bug":
            raise RuntimeError("a thing that cannot be")
        links = [judge_link(link.text, FINDINGS[claim.id]) for link in claim.statement.links]
        outcome = judge_claim(claim, links, require=options.require)
        yield outcome
        if options.fail_fast and not outcome.as_expected:
            return


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The exit code of a command in a directory with `specs/page.yaml`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(judging, "run_claims", judge_by_id)
    monkeypatch.setenv("COLUMNS", "80")
    write(SPEC)

    def call(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return call


def write(text: str, path: str = "specs/page.yaml") -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def add(id: str, claim: str = "x == x") -> None:
    write(f"{SPEC}  - id: {id}\n    claim: {claim}\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["good"], 0),
        (["good", "bad-on-purpose"], 0),
        (["specs/page.yaml::good"], 0),
        (["b*-purpose"], 0),
        (["-k", "true and not two"], 0),
        (["--tag", "easy"], 0),
        ([], 1),
        (["all"], 1),
        (["bad"], 1),
        (["numbers-only"], 0),
        (["numbers-only", "--require", "proved"], 1),
        (["good", "--require", "proved"], 0),
        (["godo"], 2),
        (["none.yaml"], 2),
        (["-k", "and and"], 2),
        (["-k", "nothing-like-it"], 5),
        (["--tag", "nothing-like-it"], 5),
    ],
)
def test_exit_codes_of_run(run: Run, arguments: list[str], code: int) -> None:
    assert run("run", *arguments) == code


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "xml"],
        ["--format", "json="],
        ["--format", "json=none/such/place.json"],
        ["--format", "json=specs"],
        ["--format", "json", "--format", "terminal"],
        ["--timeout", "0"],
        ["-j", "0"],
        ["--seed", "-1"],
        ["--no-such-option"],
    ],
)
def test_usage_errors_say_what_is_wrong(
    run: Run, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", "good", *arguments) == 2
    captured = capsys.readouterr()
    assert "Error: " in captured.err and not captured.out


def test_a_conflict_exits_3(run: Run) -> None:
    add("clash")
    assert run("run", "good", "clash") == 3


def test_a_claim_that_cannot_be_read_exits_2_and_the_others_run(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    add("broken", "x ==")
    assert run("run", "good", "broken", "--format", "json") == 2
    captured = capsys.readouterr()
    verdicts = {claim["id"]: claim["verdict"] for claim in json.loads(captured.out)["claims"]}
    assert verdicts == {"good": "proved", "broken": "error"}
    assert "specs/page.yaml:15:12: P001" in captured.err and "^" in captured.err


def test_an_interruption_exits_130_with_what_was_finished(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    write(SPEC.replace("id: numbers-only", "id: interrupt"))
    assert run("run", "all", "--format", "json") == 130
    report = json.loads(capsys.readouterr().out)
    assert [claim["id"] for claim in report["claims"]] == ["bad", "bad-on-purpose"]
    assert report["summary"]["interrupted"] is True and report["summary"]["unfinished"] == 2


def test_a_bug_exits_3_with_one_line_and_a_traceback_only_on_request(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    add("bug")
    assert run("run", "bug") == 3
    captured = capsys.readouterr()
    assert "a bug: RuntimeError: a thing that cannot be" in captured.err
    assert "Traceback" not in captured.err
    with pytest.raises(RuntimeError):
        main(["--debug", "run", "bug"])


def test_exitfirst_stops_early(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("run", "all", "--format", "json")
    assert json.loads(capsys.readouterr().out)["summary"]["unfinished"] == 0
    assert run("run", "all", "-x", "--format", "json") == 1
    report = json.loads(capsys.readouterr().out)
    assert [claim["id"] for claim in report["claims"]] == ["bad", "bad-on-purpose"]


def test_claims_are_reported_in_the_order_of_the_file(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("run", "all", "--format", "json")
    report = json.loads(capsys.readouterr().out)
    assert [c["id"] for c in report["claims"]] == ["good", "numbers-only", "bad", "bad-on-purpose"]


def test_a_format_with_a_path_writes_a_file_beside_the_terminal_report(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run("run", "good", "--format", "json=report.json", "--format", "terminal=report.txt") == 0
    )
    assert "1 claim: 1 proved; as expected" in capsys.readouterr().out
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["format"] == 1
    assert "✓  proved" in Path("report.txt").read_text(encoding="utf-8")
    assert sorted(os.listdir()) == ["report.json", "report.txt", "specs"]


def test_quiet_and_verbose(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("run", "good", "-q")
    assert len(capsys.readouterr().out.splitlines()) == 1
    run("run", "good", "-v")
    assert "proved by algebra" in capsys.readouterr().out


def test_specs_elsewhere(run: Run) -> None:
    write(SPEC, "other/page.yaml")
    write("claims: [{id: only-there, claim: 1 == 1}]", "specs/page.yaml")
    assert run("run", "good") == 2
    assert run("run", "--specs", "other", "good") == 0
    assert run("list", "--specs", "other") == 0
    assert run("run", "--specs", "other", "only-there") == 2


def test_list_shows_id_expectation_and_title(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "good            match     A true one",
        "numbers-only    match",
        "bad             match",
        "bad-on-purpose  mismatch",
    ]
    assert run("list", "-k", "nothing-like-it") == 5
    assert run("list", "godo") == 2
    assert "did you mean `good`?" in capsys.readouterr().err


def test_list_does_not_read_formulas(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    add("broken", "x ==")
    assert run("list", "broken") == 0
    assert run("run", "broken") == 2


def test_show(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "good") == 0
    assert "✓ good: proved" in capsys.readouterr().out
    assert run("show", "bad") == 1
    assert run("show", "godo") == 2
    assert run("show") == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["x == x", "-v", "x: real"], 0),
        (["f(x) == x**2", "-v", "x: real", "-d", "f(t): t*t", "-a", "x > 0"], 0),
        (["--steps", "x", "2*x/2", "x + 0", "-v", "x: real"], 0),
        (["-v", "x: real", "--", "-x == -x"], 0),
        (["x == y", "-v", "x: real"], 2),
        (["x == x", "-v", "x real"], 2),
        (["x == x", "-v", "x: reel"], 2),
        (["x", "-v", "x: real"], 2),
        (["x == x", "x == x", "-v", "x: real"], 2),
        (["--steps", "x", "-v", "x: real"], 2),
        ([], 2),
    ],
)
def test_exit_codes_of_check(run: Run, arguments: list[str], code: int) -> None:
    assert run("check", *arguments) == code


def test_check_reports_every_error_at_its_place(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("check", "x == x", "-v", "x: reel", "-d", "f(t): t +", "-v", "y")
    errors = capsys.readouterr().err
    assert "-v:1:4: P006" in errors and "-v:1:1: P006" in errors and "-d:1:7: P001" in errors


def test_check_can_report_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "x == x", "-v", "x: real", "--format", "json") == 0
    (claim,) = json.loads(capsys.readouterr().out)["claims"]
    assert (claim["verdict"], claim["file"]) == ("proved", "<command line>")


@pytest.mark.parametrize("command", [[], ["run"], ["show"], ["list"], ["check"]])
def test_help_has_a_usage_line(
    run: Run, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*command, "--help") == 0
    assert f"Usage: {' '.join(['derivcheck', *command])} [OPTIONS]" in capsys.readouterr().out


def test_help_tells_the_default_of_the_timeout(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", "--help") == 0
    assert f"[default: {Options().timeout:g}]" in capsys.readouterr().out


def test_what_the_machine_refuses_is_no_bug(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: str, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("derivcheck.commands.run.write_file", refuse)
    assert run("run", "good", "--format", "json=report.json") == 2
    assert "No space left on device" in capsys.readouterr().err


def test_version(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert __version__ in capsys.readouterr().out


# -- in a process of its own ---------------------------------------------------


def derivcheck(
    *arguments: str, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    root = str(Path(judging.__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root, **(env or {})}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, timeout=120
    )


@pytest.mark.parametrize("command", ["['--help']", "['list']", "['list', '-k', 'good']"])
def test_help_and_list_load_no_engine(tmp_path: Path, command: str) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "page.yaml").write_text(SPEC, encoding="utf-8")
    code = f"""
import sys
from derivcheck.cli import main
try:
    main({command})
except SystemExit as end:
    assert end.code == 0
heavy = {{"numpy", "sympy", "flint", "rich", "pebble"}} & set(sys.modules)
assert not heavy, heavy
assert "derivcheck.expr.parse" not in sys.modules
"""
    found = derivcheck("-c", code, cwd=tmp_path)
    assert found.returncode == 0, found.stderr.decode()


def test_python_m_derivcheck_in_ascii(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "page.yaml").write_text(SPEC.replace("x", "λ"), encoding="utf-8")
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    found = derivcheck("-m", "derivcheck", "show", "good", cwd=tmp_path, env=plain)
    assert found.returncode == 0, found.stderr.decode()
    assert b"+ good: proved" in found.stdout and b"lambda = lambda" in found.stdout


def test_engines_judge_a_claim_from_the_command_line(tmp_path: Path) -> None:
    for claim, code in (("x*x == x**2", 0), ("x*x == x**3", 1)):
        found = derivcheck("-m", "derivcheck", "check", claim, "-v", "x: real", cwd=tmp_path)
        assert found.returncode == code, found.stderr.decode()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_control_c_ends_a_run_with_130(tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text(SPEC, encoding="utf-8")
    code = """
import sys, time
from derivcheck.cli import main
from derivcheck.commands import judging
from derivcheck.judge import judge_claim

def slow(claims, options, **more):
    yield judge_claim(claims[0], [])
    print("waiting", file=sys.stderr, flush=True)
    time.sleep(60)

judging.run_claims = slow
main(["run", "page.yaml", "--format", "json"])
"""
    root = str(Path(judging.__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stderr.readline() == b"waiting\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors.decode()
    summary = json.loads(output)["summary"]
    assert summary["interrupted"] is True and summary["claims"] == 1
