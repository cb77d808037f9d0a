"""Fair cycles in native memory are those that Python finds: the same walks, on random graphs and on larger ones."""

from __future__ import annotations

import random
from array import array
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.agree.test_temporal_by_enumeration import ATOMS, FAIRNESS, FORMULAS, STEPS, graphs, supported
from uringcheck.explore.graph import Graph
from uringcheck.explore.outcome import Step
from uringcheck.explore.temporal_search import Behaviours
from uringcheck.explore.temporal_truth import Truth, Valuation
from uringcheck.explore.temporal_vacuity import idle_fairness
from uringcheck.ir.program import Always, Eventually, Fairness, Formula, Happens, LeadsTo, Not, Or

pytest.importorskip("llvmlite")

from uringcheck.explore.native_behaviours import NativeArrays, NativeCaseSearch


def arrays_of(graph: Graph) -> NativeArrays:
    """The arrays of any graph, copied to where native code can work on them."""
    copies = {
        "offsets": array("Q", graph.offsets),
        "targets": array("I", graph.targets),
        "labels": array("I", graph.labels),
        "expanded": array("B", graph.expanded),
    }
    places = {name: copy.buffer_info()[0] for name, copy in copies.items()}
    return NativeArrays(graph.size, **places, label_bits=32, kept=copies)


def compared(graph: Graph, values: dict[Formula, Truth], formula: Formula, fairness: tuple[Fairness, ...]) -> bool:
    """Whether there is a walk; both must find the same one."""
    native = replace(graph, native=arrays_of(graph))
    by_python = Behaviours(graph, Valuation(None, graph, values), fairness)
    by_native = Behaviours(native, Valuation(None, native, values), fairness)
    assert by_native.shortest(formula) == by_python.shortest(formula)
    assert by_native.some(formula) is by_python.some(formula)
    assert list(by_native.obligations.enabled) == list(by_python.obligations.enabled)
    assert idle_fairness(by_native, fairness) == idle_fairness(by_python, fairness)
    starts = [state for state, _ in graph.starts]
    for mine, theirs in zip(by_native.searches(formula, starts), by_python.searches(formula, starts), strict=True):
        assert isinstance(mine, NativeCaseSearch)
        assert list(mine.resting()) == list(theirs.resting())
        found = [[list(c.nearest(graph.size)), c.size] for c in mine.fair_components()]
        assert found == [[list(c.nearest(graph.size)), c.size] for c in theirs.fair_components()]
        for a, b in zip(mine.fair_components(), theirs.fair_components(), strict=True):
            assert all(list(a.edges_of(s)) == list(b.edges_of(s)) for s in b.nearest(graph.size))
    return by_python.some(formula)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(graphs(), FORMULAS, FAIRNESS)
def test_random_graphs(
    made: tuple[Graph, dict[Formula, Truth]], formula: Formula, fairness: tuple[Fairness, ...]
) -> None:
    """Small graphs, any formula."""
    assume(supported(formula))
    compared(*made, formula, fairness)


def random_graph(seed: int, size: int, degree: float) -> tuple[Graph, dict[Formula, Truth]]:
    """A graph of many states; some were not expanded, and not all are reachable.

    Steps of `a` lead far on, so many components enable them without taking them.
    """
    draw = random.Random(seed)
    steps = (*STEPS, *(Step("c", (number,)) for number in range(5)))
    offsets, targets, labels = array("Q", [0]), array("I"), array("I")
    expanded = bytearray(draw.random() < 0.97 for _ in range(size))
    for state in range(size):
        if expanded[state]:
            for _ in range(int(draw.expovariate(1 / degree))):
                label = draw.randrange(len(steps))
                near = state + (draw.randint(40, 90) if steps[label].action == "a" else draw.randint(-8, 9))
                target = min(size - 1, max(0, near))
                if target != state:
                    targets.append(target)
                    labels.append(label)
        offsets.append(len(targets))
    starts = tuple((state, Step("init")) for state in sorted(draw.sample(range(size), 9)))
    values: dict[Formula, Truth] = {
        atom: Truth(bytes(draw.random() < share for _ in range(size)))
        for atom, share in zip(ATOMS, (0.7, 0.2), strict=True)
    }
    return Graph([(state,) for state in range(size)], offsets, targets, labels, steps, starts, expanded), values


P, Q = ATOMS
LARGER = {
    "p again and again, q never": Not(Or((Not(Always(Eventually(P))), Eventually(Q)))),
    "an unanswered p": Not(LeadsTo(P, Q)),
    "an unanswered step": Not(LeadsTo(Happens("a"), Q)),
    "b again and again": Always(Eventually(Happens("b"))),
    "q in the end": Eventually(Always(Q)),
}
CONDITIONS = {
    "none": (),
    "weak": (Fairness(False, ("a",), each=True), Fairness(False, ("b", "c"))),
    "strong": (Fairness(True, ("a",)),),
    "many": (Fairness(True, ("a",), each=True), Fairness(True, ("b",)), Fairness(False, ("c",), each=True)),
}


@pytest.mark.parametrize("fairness", CONDITIONS)
def test_larger_graphs(fairness: str) -> None:
    """Graphs with components of many sizes, some of which strong fairness takes apart more than once."""
    answers = {
        (name, compared(*random_graph(seed, 1200, degree), formula, CONDITIONS[fairness]))
        for name, formula in LARGER.items()
        for seed, degree in enumerate((1.5, 2.5, 3.5, 5.0))
    }
    assert any(found for _, found in answers)
