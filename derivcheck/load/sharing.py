"""What a claim takes over from its file, seen from the names in its formulas, without parsing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivcheck.load.records import ClaimRecord, Entries
from derivcheck.text import Fragment

_NAME = re.compile(r"[^\W\d]\w*")


def name_of(key: Fragment) -> str:
    """`r` of `r(t+1)`."""
    match = _NAME.search(key.text)
    return match.group() if match else key.text


def names_in(text: Fragment) -> set[str]:
    return set(_NAME.findall(text.text))


def own_names(claim: ClaimRecord) -> Iterator[str]:
    """What a claim declares or defines itself: the sizes in its declarations too."""
    for key, _ in claim.variables + claim.define:
        yield name_of(key)
    for _, kind in claim.variables:
        yield from names_in(kind)


def mentioned(claim: ClaimRecord, shared: Entries) -> tuple[Entries, set[str]]:
    """The definitions a claim uses, directly or through one another, and all names in them.

    Terminates: each round removes a definition from those left or stops.
    """
    own = {name_of(key) for key, _ in claim.variables + claim.define}
    order = [entry for entry in shared if name_of(entry[0]) not in own] + [*claim.define]
    texts = (claim.claim, *claim.steps, *claim.assume, *claim.corrected)
    names = {name for text in texts if text for name in names_in(text)}
    left, used = order, set[Fragment]()
    while new := [entry for entry in left if name_of(entry[0]) in names]:
        used.update(key for key, _ in new)
        left = [entry for entry in left if entry[0] not in used]
        names.update(name for _, body in new for name in names_in(body))
    return tuple(entry for entry in order if entry[0] in used), names


def kept_variables(claim: ClaimRecord, variables: Entries, names: set[str]) -> Entries:
    """The file's variables, without those a claim does not mention whose sizes it names anew.

    Next to the file's `W: real[m, n]` a claim that leaves `W` alone may have its own `m: real`.
    """
    own = {name_of(key) for key, _ in claim.variables + claim.define}
    return tuple(
        (key, kind)
        for key, kind in variables
        if name_of(key) in names or not names_in(kind) & own or (names_in(kind) - own) & names
    )
