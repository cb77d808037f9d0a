"""What changed between two states, in the author's words.

ring  0 -> 1                a scalar
owner[1]  POOL -> LOST      an element of a map
req.state  IDLE -> ARMED    a field of a record
cq  + Cqe(res=1)            an item pushed; `- ...` at the head: popped
seen  + 3                   a member added; `- 3`: removed
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uringcheck.diagnostics.values import value_class
from uringcheck.ir import types as ir
from uringcheck.ir.show import show_value
from uringcheck.trace.model import State, TraceVariable
from uringcheck.trace.places import Place, changed_places, place_name, type_at, value_at


@value_class
class Change:
    """One line of a difference: where, and what happened there. `place` is the whole place, `name` may be a field."""

    place: Place
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}  {self.text}"


def state_diff(variables: Sequence[TraceVariable], before: State, after: State) -> tuple[Change, ...]:
    """Every change, in order of declaration and index."""
    found: list[Change] = []
    for place in changed_places(variables, before, after):
        variable = variables[place[0]]
        name = place_name(variable, place[1])
        type_ = type_at(variable.type, place[1])
        for suffix, text in _changes(type_, value_at(before, place), value_at(after, place)):
            found.append(Change(place, name + suffix, text))
    return tuple(found)


def _changes(type_: ir.Type, old: ir.Encoded, new: ir.Encoded) -> Iterator[tuple[str, str]]:
    match type_:
        case ir.Record(fields=fields) if sum(a != b for a, b in zip(old, new, strict=True)) < len(fields):
            for (name, item), a, b in zip(fields, old, new, strict=True):
                if a != b:
                    for suffix, text in _changes(item, a, b):
                        yield f".{name}{suffix}", text
        case ir.Option(item) if old is not None and new is not None:
            yield from _changes(item, old, new)
        case ir.Queue(item, _):
            yield "", _queue_change(type_, item, old, new)
        case ir.Set(item):
            parts = [
                f"{'+' if new >> position & 1 else '-'} {show_value(item, value)}"
                for position, value in enumerate(ir.values(item))
                if (old ^ new) >> position & 1
            ]
            yield "", "  ".join(parts)
        case _:
            yield "", f"{show_value(type_, old)} -> {show_value(type_, new)}"


def _queue_change(type_: ir.Queue, item: ir.Type, old: tuple[ir.Encoded, ...], new: tuple[ir.Encoded, ...]) -> str:
    """Pops at the head and pushes at the end; both queues whole where that is not what happened.

    The fewest pops that explain it. When nothing of the old queue is left, whole queues say more.
    """
    for popped in range(len(old) + 1):
        kept = old[popped:]
        if new[: len(kept)] == kept and (kept or not old or not new):
            parts = [f"- {show_value(item, value)}" for value in old[:popped]]
            parts += [f"+ {show_value(item, value)}" for value in new[len(kept) :]]
            return "  ".join(parts)
    return f"{show_value(type_, old)} -> {show_value(type_, new)}"
