"""Expressions as rational functions of kernels.

Every function value is a kernel; equal kernels become one generator. A dependence between
generators that goes unnoticed costs a proof and can never make one.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import sympy as sp

from derivcheck.engines.symbolic.region import NeedSign, Region, Unsupported
from derivcheck.engines.symbolic.unspecified import derivative_key

_QUOTIENTS: dict[type, Callable[[sp.Expr], sp.Expr]] = {
    sp.tan: lambda a: sp.sin(a) / sp.cos(a),
    sp.cot: lambda a: sp.cos(a) / sp.sin(a),
    sp.sec: lambda a: 1 / sp.cos(a),
    sp.csc: lambda a: 1 / sp.sin(a),
    sp.sinc: lambda a: sp.sin(a) / a,
    sp.tanh: lambda a: sp.sinh(a) / sp.cosh(a),
    sp.coth: lambda a: sp.cosh(a) / sp.sinh(a),
    sp.sech: lambda a: 1 / sp.cosh(a),
    sp.csch: lambda a: 1 / sp.sinh(a),
    sp.sinh: lambda a: (sp.exp(a) - sp.exp(-a)) / 2,
    sp.cosh: lambda a: (sp.exp(a) + sp.exp(-a)) / 2,
    sp.sin: lambda a: (sp.exp(sp.I * a) - sp.exp(-sp.I * a)) / (2 * sp.I),
    sp.cos: lambda a: (sp.exp(sp.I * a) + sp.exp(-sp.I * a)) / 2,
    sp.ceiling: lambda a: -sp.floor(-a),
    sp.acos: lambda a: sp.pi / 2 - sp.asin(a),
    sp.asinh: lambda a: sp.log(a + sp.sqrt(a**2 + 1)),
}
# Only where the argument is real and in the function's real domain.
_REAL_QUOTIENTS: dict[type, Callable[[sp.Expr], sp.Expr]] = {
    sp.acosh: lambda a: sp.log(a + sp.sqrt(a**2 - 1)),
    sp.atanh: lambda a: sp.log((1 + a) / (1 - a)) / 2,
}


class Kernels:
    """Turns expressions into rational functions of generators, on one region."""

    def __init__(self, region: Region, on_real_line: bool) -> None:
        self.region, self.real = region, on_real_line
        self.generators: dict[tuple[object, ...], sp.Dummy] = {}
        self.degrees: dict[sp.Dummy, int] = {}
        self.exponents: dict[sp.Dummy, sp.Expr] = {}
        self.logarithms: dict[sp.Dummy, sp.Expr] = {}
        self.radicals: list[tuple[sp.Dummy, int, sp.Expr]] = []
        self.memo: dict[sp.Expr, sp.Expr] = {}
        self.settled = False

    def generator(self, *key: object, **given: bool | None) -> sp.Dummy:
        if key not in self.generators:
            self.generators[key] = sp.Dummy(str(key[0]), **given)
        return self.generators[key]

    def read(self, expr: sp.Expr) -> sp.Expr:
        """The rational form; read again until each fractional power is a power of a known root."""
        for _ in range(5):
            self.memo, self.radicals, self.logarithms, self.settled = {}, [], {}, True
            result = self.rational(expr)
            if self.settled:
                return result
        raise Unsupported("fractional powers inside fractional powers")

    def rational(self, expr: sp.Expr) -> sp.Expr:
        """The expression as a rational function of symbols and generators."""
        if expr not in self.memo:
            self.memo[expr] = self._rational(expr)
        return self.memo[expr]

    def _rational(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_Rational or expr.is_Symbol or expr in (sp.I, sp.pi):
            return expr
        if expr is sp.E:
            return self.exponential(sp.S.One)
        if expr.is_Add or expr.is_Mul:
            return expr.func(*map(self.rational, expr.args))
        if isinstance(expr, sp.exp):
            return self.exponential(expr.args[0])
        if expr.is_Pow:
            return self.power(*expr.args)
        if isinstance(expr, sp.log):
            return self.logarithm(self.rational(expr.args[0]))
        if expr.func in _QUOTIENTS:
            return self.rational(_QUOTIENTS[expr.func](*expr.args))
        if self.real and expr.func in _REAL_QUOTIENTS:
            return self.rational(_REAL_QUOTIENTS[expr.func](*expr.args))
        if isinstance(expr, sp.Function) and len(expr.args) <= 4:
            key = (expr.func, *(self.canonical(arg) for arg in expr.args))
            return self.generator(*key, real=expr.is_extended_real)
        if expr.is_number and expr.is_finite and not expr.args:
            return self.generator(expr, real=expr.is_extended_real)
        if isinstance(expr, sp.Derivative | sp.Subs):
            found = derivative_key(expr)
            if found is None:
                return self.generator(expr)
            function, orders, args = found
            return self.generator(function, orders, *map(self.canonical, args))
        raise Unsupported(f"no kernel for {expr.func.__name__}")

    def canonical(self, expr: sp.Expr) -> sp.Expr:
        """One form for arguments that are equal as rational functions."""
        return sp.cancel(self.reduce(self.rational(expr)))

    # -- exponentials and powers ----------------------------------------------------------

    def exponential(self, argument: sp.Expr) -> sp.Expr:
        """exp of a sum as a product: exp(c t) = exp(t)**c, exp(c log f) = f**c for f > 0."""
        result = sp.S.One
        for term in sp.Add.make_args(sp.expand(sp.cancel(self.rational(argument)))):
            factor, rest = term.as_coeff_Mul()
            if rest in self.logarithms and factor.is_Rational:
                base, positive = self.logarithms[rest], self.real
                known = positive and self.sign_of(base) == 1
                if factor.is_Integer and (known or not positive or factor % 2 == 0):
                    result *= base**factor
                    continue
                if known:
                    result *= self.radical(base, factor)
                    continue
            if factor.is_Rational:
                result *= self.raised(("exp", rest), factor)
            else:
                result *= self.raised(("exp", term), sp.S.One)
        return result

    def raised(self, key: tuple[object, ...], exponent: sp.Rational) -> sp.Expr:
        """A power of a kernel, as an integer power of the one root that all its powers share."""
        positive = True if key[0] == "exp" and self.is_real(sp.sympify(key[1])) else None
        root = self.generator("root of", *key, positive=positive)
        degree = self.degrees.get(root, 1)
        if degree % exponent.q:
            self.settled = False
            self.degrees[root] = degree = math.lcm(degree, exponent.q)
        if key[0] == "exp":
            self.exponents[root] = sp.sympify(key[1]) / degree
        return root ** (exponent * degree)

    def power(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        if exponent.is_Integer:
            return self.rational(base) ** exponent
        inner = self.canonical(base)
        if exponent.is_Rational:
            return self.radical(inner, exponent)
        if self.sign_of(inner) == 1 and (self.real or self.is_real(inner)):
            return self.exponential_of_log(inner, exponent)
        result = sp.S.One
        for term in sp.Add.make_args(sp.expand(sp.cancel(self.rational(exponent)))):
            factor, rest = term.as_coeff_Mul()
            if rest == 1 and factor.is_Rational:
                result *= inner**factor if factor.is_Integer else self.radical(inner, factor)
            else:
                result *= self.raised(("pow", rest, inner), factor)
        return result

    def exponential_of_log(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        """b**s = exp(s log b) for b > 0."""
        total = sp.expand(self.logarithm(base) * sp.cancel(self.rational(exponent)))
        holder = sp.Dummy("s")
        self.memo[holder] = total
        return self.exponential(holder)

    def radical(self, base: sp.Expr, exponent: sp.Rational) -> sp.Expr:
        """base**(p/q): squares leave the root by their sign, the rest is a root with r**q = rest.

        Factors leave one by one only when they are known to be positive, so the rest has the sign
        of the base and stays under one root.
        """
        above, below = sp.fraction(sp.together(base))
        inside, outside = sp.S.One, sp.S.One
        for part, direction in ((above, 1), (below, -1)):
            constant, factors = sp.factor_list(part)
            inside *= constant**direction
            for factor, count in factors:
                whole, rest = divmod(count * direction, exponent.q)
                sign = self.sign_of(factor)
                if sign is None and whole and exponent.q == 2 and self.may_split(factor):
                    raise NeedSign(factor)
                if sign == -1:
                    inside *= sp.Integer(-1) ** count
                    factor, sign = -factor, 1
                if sign is not None:
                    outside *= factor ** (whole * exponent.p)
                else:
                    rest += whole * exponent.q
                if rest:
                    if sign == 1:
                        outside *= self.root(factor, exponent.q) ** (rest * exponent.p)
                    else:
                        inside *= factor**rest
        if inside.is_Rational and inside > 0:
            for prime, count in sp.factorrat(inside).items():
                outside *= self.root(sp.Integer(prime), exponent.q) ** (count * exponent.p)
            return outside
        return outside * self.root(sp.expand(inside), exponent.q) ** exponent.p

    def root(self, base: sp.Expr, degree: int) -> sp.Expr:
        if base in self.exponents and base.is_positive:
            return self.exponential_of_log(base, sp.Rational(1, degree))
        root = self.generator("root", base, degree, nonnegative=True if self.real else None)
        if (root, degree, base) not in self.radicals:
            self.radicals.append((root, degree, base))
        return root

    # -- logarithms -----------------------------------------------------------------------

    def logarithm(self, argument: sp.Expr) -> sp.Expr:
        """On the real line, where u > 0: log(u) is the sum of k log|f| over its factors f**k.

        Elsewhere only numbers and factors known to be positive leave, for then no branch changes.
        """
        argument = sp.cancel(self.reduce(argument))
        if argument == 0:
            raise Unsupported("the logarithm of 0")
        above, below = sp.fraction(sp.together(argument))
        total, kept = sp.S.Zero, sp.S.One
        for part, direction in ((above, 1), (below, -1)):
            constant, factors = sp.factor_list(part)
            kept *= constant**direction
            for factor, count in factors:
                if self.real:
                    total += direction * count * self.log_of_factor(factor)
                else:
                    kept *= factor ** (direction * count)
        if self.real and kept.is_Rational:
            for prime, count in sp.factorrat(abs(kept)).items():
                total += count * self.log_of_factor(sp.Integer(prime))
            return total
        if kept == 1:
            return total
        return total + self.log_of_factor(kept)

    def log_of_factor(self, factor: sp.Expr) -> sp.Expr:
        if factor in self.exponents and factor.is_positive:
            return self.exponents[factor]
        if self.real and factor.could_extract_minus_sign():
            factor = -factor
        for root, degree, base in self.radicals:
            if factor == root and self.real and self.is_real(base):
                return self.logarithm(base) / degree
        name = self.generator("log", factor, real=True if self.real else None)
        self.logarithms[name] = factor
        return name

    # -- signs ----------------------------------------------------------------------------

    def is_real(self, expr: sp.Expr) -> bool:
        return bool(expr.is_extended_real)

    def sign_of(self, factor: sp.Expr) -> int | None:
        """The sign on the region where it is certain, else None."""
        if not factor.is_extended_real:
            return None
        known = self.region.known_sign(factor)
        if known is not None:
            return known
        for fact, sign in self.region.facts:
            settled = self.region.settle(fact)
            if (settled - factor).expand() == 0:
                return sign
            if (settled + factor).expand() == 0:
                return -sign
        return None

    def may_split(self, factor: sp.Expr) -> bool:
        """Whether a case split on the factor's sign makes sense: real, in the claim's symbols."""
        return self.is_real(factor) and not factor.atoms(sp.Dummy)

    # -- the test -------------------------------------------------------------------------

    def reduce(self, expr: sp.Expr) -> sp.Expr:
        """The same value with each root's power below its degree, in numerator and denominator."""
        for root, degree, base in reversed(self.radicals):
            if expr.has(root):
                above, below = sp.fraction(sp.together(expr))
                expr = _lower(above, root, degree, base) / _lower(below, root, degree, base)
        return expr


def _lower(expr: sp.Expr, root: sp.Dummy, degree: int, base: sp.Expr) -> sp.Expr:
    poly = sp.Poly(expr, root)
    return sp.Add(
        *(
            coefficient * base ** (power // degree) * root ** (power % degree)
            for (power,), coefficient in poly.terms()
        )
    )
