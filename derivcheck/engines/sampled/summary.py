"""Trials drawn together: the simplest counterexample, or agreement and its exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from derivcheck.engines.sampled.comparison import Fate
from derivcheck.engines.sampled.points import Points
from derivcheck.engines.sampled.questions import OTHER_END, Question
from derivcheck.engines.sampled.reading import Scope
from derivcheck.engines.sampled.trials import Result
from derivcheck.engines.sampled.writing import (
    common_place,
    complexity,
    point_text,
    rounded,
    simplest_place,
    value_text,
)  # fmt: skip
from derivcheck.evidence import Agreement, Cause, Evidence, Mismatch, Sample, Silence, Witness

SAMPLES = 6
LARGEST_OPEN_SHARE = 0.25
METHOD = "floating point on random points, derivatives from function values"


@dataclass(frozen=True, slots=True)
class Trial:
    """One assignment of sizes: its points and the result of each question there."""

    sizes: Mapping[str, int]
    points: Points
    results: Sequence[Result]

    @property
    def fate(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """The fate of each point over all questions: failing before undefined before agreed."""
        fates = np.array([result.fate for result in self.results], dtype=np.int64)
        worst = fates.max(axis=0)
        return np.where((fates == Fate.FAILING).any(axis=0), int(Fate.FAILING), worst)

    @property
    def compared(self) -> int:
        """At how many points both sides had values that could be compared."""
        return int(np.isin(self.fate, (Fate.AGREED, Fate.FAILING)).sum())


def summary(trials: Sequence[Trial], asked: Sequence[Question], scope: Scope) -> Evidence:
    """Any failing point is a mismatch; without one the points that agree must be most."""
    if not trials:
        return Silence(Cause.INCONCLUSIVE, "no point of the domain was found")
    mismatch = _simplest_failure(trials, asked, scope)
    if mismatch is not None:
        return mismatch
    counts = {fate: sum(int((t.fate == fate).sum()) for t in trials) for fate in Fate}
    agreed, open_points = counts[Fate.AGREED], counts[Fate.OPEN] + counts[Fate.UNKNOWN]
    if not agreed:
        if counts[Fate.UNDEFINED] + counts[Fate.KINK] and not open_points:
            return Silence(Cause.VACUOUS, "a side is undefined at every point")
        return Silence(Cause.INCONCLUSIVE, "floating point could not tell at any point")
    if all(_on_a_null_set(t) for t in trials):
        return Silence(Cause.INCONCLUSIVE, "both sides are defined on a set of measure zero only")
    doubtful = counts[Fate.OPEN]
    if doubtful > LARGEST_OPEN_SHARE * (agreed + doubtful):
        return Silence(Cause.INCONCLUSIVE, "floating point could not tell at many points")
    digits = min(
        float(r.digits[t.fate == Fate.AGREED].min())
        for t in trials
        if (t.fate == Fate.AGREED).any()
        for r in t.results
    )
    sizes = tuple(tuple(t.sizes.items()) for t in trials if t.sizes)
    return Agreement(
        agreed, int(digits), tuple(dict.fromkeys(sizes)), _exceptions(trials),
        _samples(trials, asked, scope), METHOD,
    )  # fmt: skip


def _on_a_null_set(trial: Trial) -> bool:
    """Whether the points where both sides are defined all lie on `x = 0` or the like."""
    defined = np.flatnonzero(trial.fate == Fate.AGREED)
    return 0 < len(defined) < trial.points.count and bool(
        common_place(trial.points, defined, "undefined")
    )


def _simplest_failure(
    trials: Sequence[Trial], asked: Sequence[Question], scope: Scope
) -> Mismatch | None:
    best: tuple[float, Trial, Result, Question, int] | None = None
    for trial in trials:
        for result, question in zip(trial.results, asked, strict=True):
            for place in np.flatnonzero(result.fate == Fate.FAILING).tolist():
                score = complexity(trial.points.values, place)
                score += 2.0 * sum(trial.sizes.values())
                if best is None or score < best[0]:
                    best = (score, trial, result, question, place)
    if best is None:
        return None
    _, trial, result, question, place = best
    digits = int(result.digits[place])
    lhs, rhs = rounded(result.lhs[place], result.rhs[place], digits)
    note, entry = "", None
    if result.shapes is not None:
        (a, b), (c, d) = result.shapes
        note = f"the left side is {a}×{b}, the right side {c}×{d}"
    elif lhs.size > 1:
        row, col = np.unravel_index(int(result.entry[place]), lhs.shape)
        entry = (int(row), int(col))
    if scope.functions:
        names = ", ".join(f.name for f in scope.functions)
        note = "; ".join(filter(None, [note, f"with a random smooth {names}"]))
    if any(name.endswith(OTHER_END) for name in trial.points.values):
        note = "; ".join(filter(None, [note, "the middle of the chord, and the mean of its ends"]))
    scalar = question.lhs_shape.is_scalar and question.rhs_shape.is_scalar
    witness = Witness(
        tuple(trial.sizes.items()),
        point_text(trial.points, place, scope.declarations),
        value_text(lhs, scalar, False),
        value_text(rhs, scalar, False),
        entry,
        note,
    )
    return Mismatch(witness, digits, METHOD)


def _exceptions(trials: Sequence[Trial]) -> tuple[str, ...]:
    """Where a derivative does not exist, and places of measure zero where a side does not."""
    texts: list[str] = []
    for trial in trials:
        kinks = np.flatnonzero(trial.fate == Fate.KINK)
        texts.append(common_place(trial.points, kinks, "kink"))
        undefined = np.flatnonzero(trial.fate == Fate.UNDEFINED)
        if len(undefined) <= 0.15 * trial.points.count:
            texts.append(common_place(trial.points, undefined, "undefined"))
    if not any(texts):
        for trial in trials:
            kinks = np.flatnonzero(trial.fate == Fate.KINK)
            texts.append(simplest_place(trial.points, kinks, "kink"))
    return tuple(dict.fromkeys(text for text in texts if text))[:3]


def _samples(
    trials: Sequence[Trial], asked: Sequence[Question], scope: Scope
) -> tuple[Sample, ...]:
    samples: list[Sample] = []
    for trial in trials:
        result, question = trial.results[0], asked[0]
        scalar = question.lhs_shape.is_scalar and question.rhs_shape.is_scalar
        for place in np.flatnonzero(trial.fate == Fate.AGREED)[:: 7 if len(trials) == 1 else 12]:
            samples.append(
                Sample(
                    tuple(trial.sizes.items()),
                    point_text(trial.points, int(place), scope.declarations),
                    value_text(result.lhs[place], scalar, False),
                    value_text(result.rhs[place], scalar, False),
                    int(result.digits[place]),
                )
            )
    return tuple(samples[:SAMPLES])
