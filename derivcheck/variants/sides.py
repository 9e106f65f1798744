"""The two sides of a relation as written, and the meaning of each of their parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from derivcheck.expr.build import children, is_complex
from derivcheck.expr.declarations import Declaration, Kind
from derivcheck.expr.environment import Environment
from derivcheck.expr.names import Names
from derivcheck.expr.nodes import Condition, Derivative, Expr, Limit
from derivcheck.expr.parse import Parser
from derivcheck.expr.syntax import Formula, read
from derivcheck.text import Fragment
from derivcheck.variants.syntax import COMPARE, keep_texts, replaced, write

_DERIVATIVES = frozenset({"diff", "grad", "jac", "hess"})
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


class _Recorder(Parser):
    """A parser that remembers which node of the formula became which expression."""

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.meanings: dict[int, Expr] = {}
        self.formula: Formula | None = None
        self._nodes: list[ast.expr] = []  # kept alive, so that no id is used twice

    def expr(self, node: ast.expr, env: Environment) -> Expr:
        result = super().expr(node, env)
        if env.formula is self.formula:
            self.meanings[id(node)] = result
            self._nodes.append(node)
        return result


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a relation: its tree, and what each typed part of it means.

    In an open side what a derivative is taken of may be changed too. `discrete` are the names of
    integers and positions.
    """

    root: ast.expr
    meanings: dict[int, Expr]
    is_open: bool = False
    discrete: frozenset[str] = frozenset()

    @property
    def meaning(self) -> Expr:
        return self.meanings[id(self.root)]

    @property
    def text(self) -> str:
        return write(self.root)

    def means(self, node: ast.AST) -> Expr | None:
        return self.meanings.get(id(node))

    def is_array(self, node: ast.AST) -> bool:
        expr = self.means(node)
        return expr is not None and not expr.shape.is_scalar

    def is_complex(self, node: ast.AST) -> bool:
        expr = self.means(node)
        return expr is not None and is_complex(expr)

    def parts(self) -> Iterator[ast.expr]:
        """Every typed part, the whole first; what a derivative is taken of in an open side only."""
        todo: list[ast.AST] = [self.root]
        while todo:
            node = todo.pop(0)
            if isinstance(node, ast.expr) and id(node) in self.meanings:
                yield node
            if is_derivative(node) and not self.is_open:
                continue
            todo.extend(ast.iter_child_nodes(node))

    def all_parts(self) -> Iterator[ast.expr]:
        """Every typed part, inside derivatives too."""
        for node in ast.walk(self.root):
            if isinstance(node, ast.expr) and id(node) in self.meanings:
                yield node

    def put(self, old: ast.AST, new: ast.expr) -> ast.expr:
        return replaced(self.root, old, new)

    @property
    def has_derivative(self) -> bool:
        """Whether a derivative or limit is asked for here, or in a definition used here."""
        return contains_derivative(self.meaning)


@dataclass(frozen=True, slots=True)
class Written:
    """`lhs op rhs` as written."""

    lhs: Side
    op: str
    rhs: Side

    def claim(self, lhs: ast.expr | None = None, rhs: ast.expr | None = None) -> str:
        """The text of the relation, with one side changed or none."""
        left, right = lhs or self.lhs.root, rhs or self.rhs.root
        return f"{write(left, COMPARE + 1)} {self.op} {write(right, COMPARE + 1)}"


def is_derivative(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in _DERIVATIVES or name == "limit"
    return False


def contains_derivative(root: Expr | Condition) -> bool:
    seen: set[int] = set()
    todo: list[Expr | Condition] = [root]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Derivative | Limit):
            return True
        todo.extend(children(node))
    return False


def read_relation(text: str, link: int, names: Names) -> Written | None:
    """Link number `link` of a claim's text, or None where that is a predicate. Raises SpecError."""
    formula = read(Fragment.whole(text))
    keep_texts(formula)
    found = list(_relations(formula.tree))
    if link >= len(found) or found[link] is None:
        return None
    left, op, right = found[link] or (None, None, None)
    if left is None or op is None or right is None:
        return None
    parser = _Recorder(names)
    parser.formula = formula
    env = Environment(formula, {}, {})
    parser.expr(left, env)
    parser.expr(right, env)
    discrete = frozenset(
        name
        for name, entry in names.entries.items()
        if isinstance(entry, Declaration) and entry.domain.kind in (Kind.INDEX, Kind.INTEGER)
    )
    lhs, rhs = (Side(root, parser.meanings, discrete=discrete) for root in (left, right))
    return Written(lhs, _OPERATORS[type(op)], rhs)


def _relations(
    node: ast.expr,
) -> Iterator[tuple[ast.expr, ast.cmpop, ast.expr] | None]:
    """The links of a claim in the order in which they are judged; None for a predicate."""
    match node:
        case ast.Compare(left=left, ops=ops, comparators=parts):
            for op, lhs, rhs in zip(ops, [left, *parts[:-1]], parts, strict=True):
                yield lhs, op, rhs
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _relations(value)
        case _:
            yield None
