"""The search finds what its definition says, on random programs, under random limits."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.agree.engines import program_of, tree_of
from tests.agree.programs import programs, seeded_program
from tests.agree.reference_search import Found, Reference
from uringcheck.explore.outcome import Limits, Outcome, Path, Request
from uringcheck.explore.search import search
from uringcheck.ir import build
from uringcheck.ir.program import Block, Program, Property, PropertyKind
from uringcheck.ir.types import cardinality

#: What a random invariant can be read as besides an invariant.
ROLES = (PropertyKind.GOAL, PropertyKind.CONSTRAINT, PropertyKind.DEADLOCK)


#: A program whose actions have more instances takes minutes for its first level.
MOST_INSTANCES = 20_000


def instances(program: Program) -> int:
    """The instances of all actions, starts included."""
    return sum(
        math.prod(cardinality(argument.type) for argument in action.arguments)
        for action in (*program.inits, *program.actions)
    )


def negated(property_: Property) -> Property:
    """The property with the opposite verdict."""
    assert property_.block is not None
    return replace(property_, block=Block(property_.block.body, build.not_(property_.block.result)))


def question(text: str, seed: int, few: int) -> tuple[Program, Request]:
    """A program with properties of random kinds, and a request."""
    program, random = program_of(tree_of(text)), Random(seed)
    properties = []
    for property_ in program.properties:
        assert property_.block is not None
        watched = (Block(property_.block.body, build.not_(property_.block.result)), property_.block)
        properties.append(replace(property_, antecedents=watched))
        if property_.kind is PropertyKind.INVARIANT:
            for role in ROLES:
                other = replace(property_, name=f"as_{role.value}", kind=role)
                properties.append(negated(other) if random.random() < 0.5 else other)
    kept = [p for p in properties if random.random() < (0.15 if p.kind is PropertyKind.CONSTRAINT else 0.7)]
    states, depth = random.choice([few] * 9 + [1, 5, 20]), random.choice([None] * 6 + [0, 1, 2, 3, 8])
    request = Request(Limits(states=states, depth=depth), random.random() < 0.8, random.random() < 0.5)
    return replace(program, properties=tuple(kept)), request


def keyed(reference: Reference, path: Path) -> tuple[Any, ...]:
    """A path as the reference writes it."""
    numbers = []
    named = {action.name: position for position, action in enumerate(reference.program.inits)}
    if path.start.action in named:
        numbers.append((reference.order["init", named[path.start.action], path.start.arguments],))
    named = {action.name: position for position, action in enumerate(reference.program.actions)}
    numbers += [(reference.order["step", named[step.action], step.arguments],) for step in path.steps]
    return tuple(numbers)


def compared(outcome: Outcome | Found, reference: Reference, edges: bool) -> dict[str, Any]:
    """An outcome as it can be compared."""
    names = [action.name for action in reference.program.actions]
    known: dict[str, Any] = {
        name: getattr(outcome, name)
        for name in ("levels", "transitions", "terminal", "self_loops", "cut_states", "antecedents")
    }
    if isinstance(outcome, Found):
        found = {**known, "cut": outcome.cut, "fired": outcome.fired, "failed": outcome.failed, "paths": outcome.paths}
        return {**found, "edges": outcome.edges if edges else None}
    return {
        **known,
        "cut": outcome.cut_by,
        "fired": {name: count for name, count in zip(names, outcome.fired, strict=True) if count},
        "failed": {name: count for name, count in zip(names, outcome.failed, strict=True) if count},
        "paths": {name: keyed(reference, path) for name, path in outcome.paths.items()},
        "edges": outcome.edges,
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs(), st.integers(0, 1000))
def test_the_search_of_programs_that_fail_finds_what_its_definition_says(text: str, seed: int) -> None:
    """Counts, cuts, antecedents and every canonical path are those of a search written by the definition."""
    program, request = question(text, seed, 60)
    assume(instances(program) <= MOST_INSTANCES)
    hold(program, request)


@pytest.mark.parametrize("seed", range(120))
def test_the_search_of_calm_programs_finds_what_its_definition_says(seed: int) -> None:
    """The same for programs with hundreds of states, with goals, constraints, final states and step properties."""
    hold(*question(seeded_program(seed, calm=True), seed, 1500))


def hold(program: Program, request: Request) -> None:
    """The search and its definition agree."""
    reference = Reference(program, request)
    expected = reference.run()
    outcome = search(program, request)
    assert compared(outcome, reference, request.graph_stats) == compared(expected, reference, request.graph_stats)
    assert outcome.states == sum(outcome.levels)
    assert outcome.complete == (outcome.cut_by is None)
    assert sum(outcome.new) == outcome.states - outcome.initial
