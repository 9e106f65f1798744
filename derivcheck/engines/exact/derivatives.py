"""Derivatives: the body in free atoms, differentiated exactly, then the values put back in."""

from __future__ import annotations

from derivcheck.algebra.calculus import anew
from derivcheck.algebra.errors import SignNeeded, Unsupported
from derivcheck.algebra.field import ANY, Element, mentions
from derivcheck.algebra.signs import NEGATIVE, POSITIVE
from derivcheck.engines.exact.complexes import Complex
from derivcheck.engines.exact.kinks import MAX_ROUNDS, Step, at_kink, differentiated, meets_kinks
from derivcheck.engines.exact.lowering import Lowering
from derivcheck.engines.exact.matrices import Matrix, vec
from derivcheck.expr.nodes import Derivative, Expr, Target, Variable


def lower_derivative(low: Lowering, node: Derivative) -> Matrix:
    """diff: entrywise; grad: of X's shape; jac: vec(F) by vec(X); hess: by vec(x) twice."""
    if node.structured:
        return _structured(low, node)
    target = node.targets[0]
    match node.kind:
        case "diff":
            return _by_steps(low, node, _steps(low, node))
        case "grad":
            return tuple(
                tuple(_scalar(low, node, [(target, (i, j))]) for j in range(_cols(low, target)))
                for i in range(_rows(low, target))
            )
        case "jac":
            columns = [
                vec(_by_steps(low, node, [(target, place)])) for place in _places(low, target)
            ]
            return tuple(zip(*columns, strict=True))
        case "hess":
            places = _places(low, target)
            return tuple(
                tuple(_scalar(low, node, [(target, a), (target, b)]) for b in places)
                for a in places
            )


def _rows(low: Lowering, target: Target) -> int:
    return low.size(target.variable.shape.rows)


def _cols(low: Lowering, target: Target) -> int:
    return low.size(target.variable.shape.cols)


def _places(low: Lowering, target: Target) -> list[tuple[int, int]]:
    return [(i, j) for j in range(_cols(low, target)) for i in range(_rows(low, target))]


def _steps(low: Lowering, node: Derivative) -> list[Step]:
    steps: list[Step] = []
    for target in node.targets:
        place = (0, 0)
        if target.entry is not None:
            place = (low.whole(target.entry[0]), low.whole(target.entry[1]))
        steps += [(target, place)] * target.order
    return steps


def _structured(low: Lowering, node: Derivative) -> Matrix:
    """G + Gᵀ - diag(G) of the free gradient of a symmetric matrix."""
    free = Derivative(node.kind, node.body, node.targets, node.shape)
    if node.kind != "grad":
        raise Unsupported("a structured derivative other than a gradient")
    g = lower_derivative(low, free)
    return tuple(
        tuple(g[i][j] if i == j else g[i][j] + g[j][i] for j in range(len(g)))
        for i in range(len(g))
    )


def _scalar(low: Lowering, node: Derivative, steps: list[Step]) -> Complex:
    return _by_steps(low, node, steps)[0][0]


def _by_steps(low: Lowering, node: Derivative, steps: list[Step]) -> Matrix:
    back: dict[int, Element] = {}
    inner = _freed(low, steps, back)
    if low.kinks is not None and low.values is low.root and meets_kinks(low, steps, inner, back):
        return at_kink(low, node, steps)
    before, low.differentiating = low.differentiating, _complex_atoms(steps, inner)
    try:
        edges = _edges(low, steps, inner)
        if edges:
            body = _off_edges(low, node.body, inner, back, edges)
        else:
            body = _inside(low, node.body, inner, back)
    finally:
        low.differentiating = before
    result = tuple(tuple(differentiated(low.algebra, z, steps, inner) for z in row) for row in body)
    if edges:
        result = tuple(
            tuple(Complex(anew(low.algebra, z.re), anew(low.algebra, z.im)) for z in row)
            for row in result
        )
    if not back:
        return result
    return tuple(
        tuple(
            Complex(low.algebra.substitute(z.re, back), low.algebra.substitute(z.im, back))
            for z in row
        )
        for row in result
    )


def _edges(low: Lowering, steps: list[Step], inner: dict[str, Matrix]) -> list[str]:
    """Facts f >= 0 that tie an atom of the derivative to others.

    Where several meet, or where one is curved, no line along the atom stays where they hold: what
    they say is true at the point, but not of the values that the derivative there compares.
    """
    facts, field = low.algebra.facts, low.algebra.field
    entries = [inner[target.variable.name][i][j] for target, (i, j) in steps]
    own = {part.kernels[0].index for z in entries for part in (z.re, z.im) if part.kernels}
    found: list[str] = []
    is_alone = True
    for key, (polynomial, sign) in facts.signs.items():
        element = field.polynomial(polynomial)
        if 0 not in sign or sign == ANY or not any(mentions((element,), i) for i in own):
            continue
        is_affine = polynomial.total_degree() == 1 and not any(k.args for k in element.kernels)
        is_alone = is_alone and is_affine and not found
        if is_affine and len(element.kernels) == 1:
            is_alone = False
        else:
            found.append(key)
    return [] if is_alone else found


def _off_edges(
    low: Lowering,
    body: Expr,
    inner: dict[str, Matrix],
    back: dict[int, Element],
    edges: list[str],
) -> Matrix:
    """The body without the facts of these edges, but for those that it needs to have a value."""
    algebra, facts, count = low.algebra, low.algebra.facts, len(low.requirements)
    if low.kinks is not None:
        raise Unsupported("a derivative at an edge of the domain")
    without = facts.copy()
    for key in edges:
        del without.signs[key]
    algebra.enter(without)
    try:
        return _inside(low, body, dict(inner), back)
    except SignNeeded as needed:
        if 0 in facts.sign(needed.polynomial) and facts.sign(needed.polynomial) != ANY:
            raise Unsupported("a derivative at an edge of the domain") from needed
        raise
    finally:
        algebra.enter(facts)
        for required, sign in low.requirements[count:]:
            facts.learn(required, sign)


def _complex_atoms(steps: list[Step], inner: dict[str, Matrix]) -> frozenset[int]:
    """The atoms that the derivative is by, if all are of complex variables."""
    if not all(target.variable.is_complex for target, _ in steps):
        return frozenset()
    entries = [inner[target.variable.name][i][j] for target, (i, j) in steps]
    return frozenset(part.kernels[0].index for z in entries for part in (z.re, z.im))


def _inside(
    low: Lowering, body: Expr, inner: dict[str, Matrix], back: dict[int, Element]
) -> Matrix:
    """The body in new atoms. A sign it asks for is that at the values, if it is strict there:
    then it is the same in a neighbourhood, which is all that a derivative sees."""
    algebra = low.algebra
    for _ in range(MAX_ROUNDS):
        try:
            return low.inside(body, inner)
        except SignNeeded as needed:
            f = algebra.field.polynomial(needed.polynomial)
            if not any(kernel.index in back for kernel in f.kernels):
                raise
            sign = algebra.decided_sign(algebra.substitute(f, back))
            if sign == 0:
                raise Unsupported("a derivative at a kink") from needed
            algebra.facts.learn(f, frozenset({sign}))
            inner = dict(inner)
    raise Unsupported("too many signs under a derivative")


def _freed(low: Lowering, steps: list[Step], back: dict[int, Element]) -> dict[str, Matrix]:
    """The environment with the entries that the derivative is by as atoms in nothing else.

    Entries that are so already stay; for the others there are new atoms, whose values `back`
    gets. A new atom has the sign of its value where that is strict: so it is in a neighbourhood.
    """
    algebra, inner = low.algebra, dict(low.values)
    counts = _occurrences(low.values)
    for target, (i, j) in dict.fromkeys((t, place) for t, place in steps):
        variable = target.variable
        rows, cols = low.size(variable.shape.rows), low.size(variable.shape.cols)
        current = inner.get(variable.name)
        if current is None:
            current = _all_new(low, variable, rows, cols)
            inner[variable.name] = current
            counts |= _occurrences({variable.name: current})
        value = current[i][j]
        parts = [value.re, value.im] if variable.is_complex else [value.re]
        if not variable.is_complex and not value.is_real:
            raise Unsupported("a real variable with a complex value")
        for place, part in enumerate(parts):
            if _is_atom(part) and counts.get(part.kernels[0].index) == 1:
                continue
            name = f"{variable.name}[{i},{j}]{' imaginary' * place} at {len(low.environments)}"
            atom = algebra.atom(name)
            back[atom.kernels[0].index] = part
            sign = algebra.sign(part)
            if sign in (POSITIVE, NEGATIVE):
                algebra.facts.learn(atom, sign)
            parts[place] = atom
        new = Complex(parts[0], parts[1] if variable.is_complex else algebra.field.zero)
        if new != value:
            inner[variable.name] = tuple(
                tuple(new if (r, c) == (i, j) else z for c, z in enumerate(row))
                for r, row in enumerate(current)
            )
    if all(inner.get(name) is low.values.get(name) for name in inner):
        return low.values
    return inner


def _occurrences(values: dict[str, Matrix]) -> dict[int, int]:
    """In how many parts of entries each kernel occurs, inside other kernels too."""
    counts: dict[int, int] = {}

    def visit(element: Element, seen: set[int]) -> None:
        for kernel in element.kernels:
            if kernel.index not in seen:
                seen.add(kernel.index)
                for arg in kernel.args:
                    visit(arg, seen)

    for matrix in values.values():
        for row in matrix:
            for z in row:
                for part in (z.re, z.im):
                    seen: set[int] = set()
                    visit(part, seen)
                    for index in seen:
                        counts[index] = counts.get(index, 0) + 1
    return counts


def _all_new(low: Lowering, variable: Variable, rows: int, cols: int) -> Matrix:
    """Atoms for a variable that has no value here: bound by the derivative or an `At` around it."""
    algebra, number = low.algebra, len(low.environments)
    zero = algebra.field.zero

    def atom(i: int, j: int, part: str) -> Element:
        return algebra.atom(f"{variable.name}[{i},{j}]{part} at {number}")

    return tuple(
        tuple(
            Complex(atom(i, j, ""), atom(i, j, " imaginary") if variable.is_complex else zero)
            for j in range(cols)
        )
        for i in range(rows)
    )


def _is_atom(element: Element) -> bool:
    kernels = element.kernels
    return (
        len(kernels) == 1
        and not kernels[0].args
        and not kernels[0].is_constant
        and (element.num == element.field.generator(kernels[0]).num and element.den.is_one())
    )
