"""Temporal properties: whether what must happen, happens.

    decide_all(program, request) -> {name: TemporalVerdict}

A property is violated by a fair behaviour of the reachable graph that satisfies its negation; such a behaviour, if
there is one, is a path into a fair cycle. `violated` comes with that lasso, which nobody has replayed yet. `holds` is
said only of graphs without a gap: what a constraint or a limit left out, or a step that failed, may hide a
counterexample, so the answer is then `not decided`, unless a counterexample lies in the part that is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from uringcheck.diagnostics import InternalError
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.doom import Doom, doom
from uringcheck.explore.graph import Graph, reachable_graph
from uringcheck.explore.lasso import lasso, satisfied, unfair
from uringcheck.explore.outcome import Cut, Lasso, Request, Step
from uringcheck.explore.temporal_cases import Unsupported, conjuncts
from uringcheck.explore.temporal_search import Behaviours
from uringcheck.explore.temporal_truth import NoValue, Valuation
from uringcheck.explore.temporal_vacuity import idle_fairness, vacuous_formula
from uringcheck.ir.program import Atom, Fairness, Formula, Not, Program, Property, PropertyKind

_WHY_CUT = {
    Cut.STATES: "the limit on states left part of the graph unknown",
    Cut.DEPTH: "the limit on depth left part of the graph unknown",
    Cut.SECONDS: "the time ran out before the graph was known",
    Cut.MEMORY: "the memory ran out before the graph was known",
    Cut.CONSTRAINT: "a constraint left states unexplored",
    Cut.FAILURE: "a step failed, and what would have come after it is unknown",
    Cut.INTERRUPTED: "the search was interrupted",
}


@value_class
class TemporalVerdict:
    """What is known about a temporal property.

    `reason` belongs to `not decided`, `lasso` and `doom` to `violated`. `vacuous` are sentences about what the property
    says less than it seems to. `idle` are the fairness conditions whose actions change no reachable state.
    """

    verdict: Literal["holds", "violated", "not decided"]
    reason: str = ""
    lasso: Lasso | None = None
    doom: Doom | None = None
    vacuous: tuple[str, ...] = ()
    idle: tuple[Fairness, ...] = ()


def decide_all(
    program: Program, request: Request | None = None, names: Iterable[str] | None = None, graph: Graph | None = None
) -> dict[str, TemporalVerdict]:
    """The verdict on every temporal property of a specialised program, or on those of these names.

    `graph` is the program's reachable graph where somebody has it already.
    """
    wanted = None if names is None else set(names)
    asked = [
        one
        for one in program.properties
        if one.kind is PropertyKind.TEMPORAL and (wanted is None or one.name in wanted)
    ]
    if not asked:
        return {}
    known = reachable_graph(program, request or Request()) if graph is None else graph
    valuation = Valuation(program, known)
    return {one.name: decide(program, known, one, valuation) for one in asked}


def decide(program: Program, graph: Graph, property_: Property, valuation: Valuation | None = None) -> TemporalVerdict:
    """The verdict on one temporal property, given the reachable graph of the program.

    `valuation` remembers where state predicates are true, for properties that share some.
    """
    if property_.formula is None:
        raise InternalError(f"`{property_.name}` is no temporal property")
    if not graph.starts:
        return TemporalVerdict("not decided", "the model has no initial state")
    values = valuation or Valuation(program, graph)
    try:
        return _decided(graph, values, property_.formula, property_.fairness)
    except Unsupported as error:
        return TemporalVerdict("not decided", f"the formula is outside of what is decided: {error}")
    except NoValue as error:
        return TemporalVerdict("not decided", str(error))
    except MemoryError:
        return TemporalVerdict("not decided", "the memory ran out in the search for cycles")
    except KeyboardInterrupt:
        return TemporalVerdict("not decided", _WHY_CUT[Cut.INTERRUPTED])


def _decided(graph: Graph, valuation: Valuation, formula: Formula, fairness: tuple[Fairness, ...]) -> TemporalVerdict:
    behaviours = Behaviours(graph, valuation, fairness)
    walk = behaviours.shortest(Not(formula))
    idle = tuple(idle_fairness(behaviours, fairness))
    if walk is not None:
        found = lasso(graph, walk, behaviours.obligations)
        broken = _confirm(graph, valuation, formula, fairness, walk, found)
        told = doom(behaviours, formula, broken, walk) if graph.cut_by is None else None
        return TemporalVerdict("violated", lasso=found, doom=told, idle=idle)
    if graph.cut_by is not None:
        return TemporalVerdict("not decided", _WHY_CUT[graph.cut_by], idle=idle)
    return TemporalVerdict("holds", vacuous=tuple(vacuous_formula(behaviours, formula, fairness)), idle=idle)


def _confirm(
    graph: Graph,
    valuation: Valuation,
    formula: Formula,
    fairness: tuple[Fairness, ...],
    walk: tuple[int, tuple[int, ...], tuple[int, ...]],
    found: Lasso,
) -> Formula:
    """Judge a lasso by the definitions of the operators and of fairness; the part of the formula that it breaks.

    Raises InternalError where the search was wrong.
    """
    origin, way, loop = walk
    visited = [origin, *(graph.targets[edge] for edge in (*way, *loop))]

    def holds(atom: Atom, position: int) -> bool:
        return bool(valuation.truth(atom).stutter[visited[position]])

    def possible(position: int) -> list[Step]:
        state = visited[position]
        return [graph.instances[graph.labels[e]] for e in range(graph.offsets[state], graph.offsets[state + 1])]

    if found.path.states[found.loop_start] != found.path.states[-1]:
        raise InternalError("a loop does not return to where it began")
    broken = next((part for part in conjuncts(formula) if not satisfied(part, found, holds)), None)
    if broken is None:
        raise InternalError("a behaviour that was found to violate a temporal property satisfies it")
    if unfair(found, fairness, possible):
        raise InternalError("a behaviour that was found to violate a temporal property is not fair")
    return broken
