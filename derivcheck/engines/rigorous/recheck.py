"""One point where another engine saw a relation fail, looked at again with balls."""

from __future__ import annotations

import time
from fractions import Fraction

from flint import ctx, fmpq

from derivcheck.claim import Context, Predicate, Relation
from derivcheck.engines.rigorous.environment import Names, Point
from derivcheck.engines.rigorous.evaluate import OutOfTime
from derivcheck.engines.rigorous.points import PointSource
from derivcheck.engines.rigorous.relations import Failed, Held
from derivcheck.engines.rigorous.scalars import (
    Matrix,
    Scalar,
    Undecided,
    Undefined,
    Unsupported,
    gauss,
)
from derivcheck.engines.rigorous.show import gap_text
from derivcheck.engines.rigorous.sources import point_source
from derivcheck.engines.rigorous.tally import METHOD
from derivcheck.engines.rigorous.trial import PRECISIONS, attempt
from derivcheck.engines.rigorous.witness import sample, witness
from derivcheck.evidence import (
    Agreement,
    Cause,
    Evidence,
    Finding,
    Refutation,
    Settings,
    Silence,
    Value,
    Witness,
)

ENGINE = "recheck"


def recheck(relation: Relation, context: Context, settings: Settings, seen: Witness) -> Finding:
    """A Refutation where balls separate the sides at the witness, an Agreement to so many digits
    at this one point, or a Silence.

    Sound: the point is read exactly, and used only if it certainly lies in the domain.
    """
    start, precision = time.monotonic(), ctx.prec
    ctx.prec = PRECISIONS[0]  # irrational bounds of the domain are read with as many bits
    try:
        evidence = _evidence(relation, context, settings, seen, start)
    except OutOfTime:
        evidence = Silence(Cause.TIMEOUT, "no answer at this point in time")
    except (Unsupported, Undefined, Undecided) as problem:
        evidence = Silence(Cause.UNSUPPORTED, str(problem))
    finally:
        ctx.prec = precision
    return Finding(ENGINE, evidence, seconds=round(time.monotonic() - start, 4))


def _evidence(
    relation: Relation, context: Context, settings: Settings, seen: Witness, start: float
) -> Evidence:
    if context.functions or (isinstance(relation, Predicate) and relation.name == "convex"):
        return Silence(Cause.UNSUPPORTED, "the point does not say all that was chosen")
    sizes = dict(seen.sizes)
    if set(sizes) != set(context.dims):
        return Silence(Cause.INCONCLUSIVE, "the witness does not name every size")
    names = Names(context)
    deadline = start + 0.85 * settings.seconds
    source = point_source(relation, context, names, settings.seed, deadline, sizes)
    point = None if source is None else _point(source, seen)
    if source is None or point is None or not source.contains(point):
        return Silence(Cause.INCONCLUSIVE, "the point, as written, is not certainly in the domain")
    match attempt(relation, context, source.evaluator, point):
        case Failed() as failure if failure.certain:
            gap = gap_text(failure.gap) if failure.gap.is_finite() else "the shapes differ"
            shown = witness(source, point, failure, relation, None)
            return Refutation(shown, gap, METHOD)
        case Held() as held:
            found = (sample(source, point, held),)
            return Agreement(1, held.digits, (seen.sizes,), (), found, METHOD)
        case Failed():
            return Silence(Cause.INCONCLUSIVE, "an estimate only")
        case nothing:
            return Silence(Cause.INCONCLUSIVE, nothing.reason)


def _point(source: PointSource, seen: Witness) -> Point | None:
    """The values of all variables, exactly as they are written; None where one is missing."""
    given = dict(seen.values)
    point: Point = {}
    for name, declaration in source.declarations.items():
        if name not in given:
            return None
        value = read_value(given[name])
        rows, cols = declaration.variable.shape.evaluate(source.sizes)
        if value is None or (len(value), len(value[0])) != (rows, cols):
            return None
        point[name] = value
    return point


def read_value(text: Value) -> Matrix | None:
    """The exact number or matrix a witness shows; None where it is not a number."""
    rows = ((text,),) if isinstance(text, str) else text
    value = [[read_number(entry) for entry in row] for row in rows]
    return None if any(entry is None for row in value for entry in row) else value


def read_number(text: str) -> Scalar | None:
    """`-1/2`, `0.3`, `1e-7`, `-I`, `2*I`, `1 - 2*I`, exactly; None for anything else."""
    try:
        match text.split(" "):
            case [imaginary] if imaginary.endswith("I"):
                return gauss(fmpq(0), _factor_of_i(imaginary))
            case [real]:
                return _rational(real)
            case [real, "+" | "-" as sign, imaginary] if imaginary.endswith("I"):
                size = _factor_of_i(imaginary)
                return gauss(_rational(real), -size if sign == "-" else size)
    except (ValueError, ZeroDivisionError):
        pass
    return None


def _factor_of_i(text: str) -> Scalar:
    """2 of `2*I`, 1 of `I`, -1 of `-I`."""
    factor = text.removesuffix("I").removesuffix("*")
    return _rational(f"{factor}1" if factor in ("", "-") else factor)


def _rational(text: str) -> Scalar:
    number = Fraction(text)
    return fmpq(number.numerator, number.denominator)
