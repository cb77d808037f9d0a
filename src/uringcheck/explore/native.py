"""Breadth-first search in native code: the same outcome as the generated Python, at millions of states a second.

The model (`lower.llvm`) and the search loop (`native_loop`, or `native_workers` for several threads) are compiled apart
and linked. The loop comes back a few times a second, at the end of a level that found something, and where a limit is
reached; everything about limits, verdicts and paths is decided here, as `search` does it for the Python engine.
"""

from __future__ import annotations

import ctypes
import time
from types import ModuleType
from typing import TYPE_CHECKING, Any

from uringcheck.explore import native_halves, native_loop, native_table, native_words, native_workers
from uringcheck.explore.memory import cores, resident
from uringcheck.explore.native_compile import Compiled, EngineUnavailable, Part, compiled
from uringcheck.explore.native_findings import Findings
from uringcheck.explore.native_keeping import Keeping, omission_bound
from uringcheck.explore.native_memory import MIB, allowance
from uringcheck.explore.native_parts import model_part, written
from uringcheck.explore.native_store import ADMITTED, MOST_STATES, MOST_THREADS, SIZES, Store
from uringcheck.explore.native_words import AGAIN, DONE, FIELDS, FULL, LEVEL, OVER
from uringcheck.explore.outcome import Cut, Outcome, Progress, Request
from uringcheck.explore.paths import Witness, start_step
from uringcheck.explore.search import OBSERVED_EVERY
from uringcheck.ir.nodes import Check, Failure
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lower.llvm import Module
from uringcheck.lower.llvm_words import NOTHING, Places
from uringcheck.lower.python import Generated

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from uringcheck.explore.symmetry import Symmetry

__all__ = ["EngineUnavailable", "assembly", "search"]

#: Seconds that the loop runs before it comes back: short enough for Ctrl-C to feel at once.
SLICE = 0.05

_EVERYTHING = Request()

#: States after which other threads join, where nobody said how many there should be: a search that ends sooner gains
#: nothing by them, and what they run has to be compiled first.
JOIN = 500_000

#: So many threads join at most, where nobody said how many. One of them does a third of the work alone.
MOST_TAKEN = 4


def search(
    program: Program,
    request: Request = _EVERYTHING,
    *,
    threads: int | None = None,
    symmetry: Symmetry | None = None,
) -> Outcome:
    """Everything reachable in a specialised program, within the limits of the request.

    When `threads` is None, all cores join once the search is large, up to `MOST_TAKEN`. Raises EngineUnavailable where
    llvmlite is missing. An interruption ends the search and is told by the outcome. With `symmetry`, which must be
    `few`, everything is counted up to names, as `search.search` does it, in one thread.
    """
    began = time.perf_counter()
    count = min(MOST_TAKEN, cores()) if threads is None else min(MOST_THREADS, max(1, threads))
    if symmetry is not None:
        # Among several workers the least path would decide, and up to names that is not the first that was found.
        return symmetry.told(_Native(program, request, began, symmetry=symmetry).run())
    return _Native(program, request, began, count, JOIN if threads is None else 0).run()


def assembly(program: Program, threads: int = 1) -> str:
    """The modules of a specialised program as text: the model, each instance with its source line, and the loop."""
    module = Module(program)
    return module.text + "\n" + _loop(module, threads).text()


def _loop(module: Module, threads: int, prints: bool = False) -> Part:
    """The search loop for a model. Little of it depends on the model, so one in the cache serves many."""
    source: ModuleType = native_loop if threads == 1 else native_workers
    lanes = module.layout.lanes
    left = module.layout.left
    known = {
        "LANES": lanes, "NAME": lanes + 1, "STRIDE": 8 * module.entry, "LEFT": left,
        "RIGHT": lanes - left, "COUNT": FIELDS.index("count"), "FIRED": Places.fired,
        "JUDGE_LEFT": int(bool(module.halves[0])), "JUDGE_RIGHT": int(bool(module.halves[1])),
        "CUT": Places.cut, "TERMINAL": Places.terminal, "LOOPS": Places.loops, "EDGES": Places.edges,
        "COUNTERS": Places.cut, "CONSTRAINED": int(module.constrained),
        "WORKERS": threads, **Keeping(module, prints).numbers(threads),
    }  # fmt: skip
    modules = (native_words, native_halves, native_table, native_loop, native_workers)
    exported = source.EXPORTED if module.layout.whole else (*source.EXPORTED, "left_made", "right_made")
    return written(modules, source.FUNCTIONS, exported, FIELDS, known, source.INLINED)


def parts(module: Module, threads: int, prints: bool = False) -> tuple[Part, Part]:
    """What is to be compiled for a model."""
    return model_part(module), _loop(module, threads, prints)


class _Ended(Exception):
    """A limit on time was reached between two slices."""


class _Native:
    """One search. Mirrors `search._Search`, which says what each count means."""

    def __init__(
        self,
        program: Program,
        request: Request,
        began: float,
        threads: int = 1,
        join: int = 0,
        symmetry: Symmetry | None = None,
    ) -> None:
        """Several `threads` search from the first level on that begins with more than `join` states."""
        self.began = self.observed = began
        self.program = program
        self.request = request
        self.limits = request.limits
        self.threads, self.join = threads, join
        self.symmetry = symmetry
        self.module = Module(program, () if symmetry is None else symmetry.types)
        # A state of one word is its own fingerprint.
        self.prints = request.compact and not self.module.layout.whole
        self.code: Compiled = compiled(*parts(self.module, 1, self.prints))
        self._advance = self._function("advance")
        self.generated = Generated(program)
        self.outcome = Outcome(edges=0 if request.graph_stats else None)
        self.stopped: Cut | None = None
        self.violated = False
        self._budget = 64
        self._pool: ThreadPoolExecutor | None = None

    def run(self) -> Outcome:
        """The outcome; to be called once."""
        store: Store | None = None
        try:
            store = self.store = Store(self.module, allowance(self.limits.memory), self.prints)
            self.findings = Findings(self.module, store, self.generated, self.symmetry)
            store.set("limit", MOST_STATES if self.limits.states is None else min(self.limits.states, MOST_STATES))
            store.set("pairs", int(self.request.graph_stats))
            return self._searched()
        except MemoryError:
            # Not even the addresses, or the first table, are to be had under this limit.
            self.outcome.complete, self.outcome.cut_by = False, Cut.MEMORY
            self.outcome.fired, self.outcome.new, self.outcome.failed = (
                [0] * len(self.program.actions) for _ in range(3)
            )
            return self.outcome
        finally:
            if self._pool is not None:
                assert store is not None
                store.pause()
                self._pool.shutdown()
            if store is not None:
                store.close()

    def _searched(self) -> Outcome:
        try:
            self._levels()
        except KeyboardInterrupt:
            self.stopped = Cut.INTERRUPTED
        except _Ended:
            self.stopped = Cut.SECONDS
        if self.stopped in (Cut.SECONDS, Cut.MEMORY, Cut.INTERRUPTED):
            self._settle()
        return self._finished()

    def _levels(self) -> None:
        status = self._initial()
        while status not in (DONE, OVER, FULL):
            if status == LEVEL:
                if self.violated and not self.request.all_violations:
                    self.stopped = Cut.VIOLATION
                    return
                if self.limits.depth is not None and len(self.outcome.levels) > self.limits.depth:
                    self._look()
                    return
                if self._others_join:
                    self._let_join()
            status = self._slice()
        if status == OVER:
            over = self.limits.states is None or self.limits.states > MOST_STATES
            self.stopped = Cut.MEMORY if over else Cut.STATES
        elif status == FULL:
            self.stopped = Cut.MEMORY

    def _initial(self) -> int:
        """Find and judge the initial states."""
        store, places = self.store, self.module.places
        batch: list[tuple[int, ...]] = []
        status = AGAIN
        for position, arguments, after in self.generated.initial():
            if isinstance(after, Check):
                start = start_step(self.program, position, arguments)
                self.findings.failed_starts.setdefault(after.failure, Witness(None, step=start, check=after))
                continue
            batch.append(self.module.layout.pack(after if self.symmetry is None else self.symmetry.canonical(after)))
            if len(batch) == ADMITTED:
                status = status or self._hand_over(batch)
        status = status or self._hand_over(batch)
        if status != AGAIN:
            return status
        if store.first["count"] > store.first["limit"]:
            return OVER
        # The buffer named no instance, so what the first one is said to have found was found by nobody.
        for worker in store.workers:
            for instance in range(places.instances):
                worker.array[places.new + instance] = 0
        store.set("sizes_room", 1)
        status = int(self._function("level_done")(store.first.address))
        self.outcome.initial = store.first["count"]
        store.know_initial(self.outcome.initial)
        self._level_sizes()
        self._settle()
        return DONE if status == DONE else LEVEL

    def _hand_over(self, batch: list[tuple[int, ...]]) -> int:
        """Let native code take in packed initial states, and empty the batch."""
        self.store.put_initial(batch)
        status = int(self._function("admit", 2)(self.store.first.address, len(batch)))
        batch.clear()
        return status

    def _slice(self) -> int:
        """Run the loop for a moment."""
        store, first = self.store, self.store.first
        store.set("budget", self._budget)
        room = SIZES if self.limits.depth is None else min(SIZES, self.limits.depth + 1 - len(self.outcome.levels))
        store.set("sizes_room", 1 if self._others_join else max(1, room))
        before = time.perf_counter()
        status = self._together()
        after = time.perf_counter()
        taken = self._budget - first["budget"]
        if after - before < SLICE / 2 and first["budget"] == 0:
            self._budget *= 2
        elif after - before > 2 * SLICE:
            self._budget = max(1, int(taken * SLICE / (after - before)))
        self._level_sizes()
        if not first["looking"] and status in (LEVEL, DONE):
            self._settle()
        if status == AGAIN:
            self._check_limits(after)
        return status

    @property
    def _others_join(self) -> bool:
        """Whether other threads join at the end of this level."""
        return self.threads > 1 and self._pool is None and self.store.first["count"] > self.join

    def _let_join(self) -> None:
        """From now on several threads search. Where there is no memory or no compiler for that, one goes on."""
        before = resident()
        try:
            code = compiled(*parts(self.module, self.threads, self.prints))
            # Where LLVM had to be loaded here, the search does without the memory that it takes.
            self.store.set("bytes", max(0, self.store.first["bytes"] - int(max(0.0, resident() - before) * MIB)))
            self.store.employ(self.threads)
        except (MemoryError, EngineUnavailable):
            self.threads = 1
            return
        from concurrent.futures import ThreadPoolExecutor

        self.code = code
        self._advance = self._function("advance")
        self._prepare, self._help_on = self._function("prepare"), self._function("help_on")
        self._pool = ThreadPoolExecutor(self.threads - 1)

    def _function(self, name: str, words: int = 1) -> Any:
        """A native function of some words."""
        return ctypes.CFUNCTYPE(ctypes.c_uint64, *[ctypes.c_uint64] * words)(self.code.address(name))

    def _together(self) -> int:
        """Let every worker go on; this thread is the first of them."""
        first = self.store.first
        if self._pool is None:
            return int(self._advance(first.address))
        status = int(self._prepare(first.address))
        if status != AGAIN:
            return status
        futures = []
        try:
            for worker in self.store.workers[1:]:
                futures.append(self._pool.submit(self._help_on, worker.address))
            return int(self._advance(first.address))
        finally:
            # An interruption may come before all threads have begun; what has begun ends before anything else is done.
            self.store.pause()
            for future in futures:
                future.result()

    def _level_sizes(self) -> None:
        """Take over the sizes of the levels that are complete."""
        first = self.store.first
        self.outcome.levels += list(first.sizes[: first["sizes_done"]])
        self.store.set("sizes_done", 0)

    def _check_limits(self, now: float) -> None:
        if self.limits.seconds is not None and now - self.began > self.limits.seconds:
            raise _Ended
        if self.request.observe is not None and now - self.observed >= OBSERVED_EVERY:
            self.observed = now
            places, states = self.module.places, self.store.first["count"]
            transitions = sum(self.store.counted(places.fired, places.failed))
            queue = self.store.first["level_end"] - self.store.first["cursor"]
            self.request.observe(
                Progress(states, transitions, len(self.outcome.levels), queue, now - self.began, resident())
            )

    def _look(self) -> None:
        """Find out what lies behind the last level that the limit on depth admits; see `search._Search._look`."""
        store, places = self.store, self.module.places
        on_steps = [p for p, one in enumerate(self.program.properties) if one.kind is PropertyKind.STEP]
        failures = [places.failure(kind, position) for position in (-1, *on_steps) for kind in Failure]
        open_ = [place for place in map(places.answer, on_steps) if store.first.array[place] == NOTHING]
        # What has failed before may fail here again, and that counts.
        known = {place: next(iter(found)) for place in failures if (found := list(store.findings(place)))}
        for place in known:
            store.agree(place, None)
        terminal = store.counted(places.terminal, places.terminal + 1)[0]
        store.set("looking", 1)
        while self._slice() == AGAIN:
            pass
        judged = [place for place in (*failures, *open_) if any(store.findings(place))]
        for place in judged:
            # What was found about steps is forgotten; what is true of the states they start from is kept.
            store.agree(place, None)
        for place, finding in known.items():
            store.agree(place, finding)
        if not store.total("beyond") and not judged:
            store.commit()
            self._settle()
            return
        self.stopped = Cut.DEPTH
        self.outcome.terminal = store.counted(places.terminal, places.terminal + 1)[0] - terminal
        self._settle()

    def _settle(self) -> None:
        """Turn findings into paths."""
        if self.findings.settle(self.outcome.paths):
            self.violated = True
        self.store.set("events_seen", self.store.total("events"))

    def _finished(self) -> Outcome:
        outcome, program, module = self.outcome, self.program, self.module
        places, base = module.places, module.places.cut
        counted = self.store.committed()

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
        if self.prints:
            outcome.omission_bound = omission_bound(self.store.first["count"])
        outcome.transitions = sum(outcome.fired)
        outcome.seconds = time.perf_counter() - self.began
        return outcome
