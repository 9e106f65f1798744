"""Reading derivatives, values at a point and limits.

A derivative by a defined name `o` holds `o` free inside and then puts its expression back:
`grad(L, o)` becomes `At(grad of L in a free o, o = its expression)`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcheck.expr import build, entries
from derivcheck.expr.declarations import COMPLEX_KINDS, Declaration, Kind
from derivcheck.expr.environment import Environment
from derivcheck.expr.names import NamedExpression, NamedUnknown
from derivcheck.expr.nodes import Derivative, Expr, Index, Interval, Size, Target, Variable

if TYPE_CHECKING:
    from derivcheck.expr.callsite import CallSite

_SYMMETRIC = frozenset({Kind.SYMMETRIC, Kind.SPD})


def diff(site: CallSite) -> Expr:
    """`diff(f, x)`, `diff(f, x, 2)`, `diff(f, x, 2, y)`; also by entries and by conj(z)."""
    site.expect(2, 20)
    nodes: list[tuple[ast.expr, int]] = []
    for node in site.node.args[1:]:
        order = _order(node)
        if order is None:
            nodes.append((node, 1))
        elif nodes and order >= 1:
            nodes[-1] = (nodes[-1][0], order)
        else:
            raise site.error("an order of 1 or more follows what the derivative is by", node=node)
    if sum(order for _, order in nodes) > 12:
        raise site.error("derivatives up to order 12 in all")
    return _derivative(site, nodes, lambda body, targets: build.diff(body, targets))


def grad(site: CallSite) -> Expr:
    """`grad(f, X)`, of the shape of X; by a row `U[k, :]` it is that row of the gradient by U."""
    site.expect(2, 2, ("structure",))
    structured = _structure(site)
    node = site.node.args[1]
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return build.transpose(_by_one(site, node.value, lambda b, t: build.grad(b, t)))
    if isinstance(node, ast.Subscript):
        variable = _variable(site, node.value)
        rows, cols = entries.selectors(site.parser, node, variable, site.env)
        whole = _by_one(site, node.value, lambda b, t: build.grad(b, t))
        return build.item(whole, rows, cols)
    return _by_one(site, node, lambda b, t: build.grad(b, t, structured))


def jac(site: CallSite) -> Expr:
    """`jac(F, X)`: rows vec(F), columns vec(X)."""
    site.expect(2)
    return _by_one(site, site.node.args[1], build.jac)


def hess(site: CallSite) -> Expr:
    """`hess(f, x)`: the Jacobian of the gradient."""
    site.expect(2)
    return _by_one(site, site.node.args[1], build.hess)


def at(site: CallSite) -> Expr:
    """`at(f, x=0, y=1)`: f, derivatives in it included, then the values put in."""
    if len(site.node.args) != 1 or not site.node.keywords:
        raise site.error("at takes an expression and values: at(f, x=0)")
    held = _Held(dict(site.env.local), dict(site.env.free))
    bindings: dict[str, tuple[Variable, Expr]] = {}
    for keyword in site.node.keywords:
        assert keyword.arg is not None
        if keyword.arg in bindings:
            raise site.error(f"`{keyword.arg}` is given twice")
        variable = _variable(site, ast.copy_location(ast.Name(id=keyword.arg), keyword.value))
        _hold(site, keyword.arg, variable, held)
        bindings[keyword.arg] = (variable, site.parser.expr(keyword.value, site.env))
    inner = Environment(site.env.formula, held.local, held.free)
    return build.at(site.parser.expr(site.node.args[0], inner), list(bindings.values()))


def limit(site: CallSite) -> Expr:
    """`limit(f, x, a)` and one-sided `limit(f, x, a, "+")`."""
    site.expect(3, 4)
    variable = _variable(site, site.node.args[1])
    side = ""
    if len(site.node.args) == 4:
        node = site.node.args[3]
        if not (isinstance(node, ast.Constant) and node.value in ("+", "-")):
            raise site.error('the side of a limit is "+" or "-"', node=node)
        side = node.value
    held = _Held(dict(site.env.local), dict(site.env.free))
    name_node = site.node.args[1]
    assert isinstance(name_node, ast.Name)
    _hold(site, name_node.id, variable, held)
    inner = Environment(site.env.formula, held.local, held.free)
    body = site.parser.expr(site.node.args[0], inner)
    return build.limit(body, variable, site.arg(2), side)  # type: ignore[arg-type]


# -- targets ---------------------------------------------------------------


def _order(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    return None


def _structure(site: CallSite) -> bool:
    node = site.keyword("structure")
    if node is None:
        return False
    if not (isinstance(node, ast.Constant) and isinstance(node.value, bool)):
        raise site.error("structure is True or False", node=node)
    target = site.node.args[1]
    entry = site.parser.names.entries.get(target.id) if isinstance(target, ast.Name) else None
    if node.value and not (isinstance(entry, Declaration) and entry.domain.kind in _SYMMETRIC):
        raise site.error("structure=True is for a variable declared symmetric or spd", node=target)
    return node.value


def _by_one(site: CallSite, node: ast.expr, make: Callable[[Expr, Target], Derivative]) -> Expr:
    return _derivative(site, [(node, 1)], lambda body, targets: make(body, targets[0]))


def _derivative(
    site: CallSite,
    nodes: list[tuple[ast.expr, int]],
    make: Callable[[Expr, list[Target]], Derivative],
) -> Expr:
    """Read the targets, hold defined names among them free in the body, put them back around."""
    targets = [_target(site, node, order) for node, order in nodes]
    held = _Held(dict(site.env.local), dict(site.env.free))
    bindings: dict[str, tuple[Variable, Expr]] = {}
    for (node, _), target in zip(nodes, targets, strict=True):
        name = _root(node)
        value = _hold(site, name, target.variable, held)
        if value is not None:
            bindings[name] = (target.variable, value)
    inner = Environment(site.env.formula, held.local, held.free)
    result = make(site.parser.expr(site.node.args[0], inner), targets)
    if not bindings:
        return result
    site.parser.weigh(result, site.node, site.env)
    return build.at(result, list(bindings.values()))


@dataclass(slots=True)
class _Held:
    """The bound and the free names inside a derivative, a limit or an `at`."""

    local: dict[str, Expr]
    free: dict[str, Variable]


def _hold(site: CallSite, name: str, variable: Variable, held: _Held) -> Expr | None:
    """Hold `name` free as `variable` inside; the expression it stands for outside, if any.

    A parameter of a definition is held in its own formula only, a defined name in every
    definition the formula expands to.
    """
    bound = site.env.local.get(name)
    if bound is not None:
        held.local[name] = variable
        return None if bound == variable else bound
    entry = site.parser.names.entries.get(name)
    if name not in site.env.free and isinstance(entry, NamedExpression | NamedUnknown):
        held.free[name] = variable
        return site.parser.expr(ast.copy_location(ast.Name(id=name), site.node), site.env)
    return None


def _root(node: ast.expr) -> str:
    """The name inside `x`, `x[j]`, `conj(x)`."""
    match node:
        case ast.Call(args=[inner]):
            return _root(inner)
        case ast.Subscript(value=inner):
            return _root(inner)
        case ast.Name(id=name):
            return name
    return ""


def _target(site: CallSite, node: ast.expr, order: int) -> Target:
    match node:
        case ast.Call(func=ast.Name(id="conj"), args=[inner], keywords=[]):
            plain = _target(site, inner, order)
            conjugate = plain.variable.is_complex and not plain.conjugate
            return Target(plain.variable, plain.entry, conjugate, order)
        case ast.Subscript():
            variable = _variable(site, node.value)
            rows, cols = entries.selectors(site.parser, node, variable, site.env)
            if isinstance(rows, Interval) or isinstance(cols, Interval):
                raise site.error(
                    "a derivative is by a variable or by one entry of it",
                    "grad(f, U) is by all of U; take rows of the result",
                    node,
                )
            build.item(variable, rows, cols)
            return Target(variable, (rows, cols), False, order)
    return Target(_variable(site, node), None, False, order)


def _variable(site: CallSite, node: ast.expr) -> Variable:
    """What a derivative, limit or value may be by: a declared variable, or a defined name."""
    if not isinstance(node, ast.Name):
        raise site.error(
            f"a derivative is by a name, not by `{site.env.formula.text_of(node)}`",
            "give it a name under `define:`; diff(f, o) is then by o",
            node,
        )
    name = node.id
    bound = site.env.local.get(name)
    if bound is not None and not isinstance(bound, Index | Size):
        if isinstance(bound, Variable) and bound.name == name:
            return bound
        taken = name in site.parser.names.entries
        return Variable(f"{name}′" if taken else name, bound.shape, build.is_complex(bound))
    if name in site.env.free:
        return site.env.free[name]
    entry = site.parser.names.entries.get(name)
    match entry:
        case Declaration(variable, domain) if bound is None:
            if domain.kind is Kind.INDEX:
                raise site.error(f"`{name}` is an index, nothing is differentiated by it")
            return variable
        case NamedUnknown(shape=shape, domain=domain) if bound is None:
            return Variable(name, shape, domain.kind in COMPLEX_KINDS)
        case NamedExpression() if bound is None:
            value = site.parser.expr(ast.copy_location(ast.Name(id=name), node), site.env)
            return Variable(name, value.shape, build.is_complex(value))
    found = site.parser.expr(node, site.env) if name not in site.parser.names.entries else None
    what = "a size" if isinstance(found, Size) else "an index" if isinstance(found, Index) else ""
    raise site.error(
        f"`{name}` is {what or 'not a variable'}, nothing can be differentiated by it", node=node
    )
