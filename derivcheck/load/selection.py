"""What the user asks for on the command line to the files and claims it names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from derivcheck.load.problems import failure, near
from derivcheck.load.reading import SUFFIXES, find_specs
from derivcheck.load.records import ClaimRecord, FileRecord, read_file
from derivcheck.text import Diagnostic, SpecError

DEFAULT_PATH = "specs"


class Selector(NamedTuple):
    """`path` is where to look (None: wherever), `pattern` an id or a glob over ids."""

    text: str
    path: str | None
    pattern: str


class Chosen(NamedTuple):
    """The claims chosen out of one file, in their order."""

    file: FileRecord
    claims: tuple[ClaimRecord, ...]


class Selection(NamedTuple):
    """`diagnostics`: of the selectors, the files read, and the chosen claims."""

    files: tuple[Chosen, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def claims(self) -> tuple[ClaimRecord, ...]:
        return tuple(claim for chosen in self.files for claim in chosen.claims)


def read_selector(text: str) -> Selector:
    """`all`, an id, a glob over ids, a path, or `path::ID`."""
    path, separator, pattern = text.rpartition("::")
    if separator:
        return Selector(text, path, pattern or "*")
    if text == "all":
        return Selector(text, None, "*")
    if "/" in text or os.sep in text or text.endswith(SUFFIXES) or os.path.exists(text):
        return Selector(text, text, "*")
    return Selector(text, None, text)


def select(selectors: Sequence[str] = (), keyword: str = "", tags: Sequence[str] = ()) -> Selection:
    """Read the files that are named, `specs/` by default, without parsing their formulas.

    An id is looked for in the paths named beside it, or in `specs/` where there is none.
    `keyword` (a `-k` expression over id, title and tags) and `tags` (any of them) narrow further.
    Never raises: what cannot be read or found is a diagnostic.
    """
    wanted = [read_selector(text) for text in selectors or ("all",)]
    paths = [selector.path for selector in wanted if selector.path is not None]
    is_named = any(s.path is not None and s.pattern == "*" for s in wanted)
    if not is_named and any(s.path is None for s in wanted):
        paths.append(DEFAULT_PATH)
    files, found = _read_all(paths)
    picked: set[int] = set()
    for selector in wanted:
        hits = [
            id(claim)
            for file in files
            if _is_inside(file.path, selector.path)
            for claim in file.claims
            if fnmatchcase(claim.id, selector.pattern)
        ]
        if not hits and selector.pattern != "*":
            found.append(_unknown(selector, files))
        picked.update(hits)
    try:
        chosen = tuple(
            Chosen(
                file, tuple(c for c in file.claims if id(c) in picked and _fits(c, keyword, tags))
            )
            for file in files
        )
    except SpecError as error:
        return Selection((), (*found, *error.diagnostics))
    for one in chosen:
        kept = {id(claim) for claim in one.claims}
        others = {d for c in one.file.claims if id(c) not in kept for d in c.diagnostics}
        found += [d for d in one.file.diagnostics if d not in others]
    return Selection(tuple(one for one in chosen if one.claims), tuple(found))


def _read_all(paths: Sequence[str]) -> tuple[list[FileRecord], list[Diagnostic]]:
    files: dict[str, FileRecord] = {}
    found: list[Diagnostic] = []
    for path in dict.fromkeys(paths):
        try:
            for name in find_specs(path):
                if os.path.realpath(name) not in files:
                    files[os.path.realpath(name)] = read_file(name)
        except SpecError as error:
            found.extend(error.diagnostics)
    return _refuse_repeated_ids(files.values()), found


def _refuse_repeated_ids(files: Iterable[FileRecord]) -> list[FileRecord]:
    """L029: an id names one claim over all files that are loaded; the later one is an error."""
    first: dict[str, ClaimRecord] = {}
    checked = []
    for file in files:
        claims, found = [], []
        for claim in file.claims:
            other = first.setdefault(claim.id, claim)
            if other is not claim and not claim.id.startswith("line-"):
                place = f"{other.span.source.name}:{other.span.line}"
                diagnostic = Diagnostic(
                    "L029", f"the id `{claim.id}` is taken", claim.span, f"it is used at {place}"
                )
                found.append(diagnostic)
                claim = claim._replace(diagnostics=(*claim.diagnostics, diagnostic))
            claims.append(claim)
        if found:
            file = file._replace(claims=tuple(claims), diagnostics=(*file.diagnostics, *found))
        checked.append(file)
    return checked


def _is_inside(path: str, root: str | None) -> bool:
    if root is None:
        return True
    path, root = os.path.realpath(path), os.path.realpath(root)
    return path == root or path.startswith(os.path.join(root, ""))


def _fits(claim: ClaimRecord, keyword: str, tags: Sequence[str]) -> bool:
    if tags and not set(tags) & set(claim.tags):
        return False
    if not keyword:
        return True
    from derivcheck.load.keywords import matches  # only for -k: `list` must start fast

    return matches(keyword, " ".join((claim.id, claim.title, *claim.tags)))


def _unknown(selector: Selector, files: Sequence[FileRecord]) -> Diagnostic:
    ids = [claim.id for file in files for claim in file.claims]
    match = near(selector.pattern, ids)
    inside = [name for name in ids if selector.pattern in name][:3]
    hint = "`derivcheck list` shows every claim"
    if match or inside:
        hint = "did you mean " + " or ".join(f"`{n}`" for n in ([match] if match else inside)) + "?"
    return failure("L040", f"no claim `{selector.text}`", None, hint).diagnostics[0]
