"""From a SymPy expression back to the claim language, in the shapes people write."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from derivcheck.engines.symbolic.region import Unsupported
from derivcheck.expr import build
from derivcheck.expr.nodes import Apply, Constant, Expr, Number

SIGMOID = sp.Function("sigmoid", positive=True)
_NAMES: dict[type, str] = {
    sp.exp: "exp", sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.cot: "cot",
    sp.sec: "sec", sp.csc: "csc", sp.asin: "asin", sp.acos: "acos", sp.atan: "atan",
    sp.acot: "acot", sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh", sp.coth: "coth",
    sp.sech: "sech", sp.csch: "csch", sp.asinh: "asinh", sp.acosh: "acosh", sp.atanh: "atanh",
    sp.sinc: "sinc", sp.Abs: "abs", sp.sign: "sign", sp.floor: "floor", sp.ceiling: "ceil",
    sp.erf: "erf", sp.erfinv: "erfinv", sp.gamma: "gamma", sp.loggamma: "loggamma",
    sp.polygamma: "polygamma", sp.besselj: "besselj", SIGMOID: "sigmoid",
}  # fmt: skip


class Recovery:
    """`names` gives each symbol of the engine its expression of the language."""

    def __init__(self, names: Mapping[sp.Symbol, Expr]) -> None:
        self.names = names

    def expr(self, value: sp.Expr) -> Expr:
        if value.is_Rational:
            return self._rational(Fraction(int(value.p), int(value.q)))
        if value.is_Symbol:
            if value not in self.names:
                raise Unsupported(f"{value} has no name in the claim")
            return self.names[value]
        if value in (sp.pi, sp.E, sp.I):
            names = {sp.pi: Constant("pi"), sp.E: Constant("e"), sp.I: Constant("I")}
            return names[value]
        if value.is_Add:
            return self._sum(value)
        if value.is_Mul or value.is_Pow:
            return self._product(value)
        if value.func is sp.polygamma and value.args[0] == 0:
            return build.apply("digamma", self.expr(value.args[1]))
        if value.func in _NAMES:
            return build.apply(_NAMES[value.func], *map(self.expr, value.args))
        raise Unsupported(f"{value.func.__name__} has no name in the claim language")

    def _rational(self, value: Fraction) -> Expr:
        if value.denominator == 1:
            return build.number(value)
        return build.apply("div", build.number(value.numerator), build.number(value.denominator))

    def _sum(self, value: sp.Expr) -> Expr:
        terms = sorted(value.as_ordered_terms(), key=_is_negative)
        result = self.expr(terms[0])
        for term in terms[1:]:
            if _is_negative(term):
                result = build.apply("sub", result, self.expr(-term))
            else:
                result = build.apply("add", result, self.expr(term))
        return result

    def _product(self, value: sp.Expr) -> Expr:
        """A quotient of products: c a b / (d e), the sign in front."""
        turned = _with_sign_inside(value)
        if turned is not None:
            value = turned
        if _is_negative(value):
            positive = (
                self._product(-value) if (-value).is_Mul or (-value).is_Pow else self.expr(-value)
            )
            return _negated(positive)
        above: list[Expr] = []
        below: list[Expr] = []
        for factor in value.as_ordered_factors():
            base, exponent = factor.as_base_exp()
            if factor.is_Rational:
                if factor.p != 1:
                    above.append(build.number(int(factor.p)))
                if factor.q != 1:
                    below.append(build.number(int(factor.q)))
            elif exponent.is_Rational and exponent < 0 and not isinstance(factor, sp.exp):
                below.append(self._power(base, -exponent))
            else:
                above.append(self._factor(factor))
        result = _joined(above)
        return build.apply("div", result, _joined(below)) if below else result

    def _factor(self, factor: sp.Expr) -> Expr:
        if factor.is_Pow and not isinstance(factor, sp.exp):
            return self._power(*factor.args)
        return self.expr(factor)

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> Expr:
        if exponent == 1:
            return self.expr(base)
        if isinstance(base, sp.exp):
            return self.expr(sp.exp(base.args[0] * exponent))
        if base is sp.E:
            return build.apply("exp", self.expr(exponent))
        if exponent == sp.Rational(1, 2):
            return build.apply("sqrt", self.expr(base))
        return build.apply("pow", self.expr(base), self.expr(exponent))


def _with_sign_inside(value: sp.Expr) -> sp.Expr | None:
    """-(s - 1) t as (1 - s) t."""
    constant, factors = value.as_coeff_mul()
    if not constant.is_negative:
        return None
    for position, factor in enumerate(factors):
        if factor.is_Add and any(map(_is_negative, factor.args)):
            others = (*factors[:position], -factor, *factors[position + 1 :])
            return sp.Mul(-constant, *others, evaluate=False) if constant != -1 else sp.Mul(*others)
    return None


def _is_negative(value: sp.Expr) -> bool:
    return bool(value.as_coeff_Mul()[0].is_negative)


def _negated(expr: Expr) -> Expr:
    """The sign goes to the first factor, as people write it: -a*b/c."""
    match expr:
        case Apply("mul" | "div" as op, (first, second)):
            return build.apply(op, _negated(first), second)
        case Number(value):
            return build.number(-value)
        case _:
            return build.apply("neg", expr)


def _joined(factors: list[Expr]) -> Expr:
    if not factors:
        return build.UNIT
    result = factors[0]
    for factor in factors[1:]:
        result = build.apply("mul", result, factor)
    return result
