"""Where an expression is evaluated: sizes, values, indices, and what was computed already."""

from __future__ import annotations

from derivcheck.claim import Context
from derivcheck.engines.rigorous.scalars import Matrix
from derivcheck.expr.build import children
from derivcheck.expr.nodes import (
    At,
    Condition,
    Derivative,
    Expr,
    Index,
    Limit,
    Recur,
    Reduce,
    Variable,
)  # fmt: skip

Name = str | int
Point = dict[str, Matrix]


class Environment:
    """A layer of bindings over a parent; results that do not depend on them live in the parent.

    `level` is the highest level of an infinitesimal in use; `repeats` how often this layer's
    results are computed, being inside ranges.
    """

    __slots__ = ("changed", "indices", "level", "memo", "parent", "recurred", "repeats", "values")

    def __init__(
        self,
        values: dict[str, Matrix],
        indices: dict[int, int],
        parent: Environment | None = None,
        changed: frozenset[Name] = frozenset(),
        level: int = 0,
        repeats: int = 1,
    ) -> None:
        self.values, self.indices = values, indices
        self.parent, self.changed, self.level = parent, changed, level
        self.repeats = repeats
        self.memo: dict[int, Matrix] = {}
        self.recurred: dict[tuple[str, int], Matrix] = {}

    def bind(self, values: dict[str, Matrix], level: int | None = None) -> Environment:
        return Environment(
            {**self.values, **values}, self.indices, self, frozenset(values),
            self.level if level is None else level, self.repeats,
        )  # fmt: skip

    def bind_index(self, index: Index, value: int, times: int = 1) -> Environment:
        """`times`: how many values the index takes."""
        return Environment(
            self.values, {**self.indices, index.uid: value}, self, frozenset((index.uid,)),
            self.level, self.repeats * times,
        )  # fmt: skip


class Names:
    """The variables and indices an expression may depend on, remembered by node."""

    def __init__(self, context: Context) -> None:
        self._recurrences = {r.name: r for r in context.recurrences}
        self._memo: dict[int, frozenset[Name]] = {}
        self._open: set[str] = set()

    def of(self, node: Expr | Condition) -> frozenset[Name]:
        """A superset of the names the value depends on (bound ones may be among them)."""
        key = id(node)
        if key not in self._memo:
            found: set[Name] = set()
            match node:
                case Variable(name):
                    found.add(name)
                case Index(_, uid):
                    found.add(uid)
                case Derivative(_, _, targets):
                    found.update(t.variable.name for t in targets)
                case Recur(name):
                    found |= self._of_recurrence(name)
                case _:
                    pass
            for child in children(node):
                found |= self.of(child)
            if self._open:  # inside a recurrence's cycle the set is not complete yet
                return frozenset(found)
            self._memo[key] = frozenset(found)
        return self._memo[key]

    def _of_recurrence(self, name: str) -> frozenset[Name]:
        if name in self._open or name not in self._recurrences:
            return frozenset()
        self._open.add(name)
        recurrence = self._recurrences[name]
        found = frozenset[Name]().union(
            *(self.of(base) for _, base in recurrence.base), self.of(recurrence.step)
        )
        self._open.discard(name)
        return found


def free_variables(node: Expr | Condition, bound: frozenset[str] = frozenset()) -> set[Variable]:
    """The variables that need a value for the expression to have one."""
    match node:
        case Variable(name):
            return set() if name in bound else {node}
        case At(body, bindings):
            inner = bound | {variable.name for variable, _ in bindings}
            found = free_variables(body, inner)
            for _, value in bindings:
                found |= free_variables(value, bound)
            return found
        case Limit(body, variable, point):
            return free_variables(body, bound | {variable.name}) | free_variables(point, bound)
        case Derivative(_, _, targets):
            found = {t.variable for t in targets if t.variable.name not in bound}
        case Reduce():
            found = set()
        case _:
            found = set()
    for child in children(node):
        found |= free_variables(child, bound)
    return found
