"""Where a violation became inevitable, and which of its steps nobody could have gone around.

A state of a behaviour is *doomed* when no fair behaviour that goes on from there satisfies the property any more,
given what has happened before. Once doomed, always doomed; the step into the first such state is the *point of no
return*. A step on the way into the loop is *unavoidable* when every behaviour that violates the property takes it: it
dominates all violating cycles (dominators: Cooper, Harvey and Kennedy, A simple, fast dominance algorithm, 2001, as in
networkx).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.lasso import Walk
from uringcheck.explore.temporal_cases import Unsupported, is_present, positive
from uringcheck.explore.temporal_search import Behaviours
from uringcheck.ir.program import Always, And, Eventually, Formula, Not, Or

#: Every question takes a pass over the graph, and there are about log2(steps) of them. Above this many states a
#: violation is told without; symptom: `Doom` is missing from the verdict.
LARGEST = 200_000

#: networkx takes about a microsecond and a kilobyte for each state and step.
_LARGEST_FOR_DOMINATORS = 50_000

_TRUE: Formula = And(())
_FALSE: Formula = Or(())


@value_class
class Doom:
    """`point_of_no_return` is the number of the first step after which the violation is inevitable.

    0: it always was; None: it never becomes so on this behaviour, which could still have gone well at every point.
    `unavoidable` are the numbers of the steps that every violating behaviour takes, None where that was not worked out.
    Steps count from 1.
    """

    point_of_no_return: int | None
    unavoidable: tuple[int, ...] | None


def doom(behaviours: Behaviours, formula: Formula, broken: Formula, walk: Walk) -> Doom | None:
    """What was inevitable about a walk that violates a formula, of which `broken` is the conjunct it breaks.

    None for graphs that are too large to ask.
    """
    if behaviours.graph.size > LARGEST:
        return None
    try:
        return Doom(_point_of_no_return(behaviours, broken, walk), _unavoidable(behaviours, formula, walk))
    except Unsupported:  # what is left of a formula half way may be of another form than the formula
        return None


# --- the point of no return -----------------------------------------------------------------------------------------


def _point_of_no_return(behaviours: Behaviours, formula: Formula, walk: Walk) -> int | None:
    origin, way, loop = walk
    steps = [*way, *loop]
    states = [origin, *(behaviours.graph.targets[edge] for edge in steps)]
    asked = [positive(formula)]
    for state, edge in zip(states, steps, strict=False):
        asked.append(_left(behaviours, asked[-1], state, edge))

    def doomed(position: int) -> bool:
        return not behaviours.some(asked[position], [states[position]])

    if not doomed(len(steps)):
        return None
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if doomed(middle) else (middle + 1, high)
    return low


def _left(behaviours: Behaviours, formula: Formula, state: int, edge: int) -> Formula:
    """What a behaviour must satisfy after a position for the formula to be true at that position."""
    if is_present(formula):
        return _TRUE if behaviours.valuation.truth(formula).at(state, edge) else _FALSE
    match formula:
        case And(operands):
            return _joined(And, [_left(behaviours, operand, state, edge) for operand in operands])
        case Or(operands):
            return _joined(Or, [_left(behaviours, operand, state, edge) for operand in operands])
        case Eventually(operand):
            return _joined(Or, [_left(behaviours, operand, state, edge), formula])
        case Always(operand):
            return _joined(And, [_left(behaviours, operand, state, edge), formula])
    raise AssertionError(formula)


def _joined(connective: type[And | Or], operands: Sequence[Formula]) -> Formula:
    """A connective without what does not matter, so that formulas do not grow from step to step."""
    neutral, absorbing = (_TRUE, _FALSE) if connective is And else (_FALSE, _TRUE)
    flat: dict[Formula, None] = {}
    for operand in operands:
        for part in operand.operands if isinstance(operand, connective) else (operand,):
            flat[part] = None
    if absorbing in flat:
        return absorbing
    kept = [part for part in flat if part != neutral]
    return kept[0] if len(kept) == 1 else connective(tuple(kept))


# --- steps that every violating behaviour takes ---------------------------------------------------------------------


def _unavoidable(behaviours: Behaviours, formula: Formula, walk: Walk) -> tuple[int, ...] | None:
    graph = behaviours.graph
    _, way, _ = walk
    if not way:
        return ()
    if graph.size > _LARGEST_FOR_DOMINATORS:
        return None
    import networkx  # type: ignore[import-untyped,unused-ignore]

    starts = [state for state, _ in graph.starts]
    flow = networkx.DiGraph()
    flow.add_edges_from(("start", state) for state in starts)
    for state in range(graph.size):
        flow.add_edges_from((state, graph.targets[e]) for e in range(graph.offsets[state], graph.offsets[state + 1]))
    for number, edge in enumerate(way, 1):
        # A node of its own stands for the step, whichever action takes it.
        source, target = bisect_right(graph.offsets, edge) - 1, graph.targets[edge]
        if flow.has_edge(source, target):
            flow.remove_edge(source, target)
            flow.add_edge(source, ("step", number))
            flow.add_edge(("step", number), target)
    for search in behaviours.searches(Not(formula), starts):
        flow.add_edges_from((state, "end") for state, _ in search.resting())
        flow.add_edges_from(
            (state, "end") for component in search.fair_components() for state in component.nearest(graph.size)
        )
    dominators = networkx.immediate_dominators(flow, "start")
    found: list[int] = []
    node = dominators["end"]
    while node != "start":
        if isinstance(node, tuple):
            found.append(node[1])
        node = dominators[node]
    return tuple(sorted(found))
