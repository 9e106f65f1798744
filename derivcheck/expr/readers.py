"""Readers of the calls that are more than one operator applied: each docstring is the rule."""

from __future__ import annotations

import ast

from derivcheck.expr import build, entries
from derivcheck.expr.callsite import CallSite
from derivcheck.expr.dims import ONE, Dim
from derivcheck.expr.environment import Environment
from derivcheck.expr.nodes import Constant, Expr, Index, Number, Size
from derivcheck.expr.operators import OPERATORS

# -- plain operators -------------------------------------------------------


def operator(op: str, site: CallSite) -> Expr:
    least, most = OPERATORS[op].arity
    site.expect(least, most)
    return build.apply(op, *site.args())


def matmul(site: CallSite) -> Expr:
    site.expect(2)
    return build.matmul(site.arg(0), site.arg(1))


def dot(site: CallSite) -> Expr:
    """`dot(x, y)` of two vectors of one length is their inner product (no conjugate); else `@`."""
    site.expect(2)
    left, right = site.arg(0), site.arg(1)
    if left.shape.is_column and right.shape.is_column and not left.shape.is_scalar:
        left = build.transpose(left)
    return build.matmul(left, right)


def outer(site: CallSite) -> Expr:
    """`outer(x, y)` = x @ y.T of two vectors, columns or rows."""
    site.expect(2)
    left, right = site.arg(0), site.arg(1)
    if left.shape.is_row:
        left = build.transpose(left)
    if right.shape.is_column:
        right = build.transpose(right)
    return build.matmul(left, right)


def square(site: CallSite) -> Expr:
    site.expect(1)
    return build.apply("pow", site.arg(0), build.number(2))


def reciprocal(site: CallSite) -> Expr:
    site.expect(1)
    return build.apply("div", build.UNIT, site.arg(0))


# -- reductions ------------------------------------------------------------


def _axis(site: CallSite) -> tuple[int, ...]:
    node = site.keyword("axis")
    if node is None and len(site.node.args) > 1:
        node = site.node.args[1]
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return ()
    value = entries.try_dim(site.parser, node, site.env)
    constant = None if value is None else value.constant
    if constant not in (0, 1, -1, -2):
        raise site.error("axis is 0 (down the rows) or 1 (along the columns)", node=node)
    return (constant % 2,)


def reduction(op: str, site: CallSite) -> Expr:
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


def along(op: str, site: CallSite) -> Expr:
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
    dim = entries.try_dim(site.parser, node, env)
    if dim is None:
        return site.parser.expr(node, env)
    return Size(dim) if dim.constant is None else build.number(dim.constant)


def prod(site: CallSite) -> Expr:
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


# -- choice ----------------------------------------------------------------


def where(site: CallSite) -> Expr:
    site.expect(3)
    condition = site.parser.condition(site.node.args[0], site.env)
    return build.choice(condition, site.arg(1), site.arg(2))


def indicator(site: CallSite) -> Expr:
    site.expect(1)
    condition = site.parser.condition(site.node.args[0], site.env)
    return build.choice(condition, build.UNIT, build.ZERO)


# -- vectors and matrices --------------------------------------------------


def norm(site: CallSite) -> Expr:
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


def filled(op: str, site: CallSite) -> Expr:
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


def like(op: str, site: CallSite) -> Expr:
    site.expect(1)
    shape = site.arg(0).shape
    return build.apply(op, params=(shape.rows, shape.cols))


def onehot(site: CallSite) -> Expr:
    site.expect(2)
    return build.apply("onehot", site.arg(0), params=(site.dim(site.node.args[1]),))


def tile(site: CallSite) -> Expr:
    site.expect(2)
    return build.apply("tile", site.arg(0), params=(site.dim(site.node.args[1]),))


def stack(op: str, site: CallSite) -> Expr:
    nodes = site.node.args
    if len(nodes) == 1 and isinstance(nodes[0], ast.List | ast.Tuple):
        nodes = nodes[0].elts
    if not nodes or site.node.keywords:
        raise site.error(f"{op} takes the blocks to join")
    return build.apply(op, *(site.parser.expr(node, site.env) for node in nodes))


def diag(site: CallSite) -> Expr:
    site.expect(1)
    argument = site.arg(0)
    return argument if argument.shape.is_scalar else build.apply("diag", argument)


def sizes(what: str, site: CallSite) -> Expr:
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
