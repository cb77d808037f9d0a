"""Places: parts of a state, as small as an author can name them.

A place is (position of the variable, ranks of map indices). A trace writes places as text: `owner[1]`,
`conn[0].rx`. Queues, sets, records and scalars are one place each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uringcheck.ir import types as ir
from uringcheck.ir.show import show_value
from uringcheck.trace.model import State, TraceVariable

Place = tuple[int, tuple[int, ...]]


def type_at(type_: ir.Type, ranks: Sequence[int]) -> ir.Type:
    """The type of a part of a map."""
    for _ in ranks:
        assert isinstance(type_, ir.Map)
        type_ = type_.item
    return type_


def value_at(state: State, place: Place) -> ir.Encoded:
    """The encoded value there."""
    value = state[place[0]]
    for rank in place[1]:
        value = value[rank]
    return value


def place_name(variable: TraceVariable, ranks: Sequence[int]) -> str:
    """The place as its author would write it, an index after the part or variable it selects from."""
    name, type_ = variable.name, variable.type
    indices: list[str] = []
    for rank in ranks:
        assert isinstance(type_, ir.Map)
        indices.append(f"[{index_text(type_.index, rank)}]")
        type_ = type_.item
    made, written = "", 0
    for path, index in zip(variable.replicas, indices, strict=False):
        made += name[written : len(path)] + index
        written = len(path)
    return made + name[written:] + "".join(indices[len(variable.replicas) :])


def index_text(type_: ir.Type, rank: int) -> str:
    """The index of this rank as text."""
    for position, value in enumerate(ir.values(type_)):
        if position == rank:
            return show_value(type_, value)
    raise IndexError(rank)


def part_name(path: str, replicas: Sequence[str], indices: Sequence[str]) -> str:
    """A dotted path with an index behind each replicated part in it: `conn.timer` becomes `conn[0].timer`."""
    made, written = "", 0
    for replica, index in zip(replicas, indices, strict=False):
        if path == replica or path.startswith(replica + "."):
            made += f"{path[written : len(replica)]}[{index}]"
            written = len(replica)
    return made + path[written:]


def changed_places(variables: Sequence[TraceVariable], before: State, after: State) -> Iterator[Place]:
    """Where two states differ, in order of declaration and index."""
    for position, variable in enumerate(variables):
        if before[position] != after[position]:
            for ranks in _changed(variable.type, before[position], after[position]):
                yield position, ranks


def _changed(type_: ir.Type, before: ir.Encoded, after: ir.Encoded) -> Iterator[tuple[int, ...]]:
    if not isinstance(type_, ir.Map):
        yield ()
        return
    for rank, (old, new) in enumerate(zip(before, after, strict=True)):
        if old != new:
            for inner in _changed(type_.item, old, new):
                yield (rank, *inner)


def all_places(variables: Sequence[TraceVariable]) -> Iterator[Place]:
    """Every place of a state, in order of declaration and index."""
    for position, variable in enumerate(variables):
        for ranks in _ranks(variable.type):
            yield position, ranks


def _ranks(type_: ir.Type) -> Iterator[tuple[int, ...]]:
    if not isinstance(type_, ir.Map):
        yield ()
        return
    for rank in range(ir.cardinality(type_.index)):
        for inner in _ranks(type_.item):
            yield (rank, *inner)


def named_places(variables: Sequence[TraceVariable]) -> dict[str, Place]:
    """Every place by its name."""
    return {place_name(variables[position], ranks): (position, ranks) for position, ranks in all_places(variables)}
