"""Does what the name of the left-hand variable says; any other name is proved."""

from __future__ import annotations

import ctypes
import os
import time

from derivcheck.claim import Comparison, Context, Relation
from derivcheck.evidence import Cause, Finding, Proof, Settings, Silence
from derivcheck.expr.nodes import Variable

_KEPT: list[bytes] = []


def examine(relation: Relation, context: Context, settings: Settings) -> Finding:
    assert isinstance(relation, Comparison)
    word = relation.lhs.name if isinstance(relation.lhs, Variable) else ""
    match word:
        case "sleep":
            time.sleep(600)
        case "spin":
            # A loop inside C, where no Python signal handler ever runs.
            return Finding("fake", Proof(str(9 ** (9**9) % 7)))
        case "eat":
            hoard = []
            while True:
                hoard.append(bytes(10**8))
        case "keep":
            _KEPT.append(bytes(6 * 10**8))
        case "need":
            return Finding("fake", Proof(str(len(bytes(6 * 10**8)))))
        case "abort":
            os.abort()
        case "segfault":
            ctypes.string_at(0)
        case "leave":
            raise SystemExit(0)
        case "raise":
            raise ZeroDivisionError("a defect of the engine")
        case "recurse":
            return Finding("fake", Proof(str(_depth(10_000_000))))
        case "nothing":
            return None  # type: ignore[return-value]
        case "print":
            print("noise")
            os.write(1, b"noise")
            os.write(2, b"noise")
        case "open" | "wrong":
            return Finding("fake", Silence(Cause.INCONCLUSIVE, "not decided"))
    return Finding("fake", Proof("fake"))


def _depth(left: int) -> int:
    return 1 + _depth(left - 1) if left else 0
