"""Limits at points where numerator and denominator are analytic: the first Taylor terms decide."""

from __future__ import annotations

from derivcheck.algebra.errors import SignNeeded, Unsupported
from derivcheck.algebra.field import Element, mentions
from derivcheck.algebra.signs import NEGATIVE, NONZERO, POSITIVE
from derivcheck.engines.exact.complexes import Complex
from derivcheck.engines.exact.lowering import Lowering
from derivcheck.engines.exact.matrices import Matrix
from derivcheck.expr.nodes import Apply, Constant, Expr, Limit

MAX_ORDER = 6
SMOOTH = frozenset(
    (
        "exp", "log", "root", "cbrt", "tan", "atan", "asin", "erf", "erfinv", "gamma", "loggamma",
        "digamma", "polygamma",
    )
)  # fmt: skip


def lower_limit(low: Lowering, node: Limit) -> Matrix:
    """N/D -> N⁽ᵏ⁾(a)/D⁽ᵏ⁾(a), k the first order at which D does not vanish, where N did till then.

    At infinity x = ±1/h with h > 0, h -> 0.
    """
    algebra = low.algebra
    h = algebra.atom(f"{node.variable.name} at {len(low.environments)}")
    infinite = _infinite(node.point)
    if infinite:
        algebra.facts.learn(h, POSITIVE)
        argument, point = infinite / h, algebra.field.zero
    else:
        value = low.scalar(node.point)
        if not value.is_real:
            raise Unsupported("a limit at a complex point")
        argument, point = h, value.re
        if node.side:
            algebra.facts.learn(h - point, POSITIVE if node.side == "+" else NEGATIVE)
    inner = dict(low.values)
    inner[node.variable.name] = ((Complex(argument, algebra.field.zero),),)
    count = len(low.requirements)
    try:
        body = low.inside(node.body, inner)
    except SignNeeded as needed:
        f = algebra.field.polynomial(needed.polynomial)
        if h.kernels[0] in f.atoms:
            raise Unsupported("a limit where a sign changes") from needed
        raise
    for required, sign in low.requirements[count:]:
        if sign == NONZERO:
            continue
        at_point = algebra.substitute(required, {h.kernels[0].index: point})
        if not algebra.sign(at_point) <= sign & NONZERO:
            raise Unsupported("a limit at an end of the domain")
    if not all(_is_smooth(z.re, h) and _is_smooth(z.im, h) for row in body for z in row):
        raise Unsupported("a limit of a function that may jump")
    low.singular.append(algebra.field.zero)
    return tuple(
        tuple(Complex(_limit(low, z.re, h, point), _limit(low, z.im, h, point)) for z in row)
        for row in body
    )


def _is_smooth(element: Element, h: Element) -> bool:
    """Whether each kernel with h inside is analytic wherever it and its derivatives have values."""
    index = h.kernels[0].index
    return all(
        (kernel.name in SMOOTH or kernel.name.startswith("function "))
        and all(_is_smooth(arg, h) for arg in kernel.args)
        for kernel in element.kernels
        if mentions(kernel.args, index)
    )


def _infinite(node: Expr) -> int:
    match node:
        case Constant("oo"):
            return 1
        case Apply("neg", (Constant("oo"),)):
            return -1
    return 0


def _limit(low: Lowering, element: Element, h: Element, point: Element) -> Element:
    algebra = low.algebra
    top, below = (algebra.field.polynomial(p) for p in (element.num, element.den))
    put = {h.kernels[0].index: point}
    for _ in range(MAX_ORDER):
        above, under = algebra.substitute(top, put), algebra.substitute(below, put)
        if not under.is_zero:
            if not algebra.sign(under) <= NONZERO:
                raise Unsupported("a limit where the denominator may vanish")
            return above / under
        if not above.is_zero:
            raise Unsupported("an infinite limit")
        top, below = algebra.diff(top, h), algebra.diff(below, h)
    raise Unsupported("a limit of high order")
