"""Least and greatest costs of random graphs are those that going through their behaviours one by one finds."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from uringcheck.explore.cost_ratios import greatest_ratio, least_ratio
from uringcheck.explore.costs import Extreme, Net, Stretches

#: (source, target, a cost, another cost): graphs of at most six states without a step that stays where it is.
EDGES = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 5), st.sampled_from([0, 0, 1, 2]), st.sampled_from([0, 0, 1, 3])
    ).filter(lambda edge: edge[0] != edge[1]),
    max_size=9,
)

Edge = tuple[int, int, int, int]


def net_of(edges: list[Edge]) -> Net:
    """The arrays, the edges in order of their sources."""
    offsets = [sum(edge[0] < state for edge in edges) for state in range(7)]
    return Net(offsets, [edge[1] for edge in edges], [0])


def simple(edges: list[Edge], begin: int, removed: set[int]) -> Iterator[tuple[list[int], int | None]]:
    """Every way that visits no state twice, and every lasso at its first return, as (edges, where its loop begins)."""
    todo: list[tuple[list[int], list[int]]] = [([], [begin])]
    while todo:
        way, states = todo.pop()
        yield way, None
        for number, edge in enumerate(edges):
            if edge[0] == states[-1] and number not in removed:
                if edge[1] in states:
                    yield [*way, number], states.index(edge[1])
                else:
                    todo.append(([*way, number], [*states, edge[1]]))


def comes_to(edges: list[Edge], begin: int, removed: set[int], ends: set[int]) -> bool:
    """Whether some way from a state ends in one of these."""
    ways = (way for way, loop in simple(edges, begin, removed) if loop is None)
    return any((edges[way[-1]][1] if way else begin) in ends for way in ways)


def expected(edges: list[Edge], heads: list[tuple[int, int]], removed: set[int], ends: set[int] | None) -> object:
    """(least, greatest) over complete stretches from heads (state, cost so far); None is no bound."""
    kept = removed | {n for n, edge in enumerate(edges) if ends is not None and edge[0] in ends}
    able = {state for state in range(6) if ends is None or comes_to(edges, state, kept, ends)}
    sums: list[int] = []
    unbounded = False
    endless = False
    for begin, so_far in heads:
        for way, loop in simple(edges, begin, kept):
            states = [begin, *(edges[number][1] for number in way)]
            cost = so_far + sum(edges[number][2] for number in way)
            last = states[-1]
            if loop is not None:
                turns = sum(edges[number][2] for number in way[loop:])
                if turns and last in able:
                    unbounded = True
                elif not turns and ends is None:
                    sums.append(cost)
                endless = True
            elif ends is not None:
                if last in ends:
                    sums.append(cost)
            elif not any(edge[0] == last for edge in edges) or any(edges[n][0] == last for n in removed):
                sums.append(cost)
    if not sums and not (endless and ends is None):
        return "none"
    return (min(sums) if sums else None), None if unbounded else max(sums)


def summed(edges: list[Edge], found: Extreme) -> int:
    """What the walk costs from where it is measured."""
    return sum(edges[number][2] for number in found.walk[found.begin :])


def check(edges: list[Edge], stretches: Stretches, wanted: object) -> None:
    """Both extremes are the expected ones, and their walks are walks that cost that much."""
    if wanted == "none":
        assert not stretches.some
        return
    least, most = stretches.least(), stretches.most()
    assert (least.value, most.value) == wanted
    for found in (least, most):
        states = [0, *(edges[number][1] for number in found.walk)]
        assert all(edges[number][0] == state for number, state in zip(found.walk, states, strict=False))
        if found.value is None:
            assert found.loop is not None
            assert states[found.loop] == states[-1]
            assert sum(edges[number][2] for number in found.walk[found.loop :]) > 0
        else:
            assert summed(edges, found) == found.value


@settings(max_examples=400, deadline=None)
@given(EDGES)
def test_sums_of_whole_behaviours(edges: list[Edge]) -> None:
    """From the start to where nothing more is possible, or for ever."""
    edges = sorted(edges)
    check(edges, Stretches(net_of(edges), [edge[2] for edge in edges]), expected(edges, [(0, 0)], set(), None))


@settings(max_examples=400, deadline=None)
@given(EDGES, st.sets(st.integers(0, 5), min_size=1, max_size=2))
def test_sums_on_the_way_to_a_goal(edges: list[Edge], goals: set[int]) -> None:
    """From the start to the first state that is one."""
    edges = sorted(edges)
    ends = bytearray(state in goals for state in range(6))
    check(
        edges,
        Stretches(net_of(edges), [edge[2] for edge in edges], None, ends),
        expected(edges, [(0, 0)], set(), goals),
    )


@settings(max_examples=400, deadline=None)
@given(EDGES)
def test_sums_from_one_event_to_the_next(edges: list[Edge]) -> None:
    """The event is an edge with the other cost; its own cost counts."""
    edges = sorted(edges)
    events = {number for number, edge in enumerate(edges) if edge[3]}
    reached = {0}
    for _ in edges:
        reached |= {edge[1] for edge in edges if edge[0] in reached}
    # A random graph may have events that no behaviour comes to; the graph of a model has none.
    events = {number for number in events if edges[number][0] in reached}
    heads = [(edges[number][1], edges[number][2]) for number in sorted(events)]
    begins = bytearray(number in events for number in range(len(edges)))
    stretches = Stretches(net_of(edges), [edge[2] for edge in edges], begins)
    check(edges, stretches, expected(edges, heads, events, None) if heads else "none")


@settings(max_examples=400, deadline=None)
@given(EDGES)
def test_ratios_of_cycles(edges: list[Edge]) -> None:
    """Every simple cycle that can be reached is gone through."""
    edges = sorted(edges)
    reached = {0}
    for _ in edges:
        reached |= {edge[1] for edge in edges if edge[0] in reached}
    edges = [edge for edge in edges if edge[0] in reached]
    ratios: list[Fraction | None] = []
    for way, loop in simple(edges, 0, set()):
        if loop is not None:
            up, low = (sum(edges[number][cost] for number in way[loop:]) for cost in (2, 3))
            if up or low:
                ratios.append(Fraction(up, low) if low else None)
    net = net_of(edges)
    upper, lower = [edge[2] for edge in edges], [edge[3] for edge in edges]
    most, least = greatest_ratio(net, upper, lower), least_ratio(net, upper, lower)
    if not ratios:
        assert most is None
        assert least is None
        return
    assert most is not None
    assert least is not None
    finite = [ratio for ratio in ratios if ratio is not None]
    assert most.value == (None if None in ratios else max(finite))
    assert least.value == (min(finite) if finite else None)
    for found in (most, least):
        assert found.loop is not None
        up, low = (sum(edges[number][cost] for number in found.walk[found.loop :]) for cost in (2, 3))
        assert found.value == (Fraction(up, low) if low else None)
