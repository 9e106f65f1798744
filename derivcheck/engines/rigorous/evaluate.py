"""Expression trees at a point: one rule for each kind of node."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import assert_never

from flint import arb, fmpq

from derivcheck.claim import Context
from derivcheck.engines.rigorous.apply import (
    LARGEST_MATRIX,
    apply_operator,
    concrete,
    fill,
    scalar_rule,
    spread,
)
from derivcheck.engines.rigorous.conditions import decide, join
from derivcheck.engines.rigorous.derivatives import derivative, hull
from derivcheck.engines.rigorous.environment import Environment, Names
from derivcheck.engines.rigorous.limits import limit_of
from derivcheck.engines.rigorous.pairs import whole
from derivcheck.engines.rigorous.scalars import (
    ONE,
    ZERO,
    Gauss,
    Matrix,
    Mode,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    base_value,
    rational,
)
from derivcheck.engines.rigorous.unspecified import RandomFunction
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
    Variable,
)  # fmt: skip

Truth = list[list[bool]]
MOST_TERMS = 100_000
LONGEST_UNROLLING = 130
TIMED_WORK = 1500
MOST_WORK = 1_000_000
SUBSETS = ("det", "logdet", "adjugate")
LONGEST_RATIONAL = 20_000


class OutOfTime(Exception):
    """The budget of the whole examination is spent."""


class Evaluator:
    """Evaluates at one choice of sizes and of unspecified functions."""

    def __init__(
        self,
        context: Context,
        sizes: dict[str, int],
        functions: dict[str, RandomFunction],
        names: Names,
        deadline: float,
    ) -> None:
        self.sizes, self.functions, self.names, self.deadline = sizes, functions, names, deadline
        self.started = time.monotonic()
        self.recurrences = {r.name: r for r in context.recurrences}
        self.mode = Mode(context.on_real_line, skip_cuts=bool(context.declarations))
        self._work = 0
        self._params: dict[int, tuple[int | str, ...]] = {}

    def evaluate(self, node: Expr, env: Environment) -> Matrix:
        """The value as rows of numbers. Raises Undefined, Undecided, Unsupported, OutOfTime."""
        names = self.names.of(node)
        while env.parent is not None and not (names & env.changed):
            env = env.parent
        found = env.memo.get(id(node))
        if found is None:
            if self._work > TIMED_WORK:
                self._work = 0
                if time.monotonic() > self.deadline:
                    raise OutOfTime
            found = env.memo[id(node)] = self._evaluate(node, env)
            self._work += 20 + len(found) * len(found[0]) if found else 20
        return found

    def scalar(self, node: Expr, env: Environment) -> Scalar:
        return self.evaluate(node, env)[0][0]

    def integer(self, node: Expr, env: Environment) -> int:
        """The integer value of a position or a bound of a range."""
        value = whole(base_value(self.scalar(node, env)))
        if value is None:
            raise Undefined("a position that is not an integer", thin=False)
        return value

    def _evaluate(self, node: Expr, env: Environment) -> Matrix:
        match node:
            case Apply(op, args):  # by far the most frequent kind
                params = self._params.get(id(node))
                if params is None:
                    self._check_size(node)
                    params = self._params[id(node)] = concrete(node.params, self.sizes)
                values = [self.evaluate(arg, env) for arg in args]
                return apply_operator(op, values, params, self.mode)
            case Number(value):
                return [[rational(value)]]
            case Constant(name):
                return [[constant(name)]]
            case Size(dim):
                return [[fmpq(dim.evaluate(self.sizes))]]
            case Variable(name):
                return env.values[name]
            case Index(_, uid):
                return [[fmpq(env.indices[uid])]]
            case Item():
                return self._item(node, env)
            case Array(rows):
                return [[self.scalar(x, env) for x in row] for row in rows]
            case Reduce():
                return self._reduce(node, env)
            case Choice():
                return self._choice(node, env)
            case Call(function, args):
                if function not in self.functions:
                    raise Unsupported(f"the function {function}")
                return self.functions[function](
                    [self.evaluate(arg, env) for arg in args], self.mode
                )
            case Recur(name, argument):
                return self._recur(name, self.integer(argument, env), env)
            case Derivative():
                return derivative(self, node, env)
            case Limit():
                return limit_of(self, node, env)
            case At(body, bindings):
                bound = {v.name: self.evaluate(value, env) for v, value in bindings}
                return self.evaluate(body, env.bind(bound))
            case _:
                assert_never(node)

    def _check_size(self, node: Apply) -> None:
        """Bounds the work before it starts, once for each node."""
        rows, cols = node.shape.evaluate(self.sizes)
        if rows * cols > LARGEST_MATRIX:
            raise Unsupported(f"too large: a matrix of {rows}×{cols}")
        if node.op in ("matmul", "kron"):
            work = rows * cols * node.args[0].shape.cols.evaluate(self.sizes)
        elif node.op in SUBSETS:
            count = node.args[0].shape.rows.evaluate(self.sizes)
            work = count * 2 ** min(count, 64)
        elif node.op in ("inv", "expm"):
            work = 50 * node.args[0].shape.rows.evaluate(self.sizes) ** 3
        else:
            return
        if work > MOST_WORK:
            raise Unsupported(f"too large: {node.op} of {node.args[0].shape}")

    def _span(self, selector: Expr | Interval, available: int, env: Environment) -> range:
        if isinstance(selector, Interval):
            start, stop = selector.start.evaluate(self.sizes), selector.stop.evaluate(self.sizes)
        else:
            start = self.integer(selector, env)
            stop = start + 1
        if not 0 <= start <= stop <= available:
            raise Undefined("an entry outside the matrix", thin=False)
        return range(start, stop)

    def _item(self, node: Item, env: Environment) -> Matrix:
        base = self.evaluate(node.base, env)
        rows = self._span(node.rows, len(base), env)
        cols = self._span(node.cols, len(base[0]), env)
        if not rows or not cols:
            raise Undefined("an empty block", thin=False)
        return [[base[i][j] for j in cols] for i in rows]

    def _reduce(self, node: Reduce, env: Environment) -> Matrix:
        lower, upper = self.integer(node.lower, env), self.integer(node.upper, env)
        count = max(upper - lower, 0)
        if env.repeats * count > MOST_TERMS:
            raise Unsupported(f"too large: sums of {env.repeats * count} terms")
        rows, cols = node.shape.evaluate(self.sizes)
        total = fill(ONE if node.kind == "prod" else ZERO, rows, cols)
        operator = "mul" if node.kind == "prod" else "add"
        for k in range(lower, upper):
            term = self.evaluate(node.body, env.bind_index(node.index, k, count))
            total = apply_operator(operator, [total, term], (), self.mode)
        return total

    def _recur(self, name: str, argument: int, env: Environment) -> Matrix:
        """Unrolled: start values, else the step with its index put in (which refers downwards)."""
        if name not in self.recurrences:
            raise Unsupported(f"the recurrence {name}")
        recurrence = self.recurrences[name]
        base = dict(recurrence.base)
        if argument in base:
            return self.evaluate(base[argument], env)
        if argument < min(base):
            raise Undefined(f"{name}({argument}) lies before its start", thin=False)
        if argument - max(base) > LONGEST_UNROLLING:
            raise Unsupported(f"{name}({argument}): too far to unroll")
        names = self.names.of(recurrence.step) | {recurrence.index.uid}
        while env.parent is not None and (
            not (names & env.changed) or env.changed == {recurrence.index.uid}
        ):
            env = env.parent
        key = (name, argument)
        if key not in env.recurred:
            inner = env.bind_index(recurrence.index, argument - recurrence.shift)
            value = self.evaluate(recurrence.step, inner)
            env.recurred[key] = [[_shortened(x) for x in row] for row in value]
        return env.recurred[key]

    def _choice(self, node: Choice, env: Environment) -> Matrix:
        rows, cols = node.shape.evaluate(self.sizes)
        try:
            truth = self.truth(node.condition, env)
        except Undecided as problem:
            try:
                return self._either(node, env, rows, cols)
            except Undecided:
                raise problem from None
        flat = [x for row in truth for x in row]
        if all(flat) or not any(flat):
            value = self.evaluate(node.then if flat[0] else node.otherwise, env)
            return value if len(value) * len(value[0]) > 1 else fill(value[0][0], rows, cols)
        return [[self.entry(node.then if truth[i][j] else node.otherwise, i, j, env)
                 for j in range(cols)] for i in range(rows)]  # fmt: skip

    def _either(self, node: Choice, env: Environment, rows: int, cols: int) -> Matrix:
        """The hull of both branches where the condition is open: sound, whichever it is."""
        self.mode.hulled = True
        then = spread(self.evaluate(node.then, env), fill(ZERO, rows, cols))[0]
        otherwise = spread(self.evaluate(node.otherwise, env), fill(ZERO, rows, cols))[0]
        return [[hull(a, b) for a, b in zip(*pair, strict=True)]
                for pair in zip(then, otherwise, strict=True)]  # fmt: skip

    def entry(self, node: Expr, i: int, j: int, env: Environment) -> Scalar:
        """One entry, without the others as far as the operators are entrywise."""
        if isinstance(node, Apply):
            rule = scalar_rule(node.op)
            if rule is not None:
                args = tuple(self.entry(arg, i, j, env) for arg in node.args)
                self.mode.operator = node.op
                return rule(args, self.mode)
        if isinstance(node, Choice):
            rows, cols = node.condition.shape.evaluate(self.sizes)
            truth = self.truth(node.condition, env)[i if rows > 1 else 0][j if cols > 1 else 0]
            return self.entry(node.then if truth else node.otherwise, i, j, env)
        value = self.evaluate(node, env)
        return value[i if len(value) > 1 else 0][j if len(value[0]) > 1 else 0]

    def truth(self, condition: Condition, env: Environment) -> Truth:
        """A condition, entry by entry; a ball across the border raises Undecided."""
        match condition:
            case Compare(op, lhs, rhs):
                left, right = spread(self.evaluate(lhs, env), self.evaluate(rhs, env))
                self.mode.operator = "choice"
                return [[decide(op, a, b, self.mode) for a, b in zip(*rows, strict=True)]
                        for rows in zip(left, right, strict=True)]  # fmt: skip
            case Logic("not", args):
                return [[not x for x in row] for row in self.truth(args[0], env)]
            case Logic(op, args):
                rows, cols = condition.shape.evaluate(self.sizes)
                result = [[op == "and"] * cols for _ in range(rows)]
                for arg in args:
                    if all(x == (op == "or") for row in result for x in row):
                        break  # decided already: what follows may be undefined
                    truth = self.truth(arg, env)
                    result = [[join(op, x, truth[i if len(truth) > 1 else 0]
                                     [j if len(truth[0]) > 1 else 0])
                               for j, x in enumerate(row)]
                              for i, row in enumerate(result)]  # fmt: skip
                return result
            case _:
                assert_never(condition)


def _shortened(x: Scalar) -> Scalar:
    """A rational of very many digits as a ball, so that unrolling stays bounded."""
    return arb(x) if isinstance(x, fmpq) and x.height_bits() > LONGEST_RATIONAL else x


def constant(name: str) -> Scalar:
    match name:
        case "pi":
            return arb.pi()
        case "e":
            return arb(1).exp()
        case "I":
            return Gauss(ZERO, ONE)
        case _:
            return arb.pos_inf()


def fraction(x: Scalar) -> Fraction:
    """An exact rational number as a Fraction."""
    return Fraction(int(x.p), int(x.q))
