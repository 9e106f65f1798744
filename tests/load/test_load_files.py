"""Paths to texts: encodings, control characters, sizes, directories."""

from __future__ import annotations

from pathlib import Path

import pytest

from derivcheck.load.reading import MAX_BYTES, find_specs, read_source
from derivcheck.text import SpecError


def code_of(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        read_source(str(path))
    (diagnostic,) = caught.value.diagnostics
    assert str(path) in diagnostic.render()
    return diagnostic.code


def write(folder: Path, data: bytes) -> Path:
    path = folder / "a.yaml"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "L006"),
        (b" \n\n", "L006"),
        (b"\xef\xbb\xbf", "L006"),
        (b"title: a\0b\n", "L005"),
        (b"title: \x1b[31m\n", "L005"),
        (b"title: caf\xe9\n", "L004"),
        ("title: a\n".encode("utf-16"), "L004"),
        (b"#" * (MAX_BYTES + 1), "L003"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    assert code_of(write(tmp_path, data)) == code


def test_text_is_read_with_its_line_breaks_made_one_kind(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbfa: \xce\xbb\r\nb: c\rd: e\n")
    assert read_source(str(path)).text == "a: λ\nb: c\nd: e\n"


def test_the_largest_file_allowed(tmp_path: Path) -> None:
    assert len(read_source(str(write(tmp_path, b"#" * MAX_BYTES))).text) == MAX_BYTES


def test_control_characters_are_not_printed(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        read_source(str(write(tmp_path, b"title: \x1b[31m\n")))
    assert "\x1b" not in caught.value.diagnostics[0].render()


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    assert code_of(tmp_path / "missing.yaml") == "L001"
    assert code_of(tmp_path) == "L001"


def test_specs_of_a_directory_are_found_below_it_in_order(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "sub/c.yaml", "sub/d.txt", ".hidden/e.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("claims: []\n")
    names = [str(Path(path).relative_to(tmp_path)) for path in find_specs(str(tmp_path))]
    assert names == ["a.yml", "b.yaml", "sub/c.yaml"]


@pytest.mark.parametrize(("name", "code"), [("empty", "L002"), ("missing", "L001")])
def test_nothing_to_find(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SpecError) as caught:
        find_specs(str(tmp_path / name))
    assert caught.value.diagnostics[0].code == code
