"""The rules of differentiation that a derivative calls for, one a line, outermost first.

Textbook rules on the formula as it stands: for a reader, beside what the engines find.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivcheck.expr.build import children, is_complex, parts
from derivcheck.expr.nodes import (
    Apply,
    Array,
    At,
    Call,
    Choice,
    Condition,
    Derivative,
    Expr,
    Item,
    Number,
    Recur,
    Reduce,
    Target,
)  # fmt: skip
from derivcheck.expr.unicode import to_unicode

_LONGEST, _MOST_PLACES = 44, 2

_SLOPES = {
    "exp": "exp(u) du", "log": "du/u", "log1p": "du/(1 + u)", "expm1": "exp(u) du",
    "log2": "du/(u log 2)", "log10": "du/(u log 10)", "sqrt": "du/(2 √u)",
    "cbrt": "du/(3 cbrt(u)²)", "sin": "cos(u) du", "cos": "-sin(u) du",
    "tan": "(1 + tan(u)²) du", "cot": "-(1 + cot(u)²) du", "sec": "sec(u) tan(u) du",
    "csc": "-csc(u) cot(u) du", "asin": "du/√(1 - u²)", "acos": "-du/√(1 - u²)",
    "atan": "du/(1 + u²)", "acot": "-du/(1 + u²)", "sinh": "cosh(u) du", "cosh": "sinh(u) du",
    "tanh": "(1 - tanh(u)²) du", "coth": "(1 - coth(u)²) du", "sech": "-sech(u) tanh(u) du",
    "csch": "-csch(u) coth(u) du", "asinh": "du/√(u² + 1)", "acosh": "du/(√(u - 1) √(u + 1))",
    "atanh": "du/(1 - u²)", "acoth": "du/(1 - u²)", "sigmoid": "σ(u) (1 - σ(u)) du",
    "logit": "du/(u (1 - u))", "softplus": "σ(u) du",
    "relu": "𝟙[u > 0] du, undefined at u = 0", "sign": "0, undefined at u = 0",
    "heaviside": "0, undefined at u = 0", "floor": "0, undefined at integers",
    "ceil": "0, undefined at integers", "erf": "2/√π exp(-u²) du", "erfc": "-2/√π exp(-u²) du",
    "erfinv": "√π/2 exp(erfinv(u)²) du", "gamma": "Γ(u) ψ(u) du", "loggamma": "ψ(u) du",
    "digamma": "ψ'(u) du", "factorial": "Γ(u + 1) ψ(u + 1) du",
}  # fmt: skip

_LINEAR = {
    "neg": "d(-u) = -du", "transpose": "d uᵀ = (du)ᵀ", "trace": "d tr U = tr dU",
    "sum": "d Σ u = Σ du", "mean": "d mean(u) = mean(du)", "diag": "d diag(u) = diag(du)",
    "diagonal": "d diagonal(U) = diagonal(dU)", "vec": "d vec(U) = vec(dU)",
    "tile": "d tile(u, k) = tile(du, k)", "real": "d Re u = Re du", "imag": "d Im u = Im du",
    "conj": "d conj(u) = conj(du)", "hstack": "d [U V] = [dU dV]", "vstack": "d [U; V] = [dU; dV]",
}  # fmt: skip

_MATRIX = {
    "inv": "d U⁻¹ = -U⁻¹ dU U⁻¹", "det": "d det U = det(U) tr(U⁻¹ dU)",
    "logdet": "d log det U = tr(U⁻¹ dU)", "adjugate": "d adj U = d(det(U) U⁻¹)",
    "expm": "d expm(U) = ∫₀¹ expm(s U) dU expm((1 - s) U) ds",
    "matrix_power": "d Uᵏ = Σ_{j<k} Uʲ dU Uᵏ⁻¹⁻ʲ",
    "softmax": "d softmax(u) = (diag(p) - p pᵀ) du, p = softmax(u)",
    "logsumexp": "d logsumexp(u) = softmax(u)ᵀ du",
    "max": "d max(u): of the largest entry, undefined where two are largest",
    "min": "d min(u): of the smallest entry, undefined where two are smallest",
    "maximum": "d max(u, v): of the larger, undefined where u = v",
    "minimum": "d min(u, v): of the smaller, undefined where u = v",
    "hypot": "d hypot(u, v) = (u du + v dv)/hypot(u, v)",
    "atan2": "d atan2(u, v) = (v du - u dv)/(u² + v²)", "arg": "d arg(u) = Im(du/u)",
}  # fmt: skip


def rules(*roots: Expr) -> tuple[str, ...]:
    """The rules of every derivative in the expressions, each once, with where it is used."""
    places: dict[str, list[str]] = {}
    for root in roots:
        for node in _derivatives(root):
            for rule, where in _of_derivative(node):
                used = places.setdefault(rule, [])
                if where and where not in used:
                    used.append(where)
    return tuple(_line(rule, used) for rule, used in places.items())


def _line(rule: str, used: list[str]) -> str:
    short = [where for where in used if len(where) <= _LONGEST][:_MOST_PLACES]
    return f"{rule}    {'; '.join(short)}".rstrip()


def _derivatives(root: Expr) -> Iterator[Derivative]:
    """Each derivative of a tree once, outer ones before those inside."""
    return (node for node in parts(root) if isinstance(node, Derivative))


def _of_derivative(node: Derivative) -> Iterator[tuple[str, str]]:
    """What the derivative is in terms of differentials, then the rules of its body."""
    yield _reading(node), ""
    names = {target.variable for target in node.targets}
    known: dict[int, bool] = {}

    def varies(part: Expr | Condition) -> bool:
        if id(part) not in known:
            known[id(part)] = part in names or any(varies(child) for child in children(part))
        return known[id(part)]

    todo: list[Expr | Condition] = [node.body]
    seen: set[int] = set()
    while todo:
        part = todo.pop(0)
        if id(part) in seen or not varies(part):
            continue
        seen.add(id(part))
        found = _rule(part, [varies(child) for child in children(part)])
        if found is not None:
            yield found
        todo.extend(_inside(part))


def _inside(part: Expr | Condition) -> tuple[Expr | Condition, ...]:
    """The parts to go on with; the square of a norm is one rule."""
    if _is_squared_norm(part) and isinstance(part, Apply):
        return children(part.args[0])
    return children(part)


def _reading(node: Derivative) -> str:
    target = node.targets[0]
    by = _target(target)
    match node.kind:
        case "grad" if target.conjugate or is_complex(target.variable):
            return f"by {by} alone, its conjugate held fixed (Wirtinger)"
        case "grad" if target.variable.shape.is_column:
            return f"the gradient by {by} is g in df = gᵀ d{by}"
        case "grad":
            return f"the gradient by {by} is G in df = tr(Gᵀ d{by})"
        case "jac":
            return f"the Jacobian by {by} is J in d vec(F) = J d vec({by})"
        case "hess":
            return f"the Hessian by {by} is the Jacobian of the gradient: the rules are used twice"
        case "diff":
            again = ", twice or more" if sum(t.order for t in node.targets) > 1 else ""
            named = ", ".join(dict.fromkeys(_target(one) for one in node.targets))
            return f"by {named}, all else held fixed{again}"


def _target(target: Target) -> str:
    name = target.variable.name
    if target.entry is not None:
        row, col = (to_unicode(part) for part in target.entry)
        name += f"[{row}]" if target.variable.shape.is_column else f"[{row}, {col}]"
    return f"conj({name})" if target.conjugate else name


def _rule(part: Expr | Condition, moving: list[bool]) -> tuple[str, str] | None:
    """The rule for the outermost operation of a part that varies, and what u and v are in it."""
    match part:
        case Apply():
            return _operator(part, moving)
        case Reduce("sum"):
            return "d Σ_k u_k = Σ_k du_k", ""
        case Reduce():
            return "d Π_k u_k = Σ_k du_k Π_{j≠k} u_j", ""
        case Item():
            return "d(u_i) = (du)_i", f"u = {to_unicode(part.base)}"
        case Array():
            return "a matrix is differentiated entry by entry", ""
        case Choice():
            return "each piece for itself; undefined where pieces meet unequally", ""
        case Call(function, args):
            shown = ", ".join(to_unicode(arg) for arg in args)
            return "chain rule: d f(u) = f'(u) du", f"f = {function}, u = {shown}"
        case At(_, bindings):
            named = ", ".join(variable.name for variable, _ in bindings)
            return "chain rule over what is put in", named
        case Recur(name):
            return "a recurrence is differentiated step by step", name
    return None


def _operator(part: Apply, moving: list[bool]) -> tuple[str, str] | None:
    op, args = part.op, part.args
    first = to_unicode(args[0])
    entrywise = "" if part.shape.is_scalar else ", entry by entry"
    if _is_squared_norm(part):
        inner = args[0].args[0] if isinstance(args[0], Apply) else args[0]
        slope = "2 Re(uᴴ du)" if is_complex(inner) else "2 uᵀ du"
        if not inner.shape.is_column:
            slope = "2 Re tr(uᴴ du)" if is_complex(inner) else "2 tr(uᵀ du)"
        return f"d ‖u‖² = {slope}", f"u = {to_unicode(inner)}"
    if op in _SLOPES:
        name = {"sigmoid": "σ", "gamma": "Γ", "digamma": "ψ"}.get(op, op)
        return f"d {name}(u) = {_SLOPES[op]}{entrywise}", f"u = {first}"
    if op in _LINEAR:
        return _LINEAR[op], ""
    if op in _MATRIX:
        return _MATRIX[op], f"u = {first}" if "u" in _MATRIX[op].split("=")[0] else f"U = {first}"
    match op:
        case "add" | "sub":
            sign = "+" if op == "add" else "-"
            return (f"d(u {sign} v) = du {sign} dv", "") if all(moving) else ("d(u + c) = du", "")
        case "mul" | "matmul" | "kron":
            return _product(part, moving)
        case "div":
            if not moving[1]:
                return "d(u/c) = du/c", ""
            if not moving[0]:
                return "d(c/v) = -c dv/v²", f"v = {to_unicode(args[1])}"
            return "d(u/v) = (v du - u dv)/v²", f"v = {to_unicode(args[1])}"
        case "pow":
            if not moving[1]:
                return f"d u^p = p u^(p - 1) du{entrywise}", f"u = {first}"
            if not moving[0]:
                return f"d c^v = log(c) c^v dv{entrywise}", f"v = {to_unicode(args[1])}"
            return f"d u^v = u^v (log(u) dv + v du/u){entrywise}", f"u = {first}"
        case "abs":
            slope = "Re(conj(u) du)/|u|" if is_complex(args[0]) else "sign(u) du"
            return f"d |u| = {slope}, undefined at u = 0", f"u = {first}"
        case "norm":
            return _norm(part), f"u = {first}"
    return None


def _product(part: Apply, moving: list[bool]) -> tuple[str, str]:
    sign = {"mul": " ", "matmul": " ", "kron": " ⊗ "}[part.op]
    is_entrywise = part.op == "mul" and not any(arg.shape.is_scalar for arg in part.args)
    sign = " ∘ " if is_entrywise else sign
    left, right = (to_unicode(arg) for arg in part.args)
    if not moving[1]:
        return f"d(u{sign}C) = du{sign}C, C fixed", f"C = {right}"
    if not moving[0]:
        return f"d(C{sign}v) = C{sign}dv, C fixed", f"C = {left}"
    return f"d(u{sign}v) = du{sign}v + u{sign}dv", f"u = {left}, v = {right}"


def _norm(part: Apply) -> str:
    order = part.params[0]
    if order == "fro":
        slope = "Re(uᴴ du)/‖u‖" if is_complex(part.args[0]) else "uᵀ du/‖u‖"
        return f"d ‖u‖ = {slope}, undefined at u = 0"
    if str(order) == "1" and part.args[0].shape.is_column:
        return "d ‖u‖₁ = sign(u)ᵀ du, undefined where an entry is 0"
    return "d of a norm: by the entries (or the singular pair) at which it is attained"


def _is_squared_norm(part: Expr | Condition) -> bool:
    match part:
        case Apply("pow", (Apply("norm", _, params), Number(value))):
            return params[0] == "fro" and value == 2
    return False


def has_derivative(root: Expr) -> bool:
    return next(_derivatives(root), None) is not None
