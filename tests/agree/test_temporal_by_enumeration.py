"""Verdicts on temporal formulas agree with the enumeration of behaviours, on random graphs, formulas and fairness.

Every walk of a few steps in a small graph that returns to one of its states, or rests, is a behaviour. What it
satisfies and whether it is fair is read off it position by position. So a graph on which a formula is said to hold has
no walk that breaks it, and a walk that is said to break it is among the fair ones that do.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from uringcheck.diagnostics import Span
from uringcheck.explore.doom import doom
from uringcheck.explore.graph import Graph
from uringcheck.explore.lasso import lasso, satisfied, unfair
from uringcheck.explore.outcome import Lasso, Path, Step
from uringcheck.explore.temporal_cases import Unsupported, cases, conjuncts
from uringcheck.explore.temporal_search import Behaviours
from uringcheck.explore.temporal_truth import Truth, Valuation
from uringcheck.ir import build
from uringcheck.ir.program import (
    Always,
    And,
    Atom,
    Block,
    Eventually,
    Fairness,
    Formula,
    Happens,
    LeadsTo,
    Not,
    Or,
)
from uringcheck.ir.types import BOOL

SPAN = Span("", 0)
ATOMS = tuple(Atom(Block((), build.state(name, BOOL)), name) for name in "pq")
STEPS = (Step("a", (0,)), Step("a", (1,)), Step("b"))
#: Steps of the longest behaviour that is enumerated.
LONGEST = 6


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, dict[Formula, Truth]]:
    """A connected graph of at most four states, and where its atoms are true."""
    size = draw(st.integers(1, 4))
    label = st.integers(0, len(STEPS) - 1)
    tree = [(draw(st.integers(0, state - 1)), draw(label), state) for state in range(1, size)]
    edge = st.tuples(st.integers(0, size - 1), label, st.integers(0, size - 1))
    edges = sorted({found for found in [*tree, *draw(st.lists(edge, max_size=5))] if found[0] != found[2]})
    offsets = [sum(source < state for source, _, _ in edges) for state in range(size + 1)]
    graph = Graph(
        [(state,) for state in range(size)],
        array("Q", offsets),
        array("I", [target for _, _, target in edges]),
        array("I", [label for _, label, _ in edges]),
        STEPS,
        ((0, Step("init")),),
        bytearray(b"\1" * size),
    )
    bits = st.integers(0, (1 << size) - 1)
    values: dict[Formula, Truth] = {
        atom: Truth(bytes(mask >> state & 1 for state in range(size)))
        for atom, mask in ((atom, draw(bits)) for atom in ATOMS)
    }
    return graph, values


PRESENT: st.SearchStrategy[Formula] = st.recursive(
    st.sampled_from([*ATOMS, *ATOMS, Happens("a"), Happens("a", (1,)), Happens("b")]),
    lambda inner: st.one_of(inner.map(Not), st.tuples(inner, inner).map(And), st.tuples(inner, inner).map(Or)),
    max_leaves=3,
)
FORMULAS: st.SearchStrategy[Formula] = st.recursive(
    st.one_of(
        PRESENT.map(Eventually),
        PRESENT.map(Always),
        PRESENT.map(Eventually).map(Always),
        PRESENT.map(Always).map(Eventually),
        st.tuples(PRESENT, PRESENT).map(lambda pair: LeadsTo(*pair)),
        st.sampled_from(ATOMS),
    ),
    lambda inner: st.one_of(
        inner.map(Not),
        inner.map(Eventually),
        inner.map(Always),
        st.tuples(inner, inner).map(And),
        st.tuples(inner, inner).map(Or),
        st.tuples(inner, inner).map(lambda pair: LeadsTo(*pair)),
    ),
    max_leaves=4,
)
#: Often something must go on happening: where resting is fair, few cycles are ever looked for.
FAIRNESS = st.tuples(
    st.booleans(),
    st.lists(
        st.builds(Fairness, st.booleans(), st.sampled_from([("a",), ("b",), ("a", "b")]), st.booleans()), max_size=2
    ),
).map(lambda drawn: (*drawn[1], *([Fairness(False, ("a", "b"))] if drawn[0] else ())))


def leaving(graph: Graph, state: int) -> range:
    """The steps from a state."""
    return range(graph.offsets[state], graph.offsets[state + 1])


def behaviours(graph: Graph) -> Iterator[Lasso]:
    """Every behaviour of at most LONGEST steps: each walk that rests at its end, or returns to an earlier state."""
    pending: list[tuple[tuple[int, ...], tuple[Step, ...]]] = [((0,), ())]
    while pending:
        visited, steps = pending.pop()
        path = Path(Step("init"), tuple(graph.states[state] for state in visited), steps)
        yield Lasso(path, len(steps))
        for start in range(len(steps)):
            if visited[start] == visited[-1]:
                yield Lasso(path, start)
        if len(steps) < LONGEST:
            for edge in leaving(graph, visited[-1]):
                pending.append(((*visited, graph.targets[edge]), (*steps, STEPS[graph.labels[edge]])))


class Judge:
    """What a behaviour of a graph is, by the definitions."""

    def __init__(self, graph: Graph, values: dict[Formula, Truth]) -> None:
        self.graph, self.values = graph, values

    def satisfies(self, found: Lasso, formula: Formula) -> bool:
        """Whether the behaviour satisfies the formula."""
        return satisfied(formula, found, lambda atom, at: bool(self.values[atom].stutter[found.path.states[at][0]]))

    def fair(self, found: Lasso, fairness: tuple[Fairness, ...]) -> bool:
        """Whether the behaviour is fair."""

        def possible(position: int) -> list[Step]:
            return [STEPS[self.graph.labels[edge]] for edge in leaving(self.graph, found.path.states[position][0])]

        return not unfair(found, fairness, possible)


def supported(formula: Formula) -> bool:
    """Whether the formula is of the forms that are decided."""
    try:
        cases(formula)
    except Unsupported:
        return False
    return True


@settings(max_examples=800, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(graphs(), FORMULAS, FAIRNESS)
def test_a_verdict_agrees_with_every_behaviour(
    made: tuple[Graph, dict[Formula, Truth]], formula: Formula, fairness: tuple[Fairness, ...]
) -> None:
    """No fair behaviour satisfies a formula that none is said to satisfy, and the one that is shown does."""
    graph, values = made
    assume(supported(formula))
    judge = Judge(graph, values)
    found = Behaviours(graph, Valuation(None, graph, values), fairness)
    walk = found.shortest(formula)
    assert found.some(formula) is (walk is not None)
    witnesses = [one for one in behaviours(graph) if judge.satisfies(one, formula) and judge.fair(one, fairness)]
    if walk is None:
        assert not witnesses
        return
    shown = lasso(graph, walk, found.obligations)
    assert judge.satisfies(shown, formula)
    assert judge.fair(shown, fairness)
    assert shown.path.states[shown.loop_start] == shown.path.states[-1]
    if len(shown.path.steps) <= LONGEST:
        alike = {(one.path.states, one.path.steps, one.loop_start) for one in witnesses}
        assert (shown.path.states, shown.path.steps, shown.loop_start) in alike
        assert min(one.loop_start for one in witnesses) <= shown.loop_start


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(graphs(), FORMULAS, FAIRNESS)
def test_nothing_comes_right_after_the_point_of_no_return(
    made: tuple[Graph, dict[Formula, Truth]], formula: Formula, fairness: tuple[Fairness, ...]
) -> None:
    """Every fair behaviour that begins like a violation, up to its point of no return, is one itself.

    And every fair behaviour that violates the formula takes the steps that are called unavoidable.
    """
    graph, values = made
    assume(supported(formula) and supported(Not(formula)))
    judge = Judge(graph, values)
    found = Behaviours(graph, Valuation(None, graph, values), fairness)
    walk = found.shortest(Not(formula))
    assume(walk is not None)
    assert walk is not None
    shown = lasso(graph, walk, found.obligations)
    broken = next(part for part in conjuncts(formula) if not judge.satisfies(shown, part))
    told = doom(found, formula, broken, walk)
    assume(told is not None)
    assert told is not None
    for one in behaviours(graph):
        if not judge.fair(one, fairness):
            continue
        pairs = set(zip(one.path.states, one.path.states[1:], strict=False))
        if not judge.satisfies(one, formula):
            for number in told.unavoidable or ():
                assert shown.path.states[number - 1 : number + 1] in pairs
        elif told.point_of_no_return is not None:
            assert not _begins_alike(one, shown, told.point_of_no_return)


def _begins_alike(one: Lasso, other: Lasso, steps: int) -> bool:
    """Whether a behaviour takes the first steps of another, going round its loop where it must."""
    visited = list(zip(one.path.states, (*one.path.steps, None), strict=True))
    while one.loop and len(visited) <= steps:
        visited[-1:] = visited[one.loop_start :]
    wanted = list(zip(other.path.states, other.path.steps, strict=False))[:steps]
    return visited[:steps] == wanted and visited[min(steps, len(visited) - 1)][0] == other.path.states[steps]


@pytest.mark.parametrize("strong", [False, True])
def test_the_enumeration_knows_fair_from_unfair(strong: bool) -> None:
    """The oracle itself: resting where `a` could be taken is unfair to `a`."""
    graph = Graph([(0,), (1,)], array("Q", [0, 1, 1]), array("I", [1]), array("I", [0]), STEPS, ((0, Step("init")),),
                  bytearray(b"\1\1"))  # fmt: skip
    judge = Judge(graph, {})
    fair = [one for one in behaviours(graph) if judge.fair(one, (Fairness(strong, ("a",)),))]
    assert [one.path.steps for one in fair] == [(STEPS[0],)]
