"""The one table of operators: name, arity, shape rule, spelling, meaning.

An engine has one row for each of these names (or says it has none); `tests/test_contract.py`
finds a forgotten one. Adding an operator is a row here and a row in each engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf

from derivcheck.expr.dims import ONE, SCALAR, Dim, Shape, column
from derivcheck.expr.nodes import Param

ShapeRule = Callable[[tuple[Shape, ...], tuple[Param, ...]], Shape]
Field = OneOf["same", "real"]


class ShapeError(Exception):
    """Shapes that do not fit; the message says which, `hint` what would."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Operator:
    """`field` "real" marks values that are real even for complex arguments."""

    name: str
    arity: tuple[int, int]
    rule: ShapeRule
    meaning: str
    elementwise: bool = False
    field: Field = "same"
    latex: str = ""


MANY = 1000


def broadcast(shapes: tuple[Shape, ...], params: tuple[Param, ...] = ()) -> Shape:
    """Equal shapes, or scalars with anything (each entry)."""
    result = SCALAR
    for shape in shapes:
        if shape.is_scalar or shape == result:
            continue
        if not result.is_scalar:
            fits = " (a transpose would fit)" if shape.transposed == result else ""
            raise ShapeError(
                f"shapes {result} and {shape} do not match entry by entry{fits}",
                "write @ for a matrix product; nothing is broadcast but scalars",
            )
        result = shape
    return result


def _matmul(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    left, right = shapes
    if left.cols != right.rows:
        hint = ""
        if left.rows == right.rows:
            hint = "the transpose of the left factor would fit"
        elif left.cols == right.cols:
            hint = "the transpose of the right factor would fit"
        raise ShapeError(f"{left} @ {right}: {left.cols} columns meet {right.rows} rows", hint)
    return Shape(left.rows, right.cols)


def _transpose(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    return shapes[0].transposed


def _scalar(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    return SCALAR


def _square(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    if not shapes[0].is_square:
        raise ShapeError(f"needs a square matrix, this one is {shapes[0]}")
    return shapes[0]


def _square_to_scalar(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    _square(shapes, params)
    return SCALAR


def _along_axis(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    """No axis: a scalar; axis 0: a row of column results; axis 1: a column of row results."""
    if not params:
        return SCALAR
    return Shape(ONE, shapes[0].cols) if params[0] == 0 else column(shapes[0].rows)


def _softmax(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    _vector_or_axis(shapes, params)
    return shapes[0]


def _vector_or_axis(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    if not params and not (shapes[0].is_column or shapes[0].is_row):
        raise ShapeError(
            f"needs a vector, this is {shapes[0]}", "for a matrix say axis=0 or axis=1"
        )
    return _along_axis(shapes, params)


def _shaped_by_params(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    rows, cols = params
    assert isinstance(rows, Dim) and isinstance(cols, Dim)
    return Shape(rows, cols)


def _diag(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    shape = shapes[0]
    if not (shape.is_column or shape.is_row):
        raise ShapeError(
            f"diag makes a matrix of a column, this is {shape}",
            "diagonal(A) takes the diagonal out of a matrix",
        )
    return Shape(shape.size, shape.size)


def _diagonal(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    return column(_square(shapes, params).rows)


def _kron(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    left, right = shapes
    return Shape(left.rows * right.rows, left.cols * right.cols)


def _vec(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    return column(shapes[0].size)


def _tile(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    if not shapes[0].is_column:
        raise ShapeError(f"tile repeats a column, this is {shapes[0]}")
    assert isinstance(params[0], Dim)
    return Shape(shapes[0].rows, params[0])


def _hstack(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    cols = Dim.of(0)
    for shape in shapes:
        if shape.rows != shapes[0].rows:
            raise ShapeError(f"hstack needs equal numbers of rows: {shapes[0]} and {shape}")
        cols = cols + shape.cols
    return Shape(shapes[0].rows, cols)


def _vstack(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    return _hstack(tuple(s.transposed for s in shapes), params).transposed


def _cross(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    three = column(Dim.of(3))
    if shapes[0] != three or shapes[1] != three:
        raise ShapeError(f"cross needs two columns of 3, these are {shapes[0]} and {shapes[1]}")
    return three


def _onehot(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    if not shapes[0].is_scalar:
        raise ShapeError(f"onehot takes a position, this is {shapes[0]}")
    assert isinstance(params[0], Dim)
    return column(params[0])


def _power(shapes: tuple[Shape, ...], params: tuple[Param, ...]) -> Shape:
    if not shapes[1].is_scalar:
        raise ShapeError(f"matrix_power takes an integer exponent, this is {shapes[1]}")
    return _square(shapes[:1], params)


def _each(name: str, meaning: str, field: Field = "same", latex: str = "") -> Operator:
    return Operator(name, (1, 1), broadcast, meaning, True, field, latex)


def _pair(name: str, meaning: str, field: Field = "same", latex: str = "") -> Operator:
    return Operator(name, (2, 2), broadcast, meaning, True, field, latex)


_ROWS: tuple[Operator, ...] = (
    # arithmetic
    _pair("add", "a + b"),
    _pair("sub", "a - b"),
    _pair("mul", "a * b, entrywise (Hadamard) or by a scalar"),
    _pair("div", "a / b, entrywise or by a scalar; undefined where b = 0"),
    _pair("pow", "a ** b, entrywise; 0**0 = 1; real: a > 0, or an integer exponent"),
    _each("neg", "-a"),
    Operator("matmul", (2, 2), _matmul, "A @ B, the matrix product"),
    Operator("transpose", (1, 1), _transpose, "A.T"),
    # complex parts
    _each("conj", "the complex conjugate", latex=r"\overline"),
    _each("real", "the real part", "real", r"\operatorname{Re}"),
    _each("imag", "the imaginary part", "real", r"\operatorname{Im}"),
    _each("abs", "the absolute value", "real"),
    _each("arg", "the argument in (-pi, pi]; undefined at 0", "real", r"\arg"),
    # reductions
    Operator("sum", (1, 1), _along_axis, "sum over all entries, or along an axis"),
    Operator("mean", (1, 1), _along_axis, "mean over all entries, or along an axis"),
    Operator("max", (1, 1), _along_axis, "largest entry, or along an axis", field="real"),
    Operator("min", (1, 1), _along_axis, "smallest entry, or along an axis", field="real"),
    Operator("trace", (1, 1), _square_to_scalar, "sum of the diagonal", latex=r"\operatorname{tr}"),
    # elementwise functions of one argument
    _each("exp", "e**x", latex=r"\exp"),
    _each("log", "natural logarithm; real: x > 0", latex=r"\log"),
    _each("log1p", "log(1 + x)"),
    _each("expm1", "exp(x) - 1"),
    _each("log2", "logarithm to base 2", latex=r"\log_2"),
    _each("log10", "logarithm to base 10", latex=r"\log_{10}"),
    _each("sqrt", "square root; real: x >= 0", latex=r"\sqrt"),
    _each("cbrt", "cube root; real: of any x, cbrt(-8) = -2"),
    _each("sin", "sine", latex=r"\sin"),
    _each("cos", "cosine", latex=r"\cos"),
    _each("tan", "tangent", latex=r"\tan"),
    _each("cot", "cotangent, cos/sin", latex=r"\cot"),
    _each("sec", "secant, 1/cos", latex=r"\sec"),
    _each("csc", "cosecant, 1/sin", latex=r"\csc"),
    _each("asin", "inverse sine; real: |x| <= 1", latex=r"\arcsin"),
    _each("acos", "inverse cosine; real: |x| <= 1", latex=r"\arccos"),
    _each("atan", "inverse tangent", latex=r"\arctan"),
    _each("acot", "inverse cotangent, atan(1/x); pi/2 at 0"),
    _each("asec", "inverse secant, acos(1/x)"),
    _each("acsc", "inverse cosecant, asin(1/x)"),
    _each("sinh", "hyperbolic sine", latex=r"\sinh"),
    _each("cosh", "hyperbolic cosine", latex=r"\cosh"),
    _each("tanh", "hyperbolic tangent", latex=r"\tanh"),
    _each("coth", "hyperbolic cotangent", latex=r"\coth"),
    _each("sech", "1/cosh"),
    _each("csch", "1/sinh"),
    _each("asinh", "inverse hyperbolic sine"),
    _each("acosh", "inverse hyperbolic cosine; real: x >= 1"),
    _each("atanh", "inverse hyperbolic tangent; real: |x| < 1"),
    _each("acoth", "atanh(1/x); real: |x| > 1"),
    _each("sinc", "sin(x)/x, 1 at 0 (unnormalised)"),
    _each("sigmoid", "1/(1 + exp(-x))", latex=r"\sigma"),
    _each("logit", "log(x/(1 - x)); real: 0 < x < 1"),
    _each("softplus", "log(1 + exp(x))"),
    _each("relu", "max(x, 0)", "real"),
    _each("sign", "-1, 0 or 1; complex: x/|x|, 0 at 0"),
    _each("heaviside", "0, 1/2 at 0, 1", "real"),
    _each("floor", "largest integer <= x", "real"),
    _each("ceil", "smallest integer >= x", "real"),
    _each("erf", "error function"),
    _each("erfc", "1 - erf(x)"),
    _each("erfinv", "inverse of erf; |x| < 1"),
    _each("gamma", "gamma function; undefined at 0, -1, -2, …", latex=r"\Gamma"),
    _each("loggamma", "log gamma; real: x > 0; complex: the analytic branch"),
    _each("digamma", "gamma'/gamma", latex=r"\psi"),
    _each("factorial", "gamma(x + 1)"),
    # elementwise functions of two arguments
    _pair("atan2", "the angle of the point (x=b, y=a); undefined at (0, 0)", "real"),
    _pair("hypot", "sqrt(a**2 + b**2)"),
    _pair("polygamma", "polygamma(k, x): the k-th derivative of digamma; k = 0, 1, 2, …"),
    _pair("binomial", "gamma(a+1)/(gamma(b+1) gamma(a-b+1))"),
    _pair("besselj", "besselj(v, x): Bessel function of the first kind, order v"),
    _pair("minimum", "the smaller, entrywise", "real"),
    _pair("maximum", "the larger, entrywise", "real"),
    # vectors
    Operator("softmax", (1, 1), _softmax, "exp(x)/sum(exp(x)), of a vector or along an axis"),
    Operator(
        "logsumexp", (1, 1), _vector_or_axis, "log(sum(exp(x))), of a vector or along an axis"
    ),
    Operator(
        "norm",
        (1, 1),
        _scalar,
        "params: 'fro' (Euclidean of a vector, Frobenius of a matrix), '1', 'oo', '2' as in NumPy",
        field="real",
    ),
    Operator("cross", (2, 2), _cross, "the cross product of two columns of 3"),
    Operator("onehot", (1, 1), _onehot, "the standard basis column with a 1 at position k"),
    # matrices
    Operator("eye", (0, 0), _shaped_by_params, "the identity; params rows, cols"),
    Operator("ones", (0, 0), _shaped_by_params, "all ones; params rows, cols"),
    Operator("zeros", (0, 0), _shaped_by_params, "all zeros; params rows, cols"),
    Operator("diag", (1, 1), _diag, "a vector to a diagonal matrix"),
    Operator("diagonal", (1, 1), _diagonal, "the diagonal of a square matrix, a column"),
    Operator("inv", (1, 1), _square, "the inverse; undefined where det = 0"),
    Operator("det", (1, 1), _square_to_scalar, "the determinant", latex=r"\det"),
    Operator("logdet", (1, 1), _square_to_scalar, "log(det(A)), principal; real: det > 0"),
    Operator("matrix_power", (2, 2), _power, "A @ A @ … (k times); k < 0: of the inverse"),
    Operator("expm", (1, 1), _square, "the matrix exponential"),
    Operator("kron", (2, 2), _kron, "the Kronecker product", latex=r"\otimes"),
    Operator("vec", (1, 1), _vec, "the columns one below the other"),
    Operator("tile", (1, 1), _tile, "a column repeated; params how often"),
    Operator("hstack", (1, MANY), _hstack, "side by side"),
    Operator("vstack", (1, MANY), _vstack, "one above the other"),
    Operator("adjugate", (1, 1), _square, "det(A) inv(A), a polynomial in the entries"),
)

OPERATORS: dict[str, Operator] = {row.name: row for row in _ROWS}
