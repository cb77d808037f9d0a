"""Interchangeable values exchanged for each other, and what that does to values that contain them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import TypeAlias

from uringcheck.ir.types import Encoded, Enum, Map, Option, Queue, Record, Set, Type, rank, values

Change: TypeAlias = Callable[[Encoded], Encoded]

#: A set of at most this many possible members is renamed by looking it up in a table of all sets.
_TABLED = 10


def mentions(type_: Type) -> Iterator[Enum]:
    """The interchangeable types inside a type, in reading order, with repetitions."""
    match type_:
        case Enum(interchangeable=True):
            yield type_
        case Record(fields=fields):
            for _, item in fields:
                yield from mentions(item)
        case Option(item) | Queue(item, _) | Set(item):
            yield from mentions(item)
        case Map(index, item):
            yield from mentions(index)
            yield from mentions(item)


class Renaming:
    """For each of some interchangeable types, what becomes of its values; other types stay as they are."""

    def __init__(self, places: Mapping[Enum, Sequence[int]]) -> None:
        """`places[type][v]` is what `v` becomes."""
        self.places = {type_: tuple(new) for type_, new in places.items()}
        self._changes: dict[Type, Change | None] = {}

    def __repr__(self) -> str:
        return f"Renaming({ {type_.name: new for type_, new in self.places.items()} })"

    def inverse(self) -> Renaming:
        """The renaming that undoes this one."""
        found = {}
        for type_, new in self.places.items():
            back = [0] * len(new)
            for old, name in enumerate(new):
                back[name] = old
            found[type_] = back
        return Renaming(found)

    def then(self, other: Renaming) -> Renaming:
        """This renaming and after it another."""
        found = {}
        for type_ in (*self.places, *other.places):
            same = tuple(range(len(type_.members)))
            first, second = self.places.get(type_, same), other.places.get(type_, same)
            found[type_] = [second[name] for name in first]
        return Renaming(found)

    def value(self, type_: Type, value: Encoded) -> Encoded:
        """The value with its interchangeable parts renamed."""
        change = self.change(type_)
        return value if change is None else change(value)

    def tuple(self, types: Sequence[Type], given: Sequence[Encoded]) -> tuple[Encoded, ...]:
        """Several values: a state, or the arguments of an action."""
        return tuple(self.value(type_, value) for type_, value in zip(types, given, strict=True))

    def change(self, type_: Type) -> Change | None:
        """What renames the values of a type; None where nothing ever changes."""
        if type_ not in self._changes:
            self._changes[type_] = self._made(type_)
        return self._changes[type_]

    def _made(self, type_: Type) -> Change | None:
        match type_:
            case Enum():
                new = self.places.get(type_)
                return None if new is None or new == tuple(range(len(new))) else new.__getitem__
            case Record(fields=fields):
                changes = [self.change(item) for _, item in fields]
                return None if not any(changes) else _fieldwise(changes)
            case Option(item):
                change = self.change(item)
                return None if change is None else _if_there(change)
            case Queue(item, _):
                change = self.change(item)
                return None if change is None else _each(change)
            case Set(item):
                places = self._ranks(item)
                return None if places is None else _on_bits(places)
            case Map(index, item):
                return _on_items(self._ranks(index), self.change(item))
            case _:
                return None

    def _ranks(self, type_: Type) -> list[int] | None:
        """Where each value of a scalar type goes, by rank; None where all stay."""
        change = self.change(type_)
        return None if change is None else [rank(type_, change(value)) for value in values(type_)]


def _fieldwise(changes: Sequence[Change | None]) -> Change:
    return lambda value: tuple(
        part if change is None else change(part) for change, part in zip(changes, value, strict=True)
    )


def _on_bits(places: Sequence[int]) -> Change:
    def moved(value: int) -> int:
        made = 0
        for old, new in enumerate(places):
            if value >> old & 1:
                made |= 1 << new
        return made

    if len(places) <= _TABLED:
        return [moved(value) for value in range(1 << len(places))].__getitem__
    return moved


def _on_items(places: Sequence[int] | None, change: Change | None) -> Change | None:
    if places is None:
        return None if change is None else _each(change)
    came = [0] * len(places)
    for old, new in enumerate(places):
        came[new] = old
    if change is None:
        return lambda value: tuple([value[old] for old in came])
    each = _each(change)
    return lambda value: each([value[old] for old in came])


def _if_there(change: Change) -> Change:
    return lambda value: None if value is None else change(value)


def _each(change: Change) -> Change:
    return lambda value: tuple(map(change, value))


def neighbours(types: Sequence[Enum]) -> Iterator[tuple[Enum, int, Renaming]]:
    """Every exchange of a value with the next one, from which all renamings can be put together."""
    for type_ in types:
        for first in range(len(type_.members) - 1):
            new = list(range(len(type_.members)))
            new[first], new[first + 1] = first + 1, first
            yield type_, first, Renaming({type_: new})


def renamings(types: Sequence[Enum]) -> Iterator[Renaming]:
    """All of them, that of nothing first."""
    for chosen in product(*(tuple(permutations(range(len(type_.members)))) for type_ in types)):
        yield Renaming(dict(zip(types, chosen, strict=True)))
