"""Random states of a program: any values of its types, reachable or not. Engines must agree on all of them."""

from __future__ import annotations

import random

from uringcheck.ir import types
from uringcheck.ir.program import Program


def random_value(type_: types.Type, rng: random.Random) -> types.Encoded:
    """Some value of the type."""
    match type_:
        case types.Bool():
            return rng.random() < 0.5
        case types.Int(low, high):
            return rng.randint(low, high)
        case types.Enum(members=members):
            return rng.randrange(len(members))
        case types.Record(fields=fields):
            return tuple(random_value(item, rng) for _, item in fields)
        case types.Option(item):
            return None if rng.random() < 0.3 else random_value(item, rng)
        case types.Queue(item, capacity):
            return tuple(random_value(item, rng) for _ in range(rng.randint(0, capacity)))
        case types.Set(item):
            return rng.randrange(1 << types.cardinality(item))
        case types.Map(index, item):
            return tuple(random_value(item, rng) for _ in range(types.cardinality(index)))


def random_states(program: Program, count: int, seed: int = 0) -> list[tuple[types.Encoded, ...]]:
    """The start state and `count` random ones, the same for the same seed."""
    rng = random.Random(seed)
    return [
        program.start,
        *(tuple(random_value(variable.type, rng) for variable in program.variables) for _ in range(count)),
    ]
