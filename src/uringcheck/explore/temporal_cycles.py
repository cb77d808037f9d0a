"""Fair cycles: where in a graph a behaviour can satisfy a case for ever without being unfair to anybody.

Fairness is that of `<A>_v`: an action is enabled where a step of it changes the state. Weak fairness of A is satisfied
on a cycle that takes A or has a state where A is not enabled; strong fairness on one that takes A or has no state
where A is enabled. A component all of whose edges are taken satisfies a weak condition if any cycle in it does. It
need not satisfy a strong one: where no edge of the component takes A, the states that enable A are removed and what is
left is decomposed again (Emerson and Lei, Modalities for model checking, Science of Computer Programming 8, 1987;
Lichtenstein and Pnueli, POPL 1985; the same in TLC, Yu, Manolios and Lamport, CHARME 1999). Taking all edges is why a
cycle is a set of edges here: an unfair step from a state to one that a fair step also leads to counts for nothing.

A behaviour may stutter for ever in any state, as long as fairness obliges nobody there.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.components import components
from uringcheck.explore.graph import Graph
from uringcheck.explore.temporal_cases import Case
from uringcheck.explore.temporal_truth import Truth, Valuation
from uringcheck.ir.program import Fairness


class Obligations:
    """What fairness asks, as bits: bit `i` of `enabled[s]` is set where condition `i` could be taken.

    A group is one condition, `each` one for every instance. `taken[l]` are the conditions that instance `l` takes.
    """

    def __init__(self, graph: Graph, fairness: Sequence[Fairness]) -> None:
        self.graph = graph
        self.taken = [0] * len(graph.instances)
        self.weak = self.strong = 0
        self.count = 0
        for claim in fairness:
            members = [label for label, step in enumerate(graph.instances) if step.action in claim.actions]
            for group in [[label] for label in members] if claim.each else [members]:
                bit = 1 << self.count
                self.count += 1
                self.strong |= bit if claim.strong else 0
                self.weak |= 0 if claim.strong else bit
                for label in group:
                    self.taken[label] |= bit
        self.enabled = self._enabled()

    def _enabled(self) -> Sequence[int]:
        graph, taken = self.graph, self.taken
        if not self.count:
            return [0] * graph.size
        masks = [taken[label] for label in graph.labels]
        made: list[int] = []
        end = graph.offsets[0]
        for state in range(graph.size):
            start, end = end, graph.offsets[state + 1]
            mask = 0
            for edge in range(start, end):
                mask |= masks[edge]
            made.append(mask)
        return made

    def idle(self) -> list[int]:
        """The conditions whose action is enabled in no state, by number."""
        ever = 0
        for mask in self.enabled:
            ever |= mask
        return [bit for bit in range(self.count) if not ever >> bit & 1]


class Component(Protocol):
    """States that a fair behaviour can go round in for ever, with the edges it may use."""

    @property
    def size(self) -> int:
        """The number of states."""
        ...

    def nearest(self, count: int) -> Sequence[int]:
        """So many of the states, or all, in the order of the search."""
        ...

    def edges_of(self, state: int) -> Sequence[int]:
        """The edges from one of the states that stay inside."""
        ...


@value_class
class ListedComponent:
    """A component whose states, in the order of the search, and edges are written down."""

    states: list[int]
    edges: dict[int, list[int]]

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.states)

    def nearest(self, count: int) -> Sequence[int]:
        """So many of the states, or all, in the order of the search."""
        return self.states[:count]

    def edges_of(self, state: int) -> Sequence[int]:
        """The edges from one of the states that stay inside."""
        return self.edges[state]


class Cycles(Protocol):
    """A search for fair behaviours that satisfy one case of a formula, after `reach`."""

    @property
    def graph(self) -> Graph:
        """The graph that is searched."""
        ...

    @property
    def obligations(self) -> Obligations:
        """What fairness asks."""
        ...

    @property
    def round(self) -> Truth:
        """What must hold all the way round a cycle."""
        ...

    @property
    def often(self) -> Sequence[Truth]:
        """What must hold somewhere on a cycle, each."""
        ...

    def reach(self, starts: Iterable[int]) -> None:
        """Find the states in which everything that must happen once has happened, in order of distance."""
        ...

    def way(self, state: int) -> list[int]:
        """The edges of the path to such a state."""
        ...

    def origin(self, state: int) -> int:
        """The initial state of the path to such a state."""
        ...

    def satisfiable(self) -> bool:
        """Whether some fair behaviour from the states given to `reach` satisfies the case."""
        ...

    def resting(self) -> Iterator[tuple[int, int]]:
        """The states, and their distances, where a behaviour may stutter for ever and satisfy the case."""
        ...

    def fair_components(self) -> Iterator[Component]:
        """The largest sets of states that a fair behaviour of more than stuttering can go round in, nearest first."""
        ...


class CaseSearch:
    """`Cycles` for graphs that Python itself has built."""

    def __init__(self, graph: Graph, valuation: Valuation, obligations: Obligations, case: Case) -> None:
        self.graph, self.obligations = graph, obligations
        self._once = [(valuation.truth(p), valuation.truth(q) if q else None) for p, q in case.once]
        self._all_done = (1 << len(case.once)) - 1
        self._may = {
            done: valuation.both([*case.forever, *(q for i, (_, q) in enumerate(case.once) if q and done >> i & 1)])
            for done in range(self._all_done + 1)
        }
        events = [truth for pair in self._once for truth in pair if truth is not None]
        self._only_states = all(truth.edge is None for truth in (*self._may.values(), *events))
        self._first = valuation.both(case.start)
        last = [*case.forever, *(q for _, q in case.once if q), *case.lasting]
        self.round: Truth = valuation.both(last)
        self.often = [valuation.truth(formula) for formula in case.often]
        self._came: array[int] = array("q")
        self._by: array[int] = array("q")
        self.order: list[int] = []
        self.distance: list[int] = []

    # --- the way into a cycle ----------------------------------------------------------------------------------------

    def reach(self, starts: Iterable[int]) -> None:
        """Find the states in which everything that must happen once has happened, in order of distance.

        Nodes are pairs of a state and the set of what has happened; a behaviour decides itself which p of `once` begins
        its q, so what has happened by a state may be counted or not, unless it costs nothing.
        """
        size = self.graph.size
        self._came = array("q", [-1]) * (size * (self._all_done + 1))
        self._by = array("q", [-1]) * (size * (self._all_done + 1))
        level: list[int] = []
        for state in starts:
            if self._first.stutter[state]:
                self._arrive(state, 0, -2, -1, level)
        depth = 0
        last = self._all_done * size
        while level:
            for node in level:
                if node >= last:
                    self.order.append(node - last)
                    self.distance.append(depth)
            level = self._next(level)
            depth += 1

    def _next(self, level: list[int]) -> list[int]:
        graph, size = self.graph, self.graph.size
        found: list[int] = []
        if self._only_states:
            # The usual case, and most of the time of a decision: what is asked of a step is asked of its two states.
            offsets, targets, came = graph.offsets, graph.targets, self._came
            for node in level:
                done, state = divmod(node, size)
                base, may = node - state, self._may[done].stutter
                for edge in range(offsets[state], offsets[state + 1]):
                    target = targets[edge]
                    if came[base + target] == -1 and may[target]:
                        self._arrive(target, done, node, edge, found)
            return found
        for node in level:
            done, state = divmod(node, size)
            for edge in range(graph.offsets[state], graph.offsets[state + 1]):
                self._step(node, done, state, edge, found)
        return found

    def _step(self, node: int, done: int, state: int, edge: int, found: list[int]) -> None:
        target = self.graph.targets[edge]
        if self._may[done].at(state, edge):
            self._arrive(target, done, node, edge, found)
        for bit, (event, _) in enumerate(self._once):
            more = done | 1 << bit
            # Events in a state have been counted on arrival, except where the behaviour may not stay.
            told = event.edge is not None or self._may[more].edge is not None
            if more != done and told and event.at(state, edge) and self._may[more].at(state, edge):
                self._arrive(target, more, node, edge, found)

    def _arrive(self, state: int, done: int, came: int, by: int, found: list[int]) -> None:
        """Note a node that may still satisfy the case, and those that stuttering there leads to."""
        may = self._may[done]
        if may.edge is None and not may.stutter[state]:
            return
        node = done * self.graph.size + state
        if self._came[node] != -1:
            return
        self._came[node], self._by[node] = came, by
        found.append(node)
        for bit, (event, _) in enumerate(self._once):
            more = done | 1 << bit
            if more != done and event.stutter[state] and self._may[more].stutter[state]:
                self._arrive(state, more, node, -1, found)

    def way(self, state: int) -> list[int]:
        """The edges of the path to a state of `order`; the first is taken in an initial state."""
        edges: list[int] = []
        node = self._all_done * self.graph.size + state
        while node >= 0:
            if self._by[node] >= 0:
                edges.append(self._by[node])
            node = self._came[node]
        return edges[::-1]

    def origin(self, state: int) -> int:
        """The initial state of the path to a state of `order`."""
        node = self._all_done * self.graph.size + state
        while self._came[node] >= 0:
            node = self._came[node]
        return node % self.graph.size

    def satisfiable(self) -> bool:
        """Whether some fair behaviour from the states given to `reach` satisfies the case."""
        return any(True for _ in self.resting()) or any(True for _ in self._components())

    # --- cycles -----------------------------------------------------------------------------------------------------

    def resting(self) -> Iterator[tuple[int, int]]:
        """The states, and their distances, where a behaviour may stutter for ever and satisfy the case."""
        asked = self.obligations.weak | self.obligations.strong
        enabled, stays, expanded = self.obligations.enabled, self.round.stutter, self.graph.expanded
        for state, distance in zip(self.order, self.distance, strict=True):
            if stays[state] and expanded[state] and not enabled[state] & asked:
                if all(truth.stutter[state] for truth in self.often):
                    yield state, distance

    def fair_components(self) -> Iterator[ListedComponent]:
        """The largest sets of states that a fair behaviour of more than stuttering can go round in, nearest first."""
        place = dict(zip(self.order, range(len(self.order)), strict=True))
        yield from sorted(self._components(), key=lambda component: place[component.states[0]])

    def _components(self) -> Iterator[ListedComponent]:
        inside = self.round.stutter if self.round.edge is None else None
        expanded = self.graph.expanded
        # What is left to decompose: sets of states in the order of the search.
        left = [[s for s in self.order if expanded[s] and (inside is None or inside[s])]]
        while left:
            nodes = left.pop()
            local, edges = self._below(nodes)
            for members in components(*local):
                component = ListedComponent([nodes[m] for m in members], {})
                allowed = set(component.states)
                for member in members:
                    kept = [edge for edge in edges[member] if self.graph.targets[edge] in allowed]
                    component.edges[nodes[member]] = kept
                remove = self._judged(component)
                if remove == 0:
                    yield component
                elif remove > 0:
                    left.append([s for s in component.states if not self.obligations.enabled[s] & remove])

    def _below(self, nodes: list[int]) -> tuple[tuple[list[int], list[int]], list[list[int]]]:
        """The subgraph of some states, with their positions as numbers, and the edges of each."""
        graph, may = self.graph, self.round.edge
        place = dict(zip(nodes, range(len(nodes)), strict=True))
        offsets, targets, edges = [0], [], []
        for state in nodes:
            kept = [
                edge
                for edge in range(graph.offsets[state], graph.offsets[state + 1])
                if graph.targets[edge] in place and (may is None or may[edge])
            ]
            edges.append(kept)
            targets += [place[graph.targets[edge]] for edge in kept]
            offsets.append(len(targets))
        return (offsets, targets), edges

    def _judged(self, component: ListedComponent) -> int:
        """0 for a fair component that satisfies the case, -1 for one without any hope; else the strong conditions that
        are enabled in it and never taken.
        """
        asked = self.obligations
        always, ever, taken = -1, 0, 0
        for state in component.states:
            always &= asked.enabled[state]
            ever |= asked.enabled[state]
            for edge in component.edges[state]:
                taken |= asked.taken[self.graph.labels[edge]]
        if always & asked.weak & ~taken or not all(self.meets(component, truth) for truth in self.often):
            return -1
        return ever & asked.strong & ~taken

    def meets(self, component: ListedComponent, wanted: Truth) -> bool:
        """Whether a formula is true at some position of the component."""
        for state in component.states:
            if wanted.stutter[state] and (self.round.stutter[state] or wanted.edge is None):
                return True
            if wanted.edge is not None and any(wanted.edge[edge] for edge in component.edges[state]):
                return True
        return False
