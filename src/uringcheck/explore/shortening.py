"""Shorter behaviours that show the same as a long one: what a random walk met is seldom told best as it was walked.

First the shortest way to the end through states of the walk alone, then leaving out steps, in runs and one by one, as
long as what is left is a behaviour that shows the same. A shortest behaviour of all may be shorter still.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from uringcheck.diagnostics import InternalError
from uringcheck.explore.outcome import Path, State, Step
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import PropertyKind
from uringcheck.lower.python import Generated


def shortened(generated: Generated, path: Path, name: str) -> Path:
    """A behaviour no longer than `path`, from the same start, that shows the same about `name` (a key of `paths`)."""
    if not path.states:
        return path
    return _Shortening(generated, path, name).run()


class _Shortening:
    """One path and what it shows."""

    def __init__(self, generated: Generated, path: Path, name: str) -> None:
        self._generated, self._path = generated, path
        self._program = generated.program
        judged = path.failed.judged if path.failed is not None else name
        positions = [k for k, property_ in enumerate(self._program.properties) if property_.name == judged]
        self._judged = positions[0] if positions else None
        self._kind = None if self._judged is None else self._program.properties[self._judged].kind

    def run(self) -> Path:
        path = self._path
        ends_in_step = self._kind is PropertyKind.STEP or len(path.steps) == len(path.states)
        last = len(path.steps) - ends_in_step
        steps = (*self._between(path.states[: last + 1]), *path.steps[last:])
        made = self._followed(steps)
        if made is None:
            raise InternalError("a shortened walk does not show what the walk showed")
        size = max(1, len(steps) // 2)
        while True:
            before, at = len(made.steps), 0
            while at < len(made.steps):
                shorter = self._followed((*made.steps[:at], *made.steps[at + size :]))
                if shorter is None:
                    at += size
                else:
                    made = shorter
            if size == 1 and len(made.steps) == before:
                return made
            size = max(1, size // 2)

    def _between(self, visited: Sequence[State]) -> list[Step]:
        """The first shortest way from the first to the last of these states through none but them."""
        first, goal, admitted = visited[0], visited[-1], set(visited)
        came: dict[State, tuple[State, Step]] = {}
        queue, known = deque([first]), {first}
        while goal not in known:
            if not queue:
                raise InternalError("a state that was walked to is not among the successors of those before it")
            here = queue.popleft()
            for position, arguments, after in self._generated.successors(here):
                if not isinstance(after, Check) and after in admitted and after not in known:
                    known.add(after)
                    came[after] = here, Step(self._program.actions[position].name, arguments)
                    queue.append(after)
        steps = list[Step]()
        while goal != first:
            goal, step = came[goal]
            steps.append(step)
        return steps[::-1]

    def _followed(self, steps: Sequence[Step]) -> Path | None:
        """The behaviour of these steps, if it exists and shows the same."""
        states = [self._path.states[0]]
        for number, step in enumerate(steps):
            after = self._after(states[-1], step)
            if isinstance(after, Check) and number == len(steps) - 1 and self._fails(after):
                return replace(self._path, states=tuple(states), steps=tuple(steps))
            if after is None or isinstance(after, Check):
                return None
            states.append(after)
        return replace(self._path, states=tuple(states), steps=tuple(steps)) if self._shows(states) else None

    def _after(self, state: State, step: Step) -> State | Check | None:
        for position, arguments, after in self._generated.successors(state):
            if arguments == step.arguments and self._program.actions[position].name == step.action:
                return after
        return None

    def _fails(self, check: Check) -> bool:
        """Whether it is the check that the walk's last step failed."""
        failed = self._path.failed
        return (
            failed is not None
            and failed.judged is None
            and (check.failure, check.message, check.span) == (failed.failure, failed.message, failed.span)
        )

    def _shows(self, states: list[State]) -> bool:
        """Whether a behaviour through these states ends as the walk did."""
        failed = self._path.failed
        if failed is not None and failed.judged is None:
            return False
        if self._judged is None:  # a deadlock of a model that calls no state final
            return not self._generated.successors(states[-1])
        if self._kind is PropertyKind.STEP:
            if len(states) == 1:
                return False
            verdict = self._generated.evaluate(self._judged, states[-2], states[-1])
        else:
            if self._kind is PropertyKind.DEADLOCK and self._generated.successors(states[-1]):
                return False
            verdict = self._generated.evaluate(self._judged, states[-1])
        if isinstance(verdict, Check):
            return failed is not None and verdict.failure is failed.failure
        return failed is None and verdict is (self._kind is PropertyKind.GOAL)
