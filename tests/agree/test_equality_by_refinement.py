"""Equality found by pairs is the one that refining partitions finds, and a difference is as short as rounds say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count

from hypothesis import given, settings

from tests.agree.engines import program_of
from tests.agree.programs import programs
from uringcheck.explore.equality import Comparison, Observed, compare
from uringcheck.explore.outcome import Limits, Request, State
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program
from uringcheck.lang.loading import load_text, models_in
from uringcheck.lang.tree import elaborate
from uringcheck.lower.python import Generated

#: Random programs can be large; what is not decided within this is left out.
ENOUGH = Request(Limits(states=3000))

_numbers = count()


def both(text: str) -> tuple[Program, Program]:
    """The program with its switch off and on."""
    cls = models_in(load_text(text, f"<sides {next(_numbers)}>"))[-1]
    off, on = (program_of(elaborate(cls, {"switch": value})) for value in ("false", "true"))
    return off, on


def variants(text: str) -> Iterator[tuple[Program, Program]]:
    """The program beside ones that are almost the same: switched, without an action, or with an action twice."""
    off, on = both(text)
    yield off, on
    for number, action in enumerate(off.actions):
        rest = (*off.actions[:number], *off.actions[number + 1 :])
        if rest:
            yield off, replace(off, actions=rest)
        for other in rest:
            if other.arguments == action.arguments:
                changed = replace(action, body=other.body)
                yield off, replace(off, actions=tuple(changed if one is action else one for one in off.actions))


def observed(program: Program, *hidden: str) -> tuple[Observed, ...]:
    """Every variable but the hidden ones."""
    return tuple(Observed(v.name, p, p) for p, v in enumerate(program.variables) if v.name not in hidden)


class TooLarge(Exception):
    """Nobody has the time to refine this."""


def reachable(program: Program, side: int) -> dict[object, dict[object, object]]:
    """Every state of a program, tagged with its side, and its steps; `start` stands before all of them."""
    generated = Generated(program)

    def node(after: State | Check) -> object:
        return ("failed", after.failure) if isinstance(after, Check) else (side, after)

    found: dict[object, dict[object, object]] = {}
    found[side, "start"] = {(position, args): node(after) for position, args, after in generated.initial()}
    open_ = list(found[side, "start"].values())
    while open_:
        here = open_.pop()
        if len(found) > 3000:
            raise TooLarge
        if here in found or not isinstance(here, tuple) or here[0] == "failed":
            continue
        steps = generated.successors(here[1])
        found[here] = {(program.actions[position].name, args): node(after) for position, args, after in steps}
        open_ += found[here].values()
    return found


def rounds(left: Program, right: Program, kept: list[int]) -> int | None:
    """After how many rounds of refinement the two starts are told apart; None if never."""
    steps = {**reachable(left, 0), **reachable(right, 1)}
    classes: dict[object, object] = {}
    for node in steps:
        state = node[1]  # type: ignore[index]
        classes[node] = "start" if state == "start" else tuple(state[position] for position in kept)
    for number in count():
        if classes[0, "start"] != classes[1, "start"]:
            return number
        signatures = {
            node: (classes[node], frozenset((label, classes.get(after, after)) for label, after in taken.items()))
            for node, taken in steps.items()
        }
        names: dict[object, int] = {}
        refined: dict[object, object] = {
            node: names.setdefault(signature, len(names)) for node, signature in signatures.items()
        }
        if len(set(refined.values())) == len(set(classes.values())):
            return None
        classes = refined


def length(found: Comparison) -> int | None:
    """The steps that tell the sides apart, and the start, which is a step of the refinement."""
    return None if found.difference is None else found.difference.length + 1


@settings(max_examples=30, deadline=None)
@given(programs())
def test_a_random_program_is_equal_to_itself(text: str) -> None:
    """With every variable compared, the pairs of a program with itself are its states."""
    program, _ = both(text)
    found = compare(program, program, observed(program), ENOUGH)
    assert found.difference is None
    assert found.cut_by is not None or found.one_to_one


@settings(max_examples=12, deadline=None)
@given(programs())
def test_a_seeded_difference_is_the_one_that_refinement_finds(text: str) -> None:
    """Under three observations: everything, the scalars, and nothing but what is possible."""
    containers = ("q", "qi", "s", "t", "m", "c")
    for left, right in variants(text):
        for hidden in ((), containers, tuple(variable.name for variable in left.variables)):
            found = compare(left, right, observed(left, *hidden), ENOUGH)
            if found.cut_by is None:
                with suppress(TooLarge):
                    assert rounds(left, right, [one.left for one in observed(left, *hidden)]) == length(found)


@settings(max_examples=30, deadline=None)
@given(programs())
def test_without_an_action_a_program_is_another_exactly_if_the_action_is_ever_possible(text: str) -> None:
    """A seeded difference: the last action is taken away."""
    program, _ = both(text)
    if len(program.actions) < 2:
        return
    last = program.actions[-1].name
    found = compare(program, replace(program, actions=program.actions[:-1]), observed(program), ENOUGH)
    if found.cut_by is not None:
        return
    try:
        seen = reachable(program, 0)
    except TooLarge:
        return
    possible = any(label[0] == last for node, taken in seen.items() if node != (0, "start") for label in taken)  # type: ignore[index]
    assert (found.difference is not None) == possible
