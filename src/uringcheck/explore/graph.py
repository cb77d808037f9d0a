"""The reachable graph: every state and every step between two different states, in compact arrays.

Temporal properties speak about behaviours, so the edges are kept: 4 bytes for a target and 4 for the action instance
that leads there. A step that changes nothing is neither taken nor enabled (TLA+'s `<A>_v`); a behaviour may stutter in
any state anyway, so such steps are left out.

What is decided on a graph needs nothing but the fields of `Graph`. An engine that fills the same arrays, states in the
order in which breadth-first search finds them and steps in canonical order, gets the same verdicts and lassos.
"""

from __future__ import annotations

import gc
import time
from array import array
from collections.abc import MutableSequence, Sequence
from typing import TYPE_CHECKING

from uringcheck.diagnostics.values import entity_class
from uringcheck.explore.memory import limit_kept, resident
from uringcheck.explore.outcome import Cut, Limits, Progress, Request, State, Step
from uringcheck.explore.paths import start_step
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.ir.types import Encoded
from uringcheck.lower.python import Generated

if TYPE_CHECKING:
    from uringcheck.explore.native_behaviours import NativeArrays

#: States expanded between two looks at the clock and the memory.
CHUNK = 512


@entity_class
class Graph:
    """States by number, and the steps from each of them.

    The steps from state `s` are numbered `offsets[s]` to `offsets[s + 1] - 1`; step `e` leads to `targets[e]` and is
    one of `instances[labels[e]]`. `starts` are the initial states with the first start that leads to each. All
    successors of `s` are known only where `expanded[s]` is 1: not where a constraint or a limit ended the search, nor
    where a step fails. `cut_by` says why some are not; `cut_states` counts those that a constraint cut. `native` says
    where the arrays are, if native code may work on them.
    """

    states: Sequence[State]
    offsets: Sequence[int]
    targets: Sequence[int]
    labels: Sequence[int]
    instances: tuple[Step, ...]
    starts: tuple[tuple[int, Step], ...]
    expanded: bytes | bytearray | memoryview
    cut_by: Cut | None = None
    cut_states: int = 0
    native: NativeArrays | None = None

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.offsets) - 1

    def labels_in_use(self) -> list[int]:
        """The instances that some step is one of."""
        return sorted(set(self.labels)) if self.native is None else self.native.seen_labels(len(self.instances))

    def sources(self) -> MutableSequence[int]:
        """The source of every step."""
        made = array("I")
        for state in range(self.size):
            made.extend([state] * (self.offsets[state + 1] - self.offsets[state]))
        return made


class _Stop(Exception):
    """A clock, the memory or a person ended the search in the middle of a level."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut


def reachable_graph(program: Program, request: Request | None = None) -> Graph:
    """The graph of a specialised program, as far as the limits of the request admit.

    Limits on states and depth leave whole levels, like the search for safety. A graph that was given no limit on memory
    has that of `memory.limit_kept`. An interruption is told by `cut_by`.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _Builder(program, request or Request()).run()
    finally:
        if collecting:
            gc.enable()


class _Builder:
    """One breadth-first pass that writes down what it sees."""

    def __init__(self, program: Program, request: Request) -> None:
        self.began = self.observed = time.perf_counter()
        self.program, self.request = program, request
        self.limits: Limits = request.limits
        self.memory = limit_kept(self.limits.memory)
        self.generated = Generated(program)
        self.constraints = [p for p, one in enumerate(program.properties) if one.kind is PropertyKind.CONSTRAINT]
        self.numbers: dict[State, int] = {}
        self.states: list[State] = []
        self.offsets, self.targets, self.labels = array("Q", [0]), array("I"), array("I")
        self.expanded = bytearray()
        self.label_of: dict[tuple[int, tuple[Encoded, ...]], int] = {
            (one.position, one.arguments): one.number for one in self.generated.instances
        }
        self.starts: list[tuple[int, Step]] = []
        self.cut_states = 0
        self.failures = False

    def run(self) -> Graph:
        """The graph; to be called once."""
        cut: Cut | None = None
        self._begin()
        level, depth = 0, 1
        while level < len(self.states) and cut is None:
            end = len(self.states)
            undo = (end, len(self.targets), len(self.expanded), self.cut_states)
            stopped = self._level(level, end)
            if stopped is None and len(self.states) > end:
                if self.limits.depth is not None and depth > self.limits.depth:
                    stopped = Cut.DEPTH
                elif self.limits.states is not None and len(self.states) > self.limits.states:
                    stopped = Cut.STATES
            if stopped is not None:
                self._forget(*undo)
                cut = stopped
            level, depth = end, depth + 1
        for _ in range(len(self.expanded), len(self.states)):
            self.offsets.append(len(self.targets))
            self.expanded.append(0)
        if cut is None and self.failures:
            cut = Cut.FAILURE
        if cut is None and self.cut_states:
            cut = Cut.CONSTRAINT
        instances = tuple(
            Step(self.program.actions[one.position].name, one.arguments) for one in self.generated.instances
        )
        return Graph(
            self.states,
            self.offsets,
            self.targets,
            self.labels,
            instances,
            tuple(self.starts),
            self.expanded,
            cut,
            self.cut_states,
        )

    def _begin(self) -> None:
        for position, arguments, state in self.generated.initial():
            if isinstance(state, Check):
                self.failures = True
            elif state not in self.numbers:
                self.starts.append((len(self.states), start_step(self.program, position, arguments)))
                self._number(state)

    def _number(self, state: State) -> int:
        number = self.numbers[state] = len(self.states)
        self.states.append(state)
        return number

    def _level(self, start: int, end: int) -> Cut | None:
        """Expand the states from `start` to `end`; what ended it before its time."""
        try:
            for number in range(start, end):
                if number % CHUNK == 0:
                    self._look(end - number)
                self._expand(number)
        except _Stop as stop:
            return stop.cut
        except MemoryError:
            return Cut.MEMORY
        except KeyboardInterrupt:
            return Cut.INTERRUPTED
        return None

    def _expand(self, number: int) -> None:
        state = self.states[number]
        whole = True
        if self._inside(state):
            numbers, targets, labels = self.numbers, self.targets, self.labels
            for position, arguments, after in self.generated.successors(state):
                if isinstance(after, Check):
                    whole, self.failures = False, True
                    continue
                target = numbers.get(after)
                if target is None:
                    target = self._number(after)
                if target != number:
                    targets.append(target)
                    labels.append(self.label_of[position, arguments])
        else:
            whole = False
            self.cut_states += 1
        self.offsets.append(len(self.targets))
        self.expanded.append(whole)

    def _inside(self, state: State) -> bool:
        """Whether every constraint admits the state; one that has no value there does not."""
        for position in self.constraints:
            value = self.generated.evaluate(position, state)
            if isinstance(value, Check):
                self.failures = True
                return False
            if not value:
                return False
        return True

    def _forget(self, states: int, steps: int, expanded: int, cut_states: int) -> None:
        """Undo a level that was not finished."""
        del self.states[states:], self.targets[steps:], self.labels[steps:]
        del self.expanded[expanded:], self.offsets[expanded + 1 :]
        self.cut_states = cut_states

    def _look(self, queue: int) -> None:
        now = time.perf_counter()
        if self.limits.seconds is not None and now - self.began > self.limits.seconds:
            raise _Stop(Cut.SECONDS)
        if resident() > self.memory:
            raise _Stop(Cut.MEMORY)
        if self.request.observe is not None and now - self.observed >= 0.1:
            self.observed = now
            seen = Progress(len(self.states), len(self.targets), 0, queue, now - self.began, resident())
            self.request.observe(seen)
