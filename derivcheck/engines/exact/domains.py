"""The domains of the elementwise operators, and where they may be singular."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcheck.algebra.signs import NONNEGATIVE, NONZERO, POSITIVE
from derivcheck.engines.exact.complexes import Complex

if TYPE_CHECKING:
    from derivcheck.engines.exact.lowering import Lowering


def learn_domain(low: Lowering, op: str, args: tuple[Complex, ...]) -> None:
    """Where op(args) has a value becomes a fact; where it may be singular is noted."""
    learn, on_real_line = low.require, low.context.on_real_line
    if not all(z.is_real for z in args):
        if op in ("div", "log"):
            learn(args[-1].re ** 2 + args[-1].im ** 2, NONZERO)
        low.singular.append(low.algebra.field.zero)
        return
    u = args[0].re
    match op:
        case "div":
            learn(args[1].re, NONZERO)
            low.singular.append(args[1].re)
        case "pow":
            exponent = args[1].re.rational
            if exponent is None:
                low.singular.append(u)
            elif exponent.denominator != 1:
                if on_real_line:
                    learn(u, NONNEGATIVE if exponent > 0 else POSITIVE)
                low.singular.append(u)
            elif exponent < 0:
                learn(u, NONZERO)
                low.singular.append(u)
        case "log" | "log2" | "log10" | "loggamma" if on_real_line:
            learn(u, POSITIVE)
            low.singular.append(u)
        case "log1p" if on_real_line:
            learn(1 + u, POSITIVE)
            low.singular.append(1 + u)
        case "sqrt" if on_real_line:
            learn(u, NONNEGATIVE)
            low.singular.append(u)
        case "asin" | "acos" | "erfinv" | "atanh" if on_real_line:
            sign = NONNEGATIVE if op in ("asin", "acos") else POSITIVE
            learn(1 - u, sign)
            learn(1 + u, sign)
            low.singular += [1 - u, 1 + u]
        case "acosh" if on_real_line:
            learn(u - 1, NONNEGATIVE)
            low.singular.append(u - 1)
        case "asec" | "acsc" | "acoth" if on_real_line:
            learn(u, NONZERO)
            learn(u**2 - 1, NONNEGATIVE)
            low.singular += [u, u**2 - 1]
        case "logit" if on_real_line:
            learn(u, POSITIVE)
            learn(1 - u, POSITIVE)
            low.singular += [u, 1 - u]
        case "tan" | "sec":
            low.singular.append(low.algebra.apply("cos", u))
        case "cot" | "csc":
            low.singular.append(low.algebra.apply("sin", u))
        case "coth" | "csch" | "cbrt" | "acot" | "sinc":
            low.singular.append(u)
        case "hypot":
            low.singular.append(u**2 + args[1].re ** 2)
        case (
            "add" | "sub" | "mul" | "neg" | "exp" | "expm1" | "sin" | "cos" | "atan" | "sinh"
            | "cosh" | "tanh" | "sech" | "asinh" | "sigmoid" | "softplus" | "erf" | "erfc"
            | "real" | "imag" | "conj" | "abs" | "relu" | "sign" | "heaviside" | "minimum"
            | "maximum"
        ):  # fmt: skip
            pass  # smooth, or decided by the case
        case _:
            low.singular.append(low.algebra.field.zero)
