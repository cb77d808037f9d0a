"""What behaviours cost at least and at most: sums along paths, and what the cycles of a graph cost.

Costs stand beside the edges of a graph and are not negative. A sum is taken over a *stretch* of a behaviour: from where
it begins to where it is complete. Along a cycle that costs something a sum has no upper bound; where there is none,
only finitely many sums are possible, and each is found with the fewest steps that lead to it. The least sum is found by
Dijkstra's algorithm.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from uringcheck.diagnostics import InternalError
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.components import components


@value_class
class Extreme:
    """A least or greatest value, and a walk that has it: edges from an initial state, a loop from `loop` on.

    `value` is None where there is no bound; the loop is what goes on for ever then. From the edge `begin` on the walk
    was measured.
    """

    value: int | Fraction | None
    walk: tuple[int, ...]
    loop: int | None = None
    begin: int = 0
    #: The state where the walk ends, for walks without an edge.
    end: int = 0


@dataclass(frozen=True)
class Net:
    """A graph as the arrays of `Graph` give it, with its initial states."""

    offsets: Sequence[int]
    targets: Sequence[int]
    starts: Sequence[int]

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.offsets) - 1

    def edges(self, state: int) -> range:
        """The numbers of the steps from a state."""
        return range(self.offsets[state], self.offsets[state + 1])

    def sources(self) -> list[int]:
        """The source of every step."""
        return [state for state in range(self.size) for _ in self.edges(state)]


class Stretches:
    """All stretches of behaviours that begin and end alike, and what they cost.

    A stretch begins in an initial state, or with one of the edges in `begins`. It goes along edges that are not in
    `begins`, and is complete where it reaches a state in `ends`; without `ends`, where it can go no further, where one
    of `begins` leaves, or where it goes on for ever at no cost.
    """

    def __init__(
        self, net: Net, costs: Sequence[int], begins: bytearray | None = None, ends: bytearray | None = None
    ) -> None:
        self.net, self.costs, self.begins, self.ends = net, costs, begins, ends
        self._reached = self._reach()
        self._useful = self._towards() if ends is not None else self._reached

    # --- where stretches lead ---------------------------------------------------------------------------------------

    def _out(self, state: int) -> Iterator[int]:
        """The edges that a stretch takes from a state."""
        if self.ends is None or not self.ends[state]:
            for edge in self.net.edges(state):
                if self.begins is None or not self.begins[edge]:
                    yield edge

    def _first(self) -> list[tuple[int, tuple[int, ...]]]:
        """Every way to begin: the state after it, and the edges that lead there by the shortest way."""
        if self.begins is None:
            return [(state, ()) for state in self.net.starts]
        shortest = walks(self.net)
        sources = self.net.sources()
        return [
            (self.net.targets[edge], (*shortest(sources[edge]), edge))
            for edge in range(len(self.net.targets))
            if self.begins[edge]
        ]

    def _reach(self) -> bytearray:
        seen = bytearray(self.net.size)
        open_ = [state for state, _ in self._heads()]
        for state in open_:
            seen[state] = 1
        while open_:
            for edge in self._out(open_.pop()):
                target = self.net.targets[edge]
                if not seen[target]:
                    seen[target] = 1
                    open_.append(target)
        return seen

    def _heads(self) -> list[tuple[int, int]]:
        """Every way to begin as (state after it, its cost)."""
        if self.begins is None:
            return [(state, 0) for state in self.net.starts]
        return [
            (self.net.targets[edge], self.costs[edge]) for edge in range(len(self.net.targets)) if self.begins[edge]
        ]

    def _towards(self) -> bytearray:
        """The reached states from which a stretch can still be completed."""
        assert self.ends is not None
        before: dict[int, list[int]] = {}
        for state in range(self.net.size):
            if self._reached[state]:
                for edge in self._out(state):
                    before.setdefault(self.net.targets[edge], []).append(state)
        open_ = [state for state in range(self.net.size) if self._reached[state] and self.ends[state]]
        seen = bytearray(self.net.size)
        for state in open_:
            seen[state] = 1
        while open_:
            for state in before.get(open_.pop(), ()):
                if not seen[state]:
                    seen[state] = 1
                    open_.append(state)
        return seen

    @property
    def some(self) -> bool:
        """Whether any stretch exists that can be completed."""
        return any(self._useful)

    # --- extremes ---------------------------------------------------------------------------------------------------

    def most(self) -> Extreme:
        """The greatest sum."""
        cycle = self._costly_cycle()
        if cycle is not None:
            return cycle
        best: tuple[int, _Place] | None = None
        for cost, place in self._sums():
            if (self.ends is None or self.ends[place.state]) and (best is None or cost > best[0]):
                best = (cost, place)
        if best is None:
            raise InternalError("no stretch of any behaviour was found")
        walk, begin = best[1].walk()
        return Extreme(best[0], walk, None, begin, best[1].state)

    def least(self) -> Extreme:
        """The least sum of a complete stretch."""
        complete = self._complete()
        done = bytearray(self.net.size)
        heap: list[tuple[int, int, int, _Place]] = []
        for count, (state, head) in enumerate(self._first()):
            if self._useful[state]:
                cost = self.costs[head[-1]] if head else 0
                heapq.heappush(heap, (cost, len(head), count, _Place(state, None, head)))
        count = len(self.net.targets)
        while heap:
            cost, steps, _, place = heapq.heappop(heap)
            if done[place.state]:
                continue
            done[place.state] = 1
            if complete[place.state]:
                walk, begin = place.walk()
                return Extreme(cost, walk, None, begin, place.state)
            for edge in self._out(place.state):
                target = self.net.targets[edge]
                if self._useful[target] and not done[target]:
                    count += 1
                    heapq.heappush(heap, (cost + self.costs[edge], steps + 1, count, _Place(target, place, (edge,))))
        # Whatever is taken, it costs something again and again.
        cycle = self._costly_cycle()
        if cycle is None:
            raise InternalError("no stretch of any behaviour is complete")
        return cycle

    def _sums(self) -> Iterator[tuple[int, _Place]]:
        """Every sum in every state, each when it is first reached, by the fewest steps."""
        seen: set[tuple[int, int]] = set()
        heap: list[tuple[int, int, int, _Place]] = []
        for count, (state, head) in enumerate(self._first()):
            if self._useful[state]:
                cost = self.costs[head[-1]] if head else 0
                heapq.heappush(heap, (len(head), count, cost, _Place(state, None, head)))
        count = len(self.net.targets)
        while heap:
            steps, _, cost, place = heapq.heappop(heap)
            if (place.state, cost) in seen:
                continue
            seen.add((place.state, cost))
            yield cost, place
            for edge in self._out(place.state):
                target, sum_ = self.net.targets[edge], cost + self.costs[edge]
                if self._useful[target] and (target, sum_) not in seen:
                    count += 1
                    heapq.heappush(heap, (steps + 1, count, sum_, _Place(target, place, (edge,))))

    def _complete(self) -> bytearray:
        """Where a stretch may end."""
        if self.ends is not None:
            return self.ends
        found = bytearray(self.net.size)
        free: list[list[int]] = [[] for _ in range(self.net.size)]
        for state in range(self.net.size):
            edges = self.net.edges(state)
            if not edges or (self.begins is not None and any(self.begins[edge] for edge in edges)):
                found[state] = 1
            free[state] = [edge for edge in self._out(state) if self._reached[state] and not self.costs[edge]]
        for members in _components(self.net, free):
            for state in members:
                found[state] = 1
        return found

    def _costly_cycle(self) -> Extreme | None:
        """A cycle of stretches that costs something, the first that is reached."""
        kept = [
            [edge for edge in self._out(state) if self._useful[self.net.targets[edge]]] if self._useful[state] else []
            for state in range(self.net.size)
        ]
        component = _numbered(self.net.size, _components(self.net, kept))
        best: tuple[int, int, int, tuple[int, ...]] | None = None
        firsts = self._first()
        reach = _Walks(self.net, kept, [(state, head) for state, head in firsts if self._useful[state]])
        for state in range(self.net.size):
            for edge in kept[state]:
                inside = component[state] and component[state] == component[self.net.targets[edge]]
                if inside and self.costs[edge]:
                    walk = reach.walk(state)
                    if best is None or len(walk) < best[0]:
                        best = (len(walk), state, edge, walk)
        if best is None:
            return None
        _, state, edge, walk = best
        inside_edges = [
            [e for e in kept[s] if component[s] and component[self.net.targets[e]] == component[state]]
            for s in range(self.net.size)
        ]
        back = _Walks(self.net, inside_edges, [(self.net.targets[edge], ())]).walk(state)
        begin = len(reach.head(state)) - 1 if self.begins is not None else 0
        return Extreme(None, (*walk, edge, *back), len(walk), begin)


@dataclass(frozen=True, eq=False)
class _Place:
    """A state on the way, and how it was come to: from another place along one edge, or at the head of a stretch."""

    state: int
    before: _Place | None
    edges: tuple[int, ...]

    def __lt__(self, other: _Place) -> bool:
        return False  # counts before it tell entries of a heap apart

    def walk(self) -> tuple[tuple[int, ...], int]:
        """The edges from an initial state on, and which of them is the first of the stretch."""
        parts: list[int] = []
        here = self
        while here.before is not None:
            parts.append(here.edges[0])
            here = here.before
        return (*here.edges, *reversed(parts)), max(0, len(here.edges) - 1)


class _Walks:
    """Shortest ways along some of the edges, by breadth-first search from places with a known way to them."""

    def __init__(self, net: Net, out: Sequence[Iterable[int]], heads: Sequence[tuple[int, tuple[int, ...]]]) -> None:
        self._came: dict[int, tuple[int, int]] = {}
        self._heads: dict[int, tuple[int, ...]] = {}
        open_ = [(len(head), count, state) for count, (state, head) in enumerate(heads)]
        heapq.heapify(open_)
        done: set[int] = set()
        count = len(heads)
        via: dict[int, tuple[int, int]] = {}
        while open_:
            steps, number, state = heapq.heappop(open_)
            if state in done:
                continue
            done.add(state)
            if number < len(heads):
                self._heads[state] = heads[number][1]
            else:
                self._came[state] = via[number]
            for edge in out[state]:
                target = net.targets[edge]
                if target not in done:
                    count += 1
                    via[count] = (state, edge)
                    heapq.heappush(open_, (steps + 1, count, target))

    def walk(self, state: int) -> tuple[int, ...]:
        """The edges to a state."""
        parts: list[int] = []
        while state in self._came:
            state, edge = self._came[state]
            parts.append(edge)
        return (*self._heads[state], *reversed(parts))

    def head(self, state: int) -> tuple[int, ...]:
        """The edges before the first that was followed."""
        while state in self._came:
            state, _ = self._came[state]
        return self._heads[state]


def walks(net: Net) -> Callable[[int], tuple[int, ...]]:
    """Shortest walks from the initial states, by target."""
    return _Walks(net, [net.edges(state) for state in range(net.size)], [(s, ()) for s in net.starts]).walk


def _components(net: Net, out: Sequence[Sequence[int]]) -> list[list[int]]:
    """The components with at least two states, of the graph with these edges."""
    offsets, targets = [0], []
    for edges in out:
        targets += [net.targets[edge] for edge in edges]
        offsets.append(len(targets))
    return components(offsets, targets)


def _numbered(size: int, found: Sequence[Sequence[int]]) -> list[int]:
    """The number of each state's component; 0 for those in none."""
    component = [0] * size
    for number, members in enumerate(found, 1):
        for state in members:
            component[state] = number
    return component
