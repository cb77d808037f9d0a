"""Sets of settings of boolean switches: cubes, truth tables, minimal sets and minimal changes.

A *cube* gives some switches a value and leaves the others free. A table holds one bit for every setting; with eleven
switches that is a number of 2048 bits, so unions and inclusions are single operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TypeAlias

from uringcheck.diagnostics import InternalError

Cube: TypeAlias = Mapping[str, bool]


class Switches:
    """Names of switches, and tables over all their settings."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.count = 1 << len(self.names)
        self.everything = (1 << self.count) - 1
        self._on = {name: self._column(position) for position, name in enumerate(self.names)}

    def _column(self, position: int) -> int:
        """The settings in which the switch at this position is on: bit `position` of a setting's number."""
        period, block = 1 << (position + 1), ((1 << (1 << position)) - 1) << (1 << position)
        column = 0
        for start in range(0, self.count, period):
            column |= block << start
        return column

    def table(self, cube: Cube) -> int:
        """The settings in a cube."""
        found = self.everything
        for name, value in cube.items():
            found &= self._on[name] if value else ~self._on[name]
        return found & self.everything

    def number(self, setting: Cube) -> int:
        """The number of a setting that gives every switch a value."""
        return sum(1 << position for position, name in enumerate(self.names) if setting[name])

    def setting(self, number: int) -> dict[str, bool]:
        """The setting of this number."""
        return {name: bool(number >> position & 1) for position, name in enumerate(self.names)}

    def first(self, table: int) -> dict[str, bool]:
        """The setting in a table, which is not empty, with the least number."""
        return self.setting((table & -table).bit_length() - 1)

    def nearest(self, table: int, here: Cube) -> dict[str, bool]:
        """The setting in a table, which is not empty, that differs least from another; of these the first."""
        for size in range(len(self.names) + 1):
            bits = [self._turned(here, names) for names in combinations(self.names, size)]
            found = [bit for bit in bits if bit & table]
            if found:
                return self.first(min(found))
        raise InternalError("no setting in an empty table")

    def least(self, cube: Cube, order: Iterable[str], inside: int, table: int) -> dict[str, bool]:
        """The cube without the switches, tried in this order, that it can do without to stay in the table inside."""
        kept = dict(cube)
        for name in order:
            without = {other: value for other, value in kept.items() if other != name}
            if self.table(without) & inside & ~table == 0:
                kept = without
        return kept

    def minimal_cubes(self, table: int, largest: int) -> list[dict[str, bool]]:
        """Every cube inside the table from which no switch can be dropped; up to `largest` switches, small first."""
        found: list[dict[str, bool]] = []
        for size in range(largest + 1):
            for names in combinations(self.names, size):
                for chosen in product((True, False), repeat=size):
                    cube = dict(zip(names, chosen, strict=True))
                    if any(smaller.items() <= cube.items() for smaller in found):
                        continue
                    if self.table(cube) & ~table == 0:
                        found.append(cube)
        return found

    def covered(self, cubes: Sequence[Cube]) -> int:
        """The settings in any of the cubes."""
        union = 0
        for cube in cubes:
            union |= self.table(cube)
        return union

    def repairs(self, setting: Cube, table: int, largest: int) -> list[tuple[str, ...]]:
        """The smallest sets of switches to turn over that lead from a setting into the table. All of one size."""
        for size in range(largest + 1):
            found = [names for names in combinations(self.names, size) if self._turned(setting, names) & table]
            if found:
                return found
        return []

    def _turned(self, setting: Cube, names: Sequence[str]) -> int:
        return 1 << self.number({name: value is not (name in names) for name, value in setting.items()})

    def settings(self, table: int) -> Iterator[dict[str, bool]]:
        """Every setting in a table."""
        while table:
            yield self.first(table)
            table &= table - 1
