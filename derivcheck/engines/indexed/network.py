"""The graph of one term: vectors at indices, matrices between them, contracted as products."""

from __future__ import annotations

from collections.abc import Iterator

from derivcheck.engines.indexed.leaves import NoClosedForm
from derivcheck.expr import build
from derivcheck.expr.dims import ONE as ONE_DIM
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import Apply, Expr


class Network:
    """Nodes are index names with extents; two factors on one edge are multiplied entrywise."""

    def __init__(self, extents: dict[str, Dim]) -> None:
        self.extents = extents
        self.vectors: dict[str, Expr] = {}
        self.matrices: dict[tuple[str, str], Expr] = {}

    def add_vector(self, node: str, leaf: Expr) -> None:
        known = self.vectors.get(node)
        self.vectors[node] = leaf if known is None else build.apply("mul", known, leaf)

    def add_matrix(self, row: str, col: str, leaf: Expr) -> None:
        if (col, row) in self.matrices:
            row, col, leaf = col, row, build.transpose(leaf)
        known = self.matrices.get((row, col))
        self.matrices[row, col] = leaf if known is None else build.apply("mul", known, leaf)

    def neighbours(self, node: str) -> Iterator[tuple[str, Expr]]:
        """Each adjacent node, with the matrix whose rows are this one."""
        for (row, col), leaf in self.matrices.items():
            if row == node:
                yield col, leaf
            elif col == node:
                yield row, turned(leaf)

    def component(self, node: str) -> set[str]:
        seen, todo = {node}, [node]
        while todo:
            for other, _ in self.neighbours(todo.pop()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    def require_tree(self, nodes: set[str]) -> None:
        edges = sum(1 for row, _ in self.matrices if row in nodes)
        if edges != len(nodes) - 1:
            raise NoClosedForm("a closed loop of matrices")

    def parts(self, node: str, without: set[str]) -> list[list[Expr]]:
        """What hangs on a node: its vector, and each branch as a chain of factors."""
        found = [[self.vectors[node]]] if node in self.vectors else []
        for other, leaf in self.neighbours(node):
            if other not in without:
                found.append([leaf, *self.hanging(other, {*without, node})])
        return found

    def hanging(self, node: str, without: set[str]) -> list[Expr]:
        """The column at a node, as a chain of factors that ends in a column."""
        parts = self.parts(node, without)
        if not parts:
            return [build.apply("ones", params=(self.extents[node], ONE_DIM))]
        if len(parts) == 1:
            return parts[0]
        return [entrywise(parts)]

    def scalars(self, free: tuple[str, ...]) -> Iterator[Expr]:
        """One scalar for each component without a free index."""
        done: set[str] = set()
        for name in free:
            done |= self.component(name)
        for node in self.extents:
            if node in done:
                continue
            nodes = self.component(node)
            done |= nodes
            yield self.closed(nodes)

    def closed(self, nodes: set[str]) -> Expr:
        """x.T @ A @ y where the two ends are vectors, else a sum or a trace."""
        loop = self.loop(nodes)
        if loop is not None:
            return loop
        self.require_tree(nodes)
        best = max(
            sorted(nodes),
            key=lambda node: (len(self.parts(node, set())) == 2, node in self.vectors),
        )
        parts = self.parts(best, set())
        if len(parts) == 2:
            left, right = parts
            return multiplied([turned(multiplied(left)), *right])
        if len(parts) == 1 and len(parts[0]) == 1 and is_apply(parts[0][0], "diagonal"):
            inner = parts[0][0]
            assert isinstance(inner, Apply)
            return build.apply("trace", inner.args[0])
        if len(nodes) == 2 and not (self.vectors.keys() & nodes):
            ((_, leaf),) = self.neighbours(best)
            return build.apply("sum", leaf)
        return build.apply(
            "sum", entrywise(parts) if parts else multiplied(self.hanging(best, set()))
        )

    def loop(self, nodes: set[str]) -> Expr | None:
        """trace(A @ B @ C) of a loop without branches; vectors on it become diagonal."""
        if len(nodes) < 3 or any(len(list(self.neighbours(n))) != 2 for n in nodes):
            return None
        start = min(nodes)
        chain: list[Expr] = []
        previous, node = "", start
        while True:
            if node in self.vectors:
                chain.append(build.apply("diag", self.vectors[node]))
            step = [(other, leaf) for other, leaf in self.neighbours(node) if other != previous]
            previous, (node, leaf) = node, step[0]
            chain.append(leaf)
            if node == start:
                return build.apply("trace", multiplied(chain))

    def chain(self, free: tuple[str, ...]) -> tuple[Expr, ...]:
        """Factors whose matrix product has the free indices as rows and columns."""
        if not free:
            return ()
        nodes = self.component(free[0])
        self.require_tree(nodes)
        if len(free) == 1:
            return tuple(self.hanging(free[0], set()))
        if free[1] not in nodes:
            self.require_tree(self.component(free[1]))
            left, right = self.hanging(free[0], set()), self.hanging(free[1], set())
            return (*left, *(turned(factor) for factor in reversed(right)))
        path = self.path(free[0], free[1], set())
        assert path is not None
        chain: list[Expr] = []
        for position, node in enumerate(path):
            near = set(path[max(position - 1, 0) : position + 2]) - {node}
            parts = self.parts(node, near)
            if parts:
                chain.append(build.apply("diag", entrywise(parts)))
            if position + 1 < len(path):
                following = path[position + 1]
                chain.append(
                    next(leaf for other, leaf in self.neighbours(node) if other == following)
                )
        units = [factor for factor in chain if not is_apply(factor, "eye")]
        return tuple(units or chain[:1])

    def path(self, start: str, end: str, seen: set[str]) -> list[str] | None:
        if start == end:
            return [start]
        for other, _ in self.neighbours(start):
            if other not in seen:
                rest = self.path(other, end, {*seen, start})
                if rest is not None:
                    return [start, *rest]
        return None


def is_apply(expr: Expr, op: str) -> bool:
    return isinstance(expr, Apply) and expr.op == op


def turned(expr: Expr) -> Expr:
    """The transpose, pushed into products: (A @ B).T = B.T @ A.T."""
    match expr:
        case Apply("transpose", (inner,)):
            return inner
        case Apply("diag" | "eye"):
            return expr
        case Apply("matmul", (left, right)):
            return build.apply("matmul", turned(right), turned(left))
    return build.transpose(expr)


def multiplied(chain: list[Expr]) -> Expr:
    """The matrix product of a chain, from the left."""
    result = chain[0]
    for factor in chain[1:]:
        result = build.matmul(result, factor)
    return result


def entrywise(parts: list[list[Expr]]) -> Expr:
    result = multiplied(parts[0])
    for part in parts[1:]:
        result = build.apply("mul", result, multiplied(part))
    return result
