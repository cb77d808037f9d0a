"""The least of all states that differ by nothing but interchangeable names: for few names the quickest to agree on.

Every renaming is tried. What each would make of the value of a variable, and what that would weigh in the order of
states, is looked up; it is worked out once for each value. States are ordered as the lanes they are packed into, the
first lane first, so that native code comes to the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import add

from uringcheck.explore.canonical import Places
from uringcheck.explore.outcome import State
from uringcheck.ir.program import Variable
from uringcheck.ir.renaming import Renaming, mentions, renamings
from uringcheck.ir.types import Encoded, Enum, Int, Map, Set, Type
from uringcheck.lower.packing import LANE, encode, layout, width

#: Beyond this many renamings it is quicker to let the state say in which order its names come.
MOST_RENAMINGS = 24


class Least:
    """Makes states canonical. Called with a state it gives the canonical one."""

    def __init__(self, variables: Sequence[Variable], types: Sequence[Enum]) -> None:
        """`types` are the interchangeable ones among what the variables mention."""
        self._types = tuple(types)
        self._renamings = list(renamings(types))
        packed = layout(variables)
        self._parts = [
            _Part(position, variable, field.offset, packed.lanes, self._renamings)
            for position, (variable, field) in enumerate(zip(variables, packed.fields, strict=True))
            if set(mentions(variable.type)) & set(types)
        ]

    def __call__(self, state: State) -> State:
        """The canonical state."""
        which = self._which(state)
        return self._renamed(state, which) if which else state

    def named(self, state: State) -> tuple[State, Places]:
        """The canonical state, and what the values are called in it."""
        which = self._which(state)
        places = self._renamings[which].places
        return self._renamed(state, which), tuple(places[type_] for type_ in self._types)

    def renaming(self, places: Places) -> Renaming:
        """Places as a renaming."""
        return Renaming(dict(zip(self._types, places, strict=True)))

    def _which(self, state: State) -> int:
        """The first renaming that leads to the least state; 0 is that of nothing."""
        first, *others = self._parts
        weights = first.known(state[first.position])[0]
        for part in others:
            weights = list(map(add, weights, part.known(state[part.position])[0]))
        return weights.index(min(weights))

    def _renamed(self, state: State, which: int) -> State:
        made = list(state)
        for part in self._parts:
            made[part.position] = part.known(state[part.position])[1][which]
        return tuple(made)


class _Part:
    """A variable, and for each value it was seen with what every renaming makes of it."""

    def __init__(self, position: int, variable: Variable, offset: int, lanes: int, every: Sequence[Renaming]) -> None:
        self.position = position
        self._changes = [renaming.change(variable.type) or _same for renaming in every]
        self._coder = _coder(variable.type)
        self._lane, self._shift = divmod(offset, LANE)
        self._lanes = lanes
        self._known: dict[Encoded, tuple[list[int], list[Encoded]]] = {}

    def known(self, value: Encoded) -> tuple[list[int], list[Encoded]]:
        """For every renaming the weight of the renamed value, and the value."""
        found = self._known.get(value)
        if found is None:
            renamed = [change(value) for change in self._changes]
            found = self._known[value] = list(map(self._weight, map(self._coder, renamed))), renamed
        return found

    def _weight(self, bits: int) -> int:
        """The bits of the value where they stand in the lanes, those of the first lane the highest."""
        bits, lane = bits << self._shift, self._lanes - 1 - self._lane
        if bits < 1 << LANE:
            return bits << LANE * lane
        weight = 0
        while bits:
            weight |= (bits & (1 << LANE) - 1) << LANE * lane
            bits >>= LANE
            lane -= 1
        return weight


def _same(value: Encoded) -> Encoded:
    return value


def _coder(type_: Type) -> Callable[[Encoded], int]:
    """What `packing.encode` does with values of the type, as a function of the value alone."""
    match type_:
        case Map(_, item) if width(item) > 0:
            inner, bits = _coder(item), width(item)

            def packed(value: Encoded) -> int:
                made = 0
                for part in reversed(value):
                    made = made << bits | inner(part)
                return made

            return packed
        case Enum() | Set():
            return _same
        case Int(low, _):
            return _same if low == 0 else lambda value: int(value) - low
        case _:
            return lambda value: encode(type_, value)
