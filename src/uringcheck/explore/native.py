"""Breadth-first search in native code: the same outcome as the generated Python, at millions of states a second.

The model and the search loop are compiled into one module (`lower.llvm`, `native_loop`). The loop comes back a few times
a second, at the end of a level that found something, and where a limit is reached; everything about verdicts, limits
and paths is decided here, with the words that `search` uses for the Python engine.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Mapping
from typing import Any

from uringcheck.diagnostics import InternalError
from uringcheck.explore import native_loop as loop
from uringcheck.explore.memory import resident
from uringcheck.explore.native_compile import Compiled, EngineUnavailable, compiled
from uringcheck.explore.native_language import translate
from uringcheck.explore.native_memory import Region, allowance
from uringcheck.explore.outcome import Cut, Outcome, Progress, Request, State, Step
from uringcheck.explore.paths import Paths, Witness, key, start_step
from uringcheck.explore.search import NO_DEADLOCK
from uringcheck.ir.nodes import Check, Failure
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lower.llvm import NOTHING, Module, Places
from uringcheck.lower.python import Generated

__all__ = ["EngineUnavailable", "assembly", "search"]

#: Indices of states are 32 bits wide, and the last few are taken. A search that has more ends with "not decided: memory".
MOST_STATES = (1 << 32) - 4096

#: Seconds that the loop runs before it comes back: short enough for Ctrl-C to feel at once.
SLICE = 0.05

#: Level sizes that the loop can note before it comes back.
_SIZES = 1 << 12

#: Initial states that are handed over at once.
_ADMITTED = 1 << 12


def search(program: Program, request: Request = Request(), *, threads: int | None = None) -> Outcome:
    """Everything reachable in a specialised program, within the limits of the request.

    Raises EngineUnavailable where llvmlite is missing. An interruption ends the search and is told by the outcome.
    """
    began = time.perf_counter()
    native = _Native(program, request, began)
    try:
        return native.run()
    finally:
        native.close()


def assembly(program: Program) -> str:
    """The modules of a specialised program as text: the model, each instance with its source line, and the loop."""
    module = Module(program)
    return module.text + "\n" + _loop_text(module)


def _loop_text(module: Module) -> str:
    """The search loop for a model. It depends on little, so that one in the cache serves many models."""
    lanes = module.layout.lanes
    constants = {
        "LANES": lanes, "STRIDE": 8 * (lanes + 1), "BYTES": 8 * lanes, "PER_STATE": 8 * lanes + 4,
        "CUT": Places.cut, "TERMINAL": Places.terminal, "LOOPS": Places.loops, "EDGES": Places.edges,
        "COUNTERS": Places.cut, "CONSTRAINED": int(module.constrained), "STEPS": int(module.judges_steps),
        **{name: getattr(loop, name) for name in (
            "BATCH", "LOW", "HIGH", "SEED", "STIR", "MIX", "AGAIN", "DONE", "LEVEL", "OVER", "FULL",
        )},
    }  # fmt: skip
    fields = {name: index for index, name in enumerate(loop.FIELDS)}
    return translate(loop.FUNCTIONS, loop.EXPORTED, fields, constants)


class _Words:
    """A worker's block of words, by name."""

    def __init__(self, count: int) -> None:
        self.array = (ctypes.c_uint64 * count)()
        self.address = ctypes.addressof(self.array)

    def __getitem__(self, name: str) -> int:
        return int(self.array[loop.FIELDS.index(name)])

    def __setitem__(self, name: str, value: int) -> None:
        self.array[loop.FIELDS.index(name)] = value


class _Parents(Mapping[State, State | None]):
    """The parent of each state on a path, for states that were named by their index before."""

    def __init__(self, native: _Native) -> None:
        self._native = native
        self._indices: dict[State, int] = {}

    def name(self, index: int) -> State:
        """The state at an index; from now on its parent can be asked for."""
        state = self._native.state(index)
        self._indices[state] = index
        return state

    def __getitem__(self, state: State) -> State | None:
        parent = self._native.parents.word32(self._indices[state])
        return None if parent == loop.NO_PARENT else self.name(parent)

    def __iter__(self) -> Iterator[State]:
        return iter(self._indices)

    def __len__(self) -> int:
        return len(self._indices)


class _Native:
    """One search. Mirrors `search._Search`, which says what each count means."""

    def __init__(self, program: Program, request: Request, began: float) -> None:
        self.began = self.observed = began
        self.program = program
        self.request = request
        self.limits = request.limits
        self.module = Module(program)
        self.code: Compiled = compiled(self.module.text, _loop_text(self.module))
        prototype = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_uint64)
        self._advance: Any = prototype(self.code.address("advance"))
        self._admit: Any = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint64)(
            self.code.address("admit")
        )
        self._level_done: Any = prototype(self.code.address("level_done"))
        self.generated = Generated(program)
        self.outcome = Outcome(edges=0 if request.graph_stats else None)
        self.stopped: Cut | None = None
        self.violated = False
        self._regions: list[Region] = []
        self._budget = 64
        self._reserve()

    def _reserve(self) -> None:
        places, lanes = self.module.places, self.module.layout.lanes
        allowed = allowance(self.limits.memory)
        per_state = 8 * lanes + 4
        most = min(MOST_STATES, allowed // per_state + loop.BATCH + places.instances)
        most_slots = loop.FIRST_SLOTS
        while most_slots * 2 * 8 <= allowed:
            most_slots *= 2
        self.states = self._region(most * 8 * lanes)
        self.parents = self._region(most * 4)
        table = self._region(most_slots * 8)
        entries = max(_ADMITTED, loop.BATCH + places.instances)
        buffer = self._region(entries * 8 * (lanes + 1))
        self.buffer = buffer
        words = self.words = _Words(places.end)
        for position in range(places.findings, places.end):
            words.array[position] = NOTHING
        self._committed = (ctypes.c_uint64 * (places.findings - places.cut))()
        self._sizes = (ctypes.c_uint64 * _SIZES)()
        words["states"], words["parents"], words["table"] = self.states.address, self.parents.address, table.address
        words["mask"] = loop.FIRST_SLOTS - 1
        words["room"] = min(loop.FIRST_SLOTS * 7 // 10, max(0, allowed - 8 * loop.FIRST_SLOTS) // per_state)
        words["buffer"] = buffer.address
        words["hashes"] = self._region(8 * entries).address
        words["slots"] = self._region(8 * entries).address
        words["limit"] = MOST_STATES if self.limits.states is None else min(self.limits.states, MOST_STATES)
        words["bytes"] = min(allowed, per_state * (MOST_STATES + 1) + 8 * most_slots)
        words["most_slots"] = most_slots
        words["sizes"] = ctypes.addressof(self._sizes)
        words["committed"] = ctypes.addressof(self._committed)
        words["counter_bytes"] = 8 * (places.findings - places.cut)
        words["new_from"] = places.new
        words["pairs"] = int(self.request.graph_stats)

    def _region(self, size: int) -> Region:
        region = Region(size)
        self._regions.append(region)
        return region

    def close(self) -> None:
        """Give the memory back."""
        for region in self._regions:
            region.close()

    # --- the search ---------------------------------------------------------------------------------------------------

    def run(self) -> Outcome:
        """The outcome; to be called once."""
        try:
            self._levels()
        except KeyboardInterrupt:
            self.stopped = Cut.INTERRUPTED
        except MemoryError:
            self.stopped = Cut.MEMORY
        except _Ended:
            self.stopped = Cut.SECONDS
        if self.stopped in (Cut.SECONDS, Cut.MEMORY, Cut.INTERRUPTED):
            self._settle()
        return self._finished()

    def _levels(self) -> None:
        status = self._initial()
        while status not in (loop.DONE, loop.OVER, loop.FULL):
            if status == loop.LEVEL:
                if self.violated and not self.request.all_violations:
                    self.stopped = Cut.VIOLATION
                    return
                if self.limits.depth is not None and len(self.outcome.levels) > self.limits.depth:
                    self._look()
                    return
            status = self._slice()
        if status == loop.OVER:
            over = self.limits.states is None or self.limits.states > MOST_STATES
            self.stopped = Cut.MEMORY if over else Cut.STATES
        elif status == loop.FULL:
            self.stopped = Cut.MEMORY

    def _initial(self) -> int:
        """Find and judge the initial states."""
        words, places = self.words, self.module.places
        self._failed_start: dict[Failure, Witness] = {}
        batch: list[int] = []
        for position, arguments, after in self.generated.initial():
            if isinstance(after, Check):
                start = start_step(self.program, position, arguments)
                self._failed_start.setdefault(after.failure, Witness(None, step=start, check=after))
                continue
            batch += [*self.module.layout.pack(after), loop.NO_PARENT]
            if len(batch) // (self.module.layout.lanes + 1) == _ADMITTED:
                self._hand_over(batch)
        status = self._hand_over(batch)
        if status != loop.FULL and words["count"] > words["limit"]:
            status = loop.OVER
        if status in (loop.FULL, loop.OVER):
            return status
        # The buffer named no instance, so what the first one is said to have found was found by nobody.
        for instance in range(places.instances):
            words.array[places.new + instance] = 0
        words["sizes_room"] = 1
        status = int(self._level_done(words.address))
        self.outcome.initial = words["count"]
        self._level_sizes()
        self._settle()
        return loop.DONE if status == loop.DONE else loop.LEVEL

    def _hand_over(self, batch: list[int]) -> int:
        """Let native code take in the initial states packed in `batch`, and empty it."""
        (ctypes.c_uint64 * len(batch)).from_address(self.buffer.address)[:] = batch
        status = int(self._admit(self.words.address, len(batch) // (self.module.layout.lanes + 1)))
        batch.clear()
        return status

    def _slice(self) -> int:
        """Run the loop for a moment."""
        words = self.words
        words["budget"] = self._budget
        room = _SIZES if self.limits.depth is None else min(_SIZES, self.limits.depth + 1 - len(self.outcome.levels))
        words["sizes_room"] = max(1, room)
        before = time.perf_counter()
        status = int(self._advance(words.address))
        after = time.perf_counter()
        taken = self._budget - words["budget"]
        if after - before < SLICE / 2 and words["budget"] == 0:
            self._budget *= 2
        elif after - before > 2 * SLICE:
            self._budget = max(1, int(taken * SLICE / (after - before)))
        self._level_sizes()
        if words["looking"] == 0 and status in (loop.LEVEL, loop.DONE):
            self._settle()
        if status == loop.AGAIN:
            self._check_limits(after)
        return status

    def _level_sizes(self) -> None:
        """Take over the sizes of the levels that are complete."""
        self.outcome.levels += list(self._sizes[: self.words["sizes_done"]])
        self.words["sizes_done"] = 0

    def _check_limits(self, now: float) -> None:
        if self.limits.seconds is not None and now - self.began > self.limits.seconds:
            raise _Ended
        if self.request.observe is not None and now - self.observed >= 0.1:
            self.observed = now
            words, places = self.words, self.module.places
            transitions = sum(words.array[places.fired : places.failed])
            queue = words["count"] - words["cursor"]
            self.request.observe(
                Progress(words["count"], transitions, len(self.outcome.levels), queue, now - self.began, resident())
            )

    def _look(self) -> None:
        """Find out what lies behind the last level that the limit on depth admits; see `search._Search._look`."""
        words, places = self.words, self.module.places
        before = [words.array[place] for place in range(places.end)]
        words["looking"] = 1
        while self._slice() == loop.AGAIN:
            pass
        judged = self._findings_of_steps(before)
        if not words["beyond"] and not judged:
            base = places.cut
            self._committed[:] = words.array[base : places.findings]
            self._settle()
            return
        # What was found about steps is forgotten; what is true of the states they start from is kept.
        for place in judged:
            words.array[place] = NOTHING
        self.stopped = Cut.DEPTH
        self.outcome.terminal += words.array[places.terminal] - before[places.terminal]
        self._settle()

    def _findings_of_steps(self, before: list[int]) -> list[int]:
        """Where findings about steps were made since `before`."""
        places = self.module.places
        found = [places.failure(kind, -1) for kind in Failure]
        for position, property_ in enumerate(self.program.properties):
            if property_.kind is PropertyKind.STEP:
                found += [places.answer(position), *(places.failure(kind, position) for kind in Failure)]
        return [place for place in found if before[place] == NOTHING and self.words.array[place] != NOTHING]

    # --- findings -------------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Turn findings into paths."""
        self.words["events_seen"] = self.words["events"]
        found = self.outcome.paths
        parents = _Parents(self)
        paths = Paths(self.generated, parents)
        words, places = self.words.array, self.module.places
        for position, property_ in enumerate(self.program.properties):
            self._answer(property_.name, property_.kind, places.answer(position), paths, parents)
        self._answer(NO_DEADLOCK, PropertyKind.DEADLOCK, places.answer(-1), paths, parents)
        for failure in Failure:
            if failure.value in found:
                continue
            candidates = []
            if failure in self._failed_start:
                candidates.append((paths.path(self._failed_start[failure]), -1))
            for position in range(-1, len(self.program.properties)):
                place = places.failure(failure, position)
                if words[place] == NOTHING:
                    continue
                candidates.append((paths.path(self._misjudged(position, place, parents)), position))
            if candidates:
                found[failure.value] = min(candidates, key=lambda c: (key(self.program, c[0]), c[1]))[0]
                self.violated = True

    def _answer(self, name: str, kind: PropertyKind, place: int, paths: Paths, parents: _Parents) -> None:
        source = self.words.array[place]
        if source == NOTHING or name in self.outcome.paths:
            return
        state = parents.name(source)
        target = self._target(state, self.words.array[place + 1]) if kind is PropertyKind.STEP else None
        self.outcome.paths[name] = paths.path(Witness(state, target))
        self.violated = self.violated or kind is not PropertyKind.GOAL

    def _misjudged(self, position: int, place: int, parents: _Parents) -> Witness:
        state = parents.name(self.words.array[place])
        instance, check = self.words.array[place + 1], self.module.checks[self.words.array[place + 2]]
        if position < 0:
            action, arguments = self._instance(instance)
            return Witness(state, step=Step(self.program.actions[action].name, arguments), check=check)
        property_ = self.program.properties[position]
        target = self._target(state, instance) if property_.kind is PropertyKind.STEP else None
        return Witness(state, target, check=check, judged=property_.name)

    def _instance(self, number: int) -> tuple[int, tuple[Any, ...]]:
        """The position of an instance's action, and its arguments."""
        position = self.module.position_of(number)
        group = self.module.actions[position]
        for here, arguments in enumerate(group.action.instances(), group.first):
            if here == number:
                return position, arguments
        raise InternalError(f"there is no action instance {number}")

    def _target(self, state: State, instance: int) -> State:
        wanted = self._instance(instance)
        for position, arguments, after in self.generated.successors(state):
            if (position, arguments) == wanted and not isinstance(after, Check):
                return after
        raise InternalError("native code took a step that the generated Python does not take")

    def state(self, index: int) -> State:
        """The state at an index."""
        lanes = self.module.layout.lanes
        return self.module.layout.unpack(self.states.words(index * lanes, lanes))

    def _finished(self) -> Outcome:
        outcome, program, module = self.outcome, self.program, self.module
        places, base = module.places, module.places.cut
        counted = list(self._committed)

        def per_action(first: int) -> list[int]:
            counts = [0] * len(program.actions)
            for group in module.actions:
                counts[group.position] += sum(counted[first - base + group.first :][: group.count])
            return counts

        outcome.fired, outcome.failed = per_action(places.fired), per_action(places.failed)
        outcome.new = per_action(places.new)
        outcome.self_loops = counted[places.loops - base]
        outcome.terminal += counted[places.terminal - base]
        outcome.cut_states = counted[places.cut - base]
        if outcome.edges is not None:
            outcome.edges = counted[places.edges - base]
        outcome.covers = {number for number in range(len(program.covers)) if counted[places.covers - base + number]}
        outcome.antecedents = {
            (program.properties[position].name, part)
            for (position, part), hit in zip(module.questions, counted[places.questions - base :], strict=True)
            if hit and part >= 0
        }
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
        outcome.seconds = time.perf_counter() - self.began
        return outcome


class _Ended(Exception):
    """A limit was reached between two slices."""
