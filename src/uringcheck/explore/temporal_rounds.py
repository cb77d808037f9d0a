"""Loops: a short walk round a fair component that is fair by itself and satisfies the case."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.temporal_cycles import Component, Cycles


@value_class
class Round:
    """A closed walk through a component: its edges in order, beginning and ending in `entry`."""

    entry: int
    edges: tuple[int, ...]


#: Loops are looked for from so many states of a component, those nearest to the start.
_ENTRIES = 8

#: The shortest loop is found exactly while the component's states times the sets of what was met stay below this.
_EXACT = 1 << 16


def shortest_round(search: Cycles, component: Component) -> tuple[int, Round]:
    """A short loop that satisfies the case and is fair by itself, and its distance from the start."""
    best: tuple[int, Round] | None = None
    for entry in component.nearest(_ENTRIES):
        distance = len(search.way(entry))
        if best is not None and distance >= best[0] + len(best[1].edges):
            break
        found = _Rounds(search, component).through(entry)
        if best is None or distance + len(found.edges) < best[0] + len(best[1].edges):
            best = distance, found
    assert best is not None
    return best


class _Rounds:
    """Loops through one component."""

    def __init__(self, search: Cycles, component: Component) -> None:
        self.search, self.component = search, component
        self.graph, self.obligations = search.graph, search.obligations
        #: What has to be met, as bits: weak conditions, then `often`, then strong conditions as it turns out.
        self.weak = [bit for bit in range(self.obligations.count) if self.obligations.weak >> bit & 1]
        self.strong: list[int] = []

    def through(self, entry: int) -> Round:
        """The loop from a state."""
        while True:
            edges = self._closed(entry)
            ever = taken = 0
            for edge, state in zip(edges, self._states(entry, edges), strict=True):
                ever |= self.obligations.enabled[state]
                taken |= self.obligations.taken[self.graph.labels[edge]]
            unfair = ever & self.obligations.strong & ~taken
            if not unfair:
                return Round(entry, tuple(edges))
            self.strong += [bit for bit in range(self.obligations.count) if unfair >> bit & 1]

    def _states(self, entry: int, edges: Sequence[int]) -> list[int]:
        """The source of every edge of the loop."""
        return [entry, *(self.graph.targets[edge] for edge in edges)][: len(edges)]

    def _closed(self, entry: int) -> list[int]:
        count = len(self.weak) + len(self.search.often) + len(self.strong)
        everything = (1 << count) - 1
        met = self._met_in(entry)
        if self.component.size << count <= _EXACT:
            return self._walk(entry, met, entry, everything)[0]
        walked: list[int] = []
        state = entry
        while met != everything:
            edges, state, met = self._walk(state, met, None, everything)
            walked += edges
        if state != entry or not walked:
            walked += self._walk(state, everything, entry, everything)[0]
        return walked

    def _walk(self, start: int, met: int, end: int | None, wanted: int) -> tuple[list[int], int, int]:
        """The shortest walk of at least one step to `end` by which everything is met; without `end`, one thing more."""
        first = (start, met)
        came: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
        queue = deque([first])
        targets = self.graph.targets
        while queue:
            node = queue.popleft()
            state, so_far = node
            for edge in self.component.edges_of(state):
                target = targets[edge]
                there = (target, so_far | self._met_by(state, edge) | self._met_in(target))
                if there in came:
                    continue
                came[there] = (node, edge)
                if there == (end, wanted) or (end is None and there[1] != met):
                    return self._walked(came, first, there), *there
                queue.append(there)
        raise AssertionError("a fair component without a fair loop")

    @staticmethod
    def _walked(
        came: dict[tuple[int, int], tuple[tuple[int, int], int]], first: tuple[int, int], last: tuple[int, int]
    ) -> list[int]:
        node, edge = came[last]
        edges = [edge]
        while node != first:
            node, edge = came[node]
            edges.append(edge)
        return edges[::-1]

    def _met_in(self, state: int) -> int:
        """What being in a state meets."""
        enabled = self.obligations.enabled[state]
        bits = 0
        for place, bit in enumerate(self.weak):
            bits |= (not enabled >> bit & 1) << place
        stays = self.search.round.stutter[state]
        for place, truth in enumerate(self.search.often, len(self.weak)):
            bits |= bool(truth.stutter[state] and (stays or truth.edge is None)) << place
        return bits

    def _met_by(self, state: int, edge: int) -> int:
        """What taking an edge meets."""
        taken = self.obligations.taken[self.graph.labels[edge]]
        bits = 0
        for place, bit in enumerate(self.weak):
            bits |= (taken >> bit & 1) << place
        for place, truth in enumerate(self.search.often, len(self.weak)):
            bits |= truth.at(state, edge) << place
        for place, bit in enumerate(self.strong, len(self.weak) + len(self.search.often)):
            bits |= (taken >> bit & 1) << place
        return bits
