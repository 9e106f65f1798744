"""Reading declarations and definitions into the names of a claim."""

from __future__ import annotations

import ast
import re

from derivcheck.expr import build, entries
from derivcheck.expr.declarations import COMPLEX_KINDS, Bound, Declaration, Domain, Kind
from derivcheck.expr.dims import ONE, SCALAR, Dim, Shape, column
from derivcheck.expr.environment import Environment
from derivcheck.expr.names import (
    CONSTANTS,
    NamedExpression,
    NamedFunction,
    NamedRecurrence,
    NamedUnknown,
    Names,
)  # fmt: skip
from derivcheck.expr.nodes import Expr, Variable
from derivcheck.expr.parse import Parser
from derivcheck.expr.syntax import Formula, read, suggestion
from derivcheck.text import Diagnostic, Fragment, SpecError

_KIND = re.compile(r"\s*([^\W\d]\w*)\s*")
_COLUMNS = frozenset({Kind.ONEHOT, Kind.SIMPLEX, Kind.UNIT})
_SQUARE = frozenset(
    {Kind.SYMMETRIC, Kind.SPD, Kind.SKEW, Kind.DIAGONAL, Kind.ORTHOGONAL, Kind.INVERTIBLE,
     Kind.HERMITIAN, Kind.HPD, Kind.UNITARY}
)  # fmt: skip
_FREE_SHAPE = frozenset({Kind.REAL, Kind.COMPLEX, Kind.INTEGER})


class Scope:
    """The names a claim may use. A child adds to its parent, or shadows."""

    def __init__(self, names: Names | None = None) -> None:
        self.names = names or Names()
        self._own: dict[str, Fragment] = {}

    def child(self) -> Scope:
        return Scope(self.names.copy())

    # -- variables ---------------------------------------------------------

    def declare(self, name: Fragment, text: Fragment) -> None:
        """`x: real[n] > 0`, or an unspecified function `x(z): real[n]`. Raises SpecError."""
        head, parameters = self._head(name)
        if parameters is not None and not all(isinstance(p, str) for p in parameters):
            raise _error("P006", f"`{name.text}` cannot be declared", name, "as in `x(z): real[n]`")
        shape, domain, dims = self._kind(text)
        self._take(head, name)
        if head in self.names.dims and not (domain.kind is Kind.INTEGER and shape.is_scalar):
            raise _error(
                "P006", f"`{head}` is a size already", name, "give the variable another name"
            )
        for dim, place in dims.items():
            entry = self.names.entries.get(dim)
            if entry is not None and not _is_integer(entry):
                raise _error(
                    "P006", f"`{dim}` is not an integer, it cannot be a size", place,
                    "give the size a name of its own"
                )  # fmt: skip
        self.names.dims.update(dims)
        if parameters is not None:
            words = tuple(p for p in parameters if isinstance(p, str))
            self.names.entries[head] = NamedUnknown(head, words, shape, domain, name)
        else:
            variable = Variable(head, shape, domain.kind in COMPLEX_KINDS)
            self.names.entries[head] = Declaration(variable, domain)

    def _kind(self, text: Fragment) -> tuple[Shape, Domain, dict[str, Fragment]]:
        match = _KIND.match(text.text)
        if match is None:
            raise _error("P006", "a declaration starts with a kind", text, "as in `real[n] > 0`")
        word, rest = match.group(1), text.cut(match.end(), len(text.text))
        if word not in set(Kind):
            place = text.cut(match.start(1), match.end(1))
            raise _error("P006", f"unknown kind `{word}`", place, suggestion(word, list(Kind)))
        kind = Kind(word)
        sizes: list[Dim] = []
        dims: dict[str, Fragment] = {}
        if rest.text.startswith("["):
            close = rest.text.find("]")
            if close < 0:
                raise _error("P006", "a `]` is missing", rest)
            sizes, dims = self._sizes(rest.cut(0, close + 1))
            rest = rest.cut(close + 1, len(rest.text))
        shape, extent = _shape(kind, sizes, text)
        domain = self._constraints(kind, extent, rest)
        return shape, domain, dims

    def _sizes(self, text: Fragment) -> tuple[list[Dim], dict[str, Fragment]]:
        formula = read(text)
        assert isinstance(formula.tree, ast.List)
        dims: dict[str, Fragment] = {}
        for node in ast.walk(formula.tree):
            if isinstance(node, ast.Name):
                if node.id in CONSTANTS:
                    raise formula.error("P006", f"`{node.id}` is a constant, not a size", node)
                dims[node.id] = formula.fragment.cut(*formula.bounds(node))
        parser = Parser(Names(dims=dict(dims)))
        env = Environment(formula, {}, {})
        sizes = [entries.dim(parser, node, env) for node in formula.tree.elts]
        for size, node in zip(sizes, formula.tree.elts, strict=True):
            if size.constant is not None and not 1 <= size.constant <= 10_000:
                raise formula.error("P006", f"a size of {size}", node, "sizes are 1 to 10000")
        return sizes, dims

    def _constraints(self, kind: Kind, extent: Shape | None, text: Fragment) -> Domain:
        lower: Bound | None = None
        upper: Bound | None = None
        excluded: list[Expr] = []
        text = text.strip()
        while text.text:
            if re.match(r"in\b", text.text):
                lower, upper, text = self._interval(text)
                continue
            match = re.match(r"(>=|<=|!=|>|<)", text.text)
            if match is None:
                raise _error(
                    "P006", f"`{text.text}` is not a constraint", text,
                    "> a, >= a, < b, <= b, != a, in (a, b) or in [a, b]"
                )  # fmt: skip
            rest = text.cut(match.end(), len(text.text))
            following = re.search(r"(>=|<=|!=|>|<|,|\bin\b|\band\b)", rest.text)
            stop = following.start() if following else len(rest.text)
            value = self._bound(rest.cut(0, stop))
            match match.group(1):
                case ">" | ">=" as sign:
                    lower = Bound(value, sign == ">")
                case "<" | "<=" as sign:
                    upper = Bound(value, sign == "<")
                case _:
                    excluded.append(value)
            skip = following is not None and following.group(1) in (",", "and")
            text = rest.cut(following.end() if skip and following else stop, len(rest.text)).strip()
        if kind in COMPLEX_KINDS and (lower or upper):
            raise _error("P006", f"{kind} values have no order", text, "say it under `assume:`")
        return Domain(kind, lower, upper, tuple(excluded), extent)

    def _interval(self, text: Fragment) -> tuple[Bound, Bound, Fragment]:
        body = text.cut(2, len(text.text)).strip()
        depth, comma, stop = 0, -1, -1
        for position, char in enumerate(body.text):
            if char in "([":
                depth += 1
            elif char in ")]":
                depth -= 1
                if depth == 0:
                    stop = position
                    break
            elif char == "," and depth == 1:
                comma = position
        if stop < 0 or comma < 0 or body.text[0] not in "([":
            raise _error("P006", "an interval is written (a, b), [a, b], (a, b] or [a, b)", text)
        lower = Bound(self._bound(body.cut(1, comma)), body.text[0] == "(")
        upper = Bound(self._bound(body.cut(comma + 1, stop)), body.text[stop] == ")")
        return lower, upper, body.cut(stop + 1, len(body.text)).strip()

    def _bound(self, text: Fragment) -> Expr:
        """A constant expression: it can use pi, e, oo and functions, but no variable."""
        value = Parser(Names()).expression(text)
        if not value.shape.is_scalar:
            raise _error("P006", "a bound is a scalar", text)
        return value

    # -- definitions -------------------------------------------------------

    def define(self, key: Fragment, body: Fragment) -> None:
        """`name: …`, `f(t): …`, or a recurrence's `r(0): …` and `r(t+1): …`. Raises SpecError."""
        head, parameters = self._head(key)
        if parameters is None:
            self._take(head, key)
            self.names.entries[head] = NamedExpression(head, body)
        elif all(isinstance(p, str) for p in parameters) and not self._continues(head, parameters):
            self._take(head, key)
            words = tuple(p for p in parameters if isinstance(p, str))
            self.names.entries[head] = NamedFunction(head, words, body)
        else:
            self._recurrence(head, parameters, key, body)

    def _continues(self, head: str, parameters: list[str | int | tuple[str, int]]) -> bool:
        return head in self._own and isinstance(self.names.entries.get(head), NamedRecurrence)

    def _recurrence(
        self,
        head: str,
        parameters: list[str | int | tuple[str, int]],
        key: Fragment,
        body: Fragment,
    ) -> None:
        old = self.names.entries.get(head)
        if not (isinstance(old, NamedRecurrence) and head in self._own):
            self._take(head, key)
            old = NamedRecurrence(head)
        if len(parameters) != 1:
            raise _error("P007", "a recurrence has one argument", key, "as in `r(0)`, `r(t+1)`")
        (parameter,) = parameters
        if isinstance(parameter, int):
            if any(at == parameter for at, _ in old.base):
                raise _error("P007", f"`{head}({parameter})` is given twice", key)
            base = tuple(sorted((*old.base, (parameter, body)), key=lambda pair: pair[0]))
            new = NamedRecurrence(head, base, old.index, old.shift, old.step)
        else:
            if old.step is not None:
                raise _error("P007", f"the step of `{head}` is given twice", key)
            index, shift = (parameter, 0) if isinstance(parameter, str) else parameter
            new = NamedRecurrence(head, old.base, index, shift, body)
        self.names.entries[head] = new

    # -- heads -------------------------------------------------------------

    def _head(self, key: Fragment) -> tuple[str, list[str | int | tuple[str, int]] | None]:
        """`x` or `f(a, b)`; an argument is a name, an integer, or a name plus an integer."""
        formula = read(key)
        match formula.tree:
            case ast.Name(id=name):
                return name, None
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if args:
                parameters = [_parameter(formula, arg) for arg in args]
                words = [p for p in parameters if isinstance(p, str)]
                if len(set(words)) < len(words):
                    raise _error("P006", "two parameters of one name", key)
                return name, parameters
        raise _error("P006", f"`{key.text}` is not a name", key, "a name, or f(x) for a function")

    def _take(self, name: str, place: Fragment) -> None:
        if name in CONSTANTS:
            raise _error(
                "P006", f"`{name}` is a constant and cannot be declared anew", place,
                {"e": "2.718…", "I": "the imaginary unit", "pi": "3.14159…"}.get(name, "infinity")
                + "; choose another name",
            )  # fmt: skip
        if name in ("np", "numpy"):
            raise _error("P006", f"`{name}` is the prefix of NumPy's spelling", place)
        if name in self._own:
            raise _error("P006", f"`{name}` is declared or defined twice", place)
        self._own[name] = place

    def check(self) -> list[Diagnostic]:
        """Errors of the definitions themselves, each reported once, used or not."""
        found: list[Diagnostic] = []
        parser = Parser(self.names)
        for name, entry in self.names.entries.items():
            if name not in self._own:
                continue
            try:
                match entry:
                    case NamedExpression():
                        parser.expression(entry.body)
                    case NamedFunction():
                        for parameter in entry.parameters:
                            if parameter in CONSTANTS:
                                raise _error(
                                    "P006", f"`{parameter}` is a constant, not a parameter",
                                    entry.body
                                )  # fmt: skip
                        formula = read(entry.body)
                        local = dict.fromkeys(entry.parameters, build.ZERO)
                        parser.check_names(Environment(formula, local, {}))
                    case NamedRecurrence():
                        env = Environment(read(self._own[name]), {}, {})
                        parser.definitions.call_recurrence(entry, build.ZERO, env.formula.tree, env)
            except SpecError as error:
                found.extend(d for d in error.diagnostics if d not in found)
        return found


def _parameter(formula: Formula, node: ast.expr) -> str | int | tuple[str, int]:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
        case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=ast.Constant(value=int(shift))):
            return name, shift
        case ast.BinOp(left=ast.Constant(value=int(shift)), op=ast.Add(), right=ast.Name(id=name)):
            return name, shift
    raise formula.error("P006", "a parameter is a name, an integer, or like t+1", node)


def _shape(kind: Kind, sizes: list[Dim], text: Fragment) -> tuple[Shape, Shape | None]:
    """The shape of a kind with its dims, and the extent of an index."""
    count = len(sizes)
    if kind in _FREE_SHAPE and count <= 2:
        if not sizes:
            return SCALAR, None
        return Shape(sizes[0], sizes[1] if count == 2 else ONE), None
    if kind is Kind.INDEX and count == 1:
        return SCALAR, column(sizes[0])
    if kind in _COLUMNS and count == 1:
        return column(sizes[0]), None
    if kind in _SQUARE and (count == 1 or (count == 2 and sizes[0] == sizes[1])):
        return Shape(sizes[0], sizes[0]), None
    if kind is Kind.STIEFEL and count == 2:
        return Shape(sizes[0], sizes[1]), None
    wanted = {Kind.STIEFEL: "stiefel[n, k]"}.get(kind, f"{kind}[n]")
    if kind in _FREE_SHAPE:
        wanted = f"{kind}, {kind}[n] or {kind}[m, n]"
    raise _error("P006", f"{kind} does not take {count} sizes", text, f"write {wanted}")


def _is_integer(entry: object) -> bool:
    return (
        isinstance(entry, Declaration)
        and entry.domain.kind is Kind.INTEGER
        and entry.variable.shape.is_scalar
    )


def _error(code: str, message: str, place: Fragment, hint: str = "") -> SpecError:
    return SpecError(Diagnostic(code, message, place.span(), hint))
