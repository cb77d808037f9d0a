"""The least and the greatest ratio of two costs on the cycles of a graph.

A ratio is improved cycle by cycle until there is no better one: Dinkelbach, On nonlinear fractional programming,
Management Science 13 (1967). Whether there is a better one is whether some cycle has a positive sum: Bellman, Ford.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from uringcheck.explore.components import components
from uringcheck.explore.costs import Extreme, Net, walks

#: Edges of a cycle, and its two sums.
Cycle = tuple[tuple[int, ...], int, int]


def greatest_ratio(net: Net, upper: Sequence[int], lower: Sequence[int]) -> Extreme | None:
    """The greatest `upper / lower` of a cycle; without a value where one costs `upper` only. None without a cycle.

    A cycle that costs neither has no ratio.
    """
    best: tuple[Fraction | None, Cycle] | None = None
    for component in _inner_edges(net):
        found = _of_component(net, component, upper, lower)
        if found is not None and (best is None or (best[0] is not None and (found[0] is None or found[0] > best[0]))):
            best = found
    if best is None:
        return None
    edges = best[1][0]
    before = walks(net)(_source(net, edges[0]))
    value: int | Fraction | None = best[0]
    if best[0] is not None and best[0].denominator == 1:
        value = best[0].numerator
    return Extreme(value, (*before, *edges), len(before), len(before))


def least_ratio(net: Net, upper: Sequence[int], lower: Sequence[int]) -> Extreme | None:
    """The least `upper / lower` of a cycle, which is one over the greatest the other way round."""
    found = greatest_ratio(net, lower, upper)
    if found is None:
        return None
    if found.value is None:
        value: int | Fraction | None = 0
    elif found.value == 0:
        value = None
    else:
        turned = 1 / Fraction(found.value)
        value = turned.numerator if turned.denominator == 1 else turned
    return Extreme(value, found.walk, found.loop, found.begin)


def _inner_edges(net: Net) -> list[list[tuple[int, int, int]]]:
    """For each component its edges as (source, edge, target)."""
    found = components(net.offsets, net.targets)
    of = {state: number for number, members in enumerate(found) for state in members}
    return [
        [(s, e, net.targets[e]) for s in members for e in net.edges(s) if of.get(net.targets[e]) == number]
        for number, members in enumerate(found)
    ]


def _of_component(
    net: Net, edges: list[tuple[int, int, int]], upper: Sequence[int], lower: Sequence[int]
) -> tuple[Fraction | None, Cycle] | None:
    free = [edge for edge in edges if not lower[edge[1]]]
    unbounded = _positive_cycle(free, upper)
    if unbounded is not None:
        return None, _summed(unbounded, upper, lower)
    some = _positive_cycle(edges, lower)
    if some is None:
        return None
    best = _summed(some, upper, lower)
    while True:
        ratio = Fraction(best[1], best[2])
        gain = [ratio.denominator * up - ratio.numerator * low for up, low in zip(upper, lower, strict=True)]
        better = _positive_cycle(edges, gain)
        if better is None:
            return ratio, best
        best = _summed(better, upper, lower)


def _summed(cycle: tuple[int, ...], upper: Sequence[int], lower: Sequence[int]) -> Cycle:
    return cycle, sum(upper[edge] for edge in cycle), sum(lower[edge] for edge in cycle)


def _positive_cycle(edges: list[tuple[int, int, int]], weights: Sequence[int]) -> tuple[int, ...] | None:
    """A cycle with a positive sum, by relaxing until nothing grows or somebody is his own predecessor."""
    most = {state: 0 for source, _, target in edges for state in (source, target)}
    came: dict[int, tuple[int, int]] = {}
    while True:
        grew = False
        for source, edge, target in edges:
            if most[source] + weights[edge] > most[target]:
                most[target] = most[source] + weights[edge]
                came[target] = (source, edge)
                grew = True
        if not grew:
            return None
        cycle = _cycle_of(came)
        if cycle is not None:
            return cycle


def _cycle_of(came: dict[int, tuple[int, int]]) -> tuple[int, ...] | None:
    """A cycle among the predecessors; every such cycle has a positive sum."""
    mark: dict[int, int] = {}
    for number, begin in enumerate(came, 1):
        state = begin
        while state in came and state not in mark:
            mark[state] = number
            state = came[state][0]
        if state in came and mark.get(state) == number:
            edges: list[int] = []
            here = state
            while not edges or here != state:
                here, edge = came[here]
                edges.append(edge)
            return tuple(reversed(edges))
    return None


def _source(net: Net, edge: int) -> int:
    """The state that an edge leaves."""
    low, high = 0, net.size - 1
    while low < high:
        middle = (low + high + 1) // 2
        if net.offsets[middle] <= edge:
            low = middle
        else:
            high = middle - 1
    return low
