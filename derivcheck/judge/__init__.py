"""From evidence to verdicts: pure functions, no engine and no process in sight."""

from derivcheck.judge.claims import judge_claim
from derivcheck.judge.exits import exit_code
from derivcheck.judge.links import judge_link

__all__ = ["exit_code", "judge_claim", "judge_link"]
