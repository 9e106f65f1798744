"""The order in which repairs are tried: likely and small ones first.

A single changed token comes before a restricted domain, a natural restriction (a sign, a symmetric
matrix) before a larger change of the formula, an unnatural one (a size 1) after all.
"""

from __future__ import annotations

from derivcheck.variants import domains, exponents, factors, inner, names, numbers, signs, terms
from derivcheck.variants import transposes as turns
from derivcheck.variants.change import Generator
from derivcheck.variants.domains import Restrict

FIRST: tuple[Generator, ...] = (
    signs.whole, turns.transposes, signs.of_terms, turns.conjugates, inner.derivatives,
    numbers.rounded, numbers.constants, factors.dropped, exponents.shifted, factors.numeric,
    signs.of_arguments,
)  # fmt: skip
INSIDE: tuple[Generator, ...] = (
    signs.of_terms, numbers.rounded, factors.dropped, factors.numeric, exponents.shifted,
    signs.of_arguments, names.functions, numbers.shifted,
)  # fmt: skip
NATURAL: tuple[Restrict, ...] = (domains.signs, domains.symmetric)
SECOND: tuple[Generator, ...] = (
    inner.matrices, turns.orders, terms.dropped, names.indices, factors.scalars,
    numbers.shifted, names.functions, names.variables, turns.conjugate_sets,
)  # fmt: skip
STRUCTURED: tuple[Restrict, ...] = (domains.diagonal,)
THIRD: tuple[Generator, ...] = (
    exponents.raised, factors.inverted, factors.diagonals, factors.arguments,
    signs.of_exponents, names.reshaped, terms.added, terms.added_inside, terms.complements,
    turns.transpose_pairs, factors.subexpressions, factors.entrywise, names.wrapped,
)  # fmt: skip
LAST: tuple[Restrict, ...] = (domains.real, domains.skew, domains.ranges, domains.sizes)
WITH_A_SIGN: tuple[Generator, ...] = (
    turns.transposes, factors.dropped, factors.numeric, exponents.shifted, exponents.raised,
    turns.orders, factors.subexpressions,
)  # fmt: skip
