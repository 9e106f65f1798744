"""Derivatives: the body in free atoms, differentiated exactly, then the values put back in.

At a kink (a case where some f is 0) a derivative that exists is the limit from either side,
so it is read off the formula of one side: see `Kinks`.
"""

from __future__ import annotations

from fractions import Fraction

from derivcheck.algebra.errors import SignNeeded, Unsupported
from derivcheck.algebra.field import Element, Sign
from derivcheck.algebra.signs import NEGATIVE, POSITIVE
from derivcheck.engines.exact.complexes import Complex
from derivcheck.engines.exact.lowering import Lowering
from derivcheck.engines.exact.matrices import Matrix, vec
from derivcheck.expr.nodes import Derivative, Expr, Target, Variable

MAX_ROUNDS = 12


def lower_derivative(low: Lowering, node: Derivative) -> Matrix:
    """diff: entrywise; grad: of the variable's shape; jac: vec(F) by vec(X); hess: by vec(x) twice."""
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


Step = tuple[Target, tuple[int, int]]


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
    variables = {target.variable.name: target.variable for target, _ in steps}
    inner = dict(low.values)
    back: dict[int, Element] = {}
    for variable in variables.values():
        inner[variable.name] = _freed(low, variable, back)
    if low.kinks is not None and low.values is low.root and _meets_kinks(low, inner, back):
        return _at_kink(low, node, steps)
    body = _inside(low, node.body, inner, back)
    result = tuple(tuple(_differentiated(low, z, steps, inner) for z in row) for row in body)
    if not back:
        return result
    return tuple(
        tuple(
            Complex(low.algebra.substitute(z.re, back), low.algebra.substitute(z.im, back))
            for z in row
        )
        for row in result
    )


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


def _freed(low: Lowering, variable: Variable, back: dict[int, Element]) -> Matrix:
    """The variable's entries as atoms: themselves where they are atoms, else new ones.

    `back` gets the values of the new ones. A new atom has the sign of its value where that is
    strict: so it is in a neighbourhood.
    """
    algebra = low.algebra
    current = low.values.get(variable.name)
    rows, cols = low.size(variable.shape.rows), low.size(variable.shape.cols)
    result = []
    for i in range(rows):
        row = []
        for j in range(cols):
            value = current[i][j] if current is not None else None
            if value is not None and _is_free(value, variable.is_complex):
                row.append(value)
                continue
            parts = []
            for part, name in ((0, ""), (1, " imaginary")):
                if part and not variable.is_complex:
                    parts.append(algebra.field.zero)
                    continue
                number = len(low.environments)
                atom = algebra.atom(f"{variable.name}[{i},{j}]{name} at {number}")
                if value is not None:
                    own = value.im if part else value.re
                    back[atom.kernels[0].index] = own
                    sign = algebra.sign(own)
                    if sign in (POSITIVE, NEGATIVE):
                        algebra.facts.learn(atom, sign)
                parts.append(atom)
            row.append(Complex(parts[0], parts[1]))
        result.append(tuple(row))
    return tuple(result)


def _is_free(value: Complex, is_complex: bool) -> bool:
    if value.is_real and not is_complex:
        return _is_atom(value.re)
    return _is_atom(value.re) and _is_atom(value.im)


def _is_atom(element: Element) -> bool:
    kernels = element.kernels
    return len(kernels) == 1 and not kernels[0].args and not kernels[0].is_constant and (
        element.num == element.field.generator(kernels[0]).num and element.den.is_one()
    )


def _differentiated(
    low: Lowering, value: Complex, steps: list[Step], inner: dict[str, Matrix]
) -> Complex:
    """Wirtinger's ∂/∂z = (∂/∂x - I ∂/∂y)/2 by a complex variable, + for its conjugate."""
    algebra = low.algebra
    for target, (i, j) in steps:
        atom = inner[target.variable.name][i][j]
        by_re = Complex(algebra.diff(value.re, atom.re), algebra.diff(value.im, atom.re))
        if not target.variable.is_complex:
            value = by_re
            continue
        by_im = Complex(algebra.diff(value.re, atom.im), algebra.diff(value.im, atom.im))
        sign = 1 if target.conjugate else -1
        turned = Complex(-by_im.im * sign, by_im.re * sign)
        half = Complex(algebra.of(Fraction(1, 2)), algebra.field.zero)
        value = (by_re + turned) * half
    return value


# -- kinks ----------------------------------------------------------------------------------------


def _meets_kinks(low: Lowering, inner: dict[str, Matrix], back: dict[int, Element]) -> bool:
    """Whether a variable of the derivative is one whose value the case has fixed, or is in one.

    Otherwise what the case has fixed stays fixed along the derivative: the values go in first.
    """
    assert low.kinks is not None
    changed = [name for name in inner if inner[name] is not low.values.get(name)]
    own = {k.index for name in changed for row in inner[name] for z in row for k in z.re.kernels}
    used = {k.index for value in low.kinks.values.values() for k in value.kernels}
    return bool(back) or bool(own & used)


def _at_kink(low: Lowering, node: Derivative, steps: list[Step]) -> Matrix:
    """The limit of the derivative from one side along its own atom.

    Sound where the derivative exists: a function continuous at p, differentiable there and near
    p on one side, has there the limit of its derivative. The side: f changes by its derivative
    along the atom, whose sign at p must be known.
    """
    kinks, algebra = low.kinks, low.algebra
    assert kinks is not None
    names = {(target.variable.name, place) for target, place in steps}
    if len(names) != 1 or any(target.variable.is_complex for target, _ in steps):
        raise Unsupported("a mixed derivative at a kink")
    ((name, (i, j)),) = names
    if name not in kinks.free:
        raise Unsupported("a derivative at a kink by a bound variable")
    outer, facts = low.values, algebra.facts
    atom = kinks.free[name][i][j].re
    side = kinks.base.copy()
    for element, sign in kinks.known:
        known: Sign = frozenset({sign})
        if sign == 0:
            slope = algebra.substitute(algebra.diff(element, atom), kinks.values)
            slope_sign = algebra.sign(slope)
            if slope_sign not in (POSITIVE, NEGATIVE):
                raise Unsupported("a kink met sideways")
            known = frozenset({kinks.direction * next(iter(slope_sign))})
        side.learn(element, known)
    for _ in range(MAX_ROUNDS):
        inner = Lowering(algebra, low.context, kinks.free)
        algebra.enter(side)
        try:
            body = inner.of(node.body)
            values = [
                [_differentiated(inner, z, steps, inner.values) for z in row] for row in body
            ]
        except SignNeeded as needed:
            algebra.enter(facts)
            f = algebra.field.polynomial(needed.polynomial)
            at_point = algebra.sign(algebra.substitute(f, kinks.values))
            if at_point not in (POSITIVE, NEGATIVE):
                raise Unsupported("another kink at a kink") from needed
            side.learn(f, at_point)
            continue
        finally:
            algebra.enter(facts)
            low.values = outer
        low.is_piecewise = True
        result = tuple(
            tuple(
                Complex(
                    algebra.substitute(z.re, kinks.values), algebra.substitute(z.im, kinks.values)
                )
                for z in row
            )
            for row in values
        )
        kinks.nodes.extend(e for row in result for z in row for e in (z.re, z.im))
        return result
    raise Unsupported("too many signs at a kink")
