"""Breadth-first search with the generated Python: exact, one thread, canonical shortest paths.

The search goes level by level through phases. Phase `d` expands the states `d - 1` steps away, which finds their steps,
failed steps and deadlocks, and judges the states that are `d` steps away and new. Sources are taken in the order they
were found and instances in canonical order, so the first finding of each kind has the least of all shortest paths.

What is found is only counted at the end of a phase; a phase that a limit ends is undone. So a cut run reports whole
levels, and a run that is cut by a number of states or by depth says the same in every engine. What a clock, the
memory or Ctrl-C ends keeps the violations it had found so far.

A property is judged until it has its answer, then no more: a check inside it that would fail later is not noticed.
"""

from __future__ import annotations

import gc
import time
from dataclasses import field
from typing import TYPE_CHECKING

from uringcheck.diagnostics.values import entity_class
from uringcheck.explore.memory import growth, resident
from uringcheck.explore.outcome import Cut, Outcome, Progress, Request, State, Step
from uringcheck.explore.paths import Paths, Witness, key, start_step
from uringcheck.ir.nodes import Check, Failure
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lower.python import Generated

if TYPE_CHECKING:
    from uringcheck.explore.symmetry import Symmetry

#: States expanded between two looks at the limits: a few milliseconds for most models.
CHUNK = 512

#: Seconds between two calls of the observer.
OBSERVED_EVERY = 0.1

#: What a deadlock is reported under when the model does not say which states are final.
NO_DEADLOCK = "no_deadlock"


#: Search for everything, without limits.
EVERYTHING = Request()


def search(program: Program, request: Request = EVERYTHING, symmetry: Symmetry | None = None) -> Outcome:
    """Everything reachable in a specialised program, within the limits of the request.

    With `symmetry`, everything up to the names of interchangeable values: states, transitions and levels are counted
    once for all that differ by nothing else, and paths are behaviours of the program itself.

    Temporal properties are not judged. An interruption ends the search and is told by the outcome, not raised.
    """
    collecting = gc.isenabled()
    # Millions of tuples without cycles: walking them again and again would cost more than the search.
    gc.disable()
    try:
        outcome = _Search(program, request, symmetry).run()
        return outcome if symmetry is None else symmetry.told(outcome)
    finally:
        if collecting:
            gc.enable()


class _Stop(Exception):
    """A limit was reached in the middle of a phase."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut


@entity_class
class _Phase:
    """What a phase has counted and found so far."""

    fired: list[int]
    new: list[int]
    failed: list[int]
    open: list[bool]
    fresh: list[State] = field(default_factory=list)
    frontier: list[State] = field(default_factory=list)
    self_loops: int = 0
    edges: int = 0
    terminal: int = 0
    covers: set[int] = field(default_factory=set)
    answers: dict[str, Witness] = field(default_factory=dict)
    #: The first failure of each kind, in steps (-1) and in each property.
    failures: dict[tuple[Failure, int], Witness] = field(default_factory=dict)

    def only_states(self) -> None:
        """Forget what was found about steps, and keep what is true of the states they start from."""
        self.answers = {name: w for name, w in self.answers.items() if w.target is None}
        self.failures = {at: w for at, w in self.failures.items() if w.target is None and w.step is None}

    def judged_steps(self) -> bool:
        """Whether a step failed or broke a property."""
        found = (*self.answers.values(), *self.failures.values())
        return any(w.target is not None or w.step is not None for w in found)


class _Search:
    """One search and what it has found up to the last complete level."""

    def __init__(self, program: Program, request: Request, symmetry: Symmetry | None) -> None:
        self.began = time.perf_counter()
        self.observed = self.began
        self.program = program
        self.request = request
        self.limits = request.limits
        self.generated = Generated(program)
        self.canonical = None if symmetry is None else symmetry.canonical
        self.expand, self.judge = self.generated.search_functions(request.graph_stats, self.canonical)
        kinds = [property_.kind for property_ in program.properties]
        self.finals = [k for k, kind in enumerate(kinds) if kind is PropertyKind.DEADLOCK]
        self.constrained = PropertyKind.CONSTRAINT in kinds
        self.seen: dict[State, State | None] = {}
        self.paths = Paths(self.generated, self.seen) if symmetry is None else symmetry.paths(self.generated, self.seen)
        self.outcome = Outcome(
            fired=[0] * len(program.actions),
            new=[0] * len(program.actions),
            failed=[0] * len(program.actions),
            edges=0 if request.graph_stats else None,
        )
        self.open = [True] * len(self.generated.questions)
        self.answered: set[str] = set()
        self.violated = False
        self.stopped: Cut | None = None
        self.phase = self._phase()

    def run(self) -> Outcome:
        """The outcome; to be called once."""
        try:
            self._levels()
        except _Stop as stop:
            self.stopped = stop.cut
        except MemoryError:
            self.stopped = Cut.MEMORY
        except KeyboardInterrupt:
            self.stopped = Cut.INTERRUPTED
        if self.stopped in (Cut.SECONDS, Cut.MEMORY, Cut.INTERRUPTED):
            self._settle(self.phase)
        return self._finished()

    def _levels(self) -> None:
        frontier = self._initial()
        while frontier:
            if self.violated and not self.request.all_violations:
                self.stopped = Cut.VIOLATION
                return
            if self.limits.depth is not None and len(self.outcome.levels) > self.limits.depth:
                self._look(frontier)
                return
            frontier = self._level(frontier)

    # --- phases -----------------------------------------------------------------------------------------------------

    def _phase(self) -> _Phase:
        actions = len(self.program.actions)
        return _Phase([0] * actions, [0] * actions, [0] * actions, list(self.open))

    def _initial(self) -> list[State]:
        """Find and judge the initial states."""
        phase = self.phase
        for position, arguments, after in self.generated.initial():
            if isinstance(after, Check):
                start = start_step(self.program, position, arguments)
                phase.failures.setdefault((after.failure, -1), Witness(None, step=start, check=after))
                continue
            state = after if self.canonical is None else self.canonical(after)
            if state not in self.seen:
                self.seen[state] = None
                phase.fresh.append(state)
        self._check_limits(phase, 0)
        self._judge(phase)
        self.outcome.initial = len(phase.fresh)
        return self._commit(phase)

    def _level(self, frontier: list[State]) -> list[State]:
        """Expand a frontier; the states that are to be expanded next."""
        phase = self.phase = self._phase()
        self._expand(phase, frontier)
        self._judge(phase)
        return self._commit(phase)

    def _look(self, frontier: list[State]) -> None:
        """Find out what lies behind the last level that the limit on depth admits, without going there.

        Whether its states have successors is a matter of the states themselves. If no step leads to a new state, fails
        or breaks a property, the search is complete after all.
        """
        phase = self.phase = self._phase()
        beyond = False
        for start in range(0, len(frontier), CHUNK):
            self._expand(phase, frontier[start : start + CHUNK], limited=False)
            beyond = beyond or bool(phase.fresh)
            for state in phase.fresh:
                del self.seen[state]
            phase.fresh.clear()
        if not beyond and not phase.judged_steps():
            self._commit(phase)
            return
        phase.only_states()
        self.stopped = Cut.DEPTH
        self.outcome.terminal += phase.terminal
        self._settle(phase)

    def _expand(self, phase: _Phase, frontier: list[State], limited: bool = True) -> None:
        seen, push = self.seen, phase.fresh.append
        for start in range(0, len(frontier), CHUNK):
            before = len(seen)
            fired, new, loops, edges, covers = self.expand(
                frontier[start : start + CHUNK],
                seen,
                push,
                self._step_failed,
                self._stuck,
                self._answered,
                self._misjudged,
                phase.open,
            )
            phase.fired = [a + b for a, b in zip(phase.fired, fired, strict=True)]
            phase.new = [a + b for a, b in zip(phase.new, new, strict=True)]
            phase.self_loops += loops
            phase.edges += edges
            phase.covers.update(covers)
            self._check_limits(phase, len(frontier) - start, 2 * (len(seen) - before) + CHUNK, limited)

    def _judge(self, phase: _Phase) -> None:
        """Judge the new states, and find those inside the constraints."""
        for start in range(0, len(phase.fresh), CHUNK):
            states = phase.fresh[start : start + CHUNK]
            self.judge(states, self._answered, self._misjudged, phase.frontier.append, phase.open)
            self._check_limits(phase, len(phase.fresh))
        if not self.constrained:
            phase.frontier = phase.fresh

    def _commit(self, phase: _Phase) -> list[State]:
        """Count a complete phase."""
        outcome = self.outcome
        outcome.fired = [a + b for a, b in zip(outcome.fired, phase.fired, strict=True)]
        outcome.new = [a + b for a, b in zip(outcome.new, phase.new, strict=True)]
        outcome.failed = [a + b for a, b in zip(outcome.failed, phase.failed, strict=True)]
        outcome.self_loops += phase.self_loops
        outcome.terminal += phase.terminal
        outcome.covers |= phase.covers
        if outcome.edges is not None:
            outcome.edges += phase.edges
        if phase.fresh:
            outcome.levels.append(len(phase.fresh))
            outcome.cut_states += len(phase.fresh) - len(phase.frontier)
        self.open = phase.open
        self._settle(phase)
        return phase.frontier

    def _settle(self, phase: _Phase) -> None:
        """Turn the findings of a phase into paths."""
        found = self.outcome.paths
        goals = {p.name for p in self.program.properties if p.kind is PropertyKind.GOAL}
        for name, witness in phase.answers.items():
            found[name] = self.paths.path(witness)
            self.violated = self.violated or name not in goals
        for failure in Failure:
            if failure.value in found:
                continue
            candidates = [
                (self.paths.path(witness), at) for (kind, at), witness in phase.failures.items() if kind is failure
            ]
            if candidates:
                found[failure.value] = min(candidates, key=lambda c: (key(self.program, c[0]), c[1]))[0]
                self.violated = True

    def _finished(self) -> Outcome:
        outcome = self.outcome
        cut = self.stopped
        if cut is None or cut is Cut.DEPTH:
            # "Up to k" may only be said when nothing else is missing.
            if any(failure.value in outcome.paths for failure in Failure):
                cut = Cut.FAILURE
            elif outcome.cut_states:
                cut = Cut.CONSTRAINT
        outcome.cut_by = cut
        outcome.complete = cut is None
        outcome.states = sum(outcome.levels)
        outcome.transitions = sum(outcome.fired)
        outcome.antecedents = {
            (self.program.properties[position].name, part)
            for (position, part), still_open in zip(self.generated.questions, self.open, strict=True)
            if part >= 0 and not still_open
        }
        outcome.seconds = time.perf_counter() - self.began
        return outcome

    # --- limits -----------------------------------------------------------------------------------------------------

    def _check_limits(self, phase: _Phase, queue: int, coming: int = CHUNK, limited: bool = True) -> None:
        limits, now = self.limits, time.perf_counter()
        if limits.states is not None and limited and len(self.seen) > limits.states:
            raise _Stop(Cut.STATES)
        if limits.seconds is not None and now - self.began > limits.seconds:
            raise _Stop(Cut.SECONDS)
        if limits.memory is not None and resident() + growth(self.seen, coming) > limits.memory:
            raise _Stop(Cut.MEMORY)
        if self.request.observe is not None and now - self.observed >= OBSERVED_EVERY:
            self.observed = now
            transitions = sum(self.outcome.fired) + sum(phase.fired)
            depth = len(self.outcome.levels)
            self.request.observe(Progress(len(self.seen), transitions, depth, queue, now - self.began, resident()))

    # --- what generated code calls -----------------------------------------------------------------------------------

    def _step_failed(self, state: State, number: int, check_number: int) -> None:
        instance, check = self.generated.instances[number], self.generated.checks[check_number]
        self.phase.failed[instance.position] += 1
        if (check.failure, -1) not in self.phase.failures:
            step = Step(self.program.actions[instance.position].name, instance.arguments)
            self.phase.failures[check.failure, -1] = Witness(state, step=step, check=check)

    def _stuck(self, state: State) -> None:
        self.phase.terminal += 1
        if not self.finals:
            self._answer(NO_DEADLOCK, Witness(state))
        for position in self.finals:
            if self.program.properties[position].name in self.answered:
                continue
            verdict = self.generated.evaluate(position, state)
            if isinstance(verdict, Check):
                self._misjudged(position, self.generated.check_number(verdict), state, None)
            elif not verdict:
                self._answered(position, state, None)

    def _answered(self, position: int, state: State, target: State | None) -> None:
        self._answer(self.program.properties[position].name, Witness(state, target))

    def _answer(self, name: str, witness: Witness) -> None:
        if name not in self.answered:
            self.answered.add(name)
            self.phase.answers[name] = witness

    def _misjudged(self, position: int, check_number: int, state: State, target: State | None) -> None:
        name = self.program.properties[position].name
        check = self.generated.checks[check_number]
        if name not in self.answered and (check.failure, position) not in self.phase.failures:
            self.phase.failures[check.failure, position] = Witness(state, target, check=check, judged=name)
