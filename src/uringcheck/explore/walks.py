"""Random walks, for models whose state space is too large to search: what they find is real, what they miss is unknown.

A walk starts in a random initial state and takes random steps until it can take none, leaves the constraints, is as
long as was asked for, or finds something. Each choice is uniform: first among the actions that are enabled, then among
the enabled arguments of that one, so that an action with many arguments does not drown the others. Steps that change
nothing are taken only where there is no other.

Walk `n` depends on the seed and on `n` alone: the same seed gives the same walks, on any machine, and more walks only
add to what fewer would have found.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.memory import resident
from uringcheck.explore.outcome import Cut, FailedStep, Path, Progress, State, Step
from uringcheck.explore.paths import start_step
from uringcheck.explore.search import NO_DEADLOCK, OBSERVED_EVERY
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lower.python import Generated

#: Different states are counted up to this many; each costs some hundred bytes.
COUNTED = 1_000_000

#: How a walk ends.
ENDS = ("steps", "terminal", "constraint", "found", "cut")


@value_class
class WalkRequest:
    """What to walk for: how many walks of at most how many steps, and from which seed."""

    walks: int = 1000
    steps: int = 1000
    seed: int = 0
    seconds: float | None = None
    all_violations: bool = False
    observe: Callable[[Progress], None] | None = None


_DEFAULT = WalkRequest()


@dataclass
class WalkOutcome:
    """What random walks found.

    `paths` are the first found, by walk, not the shortest; keys are those of a search, and `found_by` says which walk
    it was, from 0. `states` are distinct, counted up to COUNTED. `fired` is per action; `lengths` are the steps of each
    walk. `ended` counts walks by how they ended: `steps` (as long as asked for), `terminal` (no step was possible),
    `constraint`, `found`, `cut` (by time). `cut_by` is None when every walk was taken.
    """

    seed: int
    walks: int = 0
    steps: int = 0
    states: int = 0
    fired: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ENDS, 0))
    paths: dict[str, Path] = field(default_factory=dict)
    found_by: dict[str, int] = field(default_factory=dict)
    cut_by: Cut | None = None
    seconds: float = 0.0

    @property
    def found(self) -> bool:
        """Whether anything was found: a violation or a goal."""
        return bool(self.paths)


def walk(program: Program, request: WalkRequest = _DEFAULT) -> WalkOutcome:
    """Take random walks through a specialised program. An interruption ends them and is told by the outcome."""
    return _Walks(program, request).run()


class _Found(Exception):
    """The walk has found what ends it."""


class _Walks:
    def __init__(self, program: Program, request: WalkRequest) -> None:
        self.began = self.observed = time.perf_counter()
        self.program = program
        self.request = request
        self.generated = Generated(program)
        self.outcome = WalkOutcome(request.seed, fired=[0] * len(program.actions))
        self.seen: set[State] = set()
        kinds = [property_.kind for property_ in program.properties]
        self.judged = [k for k, kind in enumerate(kinds) if kind in (PropertyKind.INVARIANT, PropertyKind.GOAL)]
        self.constraints = [k for k, kind in enumerate(kinds) if kind is PropertyKind.CONSTRAINT]
        self.on_steps = [k for k, kind in enumerate(kinds) if kind is PropertyKind.STEP]
        self.finals = [k for k, kind in enumerate(kinds) if kind is PropertyKind.DEADLOCK]
        self.starts = self.generated.initial()
        self.number = 0

    def run(self) -> WalkOutcome:
        """The outcome; to be called once."""
        outcome = self.outcome
        try:
            for number in range(self.request.walks):
                self.number = number
                self.start, self.states, self.steps = Step("init"), list[State](), list[Step]()
                outcome.ended[self._walk(random.Random(f"{self.request.seed}/{number}"))] += 1
                outcome.walks += 1
                outcome.lengths.append(len(self.steps))
                if self._violated() and not self.request.all_violations:
                    outcome.cut_by = Cut.VIOLATION if number + 1 < self.request.walks else None
                    break
                if self._over():
                    outcome.cut_by = Cut.SECONDS
                    break
        except KeyboardInterrupt:
            outcome.cut_by = Cut.INTERRUPTED
        outcome.states = len(self.seen)
        outcome.seconds = time.perf_counter() - self.began
        return outcome

    def _violated(self) -> bool:
        goals = {p.name for p in self.program.properties if p.kind is PropertyKind.GOAL}
        return any(name not in goals for name in self.outcome.paths)

    def _over(self) -> bool:
        now = time.perf_counter()
        if self.request.observe is not None and now - self.observed >= OBSERVED_EVERY:
            self.observed = now
            progress = (len(self.seen), self.outcome.steps, max(self.outcome.lengths, default=0) + 1, 0)
            self.request.observe(Progress(*progress, now - self.began, resident()))
        return self.request.seconds is not None and now - self.began > self.request.seconds

    def _walk(self, chance: random.Random) -> str:
        """One walk; how it ended."""
        position, arguments, state = chance.choice(self.starts)
        self.start = start_step(self.program, position, arguments)
        try:
            if isinstance(state, Check):
                self._failed(state)
            else:
                self.states.append(state)
                for taken in range(self.request.steps + 1):
                    self._judge(state)
                    if any(self.generated.evaluate(k, state) is not True for k in self.constraints):
                        return "constraint"
                    if taken == self.request.steps:
                        return "steps"
                    if taken % 256 == 255 and self._over():
                        return "cut"
                    after = self._step(chance, state)
                    if after is None:
                        self._stuck(state)
                        return "terminal"
                    state = after
        except _Found:
            pass
        return "found"

    def _step(self, chance: random.Random, state: State) -> State | None:
        """Take a step; the state it leads to, or None where there is none."""
        steps = self.generated.successors(state)
        steps = [step for step in steps if step[2] != state] or steps
        if not steps:
            return None
        chosen = chance.choice(list(dict.fromkeys(position for position, _, _ in steps)))
        position, arguments, after = chance.choice([step for step in steps if step[0] == chosen])
        self.steps.append(Step(self.program.actions[position].name, arguments))
        if isinstance(after, Check):
            self._failed(after)
        assert not isinstance(after, Check)
        self.outcome.fired[position] += 1
        self.outcome.steps += 1
        self.states.append(after)
        for k in self.on_steps:
            self._ask(k, state, after)
        return after

    def _judge(self, state: State) -> None:
        if len(self.seen) < COUNTED:
            self.seen.add(state)
        for k in self.judged:
            self._ask(k, state)

    def _ask(self, position: int, state: State, after: State | None = None) -> None:
        property_ = self.program.properties[position]
        if property_.name in self.outcome.paths:
            return
        verdict = self.generated.evaluate(position, state, after)
        if isinstance(verdict, Check):
            self._failed(verdict, property_.name)
        if property_.kind is PropertyKind.GOAL:
            if verdict:
                self._note(property_.name, self._path())
        elif not verdict:
            self._note(property_.name, self._path())
            raise _Found

    def _stuck(self, state: State) -> None:
        if not self.finals:
            self._note(NO_DEADLOCK, self._path())
        with suppress(_Found):  # the walk is over anyway, for want of a step
            for position in self.finals:
                self._ask(position, state)

    def _failed(self, check: Check, judged: str | None = None) -> None:
        failed = FailedStep(check.failure, check.message, check.span, judged)
        self._note(check.failure.value, self._path(failed))
        raise _Found

    def _note(self, name: str, path: Path) -> None:
        if name not in self.outcome.paths:
            self.outcome.paths[name] = path
            self.outcome.found_by[name] = self.number

    def _path(self, failed: FailedStep | None = None) -> Path:
        return Path(self.start, tuple(self.states), tuple(self.steps), failed)
