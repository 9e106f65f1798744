"""`-k` expressions: words joined by `and`, `or`, `not` and parentheses."""

from __future__ import annotations

import re

from derivcheck.load.problems import failure

_TOKEN = re.compile(r"\s*([()]|[^\s()]+)")
_MAX_TOKENS = 200


def matches(expression: str, text: str) -> bool:
    """Whether a text has the words asked for, case ignored. Raises L041.

    either = both {"or" both};  both = single {"and" single}
    single = "not" single | "(" either ")" | word
    """
    tokens = [token.lower() for token in _TOKEN.findall(expression)]
    if len(tokens) > _MAX_TOKENS:
        raise failure("L041", f"more than {_MAX_TOKENS} words in -k", None)
    reader = _Reader(tokens, text.lower())
    value = reader.either()
    if reader.tokens:
        raise failure("L041", f"`{reader.tokens[0]}` in -k", None, "as in `softmax and not grad`")
    return value


class _Reader:
    """Recursion is bounded by the number of tokens."""

    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens = tokens
        self.text = text

    def take(self, word: str) -> bool:
        if self.tokens and self.tokens[0] == word:
            self.tokens.pop(0)
            return True
        return False

    def either(self) -> bool:
        value = self.both()
        while self.take("or"):
            value = self.both() or value
        return value

    def both(self) -> bool:
        value = self.single()
        while self.take("and"):
            value = self.single() and value
        return value

    def single(self) -> bool:
        if self.take("not"):
            return not self.single()
        if self.take("("):
            value = self.either()
            if not self.take(")"):
                raise failure("L041", "a `)` is missing in -k", None)
            return value
        if not self.tokens or self.tokens[0] in ("and", "or", ")"):
            raise failure("L041", "a word is missing in -k", None, "as in `softmax and not grad`")
        return self.tokens.pop(0) in self.text
