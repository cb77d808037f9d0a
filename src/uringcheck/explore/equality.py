"""Whether two programs behave alike under an observation, or the shortest sequence of steps that tells them apart.

From a state a label (an action with its arguments) leads to at most one state. So the states that the two programs are
in after the same labels form pairs, one for each sequence, and the programs behave alike exactly when in every pair the
observed variables agree and the same labels are possible. That is the largest bisimulation, found by one breadth-first
search over pairs; the first pair that breaks it has the least of all shortest stories.

A step that fails has no successor. Both programs may take it only if it fails in both, in the same way.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.memory import growth, limit_kept, resident
from uringcheck.explore.outcome import Cut, FailedStep, Path, Progress, Request, State, Step
from uringcheck.explore.paths import start_step
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Action, Program, PropertyKind
from uringcheck.ir.show import show_value
from uringcheck.ir.types import Encoded
from uringcheck.lower.python import Generated

#: An action or a start by name, with its arguments as text: what a step is called on both sides.
Label = tuple[str, tuple[str, ...]]

#: Pairs expanded between two looks at the clock and the memory.
CHUNK = 512


class Part(enum.Enum):
    """How two programs part."""

    STEP = "a step is possible on one side only"
    FAILURE = "a step fails on one side only, or in another way"
    VALUE = "an observed variable differs"


@value_class
class Observed:
    """A variable that is compared: its name, and where each program keeps it."""

    name: str
    left: int
    right: int


@value_class
class Difference:
    """Where two programs part. The paths take the same steps; only the last one may be missing on one side.

    A side that has no such start has no path. `differing` names the observed variables that are not equal.
    """

    how: Part
    left: Path | None
    right: Path | None
    differing: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """How many steps tell the programs apart."""
        return max(len(path.steps) for path in (self.left, self.right) if path is not None)


@value_class
class Comparison:
    """What the search over pairs found. Without a difference and without a cut the programs behave alike.

    `left` and `right` count the distinct states that occur on each side, `depth` the levels of pairs. Where a limit
    ended the search all counts are those of the last complete level.
    """

    pairs: int
    left: int
    right: int
    depth: int
    difference: Difference | None = None
    cut_by: Cut | None = None
    cut_states: int = 0
    seconds: float = 0.0

    @property
    def alike(self) -> bool:
        """Whether the programs are known to behave alike."""
        return self.difference is None and self.cut_by is None

    @property
    def one_to_one(self) -> bool:
        """Whether every state has one partner, so that the pairs are an isomorphism of the two graphs."""
        return self.alike and self.pairs == self.left == self.right


def compare(
    left: Program, right: Program, observed: tuple[Observed, ...], request: Request | None = None
) -> Comparison:
    """Compare two specialised programs. An interruption is told by `cut_by`, not raised."""
    return _Pairs(left, right, observed, request or Request()).run()


_Successor = State | Check
_Pair = tuple[State, State]


class _Side:
    """One of the two programs: its steps by label."""

    def __init__(self, program: Program, kept: tuple[int, ...]) -> None:
        self.program, self._kept = program, kept
        self._generated = Generated(program)
        self._labels: dict[tuple[int | None, tuple[Encoded, ...]], Label] = {}
        self._constraints = [p for p, one in enumerate(program.properties) if one.kind is PropertyKind.CONSTRAINT]

    def starts(self) -> dict[Label, tuple[Step, _Successor]]:
        """Every start by label."""
        return {
            self._label(self.program.inits, position, arguments): (
                start_step(self.program, position, arguments),
                after,
            )
            for position, arguments, after in self._generated.initial()
        }

    def steps(self, state: State) -> dict[Label, tuple[Step, _Successor]]:
        """Every step by label, in canonical order."""
        actions = self.program.actions
        return {
            self._label(actions, position, arguments): (Step(actions[position].name, arguments), after)
            for position, arguments, after in self._generated.successors(state)
        }

    def view(self, state: State) -> tuple[Encoded, ...]:
        """What is observed of a state."""
        return tuple(state[position] for position in self._kept)

    def inside(self, state: State) -> bool:
        """Whether every constraint admits the state."""
        return all(self._generated.evaluate(position, state) is True for position in self._constraints)

    def _label(self, actions: tuple[Action, ...], position: int | None, arguments: tuple[Encoded, ...]) -> Label:
        if position is None:
            return "init", ()
        key = (position, arguments)
        if actions is self.program.inits:
            return _text(actions[position], arguments)
        if key not in self._labels:
            self._labels[key] = _text(actions[position], arguments)
        return self._labels[key]


def _text(action: Action, arguments: tuple[Encoded, ...]) -> Label:
    shown = zip(action.arguments, arguments, strict=True)
    return action.name, tuple(f"{argument.name}={show_value(argument.type, value)}" for argument, value in shown)


class _Found(Exception):
    """The programs part here."""

    def __init__(self, difference: Difference) -> None:
        self.difference = difference


class _Stop(Exception):
    """A clock, the memory or a person ended the search."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut


class _Pairs:
    """One search. `parents` maps each pair to the one before it, None for a start, and to the steps from there."""

    def __init__(self, left: Program, right: Program, observed: tuple[Observed, ...], request: Request) -> None:
        self.began = self.looked = time.perf_counter()
        self.observed, self.request = observed, request
        self.memory = limit_kept(request.limits.memory)
        self.left = _Side(left, tuple(one.left for one in observed))
        self.right = _Side(right, tuple(one.right for one in observed))
        self.parents: dict[_Pair, tuple[_Pair | None, Step, Step]] = {}
        self.seen: tuple[set[State], set[State]] = (set(), set())
        self.depth = self.cut_states = 0

    def run(self) -> Comparison:
        """The comparison; to be called once."""
        counts = (0, 0, 0, 0)
        try:
            level = self._joined(None, self.left.starts(), self.right.starts())
            while level:
                counts = self._counts()
                if self.request.limits.depth is not None and self.depth > self.request.limits.depth:
                    return self._ended(counts, Cut.DEPTH)
                level = self._expanded(level)
                if self.request.limits.states is not None and len(self.parents) > self.request.limits.states:
                    return self._ended(counts, Cut.STATES)
        except _Found as found:
            return replace(self._ended(counts, None), difference=found.difference)
        except _Stop as stop:
            return self._ended(counts, stop.cut)
        except MemoryError:
            return self._ended(counts, Cut.MEMORY)
        except KeyboardInterrupt:
            return self._ended(counts, Cut.INTERRUPTED)
        return self._ended(counts, Cut.CONSTRAINT if self.cut_states else None)

    def _counts(self) -> tuple[int, int, int, int]:
        self.depth += 1
        return len(self.parents), len(self.seen[0]), len(self.seen[1]), self.depth

    def _ended(self, counts: tuple[int, int, int, int], cut: Cut | None) -> Comparison:
        seconds = time.perf_counter() - self.began
        return Comparison(*counts, cut_by=cut, cut_states=self.cut_states, seconds=seconds)

    def _expanded(self, level: list[_Pair]) -> list[_Pair]:
        found: list[_Pair] = []
        for number, pair in enumerate(level):
            if number % CHUNK == 0:
                self._look(len(level) - number)
            if self.left.inside(pair[0]) and self.right.inside(pair[1]):
                found += self._joined(pair, self.left.steps(pair[0]), self.right.steps(pair[1]))
            else:
                self.cut_states += 1
        return found

    def _joined(
        self,
        pair: _Pair | None,
        left: dict[Label, tuple[Step, _Successor]],
        right: dict[Label, tuple[Step, _Successor]],
    ) -> list[_Pair]:
        """The new pairs behind a pair, or behind the start; raises _Found where the two sides differ."""
        found: list[_Pair] = []
        for label, (step, after) in left.items():
            if label not in right:
                raise _Found(Difference(Part.STEP, self._path(0, pair, step, after), self._before(1, pair)))
            other, beyond = right[label]
            if isinstance(after, Check) or isinstance(beyond, Check):
                if _failure(after) is not _failure(beyond):
                    paths = self._path(0, pair, step, after), self._path(1, pair, other, beyond)
                    raise _Found(Difference(Part.FAILURE, *paths))
                continue
            reached = (after, beyond)
            if reached in self.parents:
                continue
            if self.left.view(after) != self.right.view(beyond):
                paths = self._path(0, pair, step, after), self._path(1, pair, other, beyond)
                raise _Found(Difference(Part.VALUE, *paths, tuple(self._differing(after, beyond))))
            self.parents[reached] = (pair, step, other)
            self.seen[0].add(after)
            self.seen[1].add(beyond)
            found.append(reached)
        for label, (step, after) in right.items():
            if label not in left:
                raise _Found(Difference(Part.STEP, self._before(0, pair), self._path(1, pair, step, after)))
        return found

    def _differing(self, left: State, right: State) -> Iterator[str]:
        return (one.name for one in self.observed if left[one.left] != right[one.right])

    # --- paths ------------------------------------------------------------------------------------------------------

    def _before(self, side: int, pair: _Pair | None) -> Path | None:
        """The path of one side to a pair; None before the start."""
        if pair is None:
            return None
        states: list[State] = []
        steps: list[Step] = []
        here: _Pair | None = pair
        while here is not None:
            states.append(here[side])
            before, *taken = self.parents[here]
            steps.append(taken[side])
            here = before
        start = steps.pop()
        return Path(start, tuple(reversed(states)), tuple(reversed(steps)))

    def _path(self, side: int, pair: _Pair | None, step: Step, after: _Successor) -> Path:
        """The path of one side to a pair and on by one step, which may fail."""
        failed = FailedStep(after.failure, after.message, after.span) if isinstance(after, Check) else None
        states = () if isinstance(after, Check) else (after,)
        before = self._before(side, pair)
        if before is None:
            return Path(step, states, (), failed)
        return Path(before.start, (*before.states, *states), (*before.steps, step), failed)

    def _look(self, queue: int) -> None:
        limits, now = self.request.limits, time.perf_counter()
        if limits.seconds is not None and now - self.began > limits.seconds:
            raise _Stop(Cut.SECONDS)
        if resident() + growth(self.parents, CHUNK) > self.memory:
            raise _Stop(Cut.MEMORY)
        observe: Callable[[Progress], None] | None = self.request.observe
        if observe is not None and now - self.looked >= 0.1:
            self.looked = now
            observe(Progress(len(self.parents), 0, self.depth, queue, now - self.began, resident()))


def _failure(after: _Successor) -> object:
    return after.failure if isinstance(after, Check) else None
