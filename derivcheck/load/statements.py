"""Claim texts to statements: relations, chains, derivations, and the context they are about."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from derivcheck.claim import Comparison, Context, Link, Predicate, Relation, Statement
from derivcheck.expr import build
from derivcheck.expr.declarations import COMPLEX_KINDS, Declaration, Function, Recurrence
from derivcheck.expr.dims import Dim
from derivcheck.expr.environment import Environment
from derivcheck.expr.names import NamedUnknown
from derivcheck.expr.nodes import (
    Apply,
    At,
    Call,
    Condition,
    Constant,
    Derivative,
    Expr,
    Interval,
    Item,
    Limit,
    Recur,
    Size,
    Variable,
)  # fmt: skip
from derivcheck.expr.parse import Parser
from derivcheck.expr.scope import Scope
from derivcheck.expr.syntax import Formula, read
from derivcheck.text import Diagnostic, Fragment, SpecError

_MATRIX_PREDICATES = ("psd", "is_symmetric", "orthogonal", "unitary")


def read_claim(
    text: Fragment,
    scope: Scope,
    assume: Sequence[Fragment] = (),
    within: Fraction | None = None,
) -> Statement:
    """A relation, a chain of them, a predicate, or several joined by `and`. Raises SpecError."""
    parser = Parser(scope.names)
    formula = read(text)
    env = Environment(formula, {}, {})
    _check_names(parser, formula)
    links = tuple(_links(formula.tree, parser, env))
    if parser.promoted:
        return read_claim(text, scope, assume, within)
    return Statement(links, _context(parser, scope, links, assume, within), text.text.strip())


def read_steps(
    lines: Sequence[Fragment],
    scope: Scope,
    assume: Sequence[Fragment] = (),
    within: Fraction | None = None,
) -> Statement:
    """A derivation: link i says that line i equals line i + 1. Raises SpecError."""
    parser = Parser(scope.names)
    found: list[Diagnostic] = []
    sides: list[Expr] = []
    for line in lines:
        try:
            formula = read(line)
            if isinstance(formula.tree, ast.Compare):
                raise formula.error(
                    "P009", "a step is an expression; each equals the one before", formula.tree,
                    "put each side of the equation on a line of its own"
                )  # fmt: skip
            sides.append(parser.expression(line))
        except SpecError as error:
            found.extend(error.diagnostics)
    if found:
        raise SpecError(*found)
    if parser.promoted:
        return read_steps(lines, scope, assume, within)
    if len(sides) < 2:
        place = lines[0].span() if lines else None
        raise SpecError(Diagnostic("P009", "a derivation has at least two lines", place))
    texts = [line.text.strip() for line in lines]
    links = tuple(
        Link(Comparison("==", sides[i], sides[i + 1]), f"{texts[i]} == {texts[i + 1]}")
        for i in range(len(sides) - 1)
    )
    return Statement(links, _context(parser, scope, links, assume, within), "\n".join(texts))


def read_expression(
    text: Fragment, scope: Scope, assume: Sequence[Fragment] = ()
) -> tuple[Expr, Context]:
    """One expression with the context it is about, for `derive`. Raises SpecError."""
    parser = Parser(scope.names)
    expr = parser.expression(text)
    if parser.promoted:
        return read_expression(text, scope, assume)
    links = (Link(Comparison("==", expr, expr), text.text.strip()),)
    return expr, _context(parser, scope, links, assume, None)


def quick(
    text: str = "",
    variables: Mapping[str, str] | None = None,
    define: Mapping[str, str] | None = None,
    assume: Sequence[str] = (),
    steps: Sequence[str] = (),
    within: Fraction | None = None,
) -> Statement:
    """A statement from plain strings, for one-off checks. Raises SpecError."""
    scope = Scope()
    for name, kind in (variables or {}).items():
        scope.declare(Fragment.whole(name, "-v"), Fragment.whole(kind, "-v"))
    for name, body in (define or {}).items():
        scope.define(Fragment.whole(name, "-d"), Fragment.whole(body, "-d"))
    problems = scope.check()
    if problems:
        raise SpecError(*problems)
    conditions = [Fragment.whole(item, "-a") for item in assume]
    if steps:
        lines = [Fragment.whole(step) for step in steps]
        return read_steps(lines, scope, conditions, within)
    return read_claim(Fragment.whole(text), scope, conditions, within)


# -- relations -------------------------------------------------------------


def _check_names(parser: Parser, formula: Formula) -> None:
    """Undeclared names, leaving out the predicates, which are names only at the top of a claim."""
    names = dict.fromkeys((*_MATRIX_PREDICATES, "convex"), build.ZERO)
    used = {
        node.func.id
        for node in ast.walk(formula.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    local = {k: v for k, v in names.items() if k in used and k not in parser.names.entries}
    parser.check_names(Environment(formula, local, {}))


def _links(node: ast.expr, parser: Parser, env: Environment) -> Iterable[Link]:
    match node:
        case ast.Compare():
            texts = [env.formula.text_of(part) for part in (node.left, *node.comparators)]
            for i, (op, lhs, rhs) in enumerate(parser.comparisons(node, env)):
                yield Link(Comparison(op, lhs, rhs), f"{texts[i]} {op} {texts[i + 1]}")  # type: ignore[arg-type]
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _links(value, parser, env)
        case ast.Call(func=ast.Name(id=name)) if (
            name in (*_MATRIX_PREDICATES, "convex") and name not in parser.names.entries
        ):
            yield Link(_predicate(name, node, parser, env), env.formula.text_of(node))
        case _:
            raise env.formula.error(
                "P009", "a claim is a relation", node,
                "lhs == rhs, <, <=, >, >=, !=, a chain, psd(A), is_symmetric(A), orthogonal(A), "
                "unitary(A) or convex(f, x)"
            )  # fmt: skip


def _predicate(name: str, node: ast.Call, parser: Parser, env: Environment) -> Predicate:
    wanted = 2 if name == "convex" else 1
    if len(node.args) != wanted or node.keywords:
        raise env.formula.error("P005", f"{name} takes {wanted} argument(s)", node)
    argument = parser.expr(node.args[0], env)
    if name != "convex":
        return Predicate(name, argument)  # type: ignore[arg-type]
    if not argument.shape.is_scalar:
        raise env.formula.error("P004", f"convex is of a scalar, this is {argument.shape}", node)
    variable = parser.expr(node.args[1], env)
    if not isinstance(variable, Variable):
        raise env.formula.error("P005", "convex(f, x) is in a declared variable x", node.args[1])
    return Predicate("convex", argument, variable)


def _assumption(text: Fragment, parser: Parser) -> Condition:
    """A condition; `is_symmetric(A)`, `orthogonal(A)`, `unitary(A)` are read as their equations."""
    formula = read(text)
    env = Environment(formula, {}, {})
    _check_names(parser, formula)
    match formula.tree:
        case ast.Call(func=ast.Name(id=name), args=[arg]) if name in _MATRIX_PREDICATES:
            matrix = parser.expr(arg, env)
            if not matrix.shape.is_square:
                raise formula.error("P004", f"{name} is of a square matrix", arg)
            if name == "psd":
                raise formula.error(
                    "P009", "psd cannot be assumed", arg, "declare the matrix as spd[n] or hpd[n]"
                )
            turned = build.transpose(matrix)
            if name == "is_symmetric":
                return build.compare("==", matrix, turned)
            adjoint = build.apply("conj", turned) if name == "unitary" else turned
            eye = build.apply("eye", params=(matrix.shape.rows, matrix.shape.rows))
            return build.compare("==", build.matmul(adjoint, matrix), eye)
    return parser.condition(formula.tree, env)


# -- context ---------------------------------------------------------------


def _context(
    parser: Parser,
    scope: Scope,
    links: Sequence[Link],
    assume: Sequence[Fragment],
    within: Fraction | None,
) -> Context:
    found: list[Diagnostic] = []
    conditions: list[Condition] = []
    for text in assume:
        try:
            conditions.append(_assumption(text, parser))
        except SpecError as error:
            found.extend(error.diagnostics)
    if found:
        raise SpecError(*found)
    used = _Used()
    for link in links:
        _use_relation(link.relation, used)
    for condition in conditions:
        used.visit(condition)
    functions, recurrences = _closure(parser, scope, used)
    conditions += _size_conditions(scope, used)
    declarations = tuple(
        entry
        for name, entry in scope.names.entries.items()
        if isinstance(entry, Declaration) and name in used.variables and name not in used.dims
    )
    for declaration in declarations:
        if declaration.domain.extent is not None:
            used.dims |= declaration.domain.extent.names
    is_complex = used.has_i or any(
        domain.kind in COMPLEX_KINDS
        for domain in [d.domain for d in declarations] + [f.domain for f in functions]
    )
    return Context(
        tuple(sorted(used.dims)), declarations, functions, recurrences, tuple(conditions),
        not is_complex, within,
    )  # fmt: skip


class _Used:
    """What a set of expressions mentions: free variables, dims, functions, recurrences, `I`."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.dims: set[str] = set()
        self.functions: set[str] = set()
        self.recurrences: set[str] = set()
        self.has_i = False
        self._seen: dict[tuple[int, frozenset[str]], object] = {}

    def visit(self, node: Expr | Condition, bound: frozenset[str] = frozenset()) -> None:
        key = (id(node), bound)
        if key in self._seen:
            return
        self._seen[key] = node
        self.dims |= node.shape.names
        match node:
            case Variable(name):
                if name not in bound:
                    self.variables.add(name)
            case Constant("I"):
                self.has_i = True
            case Size(dim):
                self.dims |= dim.names
            case Apply(params=params):
                for param in params:
                    if isinstance(param, Dim):
                        self.dims |= param.names
            case Item(_, rows, cols):
                for part in (rows, cols):
                    if isinstance(part, Interval):
                        self.dims |= part.start.names | part.stop.names
            case Call(function):
                self.functions.add(function)
            case Recur(name):
                self.recurrences.add(name)
            case Derivative(_, _, targets):
                for target in targets:
                    self.visit(target.variable, bound)
            case At(body, bindings):
                self.visit(body, bound | {variable.name for variable, _ in bindings})
                for _, value in bindings:
                    self.visit(value, bound)
                return
            case Limit(body, variable, point):
                self.visit(body, bound | {variable.name})
                self.visit(point, bound)
                return
        for child in build.children(node):
            self.visit(child, bound)


def _use_relation(relation: Relation, used: _Used) -> None:
    match relation:
        case Comparison(_, lhs, rhs):
            used.visit(lhs)
            used.visit(rhs)
        case Predicate(_, argument, variable):
            used.visit(argument)
            if variable is not None:
                used.visit(variable)


def _closure(
    parser: Parser, scope: Scope, used: _Used
) -> tuple[tuple[Function, ...], tuple[Recurrence, ...]]:
    """The unspecified functions and recurrences used, and what these use in turn.

    Terminates: each round adds a name of the finite scope or stops.
    """
    recurrences: dict[str, Recurrence] = {}
    while missing := used.recurrences - set(recurrences):
        for name in sorted(missing):
            recurrence = parser.definitions.recurrences[name]
            recurrences[name] = recurrence
            for _, value in recurrence.base:
                used.visit(value)
            used.visit(recurrence.step)
    functions = []
    for name in sorted(used.functions):
        entry = scope.names.entries[name]
        assert isinstance(entry, NamedUnknown)
        function = parser.definitions.unknown(entry)
        for shape in (function.shape, *(p.shape for p in function.parameters)):
            used.dims |= shape.names
        functions.append(function)
    return tuple(functions), tuple(recurrences[name] for name in sorted(recurrences))


def _size_conditions(scope: Scope, used: _Used) -> list[Condition]:
    """The constraints of an integer variable that serves as a size, as conditions on the size."""
    conditions: list[Condition] = []
    for name in sorted(used.dims):
        entry = scope.names.entries.get(name)
        if not isinstance(entry, Declaration):
            continue
        size = Size(Dim.of(name))
        domain = entry.domain
        if domain.lower is not None:
            op = ">" if domain.lower.is_open else ">="
            conditions.append(build.compare(op, size, domain.lower.value))  # type: ignore[arg-type]
        if domain.upper is not None:
            op = "<" if domain.upper.is_open else "<="
            conditions.append(build.compare(op, size, domain.upper.value))  # type: ignore[arg-type]
        conditions += [build.compare("!=", size, value) for value in domain.excluded]
    return conditions
