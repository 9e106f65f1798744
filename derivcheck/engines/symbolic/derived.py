"""What the engine derives itself, in the claim language, for a reader to compare."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derivcheck.engines.symbolic import arrays
from derivcheck.engines.symbolic.equality import has_derivative
from derivcheck.engines.symbolic.limited import GIVING_UP, Budget, OutOfTime
from derivcheck.engines.symbolic.reading import Reader, Vocabulary
from derivcheck.engines.symbolic.recover import SIGMOID, Recovery
from derivcheck.engines.symbolic.region import (
    NeedSign,
    Region,
    Undefined,
    Unsupported,
    affine_in_a_symbol,
)
from derivcheck.expr import build
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Condition, Expr, Size, Variable

MAX_SPLITS = 4
MAX_OPERATIONS = 150
SECONDS = 1.0


def derive(words: Vocabulary, start: Region, lhs: Expr, rhs: Expr, budget: Budget) -> Expr | None:
    """The first side that asks for a derivative, computed and tidied; None where it cannot be."""
    side = next((one for one in (lhs, rhs) if has_derivative(one)), None)
    if side is None:
        return None
    try:
        return _piece(words, start, side, budget, MAX_SPLITS)
    except (Unsupported, Undefined, OutOfTime, NeedSign, *GIVING_UP):
        return None


def _piece(words: Vocabulary, region: Region, side: Expr, budget: Budget, splits: int) -> Expr:
    """The side on one region; where a sign is missing, a choice between two (0 left aside)."""
    try:
        grid = Reader(words, region).value(side)
    except NeedSign as need:
        if splits == 0:
            raise
        return _choice(words, region, need.factor, side, budget, splits)
    recovery = Recovery(names(words))
    tidied = [[tidy(words.finish(entry), budget) for entry in row] for row in grid]
    if sum(sp.count_ops(entry) for row in tidied for entry in row) > MAX_OPERATIONS:
        raise Unsupported("a derivative too long to show")
    entries = [[recovery.expr(entry) for entry in row] for row in tidied]
    if arrays.extent(grid) == (1, 1):
        return entries[0][0]
    return build.array(entries)


def _choice(
    words: Vocabulary, region: Region, factor: sp.Expr, side: Expr, budget: Budget, splits: int
) -> Expr:
    parts = [region.where(factor, sign) for sign in (1, -1)]
    found = [
        _piece(words, part, side, budget, splits - 1) if part is not None else None
        for part in parts
    ]
    above, below = found
    if above is None or below is None or above == below:
        known = above if above is not None else below
        if known is None:
            raise Undefined
        return known
    recovery = Recovery(names(words))
    if (above, below) == (build.UNIT, build.number(-1)):
        return build.apply("sign", recovery.expr(factor))
    if not (above.shape == below.shape and above.shape.is_scalar):
        raise Unsupported("cases of an array")
    if build.ZERO in (above, below):
        rest = above if below == build.ZERO else below
        indicator = build.choice(
            _condition(recovery, factor, below == build.ZERO), build.UNIT, build.ZERO
        )
        if rest in (build.UNIT, build.number(-1)):
            return indicator if rest == build.UNIT else build.apply("neg", indicator)
        return build.apply("mul", rest, indicator)
    return build.choice(_condition(recovery, factor, True), above, below)


def _condition(recovery: Recovery, factor: sp.Expr, positive: bool) -> Condition:
    """`factor > 0` (or < 0), as a bound of a symbol where the factor is one minus a number."""
    affine = affine_in_a_symbol(factor)
    if affine is None or not affine[2].is_number:
        left, right = recovery.expr(factor), recovery.expr(sp.S.Zero)
    else:
        symbol, slope, root = affine
        left, right = recovery.expr(symbol), recovery.expr(root)
        positive = positive == bool(slope > 0)
    return build.compare(">" if positive else "<", left, right)


def tidy(expr: sp.Expr, budget: Budget) -> sp.Expr:
    """The shortest of a few exact rewritings; each is an identity of the formula SymPy holds."""
    candidates = [expr]
    rewritings = (sp.factor_terms, sp.together, sp.cancel, sp.factor, sp.trigsimp)
    for rewrite in rewritings:
        if sp.count_ops(expr) > MAX_OPERATIONS * 4:
            break
        try:
            with budget.at_most(SECONDS / 4):
                candidates.append(rewrite(expr))
        except (OutOfTime, *GIVING_UP):
            continue
    candidates += [short for one in candidates[:3] for short in _with_sigmoid(one)]
    best = min(candidates, key=_length)
    if sp.count_ops(best) > MAX_OPERATIONS:
        raise Unsupported("a derivative too long to show")
    return best


def _with_sigmoid(expr: sp.Expr) -> Iterator[sp.Expr]:
    """With s = 1/(1 + exp(-a)): exp(a) = s/(1 - s), where all exponentials are powers of one."""
    arguments = {one.args[0] for one in expr.atoms(sp.exp)}
    if not arguments or sp.count_ops(expr) > MAX_OPERATIONS:
        return
    base = min(arguments, key=sp.count_ops)
    base = -base if base.could_extract_minus_sign() else base
    powers = {one: sp.cancel(one / base) for one in arguments}
    if not all(power.is_Integer for power in powers.values()):
        return
    short = sp.Dummy("s", positive=True)
    values = {sp.exp(one): (short / (1 - short)) ** power for one, power in powers.items()}
    yield sp.factor(expr.xreplace(values)).subs(short, SIGMOID(base))


def _length(expr: sp.Expr) -> int:
    return int(sp.count_ops(expr)) + len(expr.atoms(sp.exp))


def names(words: Vocabulary) -> dict[sp.Symbol, Expr]:
    """The expression of each symbol: a variable, an entry, a conjugate, a size."""
    found: dict[sp.Symbol, Expr] = {}
    for declaration in words.context.declarations:
        variable = declaration.variable
        for i, row in enumerate(words.grids.get(variable.name, ())):
            for j, symbol in enumerate(row):
                found[symbol] = _entry(variable, i, j)
                if symbol in words.conjugates:
                    conjugate = build.apply("conj", found[symbol])
                    found[words.conjugates[symbol]] = conjugate
    for name, symbol in words.dims.items():
        found[symbol] = Size(Dim.of(name))
    return found


def _entry(variable: Variable, i: int, j: int) -> Expr:
    if variable.shape.is_scalar:
        return variable
    return build.item(variable, build.number(i), build.number(j))
