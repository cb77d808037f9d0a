"""One state for all that differ by nothing but the names of interchangeable values.

The canonical state is the least of those that result when each type's values are named in an order that the state
itself gives: by what it says about each value, with all other names left out. Where it says the same they are tied.
Where nothing in the state relates one interchangeable value to another, tied values can be exchanged without changing
anything, and any order among them gives the same state. Else every order among them is tried, but for those values
that can be exchanged without changing the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, product
from typing import Any, TypeAlias

from uringcheck.explore.outcome import State
from uringcheck.ir.renaming import Change, Renaming, mentions
from uringcheck.ir.types import Encoded, Enum, Map, Option, Queue, Record, Set, Type, values

View: TypeAlias = Callable[[Encoded, int], Any]
"""What a value says about one of the interchangeable values, in a form that can be ordered."""

Places: TypeAlias = tuple[tuple[int, ...], ...]
"""For each type, the new name of each of its values."""


class Canonical:
    """Makes states canonical. Called with a state it gives the canonical one."""

    def __init__(self, variables: Sequence[Type], types: Sequence[Enum]) -> None:
        """`variables` are the types of a state's parts, `types` the interchangeable ones among what they mention."""
        self._variables, self._types = tuple(variables), tuple(types)
        self._views = [
            [(position, _view(part, type_)) for position, part in enumerate(variables) if type_ in mentions(part)]
            for type_ in types
        ]
        self._related = any(_relates(part) for part in variables)
        self._changes: dict[Places, list[tuple[int, Change]]] = {}
        self._orders = [(position, _order(part)) for position, part in enumerate(variables) if any(mentions(part))]

    def __call__(self, state: State) -> State:
        """The canonical state."""
        return self.named(state)[0]

    def renaming(self, places: Places) -> Renaming:
        """Places as a renaming."""
        return Renaming(dict(zip(self._types, places, strict=True)))

    def named(self, state: State) -> tuple[State, Places]:
        """The canonical state, and what the values are called in it."""
        groups = [self._groups(state, views, type_) for views, type_ in zip(self._views, self._types, strict=True)]
        if not self._related or all(len(group) == 1 for tied in groups for group in tied):
            places = tuple(_placed([value for group in tied for value in group]) for tied in groups)
            return self._renamed(state, places), places
        best: tuple[Any, State, Places] | None = None
        alike = [[self._alike(state, which, group) for group in tied] for which, tied in enumerate(groups)]
        for orders in product(*(tuple(_orders(tied)) for tied in alike)):
            places = tuple(_placed(order) for order in orders)
            made = self._renamed(state, places)
            key = tuple(order(made[position]) for position, order in self._orders)
            if best is None or key < best[0]:
                best = key, made, places
        assert best is not None
        return best[1], best[2]

    @staticmethod
    def _groups(state: State, views: Sequence[tuple[int, View]], type_: Enum) -> list[list[int]]:
        """The values of a type in order, those of which the state says the same together."""
        said = [
            tuple([view(state[position], value) for position, view in views]) for value in range(len(type_.members))
        ]
        order = sorted(range(len(said)), key=said.__getitem__)
        return [list(group) for _, group in groupby(order, key=said.__getitem__)]

    def _alike(self, state: State, which: int, group: list[int]) -> list[list[int]]:
        """A group of tied values, those together of which any two can be exchanged without changing the state."""
        classes: list[list[int]] = []
        identity = [tuple(range(len(type_.members))) for type_ in self._types]
        for value in group:
            for known in classes:
                exchanged = list(identity[which])
                exchanged[value], exchanged[known[0]] = known[0], value
                places = (*identity[:which], tuple(exchanged), *identity[which + 1 :])
                if self._renamed(state, places) == state:
                    known.append(value)
                    break
            else:
                classes.append([value])
        return classes

    def _renamed(self, state: State, places: Places) -> State:
        changes = self._changes.get(places)
        if changes is None:
            renaming = self.renaming(places)
            changes = self._changes[places] = [
                (position, change)
                for position, type_ in enumerate(self._variables)
                if (change := renaming.change(type_)) is not None
            ]
        if not changes:
            return state
        made = list(state)
        for position, change in changes:
            made[position] = change(made[position])
        return tuple(made)


def _placed(order: Sequence[int]) -> tuple[int, ...]:
    """The new name of each value when they are named in this order."""
    places = [0] * len(order)
    for name, value in enumerate(order):
        places[value] = name
    return tuple(places)


def _orders(tied: Sequence[Sequence[Sequence[int]]]) -> Iterator[list[int]]:
    """The orders of groups of classes: groups stay where they are, and a class keeps its own order."""
    for chosen in product(*(tuple(_arrangements(group)) for group in tied)):
        yield [value for group in chosen for value in group]


def _arrangements(classes: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """The ways to mix lists without changing the order within any."""
    if not any(classes):
        yield []
    for position, values_ in enumerate(classes):
        if values_:
            rest = [*classes[:position], values_[1:], *classes[position + 1 :]]
            yield from ([values_[0], *others] for others in _arrangements(rest))


def _relates(type_: Type) -> bool:
    """Whether values of the type can relate one interchangeable value to another without fixing the place of either."""
    match type_:
        case Map(index, item):
            return _relates(item) or len([*mentions(index)]) > 1 or (any(mentions(index)) and any(mentions(item)))
        case Set(item):
            return len([*mentions(item)]) > 1
        case _:
            return False


def _view(type_: Type, about: Enum) -> View:
    """What values of a type say about one value of `about`; the names of all others are left out."""
    if not any(mentions(type_)):
        order = _order(type_)
        return lambda value, _: order(value)
    match type_:
        case Enum():
            return (lambda value, one: value == one) if type_ == about else (lambda value, _: 0)
        case Record(fields=fields):
            parts = [_view(item, about) for _, item in fields]
            return lambda value, one: tuple([part(v, one) for part, v in zip(parts, value, strict=True)])
        case Option(item):
            inner = _view(item, about)
            return lambda value, one: () if value is None else (inner(value, one),)
        case Queue(item, _):
            inner = _view(item, about)
            return lambda value, one: tuple([inner(v, one) for v in value])
        case Set(item):
            if item == about:
                return lambda value, one: (value >> one & 1, value.bit_count())
            if isinstance(item, Enum):
                return lambda value, _: value.bit_count()
            inner, members = _view(item, about), tuple(values(item))
            return lambda value, one: sorted(inner(v, one) for bit, v in enumerate(members) if value >> bit & 1)
        case Map(index, item):
            return _view_of_map(index, item, about)
    raise AssertionError(type_)


def _view_of_map(index: Type, item: Type, about: Enum) -> View:
    inner = _view(item, about)
    if not any(mentions(index)):
        return lambda value, one: tuple([inner(v, one) for v in value])
    if index == about and about not in mentions(item):
        return lambda value, one: inner(value[one], one)
    if index == about:
        return lambda value, one: (
            inner(value[one], one),
            sorted(inner(v, one) for at, v in enumerate(value) if at != one),
        )
    outer, indices = _view(index, about), tuple(values(index))
    return lambda value, one: sorted((outer(i, one), inner(v, one)) for i, v in zip(indices, value, strict=True))


def _order(type_: Type) -> Callable[[Encoded], Any]:
    """What makes the values of a type comparable with each other."""
    match type_:
        case Option(item):
            inner = _order(item)
            return lambda value: () if value is None else (inner(value),)
        case Record(fields=fields) if any(_order(item) is not _same for _, item in fields):
            parts = [_order(item) for _, item in fields]
            return lambda value: tuple([part(v) for part, v in zip(parts, value, strict=True)])
        case Queue(item, _) | Map(_, item) if _order(item) is not _same:
            inner = _order(item)
            return lambda value: tuple([inner(v) for v in value])
        case _:
            return _same


def _same(value: Encoded) -> Any:
    return value
