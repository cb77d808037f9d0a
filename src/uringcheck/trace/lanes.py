"""Lanes: the lifelines of a diagram, one for each part of the model, one for each replica of a replicated part.

The lane of what stands in the model itself, outside of any part, has the model's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from uringcheck.ir import types as ir
from uringcheck.ir.program import Action, Program
from uringcheck.ir.show import show_value
from uringcheck.lang.plain import PlainRun
from uringcheck.lang.tree import Site
from uringcheck.trace.model import TraceVariable
from uringcheck.trace.places import index_text, part_name


def lane_names(run: PlainRun, program: Program) -> tuple[str, ...]:
    """The lanes of a model in order: those of the program, or of its parts, that hold a variable or take a step."""
    used = {v.lane or program.name for v in run.tree.variables} | {action.lane for action in program.actions}
    sites = {site.name or program.name: site for site in run.tree.root.walk()}
    declared = [*program.lanes, *sites, *(action.lane for action in program.actions)]
    made: dict[str, None] = {}
    for name in declared:
        if name in used:
            made.update(dict.fromkeys(_expanded(name, sites.get(name))))
    return tuple(made)


def _expanded(name: str, site: Site | None) -> list[str]:
    if site is None or not site.replicas:
        return [name]
    paths = [replica.path for replica in site.replicas]
    indices = [[show_value(replica.type, value) for value in ir.values(replica.type)] for replica in site.replicas]
    return [part_name(name, paths, chosen) for chosen in product(*indices)]


def step_lane(action: Action, arguments: Sequence[ir.Encoded]) -> str:
    """The lane a step is drawn on."""
    depth = len(action.replicated)
    shown = [show_value(a.type, value) for a, value in zip(action.arguments[:depth], arguments[:depth], strict=True)]
    return part_name(action.lane, [path for path, _ in action.replicated], shown)


def place_lane(variable: TraceVariable, ranks: Sequence[int]) -> str:
    """The lane that a place belongs to."""
    indices: list[str] = []
    type_ = variable.type
    for rank in ranks[: len(variable.replicas)]:
        assert isinstance(type_, ir.Map)
        indices.append(index_text(type_.index, rank))
        type_ = type_.item
    return part_name(variable.lane, variable.replicas, indices)
