"""Expressions evaluated over the field, derivatives by forward duals, one direction at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import assert_never

import matrices
from drawing import SmoothFunction
from field import (
    IMAGINARY,
    SMALL,
    Again,
    Dual,
    Element,
    P,
    Uncovered,
    add,
    base,
    conj,
    div,
    imag_part,
    mul,
    neg,
    power,
    rational,
    real_base,
    real_part,
    sign_of,
    slope_at,
    small,
    sub,
)  # fmt: skip
from functions import Functions
from matrices import Matrix, build, combine, eliminated, matmul, total, transpose, vec

from derivcheck.claim import Context
from derivcheck.expr.dims import Dim
from derivcheck.expr.nodes import (
    Apply,
    Array,
    At,
    Call,
    Choice,
    Compare,
    Condition,
    Constant,
    Derivative,
    Expr,
    Index,
    Interval,
    Item,
    Limit,
    Logic,
    Number,
    Recur,
    Reduce,
    Size,
    Target,
    Variable,
)  # fmt: skip

MAX_ENTRIES = 64
POSITIVE = frozenset(
    [
        "exp",
        "sigmoid",
        "softplus",
        "norm",
        "abs",
        "cosh",
        "sech",
        "softmax",
        "relu",
        "hypot",
        "sqrt",
    ]
)


@dataclass
class Point:
    """Sizes, values of variables and unspecified functions."""

    context: Context
    dims: Mapping[str, int]
    functions: Functions
    values: Mapping[str, Matrix]
    unknown: Mapping[str, SmoothFunction]
    indices: Mapping[int, int] = field(default_factory=dict)
    level: int = 0
    memo: dict[int, Matrix] = field(default_factory=dict)
    recurrences: dict[tuple[str, int], Matrix] = field(default_factory=dict)

    def changed(self, values: Mapping[str, Matrix], level: int) -> Point:
        merged = {**self.values, **values}
        return Point(self.context, self.dims, self.functions, merged, self.unknown, self.indices,
                     level)  # fmt: skip

    def at_index(self, uid: int, value: int) -> Point:
        return Point(self.context, self.dims, self.functions, self.values, self.unknown,
                     {**self.indices, uid: value}, self.level)  # fmt: skip

    def of(self, node: Expr) -> Matrix:
        if id(node) not in self.memo:
            self.memo[id(node)] = self._evaluate(node)
        return self.memo[id(node)]

    def scalar(self, node: Expr) -> Element:
        return self.of(node)[0][0]

    def integer(self, node: Expr) -> int:
        value = small(base(self.scalar(node)))
        if value is None:
            raise Uncovered("an integer that is none")
        return value

    def size(self, dim: Dim) -> int:
        return dim.evaluate(self.dims)

    def _evaluate(self, node: Expr) -> Matrix:
        match node:
            case Number(value):
                return [[rational(value)]]
            case Constant(name):
                return [[self._constant(name)]]
            case Size(dim):
                return [[self.size(dim) % P]]
            case Variable(name):
                return self.values[name]
            case Index(_, uid):
                return [[self.indices[uid] % P]]
            case Apply():
                return self._apply(node)
            case Item(inner, rows, cols):
                whole = self.of(inner)
                chosen = [whole[i] for i in self._positions(rows, len(whole))]
                return [[row[j] for j in self._positions(cols, len(row))] for row in chosen]
            case Array(rows):
                return [[self.scalar(entry) for entry in row] for row in rows]
            case Reduce():
                return self._reduce(node)
            case Choice(condition, then, otherwise):
                return self._choice(condition, then, otherwise)
            case Call(function, args):
                return self.unknown[function]([x for arg in args for x in vec(self.of(arg))])
            case Recur(name, argument):
                return self._recur(name, self.integer(argument))
            case Derivative():
                return self._derivative(node)
            case Limit():
                raise Uncovered("a limit")
            case At(body, bindings):
                values = {variable.name: self.of(value) for variable, value in bindings}
                return self.changed(values, self.level).of(body)
            case _:
                assert_never(node)

    def _constant(self, name: str) -> Element:
        match name:
            case "pi":
                return self.functions.pi
            case "e":
                return self.functions.exp(1)
            case "I":
                return IMAGINARY
        raise Uncovered("infinity")

    def _positions(self, selector: Expr | Interval, length: int) -> range:
        if isinstance(selector, Interval):
            found = range(self.size(selector.start), self.size(selector.stop))
        else:
            k = self.integer(selector)
            found = range(k, k + 1)
        if found.start < 0 or found.stop > length:
            raise Again("a position outside")
        return found

    def _reduce(self, node: Reduce) -> Matrix:
        shape = node.shape.evaluate(self.dims)
        result = build(*shape, lambda i, j: int(node.kind == "prod"))
        for k in range(self.integer(node.lower), self.integer(node.upper)):
            value = self.at_index(node.index.uid, k).of(node.body)
            result = combine(result, value, add if node.kind == "sum" else mul)
        return result

    def _choice(self, condition: Condition, then: Expr, otherwise: Expr) -> Matrix:
        holds = self.truth(condition)
        shape = [n for n in (condition.shape, then.shape, otherwise.shape) if not n.is_scalar]
        rows, cols = shape[0].evaluate(self.dims) if shape else (1, 1)

        def entry(i: int, j: int) -> Element:
            flag = holds[0][0] if len(holds) == len(holds[0]) == 1 else holds[i][j]
            value = self.of(then if flag else otherwise)
            return value[0][0] if len(value) == len(value[0]) == 1 else value[i][j]

        return build(rows, cols, entry)

    def truth(self, condition: Condition) -> list[list[bool]]:
        match condition:
            case Compare(op, lhs, rhs):
                gaps = combine(self.of(lhs), self.of(rhs), sub)
                return [[compared(op, gap, self.functions) for gap in row] for row in gaps]
            case Logic("not", args):
                return [[not x for x in row] for row in self.truth(args[0])]
            case Logic(op, args):
                rule = all if op == "and" else any
                tables = [self.truth(arg) for arg in args]
                rows, cols = condition.shape.evaluate(self.dims)

                def flag(table: list[list[bool]], i: int, j: int) -> bool:
                    return table[0][0] if len(table) == len(table[0]) == 1 else table[i][j]

                return [[rule(flag(t, i, j) for t in tables) for j in range(cols)]
                        for i in range(rows)]  # fmt: skip
            case _:
                assert_never(condition)

    def _recur(self, name: str, argument: int) -> Matrix:
        """Unrolled; the values before the first one given are undefined."""
        key = (name, argument)
        if key not in self.recurrences:
            rule = next(r for r in self.context.recurrences if r.name == name)
            given = dict(rule.base)
            if argument in given:
                self.recurrences[key] = self.of(given[argument])
            elif argument < min(given) or argument > 12:
                raise Again("before the start of a recurrence")
            else:
                inner = self.at_index(rule.index.uid, argument - rule.shift)
                self.recurrences[key] = inner.of(rule.step)
        return self.recurrences[key]

    # -- derivatives -------------------------------------------------------
    def _derivative(self, node: Derivative) -> Matrix:
        first = node.targets[0]
        rows, cols = first.variable.shape.evaluate(self.dims)
        places = [(i, j) for j in range(cols) for i in range(rows)]
        if len(places) > MAX_ENTRIES:
            raise Uncovered("too many entries")
        match node.kind:
            case "diff":
                steps = [
                    (target, self._place(target)) for target in node.targets
                    for _ in range(target.order)
                ]  # fmt: skip
                return self._along(node.body, steps)
            case "grad":
                return build(rows, cols, lambda i, j: self._along(
                    node.body, [(first, (i, j))], node.structured)[0][0])  # fmt: skip
            case "jac":
                columns = [vec(self._along(node.body, [(first, place)])) for place in places]
                return transpose(columns)
            case "hess":
                return build(len(places), len(places), lambda i, j: self._along(
                    node.body, [(first, places[i]), (first, places[j])])[0][0])  # fmt: skip
            case _:
                assert_never(node.kind)

    def _place(self, target: Target) -> tuple[int, int]:
        if target.entry is None:
            return 0, 0
        row, col = (self.integer(entry) for entry in target.entry)
        rows, cols = target.variable.shape.evaluate(self.dims)
        if not (0 <= row < rows and 0 <= col < cols):
            raise Again("a position outside")
        return row, col

    def _along(
        self, body: Expr, steps: list[tuple[Target, tuple[int, int]]], structured: bool = False
    ) -> Matrix:
        """The derivatives by the first entry, then by the next ones, of the body."""
        if not steps:
            return self.of(body)
        (target, place), rest = steps[0], steps[1:]
        variable = target.variable

        def moved(direction: Element) -> Matrix:
            level = self.level + 1
            value = [list(row) for row in self.values[variable.name]]
            spots = {place, place[::-1]} if structured else {place}
            for i, j in spots:
                value[i][j] = add(value[i][j], Dual(level, 0, direction))
            inner = self.changed({variable.name: value}, level)
            return [[slope_at(x, level) for x in row] for row in inner._along(body, rest)]

        if not variable.is_complex:
            return moved(1)
        turn = IMAGINARY if target.conjugate else conj(IMAGINARY)
        along, across = moved(1), moved(IMAGINARY)
        return combine_equal(along, across, lambda x, y: div(add(x, mul(turn, y)), 2))

    # -- operators ---------------------------------------------------------
    def _apply(self, node: Apply) -> Matrix:
        args = [self.of(arg) for arg in node.args]
        rows, cols = node.shape.evaluate(self.dims)
        first: Matrix = args[0] if args else []
        match node.op:
            case "add":
                return combine(*args, add)
            case "sub":
                return combine(*args, sub)
            case "mul":
                return combine(*args, mul)
            case "div":
                return combine(*args, div)
            case "pow":
                return combine(*args, self._power)
            case "neg":
                return each(first, neg)
            case "conj":
                return each(first, conj)
            case "real":
                return each(first, real_part)
            case "imag":
                return each(first, imag_part)
            case "matmul":
                return matmul(*args)
            case "transpose":
                return transpose(first)
            case "sum" | "mean" | "logsumexp" | "softmax":
                return self._along_axis(node, first)
            case "trace":
                return [[total([first[i][i] for i in range(len(first))])]]
            case "norm":
                return [[self._norm(node, first)]]
            case "cross":
                (a, b, c), (x, y, z) = (vec(arg) for arg in args)
                pairs = ((b, z, c, y), (c, x, a, z), (a, y, b, x))
                return [[sub(mul(p, q), mul(r, s))] for p, q, r, s in pairs]
            case "onehot":
                k = self.integer(node.args[0])
                if not 0 <= k < rows:
                    raise Again("a position outside")
                return build(rows, 1, lambda i, j: int(i == k))
            case "eye":
                return build(rows, cols, lambda i, j: int(i == j))
            case "ones":
                return build(rows, cols, lambda i, j: 1)
            case "zeros":
                return build(rows, cols, lambda i, j: 0)
            case "diag":
                entries = vec(first)
                return build(rows, cols, lambda i, j: entries[i] if i == j else 0)
            case "diagonal":
                return [[first[i][i]] for i in range(rows)]
            case "inv":
                return matrices.inverse(first)
            case "det":
                return [[eliminated(first, matrices.eye(len(first)))[0]]]
            case "logdet":
                value = eliminated(first, matrices.eye(len(first)))[0]
                return [[self.functions.log(value)]]
            case "adjugate":
                value, inverse = eliminated(first, matrices.eye(len(first)))
                return each(inverse, lambda x: mul(value, x))
            case "matrix_power":
                exponent = self.integer(node.args[1])
                return matrices.power(first, exponent)
            case "kron":
                right = args[1]
                height, width = len(right), len(right[0])
                return build(rows, cols, lambda i, j: mul(
                    first[i // height][j // width], right[i % height][j % width]))  # fmt: skip
            case "vec":
                return [[x] for x in vec(first)]
            case "tile":
                return [row * cols for row in first]
            case "hstack":
                return [[x for arg in args for x in arg[i]] for i in range(rows)]
            case "vstack":
                return [row for arg in args for row in arg]
            case "maximum" | "minimum" | "hypot":
                return combine(*args, lambda x, y: self.functions.elementwise(node.op, (x, y)))
            case "abs" | "relu" | "sign" | "heaviside" if self.is_nonnegative(node.args[0]):
                return each(first, lambda x: self._of_nonnegative(node.op, x))
            case _:
                if len(args) != 1 or node.shape != node.args[0].shape:
                    raise Uncovered(f"the operator {node.op}")
                return each(first, lambda x: self.functions.elementwise(node.op, (x,)))

    def _of_nonnegative(self, op: str, x: Element) -> Element:
        if sign_of(real_base(x)) < 0:
            raise Again("something positive that is no square")
        return self.functions.elementwise(op, (x,))

    def is_nonnegative(self, node: Expr) -> bool:
        """At least 0 at sight: then only points where it is a square are looked at."""
        match node:
            case Number(value):
                return value >= 0
            case Size():
                return True
            case Apply(op) if op in POSITIVE:
                return True
            case Apply("pow", (_, Number(value))) if value.denominator == 1 and value % 2 == 0:
                return True
            case Apply("add" | "mul" | "div" | "sum" | "mean" | "matmul" | "transpose" | "maximum",
                       args):  # fmt: skip
                return all(self.is_nonnegative(arg) for arg in args)
            case Reduce(_, _, _, _, body):
                return self.is_nonnegative(body)
            case Item(inner):
                return self.is_nonnegative(inner)
            case _:
                return False

    def _power(self, a: Element, b: Element) -> Element:
        exponent = base(b)
        if not isinstance(b, Dual):
            whole = small(exponent)
            if whole is not None:
                return power(a, whole)
            part = as_fraction(exponent) if isinstance(exponent, int) else None
            if part is not None:
                if not isinstance(base(a), int):
                    raise Uncovered("a root of a complex number")
                return self.functions.root(a, part)
        return self.functions.general_power(a, b)

    def _norm(self, node: Apply, value: Matrix) -> Element:
        if node.params[0] == "1" and (len(value) == 1 or len(value[0]) == 1):
            return total([self.functions.elementwise("abs", (x,)) for x in vec(value)])
        if node.params[0] != "fro":
            raise Uncovered("a norm that is not Euclidean")
        return self.functions.sqrt(total([mul(x, conj(x)) for x in vec(value)]))

    def _along_axis(self, node: Apply, value: Matrix) -> Matrix:
        """Sums, means, softmax and logsumexp: over all entries or along an axis."""
        if not node.params:
            if node.op == "softmax":
                scale = total([self.functions.exp(x) for x in vec(value)])
                return each(value, lambda x: div(self.functions.exp(x), scale))
            return [[self._gathered(node.op, vec(value))]]
        lines = transpose(value) if node.params[0] == 0 else value
        if node.op == "softmax":
            scales = [total([self.functions.exp(x) for x in line]) for line in lines]
            result = [[div(self.functions.exp(x), scale) for x in line]
                      for line, scale in zip(lines, scales, strict=True)]  # fmt: skip
            return transpose(result) if node.params[0] == 0 else result
        gathered = [[self._gathered(node.op, line)] for line in lines]
        return transpose(gathered) if node.params[0] == 0 else gathered

    def _gathered(self, op: str, line: list[Element]) -> Element:
        if op == "logsumexp":
            return self.functions.log(total([self.functions.exp(x) for x in line]))
        return div(total(line), len(line)) if op == "mean" else total(line)


def each(value: Matrix, rule: Callable[[Element], Element]) -> Matrix:
    return [[rule(x) for x in row] for row in value]


def combine_equal(a: Matrix, b: Matrix, rule: Callable[[Element, Element], Element]) -> Matrix:
    return [[rule(x, y) for x, y in zip(p, q, strict=True)] for p, q in zip(a, b, strict=True)]


def compared(op: str, gap: Element, functions: Functions) -> bool:
    value = real_base(gap)
    if value == 0 and isinstance(gap, Dual):
        raise Again("a derivative at a kink")
    if op in ("==", "!="):
        return (value == 0) is (op == "==")
    near = small(value)
    sign = functions.sign_bit(value) if near is None else (near > 0) - (near < 0)
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[op]


def as_fraction(value: int) -> Fraction | None:
    """A rational number of small numerator and denominator, such as 1/2 or -3/2."""
    for denominator in range(1, 25):
        numerator = small(value * denominator % P)
        if numerator is not None and abs(numerator) < SMALL // denominator:
            return Fraction(numerator, denominator)
    return None
