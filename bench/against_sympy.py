"""derivcheck, SymPy and, where installed, torch's gradcheck on the same claims, in one run."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec

import with_derivcheck
import with_sympy
from answers import Answer, Says, Score, ask, score
from tables import KINDS, MatrixRow, ScalarRow, matrix_rows, scalar_rows
from with_sympy import Gradient

ScalarChecker = Callable[[ScalarRow, str], Says]
MatrixChecker = Callable[[MatrixRow, str], Says]


def scalar_checkers() -> dict[str, ScalarChecker]:
    def kinds(row: ScalarRow) -> dict[str, str]:
        return {"x": "real > 0" if row.is_positive else "real"}

    checkers: dict[str, ScalarChecker] = {
        "derivcheck": lambda row, side: with_derivcheck.check(row.claim(side), kinds(row)),
        "derivcheck, provers": lambda row, side: with_derivcheck.check(
            row.claim(side), kinds(row), with_derivcheck.PROVERS
        ),
        "SymPy simplify": with_sympy.simplify,
        "SymPy equals": with_sympy.equals,
    }
    if find_spec("torch"):
        import with_torch

        checkers["torch gradcheck"] = with_torch.scalar
    return checkers


def matrix_checkers() -> dict[str, MatrixChecker]:
    checkers: dict[str, MatrixChecker] = {
        "derivcheck": lambda row, side: with_derivcheck.check(row.claim(side), KINDS),
        "derivcheck, provers": lambda row, side: with_derivcheck.check(
            row.claim(side), KINDS, with_derivcheck.PROVERS
        ),
    }
    if find_spec("torch"):
        import with_torch

        checkers["torch gradcheck"] = with_torch.matrix
    return checkers


def judge(
    rows: Sequence[ScalarRow] | Sequence[MatrixRow], checker: Callable[..., Says], seconds: float
) -> list[Answer]:
    """Each right claim and its wrong twin; the first is asked once before, to load everything."""
    ask("", True, lambda: checker(rows[0], rows[0].right), seconds)
    return [
        ask(row.claim(side), side is row.right, lambda r=row, s=side: checker(r, s), seconds)  # type: ignore[misc]
        for row in rows
        for side in (row.right, row.wrong)
    ]


def print_scores(scores: dict[str, Score]) -> None:
    unit = scores["derivcheck"].mean
    head = ("right: yes", "no", "wrong: no", "yes", "open", "median ms", "mean ms", "time ratio")
    print(f"{'':<22}" + "".join(f"{text:>12}" for text in ("claims", *head)))
    for name, one in scores.items():
        counts = (one.asked, one.confirmed, one.false_alarms, one.refuted, one.false_proofs)
        times = f"{one.median * 1e3:>12.1f}{one.mean * 1e3:>12.1f}{one.mean / unit:>12.2f}"
        print(f"{name:<22}" + "".join(f"{count:>12}" for count in (*counts, one.open)) + times)


def print_faults(name: str, answers: Sequence[Answer]) -> None:
    for answer in answers:
        if answer.says in (Says.YES, Says.NO) and (answer.says is Says.YES) != answer.is_right:
            kind = "false alarm" if answer.is_right else "false proof"
            print(f"  {name}, {kind}: {answer.claim}")


def print_gradients(rows: Sequence[MatrixRow], seconds: float) -> None:
    """What SymPy derives; a derivative that takes too long counts as unevaluated."""
    counts: Counter[Gradient] = Counter()
    for row in rows:
        found = [Gradient.UNEVALUATED]

        def derive(row: MatrixRow = row, found: list[Gradient] = found) -> Says:
            found.append(with_sympy.gradient(row))
            return Says.YES

        ask(row.f, True, derive, seconds)
        counts[found[-1]] += 1
        if found[-1] is not Gradient.RIGHT:
            print(f"  SymPy, {found[-1]}: {row.sympy} by {row.by}")
    print("  SymPy MatrixSymbol: " + ", ".join(f"{counts[kind]} {kind}" for kind in Gradient))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="limit for one call (10)")
    seconds = parser.parse_args().seconds
    if not find_spec("torch"):
        print("torch is not installed: its gradcheck is left out\n")
    scalars, matrices = scalar_rows(), matrix_rows()
    tables = (
        (f"{2 * len(scalars)} scalar claims", scalars, scalar_checkers()),
        (f"{2 * len(matrices)} matrix gradients, for every size", matrices, matrix_checkers()),
    )
    for title, rows, checkers in tables:
        answers = {name: judge(rows, checker, seconds) for name, checker in checkers.items()}
        print(title)
        print_scores({name: score(given) for name, given in answers.items()})
        for name, given in answers.items():
            print_faults(name, given)
        print()
    print(f"{len(matrices)} matrix derivatives by SymPy")
    print_gradients(matrices, seconds)


if __name__ == "__main__":
    main()
