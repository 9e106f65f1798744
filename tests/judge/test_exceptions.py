"""What several engines say of one exception is told once; distinct ones stay apart."""

from __future__ import annotations

import pytest

from derivcheck.judge.exceptions import merged

GENERIC = ("indexed", "where an absolute value, relu, max or min has its kink")


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([("exact", "x == 0"), GENERIC, ("rigorous", "derivative of abs at a kink at x = 0"),
          ("sampled", "x = 0 (kink)")], ("derivative of abs at a kink at x = 0",)),
        ([("exact", "x == 0"), ("sampled", "x = 1 (kink)")], ("x == 0", "x = 1 (kink)")),
        ([GENERIC], (GENERIC[1],)),
        ([GENERIC, ("exact", "x == 0")], ("x == 0",)),
        ([("rigorous", "log of 0 at x = 0"), ("rigorous", "division by 0 at x = 1")],
         ("log of 0 at x = 0", "division by 0 at x = 1")),
        ([("sampled", "x = 0 (kink)"), ("sampled", "an entry of x = 0 (kink)")],
         ("an entry of x = 0 (kink)",)),
        ([("exact", "z == 0"), ("rigorous", "derivative of maximum at a kink at z = 0, a = 1/8")],
         ("derivative of maximum at a kink at z = 0",)),
        ([("exact", "z - 1 < 0 and z + 1 == 0"), ("exact", "z - 1 == 0"),
          ("rigorous", "derivative of minimum at a kink at z = 1"),
          ("rigorous", "derivative of maximum at a kink at z = -1"),
          ("sampled", "z = 1, -1 (kink)")],
         ("derivative of minimum at a kink at z = 1",
          "derivative of maximum at a kink at z = -1")),
        ([GENERIC, ("rigorous", "derivative of relu at a kink (where y = 0)"),
          ("sampled", "x = 1, W = [[1, 2], [3, 4]], b = [0, 1] (kink)"),
          ("sampled", "x = 2, W = [[1, 2], [3, 4]], b = [0, 1] (kink)")],
         ("derivative of relu at a kink", "x = 1, W = [[1, 2], [3, 4]], b = [0, 1] (kink)")),
        ([("rigorous", "derivative of relu at a kink"),
          ("rigorous", "derivative of relu at a kink at x = 0")],
         ("derivative of relu at a kink at x = 0",)),
        ([("rigorous", "derivative of abs at a kink"), ("exact", "x == 0")],
         ("derivative of abs at a kink", "x == 0")),
        ([], ()),
    ],
)  # fmt: skip
def test_each_exception_once(named: list[tuple[str, str]], expected: tuple[str, ...]) -> None:
    assert sorted(merged(named)) == sorted(expected)
    assert sorted(merged(list(reversed(named)))) == sorted(expected) or "W = " in str(named)
