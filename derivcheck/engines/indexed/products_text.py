"""Sums of products put together: common factors, and brackets as a person would set them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from derivcheck.engines.indexed.network import is_apply, multiplied
from derivcheck.expr import build
from derivcheck.expr.nodes import Apply, Expr
from derivcheck.expr.printing import to_text


@dataclass(frozen=True, slots=True)
class Product:
    """factor · scalars · chain, the chain a matrix product (empty for a scalar)."""

    factor: Fraction
    scalars: tuple[Expr, ...]
    chain: tuple[Expr, ...]


def collected(products: list[Product]) -> Expr:
    """The sum: a common number and common scalars in front, then common ends bracketed."""
    products = sorted(products, key=lambda p: (p.factor < 0, -len(p.chain), _text(p)))
    common = _common_number([p.factor for p in products])
    products = [replace(p, factor=p.factor / common) for p in products]
    shared = [s for s in products[0].scalars if all(s in p.scalars for p in products)]
    for scalar in shared:
        products = [replace(p, scalars=_without(p.scalars, scalar)) for p in products]
    if len(products) == 1:
        return _scaled(common, tuple(shared), _chained(products[0].chain), products[0])
    return _scaled(common, tuple(shared), _bracketed(products), None)


def _bracketed(products: list[Product]) -> Expr:
    """A @ B + A @ C = A @ (B + C), likewise from the right; then the groups are added."""
    for end in (0, -1):
        groups: dict[Expr, list[Product]] = {}
        for product in products:
            if len(product.chain) > 1:
                groups.setdefault(product.chain[end], []).append(product)
        for factor, group in groups.items():
            if len(group) > 1:
                rest = [p for p in products if p not in group]
                cut = slice(1, None) if end == 0 else slice(None, -1)
                inner = collected([replace(p, chain=p.chain[cut]) for p in group])
                chain = (factor, inner) if end == 0 else (inner, factor)
                return _bracketed([Product(Fraction(1), (), chain), *rest]) if rest else (
                    multiplied(list(chain))
                )
    total: Expr | None = None
    for product in products:
        size = replace(product, factor=abs(product.factor))
        part = _scaled(size.factor, size.scalars, _chained(size.chain), None)
        if total is None:
            total = build.apply("neg", part) if product.factor < 0 else part
        else:
            total = build.apply("sub" if product.factor < 0 else "add", total, part)
    assert total is not None
    return total


def _chained(chain: tuple[Expr, ...]) -> Expr | None:
    """diag(u) in front of a column or matrix chain stays; an empty chain is 1."""
    return multiplied(list(chain)) if chain else None


def _scaled(
    factor: Fraction, scalars: tuple[Expr, ...], body: Expr | None, _: Product | None
) -> Expr:
    """number · scalars · body, with divisors gathered below one line."""
    above: list[Expr] = []
    below: list[Expr] = []
    for scalar in (*scalars, *(() if body is None else (body,))):
        if is_apply(scalar, "div"):
            assert isinstance(scalar, Apply)
            if scalar.args[0] != build.UNIT:
                above.append(scalar.args[0])
            below.append(scalar.args[1])
        else:
            above.append(scalar)
    size = abs(factor)
    if size.numerator != 1 or not above:
        above.insert(0, build.number(size.numerator))
    if size.denominator != 1:
        below.insert(0, build.number(size.denominator))
    result = above[0]
    for part in above[1:]:
        result = build.apply("mul", result, part)
    for part in below:
        result = build.apply("div", result, part)
    return build.apply("neg", result) if factor < 0 else result


def _common_number(factors: list[Fraction]) -> Fraction:
    top = gcd(*(abs(f.numerator) for f in factors))
    bottom = 1
    for factor in factors:
        bottom = bottom * factor.denominator // gcd(bottom, factor.denominator)
    sign = -1 if all(f < 0 for f in factors) else 1
    return Fraction(sign * top, bottom)


def _without(scalars: tuple[Expr, ...], one: Expr) -> tuple[Expr, ...]:
    position = scalars.index(one)
    return scalars[:position] + scalars[position + 1 :]


def _text(product: Product) -> str:
    return "|".join(to_text(part) for part in (*product.chain, *product.scalars))
