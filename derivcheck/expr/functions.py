"""Calls and attributes of the claim language: which name makes which node.

`FUNCTIONS` maps every name that may be called to its reader. Most read their arguments and
apply one operator of the table; the others are in `readers` and `calculus`.
"""

from __future__ import annotations

import ast
from functools import partial

from derivcheck.expr import build, calculus, readers
from derivcheck.expr.callsite import CallSite, Reader
from derivcheck.expr.environment import Environment
from derivcheck.expr.names import NamedFunction, NamedRecurrence, NamedUnknown
from derivcheck.expr.nodes import Constant, Expr
from derivcheck.expr.operators import OPERATORS
from derivcheck.expr.parse import Parser
from derivcheck.expr.syntax import suggestion

NUMPY_PREFIXES = ("np", "numpy")

# -- the table -------------------------------------------------------------

_SPECIAL_OPERATORS = frozenset(
    (
        "add", "sub", "mul", "div", "pow", "neg", "matmul", "transpose", "sum", "mean", "max",
        "min", "norm", "softmax", "logsumexp", "onehot", "eye", "ones", "zeros", "diag", "tile",
        "hstack", "vstack", "minimum", "maximum",
    )
)  # fmt: skip

FUNCTIONS: dict[str, Reader] = {
    **{op: partial(readers.operator, op) for op in OPERATORS if op not in _SPECIAL_OPERATORS},
    **{op: partial(readers.reduction, op) for op in ("sum", "mean", "max", "min")},
    **{op: partial(readers.along, op) for op in ("softmax", "logsumexp")},
    **{op: partial(readers.filled, op) for op in ("eye", "ones", "zeros")},
    **{op: partial(readers.stack, op) for op in ("hstack", "vstack")},
    **{what: partial(readers.sizes, what) for what in ("rows", "cols", "size", "shape")},
    "prod": readers.prod,
    "where": readers.where,
    "indicator": readers.indicator,
    "norm": readers.norm,
    "dot": readers.dot,
    "outer": readers.outer,
    "onehot": readers.onehot,
    "tile": readers.tile,
    "diag": readers.diag,
    "diff": lambda site: calculus.diff(site),
    "grad": lambda site: calculus.grad(site),
    "jac": lambda site: calculus.jac(site),
    "hess": lambda site: calculus.hess(site),
    "at": lambda site: calculus.at(site),
    "limit": lambda site: calculus.limit(site),
}

NUMPY_FUNCTIONS: dict[str, Reader] = {
    **{name: partial(readers.operator, op) for name, op in {
        "add": "add", "subtract": "sub", "multiply": "mul", "divide": "div",
        "true_divide": "div", "power": "pow", "negative": "neg", "transpose": "transpose",
        "conjugate": "conj", "absolute": "abs", "angle": "arg", "arcsin": "asin",
        "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "arcsinh": "asinh",
        "arccosh": "acosh", "arctanh": "atanh", "minimum": "minimum", "maximum": "maximum",
    }.items()},
    "dot": readers.matmul,
    "matmul": readers.matmul,
    "square": readers.square,
    "reciprocal": readers.reciprocal,
    "identity": partial(readers.filled, "eye"),
    "ones_like": partial(readers.like, "ones"),
    "zeros_like": partial(readers.like, "zeros"),
    "amax": partial(readers.reduction, "max"),
    "amin": partial(readers.reduction, "min"),
}  # fmt: skip

_NOT_NUMPY = frozenset({"diff", "grad", "jac", "hess", "at", "limit", "indicator", "psd"})
_METHODS = frozenset({"sum", "mean", "max", "min", "prod", "dot", "conj", "trace"})


def call(parser: Parser, node: ast.Call, env: Environment) -> Expr:
    """A call: of a definition or unspecified function of the claim, or of the language."""
    name, from_numpy = _called(node, env)
    if any(keyword.arg is None for keyword in node.keywords):
        raise env.formula.error("P002", "`**` in a call is not in the language", node)
    if not from_numpy:
        if name in env.local or name in env.free:
            raise env.formula.error(
                "P005", f"`{name}` is not a function here", node, "a product is written with *"
            )
        entry = parser.names.entries.get(name)
        if entry is not None:
            if node.keywords:
                raise env.formula.error("P005", f"`{name}` takes no keywords", node)
            match entry:
                case NamedFunction():
                    args = [parser.expr(arg, env) for arg in node.args]
                    return parser.definitions.call_function(entry, args, node, env)
                case NamedUnknown():
                    args = [parser.expr(arg, env) for arg in node.args]
                    return parser.definitions.call_unknown(entry, args, node, env)
                case NamedRecurrence() if len(node.args) == 1:
                    argument = parser.expr(node.args[0], env)
                    return parser.definitions.call_recurrence(entry, argument, node, env)
            raise env.formula.error(
                "P005", f"`{name}` is not a function here", node, "a product is written with *"
            )
    reader = (NUMPY_FUNCTIONS.get(name) if from_numpy else None) or FUNCTIONS.get(name)
    if reader is None or (from_numpy and name in _NOT_NUMPY):
        known = sorted(set(FUNCTIONS) | (set(NUMPY_FUNCTIONS) if from_numpy else set()))
        hint = suggestion(name, known)
        if not from_numpy and name in NUMPY_FUNCTIONS:
            hint = f"write np.{name}(…), or the operator it stands for"
        raise env.formula.error("P003", f"unknown function `{name}`", node.func, hint)
    return reader(CallSite(parser, node, name, env))


def _called(node: ast.Call, env: Environment) -> tuple[str, bool]:
    """The name called, and whether it is spelled `np.name` (or `np.linalg.name`)."""
    match node.func:
        case ast.Name(id=name):
            return name, False
        case ast.Attribute(value=ast.Name(id=prefix), attr=name) if prefix in NUMPY_PREFIXES:
            return name, True
        case ast.Attribute(
            value=ast.Attribute(value=ast.Name(id=prefix), attr="linalg"), attr=name
        ) if prefix in NUMPY_PREFIXES:
            return name, True
        case ast.Attribute(value=value, attr=name) if name in _METHODS:
            node.args.insert(0, value)
            node.func = ast.copy_location(ast.Name(id=name), node.func)
            return name, name == "dot"
    raise env.formula.error(
        "P002",
        f"`{env.formula.text_of(node.func)}` cannot be called",
        node.func,
        "call a function of the language by its name; a product is written with *",
    )


def attribute(parser: Parser, node: ast.Attribute, env: Environment) -> Expr:
    """`A.T`, `A.H`, `np.pi`; anything else is an error."""
    if isinstance(node.value, ast.Name) and node.value.id in NUMPY_PREFIXES:
        constant = {"pi": "pi", "e": "e", "inf": "oo"}.get(node.attr)
        if constant is not None:
            return Constant(constant)  # type: ignore[arg-type]
        raise env.formula.error(
            "P003", f"unknown name `{node.value.id}.{node.attr}`", node, "np.pi, np.e or a call"
        )
    if node.attr == "T":
        return build.transpose(parser.expr(node.value, env))
    if node.attr == "H":
        return build.apply("conj", build.transpose(parser.expr(node.value, env)))
    hint = "only .T and .H follow a value"
    if node.attr in ("shape", "size"):
        hint = f"write {node.attr}(A), rows(A) or cols(A)"
    raise env.formula.error("P002", f"`.{node.attr}` is not in the language", node, hint)
