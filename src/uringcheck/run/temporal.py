"""Temporal properties in a run: what is decided after the search for safety, and how its findings are told."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import replace

from uringcheck.diagnostics import EngineDisagreement
from uringcheck.explore.auto import SWITCH
from uringcheck.explore.doom import Doom
from uringcheck.explore.graph import Graph, reachable_graph
from uringcheck.explore.outcome import Cut, Outcome, Request
from uringcheck.explore.temporal import TemporalVerdict, decide_all
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.run.verdicts import why_cut

#: What ended the search for safety ends everything: nobody waits any longer, or there is no room for a graph.
_AT_ONCE = (Cut.VIOLATION, Cut.INTERRUPTED, Cut.SECONDS, Cut.MEMORY)


def temporal_verdicts(
    program: Program, outcome: Outcome, request: Request, engine: str = "python"
) -> dict[str, TemporalVerdict]:
    """The verdict on every temporal property of a program, by name, after a search of it with this outcome.

    Raises EngineDisagreement where the graph is not what the search has found.
    """
    names = [one.name for one in program.properties if one.kind is PropertyKind.TEMPORAL]
    if not names:
        return {}
    if outcome.cut_by in _AT_ONCE:
        return dict.fromkeys(names, TemporalVerdict("not decided", why_cut(outcome.cut_by)))
    limits = request.limits
    if limits.seconds is not None:
        request = replace(request, limits=replace(limits, seconds=max(0.0, limits.seconds - outcome.seconds)))
    try:
        graph = _graph(program, outcome, request, engine)
    except MemoryError:
        return dict.fromkeys(names, TemporalVerdict("not decided", why_cut(Cut.MEMORY)))
    if outcome.complete and graph.cut_by is None and graph.size != outcome.states:
        raise EngineDisagreement(f"the search found {outcome.states} states, and the graph has {graph.size}")
    return decide_all(program, request, names, graph)


def _graph(program: Program, outcome: Outcome, request: Request, engine: str) -> Graph:
    """The graph from native code where it is large, there is native code, and nobody asked for Python."""
    if engine != "python" and outcome.states > SWITCH:
        from uringcheck.explore.native_compile import EngineUnavailable
        from uringcheck.explore.native_graph import native_graph

        with contextlib.suppress(EngineUnavailable):
            return native_graph(program, request)
    return reachable_graph(program, request)


def emptiness_of(decided: Mapping[str, TemporalVerdict], known: Collection[str]) -> list[str]:
    """What is vacuous about temporal properties. An action that never happens is `known`, and not told again."""
    found: dict[str, None] = {}
    for one in decided.values():
        for claim in one.idle:
            if not all(f"action {action}" in known for action in claim.actions):
                found[f"fairness of {', '.join(claim.actions)}: no step of it changes anything"] = None
    for name, one in decided.items():
        for text in one.vacuous:
            found[f"{name}: {text}"] = None
    return list(found)


def doom_notes(doom: Doom | None) -> list[str]:
    """What a story says about when a violation became inevitable."""
    if doom is None:
        return []
    notes = []
    if doom.point_of_no_return is None:
        notes.append("it is never inevitable: at every point of this behaviour things could still go well")
    elif doom.point_of_no_return == 0:
        notes.append("it is inevitable from the start: no fair behaviour that begins like this satisfies the property")
    else:
        step = doom.point_of_no_return
        notes.append(f"step {step} is the point of no return: after it no fair behaviour satisfies the property")
    if doom.unavoidable:
        steps = ", ".join(str(number) for number in doom.unavoidable)
        word = "step" if len(doom.unavoidable) == 1 else "steps"
        notes.append(f"every behaviour that violates the property takes {word} {steps}")
    return notes
