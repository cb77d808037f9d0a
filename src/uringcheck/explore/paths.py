"""Canonical paths: from the parents that a search noted to behaviours with their actions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from uringcheck.diagnostics import InternalError
from uringcheck.explore.outcome import FailedStep, Path, State, Step
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program
from uringcheck.ir.types import Encoded, rank
from uringcheck.lower.python import Generated

Key: TypeAlias = tuple[tuple[int, ...], ...]
"""Orders paths of one length: the position of the action and the ranks of its arguments, start first."""


class Witness(NamedTuple):
    """Where something was found: at `state`; on the step from it to `target`; or where that step fails.

    `check` is what failed, in the step when `step` is given, else while the property `judged` was evaluated there. A
    failed start has no state.
    """

    state: State | None
    target: State | None = None
    step: Step | None = None
    check: Check | None = None
    judged: str | None = None


class Paths:
    """Reads behaviours back from `parents`, which maps each state to the one it was first reached from."""

    def __init__(self, generated: Generated, parents: Mapping[State, State | None]) -> None:
        self._generated = generated
        self._program = generated.program
        self._parents = parents

    def path(self, witness: Witness) -> Path:
        """The canonical path to a witness.

        The search must have gone through sources and instances in canonical order, so that the noted parent is the
        least one; the least instance that leads from parent to child is looked up here.
        """
        check = witness.check
        failed = failure(check, witness.judged) if check else None
        if witness.state is None:
            assert witness.step is not None
            return Path(witness.step, (), (), failed)
        states: list[State] = []
        here: State | None = witness.state
        while here is not None:
            states.append(here)
            here = self._parents[here]
        states.reverse()
        if witness.target is not None:
            states.append(witness.target)
        steps = [self._between(source, target) for source, target in pairwise(states)]
        if witness.step is not None:
            steps.append(witness.step)
        return Path(self._start(states[0]), tuple(states), tuple(steps), failed)

    def _between(self, source: State, target: State) -> Step:
        for position, arguments, after in self._generated.successors(source):
            if after == target:
                return Step(self._program.actions[position].name, arguments)
        raise InternalError("a state is not among the successors of the state it was reached from")

    def _start(self, state: State) -> Step:
        for position, arguments, after in self._generated.initial():
            if after == state:
                return start_step(self._program, position, arguments)
        raise InternalError("a path does not begin in an initial state")


def failure(check: Check, judged: str | None) -> FailedStep:
    """What failed, and in which property if not in a step."""
    return FailedStep(check.failure, check.message, check.span, judged)


def start_step(program: Program, position: int | None, arguments: tuple[Encoded, ...]) -> Step:
    """A start by name."""
    return Step("init", ()) if position is None else Step(program.inits[position].name, arguments)


def key(program: Program, path: Path) -> Key:
    """Orders paths: the shorter first, then the least start, then the least steps."""
    starts = {action.name: (position, action) for position, action in enumerate(program.inits)}
    actions = {action.name: (position, action) for position, action in enumerate(program.actions)}
    made: list[tuple[int, ...]] = [(len(path.steps),)]
    for step, named in ((path.start, starts), *((step, actions) for step in path.steps)):
        if step.action not in named:
            made.append(())
            continue
        position, action = named[step.action]
        ranks = (rank(argument.type, value) for argument, value in zip(action.arguments, step.arguments, strict=True))
        made.append((position, *ranks))
    return tuple(made)
