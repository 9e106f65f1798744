"""Inequalities with a name: the triangle inequality, Cauchy and Schwarz, products of norms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from derivcheck.expr import build
from derivcheck.expr.nodes import Apply, Expr, Number

Equal = Callable[[Expr, Expr], bool]
MAX_SUMMANDS = 4


def named_inequality(small: Expr, large: Expr, equal: Equal) -> str:
    """The name of the inequality by which small <= large, or nothing.

    `equal` must say yes only of real expressions that agree for every size and value.
    """
    if is_triangle(small, large, equal):
        return "the triangle inequality"
    if is_cauchy_schwarz(small, large, equal):
        return "the Cauchy-Schwarz inequality"
    if is_submultiplicative(small, large):
        return "the norm of a product is at most the product of the norms"
    return ""


def is_norm(node: Expr) -> bool:
    return isinstance(node, Apply) and node.op in ("norm", "abs")


def summands(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Apply) and node.op == "add":
        for arg in node.args:
            yield from summands(arg)
    else:
        yield node


def is_triangle(small: Expr, large: Expr, equal: Equal) -> bool:
    """‖c‖ <= ‖a‖ + ‖b‖ + … where c = ± a ± b …, for one norm (or abs, entry by entry);
    and ‖a‖ - ‖b‖ <= ‖c‖, |‖a‖ - ‖b‖| <= ‖c‖, which say the same of a = ± b ± c."""
    match small:
        case Apply("sub", (first, second)):
            return is_triangle(first, build.apply("add", large, second), equal)
        case Apply("abs", (Apply("sub", (first, second)),)) if is_norm(first) and is_norm(second):
            return is_triangle(first, build.apply("add", large, second), equal) and is_triangle(
                second, build.apply("add", large, first), equal
            )
    parts = list(summands(large))
    if not is_norm(small) or not 2 <= len(parts) <= MAX_SUMMANDS:
        return False
    assert isinstance(small, Apply)
    whole, inner = small.args[0], []
    for part in parts:
        if not isinstance(part, Apply) or (part.op, part.params) != (small.op, small.params):
            return False
        inner.append(part.args[0])
    if any(one.shape != whole.shape for one in inner):
        return False
    for signs in product((False, True), repeat=len(inner)):
        total = build.apply("neg", inner[0]) if signs[0] else inner[0]
        for one, is_negative in zip(inner[1:], signs[1:], strict=True):
            total = build.apply("sub" if is_negative else "add", total, one)
        if equal(whole, total):
            return True
    return False


def is_cauchy_schwarz(small: Expr, large: Expr, equal: Equal) -> bool:
    """± Σ a b <= ‖a‖ ‖b‖, |Σ a b| <= ‖a‖ ‖b‖, (Σ a b)² <= ‖a‖² ‖b‖² = Σ a² Σ b²."""
    if not (isinstance(large, Apply) and large.op == "mul"):
        return False
    match small:
        case Apply("pow", (inner, Number(value))) if value == 2:
            sides = [squared_norm_of(arg) for arg in large.args]
        case Apply("abs", (inner,)):
            sides = [norm_of(arg) for arg in large.args]
        case _:
            inner, sides = small, [norm_of(arg) for arg in large.args]
    left, right = sides
    if left is None or right is None or not inner.shape.is_scalar or left.shape != right.shape:
        return False
    scalar = build.apply("sum", build.apply("mul", left, right))
    return equal(inner, scalar) or equal(build.apply("neg", inner), scalar)


def norm_of(node: Expr) -> Expr | None:
    match node:
        case Apply("norm", (inner,), ("fro",)):
            return inner
    return None


def squared_norm_of(node: Expr) -> Expr | None:
    """a, where the node is ‖a‖², aᵀa or the sum of a²."""
    match node:
        case Apply("pow", (root, Number(value))) if value == 2:
            return norm_of(root)
        case Apply("matmul", (Apply("transpose", (left,)), right)) if left == right:
            return right if right.shape.is_column else None
        case Apply("sum", (Apply("pow", (inner, Number(value))),), ()) if value == 2:
            return inner
    return None


def is_submultiplicative(small: Expr, large: Expr) -> bool:
    """‖A B‖ <= ‖A‖ ‖B‖, all Frobenius, or all spectral, or the spectral norm of A and the
    Euclidean ones of the columns B and A B."""
    match small, large:
        case (
            Apply("norm", (Apply("matmul", (a, b)),), (whole,)),
            Apply("mul", (Apply("norm", (left,), (one,)), Apply("norm", (right,), (other,)))),
        ):
            if (a, b) == (right, left):
                one, other = other, one
            elif (a, b) != (left, right):
                return False
            return (whole, one, other) in {("fro", "fro", "fro"), ("2", "2", "2")} or (
                (whole, one, other) == ("fro", "2", "fro") and b.shape.is_column
            )
    return False
