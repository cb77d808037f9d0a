"""What is accepted as symmetric is, and a search up to names finds what a search of everything finds."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.agree.engines import program_of, tree_of
from tests.agree.states import random_states
from tests.agree.symmetric_programs import symmetric_programs
from uringcheck.diagnostics import SpecError
from uringcheck.explore.canonical import Canonical
from uringcheck.explore.least import Least
from uringcheck.explore.outcome import Cut, Limits, Outcome, Path, Request, State
from uringcheck.explore.search import search
from uringcheck.explore.symmetry import Symmetry, symmetry_of
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.ir.renaming import Renaming, renamings
from uringcheck.ir.symmetry import interchangeable_types, same_for_all
from uringcheck.ir.types import Encoded
from uringcheck.lower.python import Generated


def native_here() -> bool:
    """Whether native code can be made."""
    return importlib.util.find_spec("llvmlite") is not None


#: Full state spaces beyond this many states are not searched for the comparison.
FEW = 4000


def accepted(text: str) -> Program:
    """The program, if the compiler could show that it tells no names apart."""
    try:
        program = program_of(tree_of(text))
    except SpecError as error:
        if not {finding.code for finding in error.diagnostics} <= {"UC319", "UC320"}:
            raise
        event("told apart")
        assume(False)
        raise
    event("accepted")
    return program


def steps(program: Program, generated: Generated, state: State, renaming: Renaming) -> set[object]:
    """The steps of a state, with every name in them exchanged."""
    found: set[object] = set()
    variables = [variable.type for variable in program.variables]
    for position, arguments, after in generated.successors(state):
        types = [argument.type for argument in program.actions[position].arguments]
        target = after.failure if isinstance(after, Check) else renaming.tuple(variables, after)
        found.add((position, renaming.tuple(types, arguments), target))
    return found


def value(verdict: bool | Check) -> object:
    """A verdict; which of several checks failed depends on the order of names, that one did does not."""
    return verdict.failure if isinstance(verdict, Check) else verdict


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(symmetric_programs())
def test_an_accepted_program_does_the_same_under_every_exchange_of_names(text: str) -> None:
    """On any state, reachable or not: the exchanged state has the exchanged steps, and symmetric claims do not move."""
    program = accepted(text)
    generated, types = Generated(program), interchangeable_types(program)
    variables = [variable.type for variable in program.variables]
    alike = [
        position
        for position, one in enumerate(program.properties)
        if one.kind is not PropertyKind.STEP and same_for_all(program, one)
    ]
    none = Renaming({})
    ways = [Canonical(variables, types), Least(program.variables, types)]
    for state in random_states(program, 6):
        here = [canonical(state) for canonical in ways]
        for renaming in list(renamings(types))[1::3]:
            other = renaming.tuple(variables, state)
            assert steps(program, generated, other, none) == steps(program, generated, state, renaming)
            assert [canonical(other) for canonical in ways] == here
            for position in alike:
                assert value(generated.evaluate(position, other)) == value(generated.evaluate(position, state))


def orbits(states: Iterable[State], program: Program, symmetry: Symmetry) -> set[State]:
    """For each state the least of all that differ by names, found the slow way."""
    variables = [variable.type for variable in program.variables]
    every = list(renamings(symmetry.types))
    return {min((one.tuple(variables, state) for one in every), key=repr) for state in states}


def reachable(program: Program) -> tuple[list[set[State]], int] | None:
    """The states of each level and the transitions of all, by a search that knows nothing of names."""
    generated = Generated(program)
    level = {after for _, _, after in generated.initial() if not isinstance(after, Check)}
    seen, levels, transitions = set(level), [], 0
    while level:
        levels.append(level)
        coming: set[State] = set()
        for state in level:
            for _, _, after in generated.successors(state):
                if not isinstance(after, Check):
                    transitions += 1
                    coming.add(after)
        level = coming - seen
        seen |= level
        if len(seen) > FEW:
            return None
    return levels, transitions


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(symmetric_programs(), st.booleans(), st.sampled_from([None, 0, 1, 3]))
def test_a_search_up_to_names_says_what_a_search_of_everything_says(text: str, every: bool, depth: int | None) -> None:
    """Verdicts, lengths, levels, what was never met; and every path is a behaviour that shows what it claims."""
    program = accepted(text)
    whole = reachable(program)
    assume(whole is not None and len(whole[0]) > 1)
    assert whole is not None
    symmetry = symmetry_of(program)
    if isinstance(symmetry, str):
        asked = [one for one in program.properties if one.name not in symmetry]
        program = replace(program, properties=tuple(asked))
        symmetry = symmetry_of(program)
    assume(isinstance(symmetry, Symmetry))
    assert isinstance(symmetry, Symmetry)
    event("searched")
    request = Request(Limits(depth=depth), every, True)
    plain, reduced = search(program, request), search(program, request, symmetry)
    assert summary(reduced) == summary(plain)
    if depth is None and plain.cut_by in (None, Cut.FAILURE):
        sizes = [len(orbits(level, program, symmetry)) for level in whole[0]]
        assert list(reduced.levels) == sizes
    generated = Generated(program)
    for name, path in reduced.paths.items():
        assert shows(program, generated, name, path), (name, path)


def summary(outcome: Outcome) -> dict[str, object]:
    """What does not depend on whether names are told apart."""
    return {
        "cut": outcome.cut_by,
        "depth": outcome.depth,
        "lengths": {name: len(path.steps) for name, path in outcome.paths.items()},
        "covers": outcome.covers,
        "antecedents": outcome.antecedents,
        "fired": [count > 0 for count in outcome.fired],
        "failed": [count > 0 for count in outcome.failed],
        "terminal": outcome.terminal > 0,
    }


def shows(program: Program, generated: Generated, name: str, path: Path) -> bool:
    """Whether the path is a behaviour of the program, and ends as its name says."""
    starts: list[tuple[str, tuple[Encoded, ...], object]] = [
        ("init" if position is None else program.inits[position].name, arguments, after)
        for position, arguments, after in generated.initial()
    ]
    if not path.states or (path.start.action, path.start.arguments, path.states[0]) not in starts:
        return not path.states and path.failed is not None
    for (source, target), step in zip(pairwise([*path.states, None]), path.steps, strict=False):
        assert source is not None
        taken = [
            after
            for position, arguments, after in generated.successors(source)
            if (program.actions[position].name, arguments) == (step.action, step.arguments)
        ]
        if target is not None and taken != [target]:
            return False
        if target is None and not (taken and isinstance(taken[0], Check) and path.failed):
            return False
    position = next((p for p, one in enumerate(program.properties) if one.name == name), None)
    if position is None:
        return path.failed is not None or not generated.successors(path.states[-1])
    if program.properties[position].kind is PropertyKind.STEP:
        return generated.evaluate(position, *path.states[-2:]) is False
    wanted = program.properties[position].kind is PropertyKind.GOAL
    return generated.evaluate(position, path.states[-1]) is wanted


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(symmetric_programs(), st.integers(0, 10_000))
def test_the_canonical_state_is_one_of_those_it_stands_for(text: str, seed: int) -> None:
    """It is the state with its names exchanged as `named` says, and it is its own canonical state."""
    program = accepted(text)
    variables = [variable.type for variable in program.variables]
    types = interchangeable_types(program)
    for canonical in (Canonical(variables, types), Least(program.variables, types)):
        for state in random_states(program, 8, Random(seed).randrange(1 << 30)):
            made, places = canonical.named(state)
            renaming = canonical.renaming(places)
            assert renaming.tuple(variables, state) == made
            assert renaming.inverse().tuple(variables, made) == state
            assert canonical(made) == made


@pytest.mark.skipif(not native_here(), reason="llvmlite is missing")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(symmetric_programs(), st.booleans(), st.sampled_from([None, None, 0, 2]), st.sampled_from([None, None, 30]))
def test_native_code_finds_what_python_finds_up_to_names(
    text: str, every: bool, depth: int | None, states: int | None
) -> None:
    """Every count and every path is the same, whichever of the two made states canonical."""
    from uringcheck.explore import native

    program = accepted(text)
    whole = reachable(program)
    assume(whole is not None and len(whole[0]) > 1)
    symmetry = symmetry_of(program)
    if isinstance(symmetry, str):
        name = symmetry.split("`")[1]
        program = replace(program, properties=tuple(one for one in program.properties if one.name != name))
        symmetry = symmetry_of(program)
    assume(isinstance(symmetry, Symmetry) and symmetry.few)
    assert isinstance(symmetry, Symmetry)
    request = Request(Limits(depth=depth, states=states), every, True)
    outcomes = [search(program, request, symmetry), native.search(program, request, threads=2, symmetry=symmetry)]
    assert replace(outcomes[0], seconds=0.0) == replace(outcomes[1], seconds=0.0)
