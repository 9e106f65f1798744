"""Teeth: changed claims that must be refuted, made of the claims that match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from derivcheck.claim import Claim, Reading, Statement
from derivcheck.evidence import Cause, Finding, Silence
from derivcheck.expr.names import Names
from derivcheck.expr.scope import Scope
from derivcheck.judge.claims import combine
from derivcheck.load.statements import read_claim, read_steps
from derivcheck.run.examination import Examiner
from derivcheck.run.options import ENGINES, Engine, Options
from derivcheck.run.pool import Pool
from derivcheck.text import Fragment, SpecError
from derivcheck.variants import domains
from derivcheck.variants.mutants import mutants
from derivcheck.variants.sides import read_relation
from derivcheck.verdict import Fate, Mutant, Verdict

MOST_PER_CLAIM = 12
MOST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Changed:
    """One mutant that can be read."""

    claim: Claim
    change: str
    text: str
    statement: Statement


def run_mutants(
    claims: Sequence[Claim],
    options: Options,
    *,
    engines: tuple[Engine, ...] = ENGINES,
    most: int = MOST_PER_CLAIM,
) -> Iterator[tuple[Claim, tuple[Mutant, ...]]]:
    """The mutants of each claim, as soon as all of its are judged.

    Deterministic: which mutants there are depends on the claim alone, their fate on the seed too.
    """
    bounded = replace(options, timeout=min(options.timeout, MOST_SECONDS), all_engines=False)
    asked = bounded.select(engines)
    if not claims:
        return
    pool = Pool(bounded)
    threads = ThreadPoolExecutor(max_workers=2 * options.jobs + 2)
    try:
        futures = {threads.submit(_of_claim, claim, pool, asked, most): claim for claim in claims}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        pool.stop()
        threads.shutdown(wait=True)


def _of_claim(
    claim: Claim, pool: Pool, engines: tuple[Engine, ...], most: int
) -> tuple[Mutant, ...]:
    judged = (_judged(one, pool, engines) for one in changed_claims(claim, most))
    return tuple(mutant for mutant in judged if mutant is not None)


def _judged(one: _Changed, pool: Pool, engines: tuple[Engine, ...]) -> Mutant | None:
    """By balls first, which refute within milliseconds; by all engines where they do not.

    None for a formula that is defined nowhere: it says nothing that could be wrong.
    """
    quick = tuple(engine for engine in engines if engine.name == "rigorous")
    rest = tuple(engine for engine in engines if engine not in quick)
    verdict, reason = Verdict.UNDECIDED, ""
    for asked in (quick, engines if rest else ()):
        if not asked or verdict is Verdict.REFUTED:
            continue
        links = Examiner(pool, asked).examine(one.statement)
        findings = [finding for link in links for finding in link.findings]
        if any(_is_vacuous(finding) for finding in findings):
            return None
        verdict = combine([link.verdict for link in links])
        reason = next((link.reason for link in links if link.verdict is verdict), "")
    fate = {Verdict.REFUTED: Fate.REFUTED, Verdict.PROVED: Fate.EQUIVALENT}.get(
        verdict, Fate.SURVIVED
    )
    why = f"{verdict}: {reason}" if reason else str(verdict)
    return Mutant(one.claim.id, one.change, one.text, fate, "" if fate is Fate.REFUTED else why)


def _is_vacuous(finding: Finding) -> bool:
    return isinstance(finding.evidence, Silence) and finding.evidence.cause is Cause.VACUOUS


def changed_claims(claim: Claim, most: int = MOST_PER_CLAIM) -> Iterator[_Changed]:
    """At most so many changed formulas, over all relations; then one without the assumptions."""
    reading = claim.reading
    if reading is None:
        return
    links = claim.statement.links
    share = max(2, -(-most // len(links)))
    for number, link in enumerate(links):
        text, position = claim.statement.text, number
        if claim.is_derivation:
            text, position = f"({claim.lines[number]}) == ({claim.lines[number + 1]})", 0
        try:
            written = read_relation(text, position, reading.names)
        except SpecError:
            continue
        found = 0
        for change, changed in mutants(written, 4 * share) if written else ():
            statement = _read((changed,), claim, reading.names, reading.assume)
            if statement is None or statement.links[0].relation == link.relation:
                continue
            yield _Changed(claim, change, changed, statement)
            found += 1
            if found >= share:
                break
    yield from _weakened(claim, reading)


def _weakened(claim: Claim, reading: Reading) -> Iterator[_Changed]:
    """The claim as it stands, without its assumptions."""
    context, lines = claim.statement.context, claim.lines or (claim.statement.text,)
    for restated in domains.dropped(context, reading.names, reading.assume):
        statement = _read(lines, claim, restated.names, restated.assume)
        if statement is not None:
            yield _Changed(claim, restated.text, claim.statement.text, statement)


def _read(
    lines: tuple[str, ...], claim: Claim, names: Names, assume: tuple[Fragment, ...]
) -> Statement | None:
    """None for a change that is no claim: shapes that do not fit, a name out of its place."""
    texts = tuple(Fragment.whole(line) for line in lines)
    scope, within = Scope(names.copy()), claim.statement.context.within
    try:
        if len(texts) > 1:
            return read_steps(texts, scope, assume, within)
        return read_claim(texts[0], scope, assume, within)
    except SpecError:
        return None
