"""The sizes and unspecified functions at which points are drawn."""

from __future__ import annotations

import random

from derivcheck.claim import Context, Relation
from derivcheck.engines.rigorous.environment import Environment, Names
from derivcheck.engines.rigorous.evaluate import Evaluator
from derivcheck.engines.rigorous.points import PointSource
from derivcheck.engines.rigorous.scalars import Unsupported
from derivcheck.engines.rigorous.sizes import (
    Sizes,
    admissible,
    all_sizes,
    candidates,
    is_about_sizes,
    too_large,
)
from derivcheck.engines.rigorous.unspecified import RandomFunction

MOST_SIZES, FEWEST_SIZES = 8, 3


def point_sources(
    relation: Relation, context: Context, names: Names, seed: int, deadline: float
) -> list[PointSource]:
    """At most eight: the usual sizes, further ones where the assumptions leave fewer than three
    (or where there is nothing but sizes); more draws of the functions where sizes are few.

    Raises Unsupported where all sizes that the assumptions allow are too large.
    """
    sources: list[PointSource] = []
    large = ""
    usual = len(candidates(context.dims)) if context.declarations else MOST_SIZES
    for number, sizes in enumerate(all_sizes(context)):
        if len(sources) >= (MOST_SIZES if number < usual else FEWEST_SIZES):
            break
        try:
            source = point_source(relation, context, names, seed, deadline, sizes)
        except Unsupported as reason:
            large = large or str(reason)
            continue
        if source is not None:
            sources.append(source)
    if large and not sources:
        raise Unsupported(large)
    if context.functions:
        for number in (1, 2):
            for sizes in [source.evaluator.sizes for source in sources]:
                if len(sources) < MOST_SIZES:
                    again = point_source(relation, context, names, seed, deadline, sizes, number)
                    sources += [again] if again is not None else []
    return sources


def point_source(
    relation: Relation,
    context: Context,
    names: Names,
    seed: int,
    deadline: float,
    sizes: Sizes,
    number: int = 0,
) -> PointSource | None:
    """Points at these sizes; None where the assumptions on sizes exclude them.

    Raises Unsupported where they are allowed and too large.
    """
    if not admissible(sizes, context):
        return None
    chance = random.Random(f"{seed} {number} {sorted(sizes.items())}")
    evaluator = Evaluator(context, sizes, {}, names, deadline)
    empty = Environment({}, {})
    for condition in context.assumptions:
        if is_about_sizes(condition):
            truth = evaluator.truth(condition, empty)
            if not all(x for row in truth for x in row):
                return None
    large = too_large(sizes, context)
    if large:
        raise Unsupported(f"too large: {large}")
    for function in context.functions:
        lower, upper = (
            None if end is None else evaluator.scalar(end.value, empty)
            for end in (function.domain.lower, function.domain.upper)
        )
        evaluator.functions[function.name] = RandomFunction(
            function, sizes, (lower, upper), chance, smooth=chance.random() < 0.5
        )
    return PointSource(relation, context, evaluator, chance)
