"""`derivcheck list`: one line a claim, without parsing a formula or loading an engine."""

from __future__ import annotations

from derivcheck.commands.request import Wanted
from derivcheck.commands.stream import complain, write
from derivcheck.exits import ExitCode
from derivcheck.load import select
from derivcheck.text import visible

_WIDEST_ID = 48


def show_list(wanted: Wanted) -> ExitCode:
    selection = select(wanted.paths, wanted.keyword, wanted.tags)
    complain(selection.diagnostics)
    claims = selection.claims
    width = min(_WIDEST_ID, max((len(claim.id) for claim in claims), default=0))
    lines = []
    for claim in claims:
        title = visible(" ".join(claim.title.split()))
        lines.append(f"{claim.id:<{width}}  {claim.expect or 'match':<8}  {title}".rstrip() + "\n")
    write("".join(lines))
    if selection.diagnostics:
        return ExitCode.USAGE
    return ExitCode.AS_EXPECTED if claims else ExitCode.NOTHING_SELECTED
