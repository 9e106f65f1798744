"""The operators of the language at two positions: one row for each that index notation has."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from derivcheck.engines.indexed.axes import (
    ORIGIN,
    BlockSpot,
    PairSpot,
    Spot,
    as_block,
    as_pair,
    flat,
    join,
    size_of,
)  # fmt: skip
from derivcheck.engines.indexed.conditions import bit
from derivcheck.engines.indexed.positions import as_dim
from derivcheck.engines.indexed.terms import ONE, ZERO, Function, Poly, Unsupported, number
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Apply, Choice, Expr, Number, Variable

if TYPE_CHECKING:
    from derivcheck.engines.indexed.lower import Lowering

HALF = Fraction(1, 2)
Row = Callable[["Lowering", Apply, Spot, Spot], Poly]


def lower_apply(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    if node.op == "div":
        above = low.entry(node.args[0], i, j)
        return low.algebra.multiply(above, reciprocal(low, node.args[1], i, j))
    elementwise = ELEMENTWISE.get(node.op)
    if elementwise is not None:
        return elementwise(low, *(low.entry(arg, i, j) for arg in node.args))
    row = ROWS.get(node.op)
    if row is None:
        raise Unsupported(f"the operator {node.op}")
    return row(low, node, i, j)


def reciprocal(low: Lowering, node: Expr, i: Spot, j: Spot) -> Poly:
    """1/(u v) = 1/u 1/v and 1/u**k = u**-k: divisors stay factored, as they are written."""
    match node:
        case Apply("mul", (left, right)):
            return low.algebra.multiply(reciprocal(low, left, i, j), reciprocal(low, right, i, j))
        case Apply("pow", (base, Number(value))) if value.denominator == 1 and value > 0:
            return low.algebra.natural_power(reciprocal(low, base, i, j), int(value))
    return low.algebra.power(low.entry(node, i, j), -1)


def lower_choice(low: Lowering, node: Choice, i: Spot, j: Spot) -> Poly:
    """c A + (1 - c) B with the condition c as 0 or 1; u if u > 0 else 0 as max(u, 0)."""
    condition = bit(low, node.condition, i, j)
    low.in_branch += 1
    try:
        then, otherwise = low.entry(node.then, i, j), low.entry(node.otherwise, i, j)
    finally:
        low.in_branch -= 1
    gap = then - otherwise
    rectified = rectifier(low, condition, gap)
    return otherwise + (low.algebra.multiply(condition, gap) if rectified is None else rectified)


def rectifier(low: Lowering, condition: Poly, gap: Poly) -> Poly | None:
    """r max(u, 0) for 1[u>0]·r u, and r min(u, 0) for (1 - 1[u>0])·r u, with a number r."""
    for bits, lower in ((condition, False), (ONE - condition, True)):
        single = bits.monomial
        if single is None or len(single[0]) != 1 or single[1] != 1:
            continue
        ((atom, _),) = single[0]
        if isinstance(atom, Function) and atom.name == "positive":
            u = atom.args[0]
            ratio = _ratio(gap, u)
            if ratio is not None:
                size = low.algebra.absolute_value(u)
                return (u - size if lower else u + size).scale(ratio * HALF)
    return None


def _ratio(gap: Poly, u: Poly) -> Fraction | None:
    for term, factor in u.terms.items():
        ratio = Fraction(gap.terms.get(term, 0)) / Fraction(factor)
        return ratio if ratio and gap == u.scale(ratio) else None
    return None


# -- elementwise -----------------------------------------------------------------------------------


def _power(low: Lowering, base: Poly, exponent: Poly) -> Poly:
    return low.algebra.symbolic_power(base, exponent)


def _quotient(low: Lowering, above: Poly, below: Poly) -> Poly:
    return low.algebra.multiply(above, low.algebra.power(below, -1))


def _product(low: Lowering, left: Poly, right: Poly) -> Poly:
    return low.algebra.multiply(left, right)


def _tanh(low: Lowering, u: Poly) -> Poly:
    return low.algebra.sigmoid(u.scale(2)).scale(2) - ONE


def _cosh(low: Lowering, u: Poly) -> Poly:
    return (low.algebra.exp(u) + low.algebra.exp(-u)).scale(HALF)


def _sinh(low: Lowering, u: Poly) -> Poly:
    return (low.algebra.exp(u) - low.algebra.exp(-u)).scale(HALF)


def _inverse(low: Lowering, u: Poly) -> Poly:
    return low.algebra.power(u, -1)


def _absolute(low: Lowering, u: Poly) -> Poly:
    """|z|**2 = z conj(z)."""
    if low.algebra.is_real(u):
        return low.algebra.absolute_value(u)
    return low.algebra.power(low.algebra.multiply(u, low.conjugate(u)), HALF)


def _sign(low: Lowering, u: Poly) -> Poly:
    if not u.terms:
        return ZERO
    return low.algebra.positive(u) - low.algebra.positive(-u)


def _relu(low: Lowering, u: Poly) -> Poly:
    return (u + low.algebra.absolute_value(u)).scale(HALF)


def _maximum(low: Lowering, left: Poly, right: Poly) -> Poly:
    return (left + right + low.algebra.absolute_value(left - right)).scale(HALF)


def _minimum(low: Lowering, left: Poly, right: Poly) -> Poly:
    return (left + right - low.algebra.absolute_value(left - right)).scale(HALF)


def _real(low: Lowering, u: Poly) -> Poly:
    return (u + low.conjugate(u)).scale(HALF)


def _imag(low: Lowering, u: Poly) -> Poly:
    part = (u - low.conjugate(u)).scale(HALF)
    return low.algebra.multiply(part, low.algebra.power(low.algebra.symbol("I"), -1))


def _logit(low: Lowering, u: Poly) -> Poly:
    """log(u/(1-u)); on 0 < u < 1 both parts are positive."""
    return low.algebra.log(u) - low.algebra.log(ONE - u)


def _opaque(name: str) -> Callable[..., Poly]:
    return lambda low, u: low.algebra.apply(name, u)


ELEMENTWISE: dict[str, Callable[..., Poly]] = {
    "add": lambda low, a, b: a + b,
    "sub": lambda low, a, b: a - b,
    "neg": lambda low, a: -a,
    "mul": _product,
    "pow": _power,
    "conj": lambda low, u: low.conjugate(u),
    "real": _real,
    "imag": _imag,
    "abs": _absolute,
    "exp": lambda low, u: low.algebra.exp(u),
    "log": lambda low, u: low.algebra.log(u),
    "log1p": lambda low, u: low.algebra.log(ONE + u),
    "expm1": lambda low, u: low.algebra.exp(u) - ONE,
    "log2": lambda low, u: _quotient(low, low.algebra.log(u), low.algebra.log(number(2))),
    "log10": lambda low, u: _quotient(low, low.algebra.log(u), low.algebra.log(number(10))),
    "sqrt": lambda low, u: low.algebra.power(u, HALF),
    "sin": _opaque("sin"),
    "cos": _opaque("cos"),
    "tan": lambda low, u: _quotient(low, low.algebra.apply("sin", u), low.algebra.apply("cos", u)),
    "cot": lambda low, u: _quotient(low, low.algebra.apply("cos", u), low.algebra.apply("sin", u)),
    "sec": lambda low, u: _inverse(low, low.algebra.apply("cos", u)),
    "csc": lambda low, u: _inverse(low, low.algebra.apply("sin", u)),
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": _tanh,
    "coth": lambda low, u: _quotient(low, _cosh(low, u), _sinh(low, u)),
    "sech": lambda low, u: _inverse(low, _cosh(low, u)),
    "csch": lambda low, u: _inverse(low, _sinh(low, u)),
    "sigmoid": lambda low, u: low.algebra.sigmoid(u),
    "softplus": lambda low, u: low.algebra.softplus(u),
    "logit": _logit,
    "relu": _relu,
    "sign": _sign,
    "heaviside": lambda low, u: (_sign(low, u) + ONE).scale(HALF),
    "maximum": _maximum,
    "minimum": _minimum,
    "hypot": lambda low, a, b: low.algebra.power(
        low.algebra.natural_power(a, 2) + low.algebra.natural_power(b, 2), HALF
    ),
    **{
        name: _opaque(name)
        for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh", "erf", "erfinv",
                     "loggamma", "digamma", "gamma", "floor", "ceil")
    },
    "erfc": lambda low, u: ONE - low.algebra.apply("erf", u),
    "factorial": lambda low, u: low.algebra.apply("gamma", u + ONE),
}  # fmt: skip


# -- matrices and vectors --------------------------------------------------------------------------


def _matmul(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    left, right = node.args
    axis = join(low.layout.axes(left)[1], low.layout.axes(right)[0])
    return low.sum_axis(
        axis, lambda k: low.algebra.multiply(low.entry(left, i, k), low.entry(right, k, j))
    )


def _transpose(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return low.entry(node.args[0], j, i)


def _sum(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return total(low, node.args[0], node.params, i, j, lambda entry: entry)


def total(
    low: Lowering, arg: Expr, params: tuple[object, ...], i: Spot, j: Spot,
    each: Callable[[Poly], Poly],
) -> Poly:  # fmt: skip
    """Σ each(entry) over all entries, or along an axis (0: over rows)."""
    rows, cols = low.layout.axes(arg)
    if not params:
        return low.sum_axis(
            rows, lambda r: low.sum_axis(cols, lambda c: each(low.entry(arg, r, c)))
        )
    if params[0] == 0:
        return low.sum_axis(rows, lambda r: each(low.entry(arg, r, j)))
    return low.sum_axis(cols, lambda c: each(low.entry(arg, i, c)))


def _mean(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    shape = node.args[0].shape
    count = shape.size if not node.params else (shape.rows, shape.cols)[int(str(node.params[0]))]
    inverse = low.algebra.power(low.algebra.from_dim(count), -1)
    return low.algebra.multiply(_sum(low, node, i, j), inverse)


def _trace(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    arg = node.args[0]
    return low.sum_axis(join(*low.layout.axes(arg)), lambda k: low.entry(arg, k, k))


def _softmax(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    """e**x_i / Σ_k e**x_k."""
    exp = low.algebra.exp
    bottom = total(low, node.args[0], node.params, i, j, exp)
    return _quotient(low, exp(low.entry(node.args[0], i, j)), bottom)


def _logsumexp(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return low.algebra.log(total(low, node.args[0], node.params, i, j, low.algebra.exp))


def _norm(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    arg = node.args[0]
    is_vector = arg.shape.is_column or arg.shape.is_row
    kind = str(node.params[0]) if node.params else "fro"
    if kind == "fro" or (kind == "2" and is_vector):

        def square(entry: Poly) -> Poly:
            return low.algebra.multiply(entry, low.conjugate(entry))

        return low.algebra.power(total(low, arg, (), i, j, square), HALF)
    if kind == "1" and is_vector:
        return total(low, arg, (), i, j, lambda entry: _absolute(low, entry))
    raise Unsupported(f"norm {kind}")


def _eye(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return equal(low, i, j)


def equal(low: Lowering, i: Spot, j: Spot) -> Poly:
    """δ(i, j); of pairs laid out alike, the product of their deltas."""
    if isinstance(i, PairSpot) and isinstance(j, PairSpot) and i.size == j.size:
        return low.algebra.multiply(equal(low, i.inner, j.inner), equal(low, i.outer, j.outer))
    if isinstance(i, BlockSpot) and isinstance(j, BlockSpot):
        if i.number != j.number:
            return ZERO
        if i.offset == j.offset:
            return equal(low, i.inner, j.inner)
    return low.algebra.delta(flat(i), flat(j))


def _diag(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    arg = node.args[0]
    value = low.entry(arg, i, ORIGIN) if arg.shape.is_column else low.entry(arg, ORIGIN, i)
    return low.algebra.multiply(equal(low, i, j), value)


def _onehot(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    position = low.selected(node.args[0], ORIGIN, node.shape.rows)
    return low.algebra.delta(flat(i), flat(position))


def _kron(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    left, right = node.args
    r = as_pair(i, right.shape.rows, left.shape.rows)
    c = as_pair(j, right.shape.cols, left.shape.cols)
    return low.algebra.multiply(low.entry(left, r[1], c[1]), low.entry(right, r[0], c[0]))


def _vec(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    shape = node.args[0].shape
    return low.entry(node.args[0], *as_pair(i, shape.rows, shape.cols))


def _hstack(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    number_, inside = as_block(j, [arg.shape.cols for arg in node.args])
    return low.entry(node.args[number_], i, inside)


def _vstack(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    number_, inside = as_block(i, [arg.shape.rows for arg in node.args])
    return low.entry(node.args[number_], inside, j)


def _cross(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    left, right = node.args
    k = as_dim(flat(i)).constant
    if k is None:
        raise Unsupported("cross at a symbolic position")
    a, b = Dim.of((k + 1) % 3), Dim.of((k + 2) % 3)
    first = low.algebra.multiply(low.entry(left, a, ORIGIN), low.entry(right, b, ORIGIN))
    second = low.algebra.multiply(low.entry(left, b, ORIGIN), low.entry(right, a, ORIGIN))
    return first - second


# -- functions of a square matrix ------------------------------------------------------------------


def _explicit(low: Lowering, node: Expr) -> list[list[Poly]] | None:
    """All entries of a matrix of a few rows."""
    size = node.shape.rows.constant
    if size is None or size > 3:
        return None
    places = [Dim.of(k) for k in range(size)]
    return [[low.entry(node, r, c) for c in places] for r in places]


def _minor(low: Lowering, entries: list[list[Poly]], row: int, col: int) -> Poly:
    """The determinant without one row and column, with its sign."""
    rest = [
        [e for c, e in enumerate(line) if c != col] for r, line in enumerate(entries) if r != row
    ]
    sign = -1 if (row + col) % 2 else 1
    return _expanded(low, rest).scale(sign)


def _expanded(low: Lowering, entries: list[list[Poly]]) -> Poly:
    if not entries:
        return ONE
    result = ZERO
    for col, entry in enumerate(entries[0]):
        result = result + low.algebra.multiply(entry, _minor(low, entries, 0, col))
    return result


def _inv(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return inverse(low, node.args[0], i, j)


def inverse(low: Lowering, arg: Expr, i: Spot, j: Spot) -> Poly:
    """inv(A B) = inv(B) inv(A) for square A and B; inv(A.T) = inv(A).T; inv(inv(A)) = A."""
    match arg:
        case Apply("matmul", (left, right)) if left.shape.is_square and right.shape.is_square:
            axis = join(low.layout.axes(left)[0], low.layout.axes(right)[1])
            return low.sum_axis(
                axis,
                lambda k: low.algebra.multiply(inverse(low, right, i, k), inverse(low, left, k, j)),
            )
        case Apply("transpose", (inner,)):
            return inverse(low, inner, j, i)
        case Apply("inv", (inner,)):
            return low.entry(inner, i, j)
    entries = _explicit(low, arg)
    if entries is not None:
        row, col = as_dim(flat(i)).constant, as_dim(flat(j)).constant
        if row is not None and col is not None:
            return _quotient(low, _minor(low, entries, col, row), _expanded(low, entries))
    return square(low, "inv", arg, (i, j))


def square(
    low: Lowering, kind: str, arg: Expr, places: tuple[Spot, ...], exponent: Poly | None = None
) -> Poly:
    extent = size_of(low.layout.axes(arg)[0])
    row, col = low.algebra.fresh(extent), low.algebra.fresh(extent)
    body = low.entry(arg, row, col)
    positions = tuple(flat(spot) for spot in places)
    return low.algebra.matrix(kind, extent, row, col, body, positions, exponent)


def _det(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return determinant(low, node.args[0])


def determinant(low: Lowering, arg: Expr) -> Poly:
    """det(A B) = det(A) det(B) for square A and B; det(inv(A)) = 1/det(A)."""
    match arg:
        case Apply("matmul", (left, right)) if left.shape.is_square and right.shape.is_square:
            return low.algebra.multiply(determinant(low, left), determinant(low, right))
        case Apply("transpose", (inner,)):
            return determinant(low, inner)
        case Apply("inv", (inner,)):
            return _inverse(low, determinant(low, inner))
    entries = _explicit(low, arg)
    return square(low, "det", arg, ()) if entries is None else _expanded(low, entries)


def _logdet(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    return low.algebra.log(determinant(low, node.args[0]))


def _adjugate(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    """det(A) inv(A), for a free matrix: the singular ones are the limits of others."""
    arg = node.args[0]
    entries = _explicit(low, arg)
    if entries is not None:
        row, col = as_dim(flat(i)).constant, as_dim(flat(j)).constant
        if row is not None and col is not None:
            return _minor(low, entries, col, row)
    if not isinstance(arg, Variable):
        raise Unsupported("the adjugate of an expression")
    return low.algebra.multiply(determinant(low, arg), inverse(low, arg, i, j))


def _matrix_power(low: Lowering, node: Apply, i: Spot, j: Spot) -> Poly:
    base, exponent = node.args[0], low.scalar(node.args[1])
    value = exponent.constant
    if value is None:
        return square(low, "power", base, (i, j), exponent)
    if int(value) != value or abs(Fraction(value)) > 6:
        raise Unsupported("a matrix power with this exponent")
    return repeated(low, base, int(value), i, j)


def repeated(low: Lowering, base: Expr, count: int, i: Spot, j: Spot) -> Poly:
    if count == 0:
        return equal(low, i, j)
    one = inverse if count < 0 else (lambda low_, arg, r, c: low_.entry(arg, r, c))
    step = 1 if count > 0 else -1
    if abs(count) == 1:
        return one(low, base, i, j)
    axis = join(*low.layout.axes(base))
    return low.sum_axis(
        axis,
        lambda k: low.algebra.multiply(
            one(low, base, i, k), repeated(low, base, count - step, k, j)
        ),
    )


ROWS: dict[str, Row] = {
    "matmul": _matmul,
    "transpose": _transpose,
    "sum": _sum,
    "mean": _mean,
    "trace": _trace,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "norm": _norm,
    "eye": _eye,
    "ones": lambda low, node, i, j: ONE,
    "zeros": lambda low, node, i, j: ZERO,
    "diag": _diag,
    "diagonal": lambda low, node, i, j: low.entry(node.args[0], i, i),
    "onehot": _onehot,
    "kron": _kron,
    "vec": _vec,
    "tile": lambda low, node, i, j: low.entry(node.args[0], i, ORIGIN),
    "hstack": _hstack,
    "vstack": _vstack,
    "cross": _cross,
    "inv": _inv,
    "det": _det,
    "logdet": _logdet,
    "adjugate": _adjugate,
    "matrix_power": _matrix_power,
    "expm": lambda low, node, i, j: square(low, "expm", node.args[0], (i, j)),
}
