"""Calls and attributes of the claim language: which name makes which node.

`FUNCTIONS` maps every name that may be called to its reader. Most read their arguments and
apply one operator of the table; the others are below, each with its own rule.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from derivcheck.expr import build, calculus
from derivcheck.expr.dims import ONE, Dim
from derivcheck.expr.names import NamedFunction, NamedRecurrence, NamedUnknown
from derivcheck.expr.nodes import Constant, Expr, Index, Number, Size
from derivcheck.expr.operators import OPERATORS
from derivcheck.expr.parse import Environment, Parser
from derivcheck.expr.syntax import suggestion
from derivcheck.text import SpecError

NUMPY_PREFIXES = ("np", "numpy")


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call being read: its syntax, the name as written, where it stands."""

    parser: Parser
    node: ast.Call
    name: str
    env: Environment

    def error(self, message: str, hint: str = "", node: ast.AST | None = None) -> SpecError:
        return self.env.formula.error("P005", message, node or self.node, hint)

    def arg(self, position: int) -> Expr:
        return self.parser.expr(self.node.args[position], self.env)

    def args(self) -> list[Expr]:
        return [self.parser.expr(arg, self.env) for arg in self.node.args]

    def expect(self, least: int, most: int | None = None, allowed: Sequence[str] = ()) -> None:
        """Check the number of arguments and the keywords. Raises SpecError P005."""
        most = least if most is None else most
        count = len(self.node.args)
        if not least <= count <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            plural = "" if wanted == "1" else "s"
            raise self.error(f"{self.name} takes {wanted} argument{plural}, not {count}")
        for keyword in self.node.keywords:
            if keyword.arg not in allowed:
                hint = f"it takes {', '.join(f'{name}=' for name in allowed)}" if allowed else ""
                raise self.error(f"{self.name} has no argument `{keyword.arg}`", hint)

    def keyword(self, name: str) -> ast.expr | None:
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        return None

    def dim(self, node: ast.expr) -> Dim:
        return self.parser.dim(node, self.env)


Reader = Callable[[CallSite], Expr]


# -- plain operators ---------------------------------------------------------------------------


def _operator(op: str, site: CallSite) -> Expr:
    least, most = OPERATORS[op].arity
    site.expect(least, most)
    return build.apply(op, *site.args())


def _matmul(site: CallSite) -> Expr:
    site.expect(2)
    return build.matmul(site.arg(0), site.arg(1))


def _dot(site: CallSite) -> Expr:
    """`dot(x, y)` of two vectors of one length is their inner product (no conjugate); else `@`."""
    site.expect(2)
    left, right = site.arg(0), site.arg(1)
    if left.shape.is_column and right.shape.is_column and not left.shape.is_scalar:
        left = build.transpose(left)
    return build.matmul(left, right)


def _outer(site: CallSite) -> Expr:
    """`outer(x, y)` = x @ y.T of two vectors, columns or rows."""
    site.expect(2)
    left, right = site.arg(0), site.arg(1)
    if left.shape.is_row:
        left = build.transpose(left)
    if right.shape.is_column:
        right = build.transpose(right)
    return build.matmul(left, right)


def _square(site: CallSite) -> Expr:
    site.expect(1)
    return build.apply("pow", site.arg(0), build.number(2))


def _reciprocal(site: CallSite) -> Expr:
    site.expect(1)
    return build.apply("div", build.UNIT, site.arg(0))


# -- reductions ----------------------------------------------------------------------------------


def _axis(site: CallSite) -> tuple[int, ...]:
    node = site.keyword("axis")
    if node is None and len(site.node.args) > 1:
        node = site.node.args[1]
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return ()
    value = site.parser.try_dim(node, site.env)
    constant = None if value is None else value.constant
    if constant not in (0, 1, -1, -2):
        raise site.error("axis is 0 (down the rows) or 1 (along the columns)", node=node)
    return (constant % 2,)


def _reduction(op: str, site: CallSite) -> Expr:
    """`sum(A)`, `mean(A)`, `max(A)`, `min(A)` over all entries, or with `axis=`."""
    if op == "sum" and _generator(site) is not None:
        return _over_range("sum", site)
    if op in ("max", "min") and len(site.node.args) >= 2:
        site.expect(2, 100)
        args = site.args()
        result = args[0]
        for arg in args[1:]:
            result = build.apply("maximum" if op == "max" else "minimum", result, arg)
        return result
    site.expect(1, 2, ("axis", "keepdims"))
    axis = _axis(site)
    argument = site.arg(0)
    if argument.shape.is_scalar and op != "mean":
        return argument
    return build.apply(op, argument, params=axis)


def _along(op: str, site: CallSite) -> Expr:
    site.expect(1, 2, ("axis", "keepdims"))
    return build.apply(op, site.arg(0), params=_axis(site))


def _generator(site: CallSite) -> ast.GeneratorExp | ast.ListComp | None:
    first = site.node.args[0] if site.node.args else None
    return first if isinstance(first, ast.GeneratorExp | ast.ListComp) else None


def _over_range(kind: str, site: CallSite) -> Expr:
    """`sum(f for k in range(a, b) if c)`, with nested `for`; `c` leaves out 0 (or 1)."""
    site.expect(1)
    generator = _generator(site)
    assert generator is not None
    env = site.env
    ranges: list[tuple[Index, Expr, Expr]] = []
    conditions = []
    for part in generator.generators:
        if not isinstance(part.target, ast.Name):
            raise site.error("a sum runs over one name: `for k in range(n)`", node=part.target)
        lower, upper = _range(site, part.iter, env)
        index = site.parser.fresh_index(part.target.id)
        env = Environment(env.formula, {**env.local, part.target.id: index}, env.free)
        ranges.append((index, lower, upper))
        conditions += [site.parser.condition(test, env) for test in part.ifs]
    body = site.parser.expr(generator.elt, env)
    neutral = build.ZERO if kind == "sum" else build.UNIT
    for condition in reversed(conditions):
        body = build.choice(condition, body, neutral)
    for index, lower, upper in reversed(ranges):
        body = build.reduce(kind, index, lower, upper, body)  # type: ignore[arg-type]
    return body


def _range(site: CallSite, node: ast.expr, env: Environment) -> tuple[Expr, Expr]:
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[stop], keywords=[]):
            return build.ZERO, _integer(site, stop, env)
        case ast.Call(func=ast.Name(id="range"), args=[start, stop], keywords=[]):
            return _integer(site, start, env), _integer(site, stop, env)
    raise site.error("a sum runs over range(n) or range(a, b)", node=node)


def _integer(site: CallSite, node: ast.expr, env: Environment) -> Expr:
    dim = site.parser.try_dim(node, env)
    if dim is None:
        return site.parser.expr(node, env)
    return Size(dim) if dim.constant is None else build.number(dim.constant)


def _prod(site: CallSite) -> Expr:
    """`prod(f for k in range(n))`; `prod(A)` multiplies all entries."""
    if _generator(site) is not None:
        return _over_range("prod", site)
    site.expect(1)
    argument = site.arg(0)
    row, col = site.parser.fresh_index("i"), site.parser.fresh_index("j")
    inner = build.reduce(
        "prod", col, build.ZERO, _extent(argument.shape.cols), build.item(argument, row, col)
    )
    return build.reduce("prod", row, build.ZERO, _extent(argument.shape.rows), inner)


def _extent(dim: Dim) -> Expr:
    return Size(dim) if dim.constant is None else build.number(dim.constant)


# -- choice -----------------------------------------------------------------------------------------


def _where(site: CallSite) -> Expr:
    site.expect(3)
    condition = site.parser.condition(site.node.args[0], site.env)
    return build.choice(condition, site.arg(1), site.arg(2))


def _indicator(site: CallSite) -> Expr:
    site.expect(1)
    condition = site.parser.condition(site.node.args[0], site.env)
    return build.choice(condition, build.UNIT, build.ZERO)


# -- vectors and matrices --------------------------------------------------------------------------


def _norm(site: CallSite) -> Expr:
    """`norm(x)`; orders 1, 2, oo as in NumPy; another order p of a vector: Σ|x|**p to the 1/p."""
    site.expect(1, 2, ("ord", "axis"))
    argument = site.arg(0)
    if site.keyword("axis") is not None:
        inner = build.apply("pow", build.apply("abs", argument), build.number(2))
        summed = build.apply("sum", inner, params=_axis(site))
        return build.apply("sqrt", summed)
    node = site.node.args[1] if len(site.node.args) > 1 else site.keyword("ord")
    if node is None:
        return build.apply("norm", argument, params=("fro",))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value != "fro":
            raise site.error(f"norm has no order {node.value!r}", "1, 2, oo or 'fro'", node)
        return build.apply("norm", argument, params=("fro",))
    order = site.parser.expr(node, site.env)
    is_vector = argument.shape.is_column or argument.shape.is_row
    match order:
        case Constant("oo"):
            return build.apply("norm", argument, params=("oo",))
        case Number(value) if value == 1:
            return build.apply("norm", argument, params=("1",))
        case Number(value) if value == 2:
            return build.apply("norm", argument, params=("fro" if is_vector else "2",))
    if not is_vector:
        raise site.error("a matrix norm has order 1, 2 or oo", node=node)
    powers = build.apply("pow", build.apply("abs", argument), order)
    return build.apply("pow", build.apply("sum", powers), build.apply("div", build.UNIT, order))


def _filled(op: str, site: CallSite) -> Expr:
    """`eye(n)`, `ones(n)`, `ones(n, m)`, `zeros((n, m))`."""
    sizes = list(site.node.args)
    if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple):
        sizes = sizes[0].elts
    if not 1 <= len(sizes) <= 2 or site.node.keywords:
        raise site.error(f"{site.name} takes one or two sizes")
    rows = site.dim(sizes[0])
    cols = site.dim(sizes[1]) if len(sizes) == 2 else (rows if op == "eye" else ONE)
    for dim, node in ((rows, sizes[0]), (cols, sizes[-1])):
        if dim.constant is not None and not 1 <= dim.constant <= 10_000:
            raise site.error(f"a size of {dim}", "sizes are 1 to 10000", node)
    return build.apply(op, params=(rows, cols))


def _like(op: str, site: CallSite) -> Expr:
    site.expect(1)
    shape = site.arg(0).shape
    return build.apply(op, params=(shape.rows, shape.cols))


def _onehot(site: CallSite) -> Expr:
    site.expect(2)
    return build.apply("onehot", site.arg(0), params=(site.dim(site.node.args[1]),))


def _tile(site: CallSite) -> Expr:
    site.expect(2)
    return build.apply("tile", site.arg(0), params=(site.dim(site.node.args[1]),))


def _stack(op: str, site: CallSite) -> Expr:
    nodes = site.node.args
    if len(nodes) == 1 and isinstance(nodes[0], ast.List | ast.Tuple):
        nodes = nodes[0].elts
    if not nodes or site.node.keywords:
        raise site.error(f"{op} takes the blocks to join")
    return build.apply(op, *(site.parser.expr(node, site.env) for node in nodes))


def _diag(site: CallSite) -> Expr:
    site.expect(1)
    argument = site.arg(0)
    return argument if argument.shape.is_scalar else build.apply("diag", argument)


def _sizes(what: str, site: CallSite) -> Expr:
    site.expect(1)
    shape = site.arg(0).shape
    match what:
        case "rows":
            return _extent(shape.rows)
        case "cols":
            return _extent(shape.cols)
        case "size":
            return _extent(shape.size)
    return build.array([[_extent(shape.rows)], [_extent(shape.cols)]])


# -- the table -------------------------------------------------------------------------------------

_SPECIAL_OPERATORS = frozenset(
    ["add", "sub", "mul", "div", "pow", "neg", "matmul", "transpose", "sum", "mean", "max", "min", "norm", "softmax", "logsumexp", "onehot", "eye", "ones", "zeros", "diag", "tile", "hstack", "vstack", "minimum", "maximum"]
)

FUNCTIONS: dict[str, Reader] = {
    **{op: partial(_operator, op) for op in OPERATORS if op not in _SPECIAL_OPERATORS},
    **{op: partial(_reduction, op) for op in ("sum", "mean", "max", "min")},
    **{op: partial(_along, op) for op in ("softmax", "logsumexp")},
    **{op: partial(_filled, op) for op in ("eye", "ones", "zeros")},
    **{op: partial(_stack, op) for op in ("hstack", "vstack")},
    **{what: partial(_sizes, what) for what in ("rows", "cols", "size", "shape")},
    "prod": _prod,
    "where": _where,
    "indicator": _indicator,
    "norm": _norm,
    "dot": _dot,
    "outer": _outer,
    "onehot": _onehot,
    "tile": _tile,
    "diag": _diag,
    "diff": lambda site: calculus.diff(site),
    "grad": lambda site: calculus.grad(site),
    "jac": lambda site: calculus.jac(site),
    "hess": lambda site: calculus.hess(site),
    "at": lambda site: calculus.at(site),
    "limit": lambda site: calculus.limit(site),
}

NUMPY_FUNCTIONS: dict[str, Reader] = {
    **{name: partial(_operator, op) for name, op in {
        "add": "add", "subtract": "sub", "multiply": "mul", "divide": "div",
        "true_divide": "div", "power": "pow", "negative": "neg", "transpose": "transpose",
        "conjugate": "conj", "absolute": "abs", "angle": "arg", "arcsin": "asin",
        "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "arcsinh": "asinh",
        "arccosh": "acosh", "arctanh": "atanh", "minimum": "minimum", "maximum": "maximum",
    }.items()},
    "dot": _matmul,
    "matmul": _matmul,
    "square": _square,
    "reciprocal": _reciprocal,
    "identity": partial(_filled, "eye"),
    "ones_like": partial(_like, "ones"),
    "zeros_like": partial(_like, "zeros"),
    "amax": partial(_reduction, "max"),
    "amin": partial(_reduction, "min"),
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
                    return parser.call_function(entry, args, node, env)
                case NamedUnknown():
                    args = [parser.expr(arg, env) for arg in node.args]
                    return parser.call_unknown(entry, args, node, env)
                case NamedRecurrence() if len(node.args) == 1:
                    argument = parser.expr(node.args[0], env)
                    return parser.call_recurrence(entry, argument, node, env)
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
