"""Sums of products put together: common factors, and brackets as a person would set them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from derivcheck.engines.indexed.leaves import NoClosedForm
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
    products = sorted(_merged(products), key=lambda p: (p.factor < 0, -len(p.chain), _text(p)))
    if not products:
        raise NoClosedForm("terms that cancel in matrix notation")
    common, shared, rest = _shared(products, 1 if products[0].factor > 0 else -1)
    return _tidied(_scaled(common, shared, _bracketed(rest)))


def _merged(products: list[Product]) -> list[Product]:
    """Equal products added up (S @ x + S.T @ x for a symmetric S)."""
    totals: dict[tuple[tuple[Expr, ...], tuple[Expr, ...]], Fraction] = {}
    for one in products:
        key = (one.scalars, one.chain)
        totals[key] = totals.get(key, Fraction(0)) + one.factor
    return [Product(factor, *key) for key, factor in totals.items() if factor]


def _tidied(expr: Expr) -> Expr:
    """-(A @ (b - c)) as A @ (c - b)."""
    match expr:
        case Apply("neg", (Apply("matmul", (left, Apply("sub", (above, below)))),)):
            return build.matmul(left, build.apply("sub", below, above))
        case Apply("matmul", (Apply("neg", (left,)), Apply("sub", (above, below)))):
            return build.matmul(left, build.apply("sub", below, above))
    return expr


def _shared(products: list[Product], sign: int) -> tuple[Fraction, tuple[Expr, ...], list[Product]]:
    """A common number of this sign, the common scalars, and what is left."""
    common = _common_number([p.factor for p in products]) * sign
    products = [replace(p, factor=p.factor / common) for p in products]
    shared = tuple(s for s in products[0].scalars if all(s in p.scalars for p in products))
    for scalar in shared:
        products = [replace(p, scalars=_without(p.scalars, scalar)) for p in products]
    return common, shared, products


def _bracketed(products: list[Product]) -> tuple[Expr, ...]:
    """A @ B + A @ C = A @ (B + C), likewise from the right and for entrywise factors."""
    if len(products) == 1 and products[0].factor == 1 and not products[0].scalars:
        return products[0].chain
    entrywise = _entrywise(products)
    if entrywise is not None:
        return _bracketed(entrywise)
    for end in (-1, 0):
        groups: dict[Expr, list[Product]] = {}
        for product in products:
            if len(product.chain) > 1:
                groups.setdefault(product.chain[end], []).append(product)
        for factor, group in groups.items():
            if len(group) > 1:
                cut = slice(1, None) if end == 0 else slice(None, -1)
                inner = [replace(p, chain=p.chain[cut]) for p in group]
                number, scalars, left = _first_positive(inner)
                chain = (factor, *_bracketed(left)) if end == 0 else (*_bracketed(left), factor)
                others = [p for p in products if p not in group]
                return _bracketed([Product(number, scalars, chain), *others])
    return (_added(products),)


def _first_positive(products: list[Product]) -> tuple[Fraction, tuple[Expr, ...], list[Product]]:
    """Signs that do not depend on where a sum stands, so that equal sums are seen to be equal."""
    ordered = sorted(products, key=_text)
    return _shared(ordered, 1 if ordered[0].factor > 0 else -1)


def _entrywise(products: list[Product]) -> list[Product] | None:
    """u*v + u*w = u*(v + w) for the factor u that most products have."""
    counts: dict[Expr, int] = {}
    parts = [_factors(multiplied(list(p.chain))) if p.chain else () for p in products]
    if sum(1 for found in parts if len(found) > 1) == 0:
        return None
    for found in parts:
        for factor in dict.fromkeys(found):
            counts[factor] = counts.get(factor, 0) + 1
    best = max(counts, key=lambda f: (counts[f], len(to_text(f))))
    if counts[best] < 2:
        return None
    inner, others = [], []
    for product, found in zip(products, parts, strict=True):
        if best in found:
            rest = _without(found, best)
            chain = (_multiplied_entries(rest),) if rest else ()
            inner.append(replace(product, chain=chain))
        else:
            others.append(product)
    number, scalars, left = _first_positive(inner)
    is_sum = any(not p.chain for p in left)
    bracket = _added(left) if is_sum else multiplied(list(_bracketed(left)))
    factor = build.apply("mul", best, bracket)
    return [Product(number, scalars, (factor,)), *others]


def _factors(expr: Expr) -> tuple[Expr, ...]:
    """The entrywise factors of a product of arrays."""
    if is_apply(expr, "mul"):
        assert isinstance(expr, Apply)
        return tuple(f for arg in expr.args for f in _factors(arg))
    return (expr,)


def _multiplied_entries(factors: tuple[Expr, ...]) -> Expr:
    result = factors[0]
    for factor in factors[1:]:
        result = build.apply("mul", result, factor)
    return result


def _added(products: list[Product]) -> Expr:
    products = sorted(products, key=lambda p: p.factor < 0)
    total: Expr | None = None
    arrays = any(p.chain and not is_apply(p.chain[0], "ones") for p in products)
    for product in products:
        chain = product.chain
        if arrays and len(chain) == 1 and is_apply(chain[0], "ones"):
            chain = ()  # a scalar is added to each entry
        part = _scaled(abs(product.factor), product.scalars, chain)
        if total is None:
            total = build.apply("neg", part) if product.factor < 0 else part
        else:
            total = build.apply("sub" if product.factor < 0 else "add", total, part)
    assert total is not None
    return total


def _scaled(factor: Fraction, scalars: tuple[Expr, ...], chain: tuple[Expr, ...]) -> Expr:
    """number · scalars · chain, as `2*A.T @ x`, with divisors gathered below one line."""
    above: list[Expr] = []
    below: list[Expr] = []
    for scalar in (*scalars, *chain[:1]):
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
    if factor < 0:
        result = build.apply("neg", result)
    result = multiplied([result, *chain[1:]])
    for part in below:
        result = build.apply("div", result, part)
    return result


def _common_number(factors: list[Fraction]) -> Fraction:
    top = gcd(*(abs(f.numerator) for f in factors))
    bottom = 1
    for factor in factors:
        bottom = bottom * factor.denominator // gcd(bottom, factor.denominator)
    return Fraction(top, bottom)


def _without(scalars: tuple[Expr, ...], one: Expr) -> tuple[Expr, ...]:
    position = scalars.index(one)
    return scalars[:position] + scalars[position + 1 :]


def _text(product: Product) -> str:
    return "|".join(to_text(part) for part in (*product.chain, *product.scalars))
