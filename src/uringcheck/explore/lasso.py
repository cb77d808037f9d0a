"""Lassos: from a fair component to a behaviour that can be told, and what such a behaviour satisfies.

`satisfied` and `unfair` read a lasso position by position, by the definitions of the operators and of fairness. They
know nothing of cases, components or searches, so they can tell when one of those is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from uringcheck.explore.graph import Graph
from uringcheck.explore.outcome import Lasso, Path, Step
from uringcheck.explore.temporal_cycles import Cycles, Obligations
from uringcheck.explore.temporal_rounds import shortest_round
from uringcheck.ir.program import Always, And, Atom, Eventually, Fairness, Formula, Happens, LeadsTo, Not, Or

Walk: TypeAlias = tuple[int, tuple[int, ...], tuple[int, ...]]
"""A lasso by numbers: its initial state, the edges into the loop, the edges of the loop (none: stuttering)."""


def shortest(search: Cycles) -> Walk | None:
    """The shortest walk that a search has; of equal ones the one that stutters, then the one that loops first."""
    found: Walk | None = None
    length = -1
    stuck = next(search.resting(), None)
    if stuck is not None:
        state, length = stuck
        found = (search.origin(state), tuple(search.way(state)), ())
    for component in search.fair_components():
        if found is not None and len(search.way(component.nearest(1)[0])) + 2 > length:
            break
        total, loop = shortest_round(search, component)
        if found is None or total < length:
            length = total
            found = (search.origin(loop.entry), tuple(search.way(loop.entry)), loop.edges)
    return found


def lasso(graph: Graph, walk: Walk, obligations: Obligations) -> Lasso:
    """A walk as a behaviour with its states and steps, and what is never taken on its loop."""
    origin, way, loop = walk
    (start,) = (step for state, step in graph.starts if state == origin)
    visited = [origin, *(graph.targets[edge] for edge in (*way, *loop))]
    steps = tuple(graph.instances[graph.labels[edge]] for edge in (*way, *loop))
    path = Path(start, tuple(graph.states[state] for state in visited), steps)
    taken = {graph.labels[edge] for edge in loop}
    possible: dict[int, None] = {}
    for state in visited[len(way) :]:
        for edge in range(graph.offsets[state], graph.offsets[state + 1]):
            possible[graph.labels[edge]] = None
    missed = [label for label in sorted(possible) if label not in taken]
    return Lasso(
        path,
        len(way),
        tuple(graph.instances[label] for label in missed if obligations.taken[label]),
        tuple(graph.instances[label] for label in missed if not obligations.taken[label]),
    )


# --- by the definitions ---------------------------------------------------------------------------------------------

Holds: TypeAlias = Callable[[Atom, int], bool]
"""The value of a state predicate in `states[i]` of the lasso's path."""


def satisfied(formula: Formula, found: Lasso, holds: Holds) -> bool:
    """Whether a lasso satisfies a formula. In a loop of steps the behaviour does not stutter."""
    return _values(formula, found, holds)[0]


def _values(formula: Formula, found: Lasso, holds: Holds) -> list[bool]:
    """The value of the formula at every position up to the end of the loop; the rest repeats."""
    positions = len(found.path.steps) + found.stutters
    start = found.loop_start

    match formula:
        case Atom():
            return [holds(formula, position) for position in range(positions)]
        case Happens(action, arguments):
            taken = [step.action == action and arguments in (None, step.arguments) for step in found.path.steps]
            return [*taken, False][:positions]
        case Not(operand):
            return [not value for value in _values(operand, found, holds)]
        case And(operands):
            columns = [_values(operand, found, holds) for operand in operands]
            return [all(column[position] for column in columns) for position in range(positions)]
        case Or(operands):
            columns = [_values(operand, found, holds) for operand in operands]
            return [any(column[position] for column in columns) for position in range(positions)]
        case Eventually(operand):
            values = _values(operand, found, holds)
            again = any(values[start:])
            return [again or any(values[position:]) for position in range(positions)]
        case Always(operand):
            return [not value for value in _values(Eventually(Not(operand)), found, holds)]
        case LeadsTo(cause, effect):
            return _values(Always(Or((Not(cause), Eventually(effect)))), found, holds)


def unfair(found: Lasso, fairness: Sequence[Fairness], possible: Callable[[int], Sequence[Step]]) -> list[Fairness]:
    """The conditions a lasso breaks. `possible(i)` are the steps that change `states[i]` of its path."""
    end = len(found.path.steps) + found.stutters
    enabled = [set(possible(position)) for position in range(found.loop_start, end)]
    taken = set(found.loop)
    broken: list[Fairness] = []
    for claim in fairness:
        steps = sorted({step for here in enabled for step in here if step.action in claim.actions}, key=repr)
        groups = [{step} for step in steps] if claim.each else [set(steps)]
        for group in groups:
            met = [bool(group & here) for here in enabled]
            if not group & taken and (any(met) if claim.strong else met and all(met)):
                broken.append(claim)
                break
    return broken
