"""The reachable graph of a large model, made by native code and kept where native code goes on working on it.

    native_graph(program, request) -> Graph

States, steps and labels have the numbers that `reachable_graph` gives them, so verdicts and lassos are the same.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Sequence
from typing import Literal, overload

from uringcheck.diagnostics import InternalError
from uringcheck.explore import native_graph_loop as loop
from uringcheck.explore import native_halves, native_words
from uringcheck.explore.graph import Graph
from uringcheck.explore.memory import resident
from uringcheck.explore.native_behaviours import NativeArrays
from uringcheck.explore.native_compile import Compiled, compiled
from uringcheck.explore.native_memory import Region, allowance
from uringcheck.explore.native_parts import Block, model_part, told_part, written
from uringcheck.explore.outcome import Cut, Progress, Request, State, Step
from uringcheck.explore.paths import start_step
from uringcheck.explore.temporal_cases import atoms
from uringcheck.ir.nodes import Check, Failure
from uringcheck.ir.program import Atom, Program, PropertyKind
from uringcheck.lower.llvm import Module
from uringcheck.lower.llvm_truths import NO_VALUE, truths
from uringcheck.lower.llvm_words import NOTHING
from uringcheck.lower.packing import Layout
from uringcheck.lower.python import Generated

#: Numbers of states and of steps are 32 bits wide in what is done with a graph.
MOST = (1 << 32) - 4096

#: Initial states that are handed over at once.
ADMITTED = 1 << 12

#: Batches between two looks at the clock: about 50 ms.
SLICE = 2048

#: The share of the memory limit that the graph may take; the search for cycles works in the rest.
SHARE = 0.6


class PackedStates(Sequence[State]):
    """States that are unpacked when somebody asks for them."""

    def __init__(self, layout: Layout, region: Region, size: int) -> None:
        self._layout, self._region, self._size = layout, region, size

    @overload
    def __getitem__(self, index: int) -> State: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[State]: ...
    def __getitem__(self, index: int | slice) -> State | Sequence[State]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._size))]
        if not -self._size <= index < self._size:
            raise IndexError(index)
        lanes = self._layout.lanes
        return self._layout.unpack(self._region.words(index % self._size * lanes, lanes))

    def __len__(self) -> int:
        return self._size


def native_graph(program: Program, request: Request | None = None) -> Graph:
    """The graph of a specialised program, as far as the limits of the request admit.

    Raises EngineUnavailable where llvmlite is missing, and MemoryError where the system refuses addresses. Limits on
    states and depth leave whole levels, like the search for safety. An interruption is told by `cut_by`.
    """
    return _Builder(program, request or Request()).run()


class _Builder:
    """One pass of `native_graph_loop`."""

    def __init__(self, program: Program, request: Request) -> None:
        self.began = self.observed = time.perf_counter()
        self.program, self.request, self.limits = program, request, request.limits
        self.generated = Generated(program)
        self.module = Module(program, followed=False)
        self.lanes = self.module.layout.lanes
        self.instances = [
            Step(action.name, arguments) for action in program.actions for arguments in action.instances()
        ]
        if len(self.instances) != self.module.places.instances:
            raise InternalError("native code numbers the instances of actions otherwise than the IR")
        self.atoms = _atoms(program)
        self.bits: Literal[8, 16, 32] = (
            8 if len(self.instances) < 1 << 8 else 16 if len(self.instances) < 1 << 16 else 32
        )
        self.block = Block(self._compiled(), loop.FIELDS, self.module.places.end)
        for place in range(self.module.places.findings, self.module.places.end):
            self.block.words[place] = NOTHING
        self.allowed = int(allowance(self.limits.memory) * SHARE)
        self.regions: dict[str, Region] = {}
        self.starts: list[tuple[int, Step]] = []
        self.failing = False

    def run(self) -> Graph:
        """The graph; to be called once."""
        self._reserve()
        self._begin()
        cut: Cut | None = None
        level, depth, levels_done = 0, 1, self.block["count"] == 0
        self.block["level_end"] = self.block["count"]
        while not levels_done and cut is None:
            end, undo = self.block["count"], (self.block["steps"], self.block["cut"])
            try:
                status = self._slices()
            except KeyboardInterrupt:
                status = Cut.INTERRUPTED
            if isinstance(status, Cut):
                cut = status
            elif status == loop.DONE:
                levels_done = True
            elif self.limits.depth is not None and depth > self.limits.depth:
                cut = Cut.DEPTH
            elif self.block["count"] > min(MOST, self.limits.states if self.limits.states is not None else MOST):
                cut = Cut.STATES if self.limits.states is not None else Cut.MEMORY
            if cut is not None:
                self._forget(level, end, *undo)
            level, depth = end, depth + 1
        if cut is None and (self.failing or self.block["failing"] or self._constraint_failed()):
            cut = Cut.FAILURE
        if cut is None and self.block["cut"]:
            cut = Cut.CONSTRAINT
        return self._graph(cut)

    def _compiled(self) -> Compiled:
        known = {
            "LANES": self.lanes, "STRIDE": 8 * (self.lanes + 1), "BYTES": 8 * self.lanes,
            "CONSTRAINED": int(self.module.constrained), "LABEL_BITS": self.bits,
        }  # fmt: skip
        blocks = [atom.block for atom in self.atoms]
        return compiled(
            model_part(self.module),
            told_part("truths", lambda: truths(self.program, blocks), self.program, *blocks),
            written((native_words, native_halves, loop), loop.FUNCTIONS, loop.EXPORTED, loop.FIELDS, known),
        )

    def _reserve(self) -> None:
        """Addresses for everything; memory is taken as it is touched."""
        per_state = 8 * self.lanes + 8 + 1
        states = min(MOST, self.allowed // per_state + ADMITTED)
        steps = min(MOST, self.allowed // (4 + self.bits // 8) + ADMITTED)
        slots = loop.FIRST_SLOTS
        while slots < 2 * states:
            slots *= 2
        most = max(ADMITTED, loop.BATCH + len(self.instances)) + loop.BATCH * len(self.instances)
        sizes = {
            "states": 8 * self.lanes * states, "offsets": 8 * (states + 1), "expanded": states, "targets": 4 * steps,
            "labels": self.bits // 8 * steps, "table": 8 * slots, "buffer": 8 * (self.lanes + 1) * most,
            "hashes": 8 * most, "slots": 8 * most,
        }  # fmt: skip
        for name, size in sizes.items():
            self.regions[name] = Region(size)
            self.block[name] = self.regions[name].address
        self.block["mask"] = loop.FIRST_SLOTS - 1

    def _begin(self) -> None:
        """Take in the initial states, each with the first start that leads to it."""
        batch: list[tuple[Step, State]] = []
        for position, arguments, after in self.generated.initial():
            if isinstance(after, Check):
                self.failing = True
                continue
            batch.append((start_step(self.program, position, arguments), after))
            if len(batch) == ADMITTED:
                self._admit(batch)
        self._admit(batch)

    def _admit(self, batch: list[tuple[Step, State]]) -> None:
        words = [word for _, state in batch for word in (*self.module.layout.pack(state), 0)]
        buffer = self.regions["buffer"]
        ctypes.memmove(buffer.address, (ctypes.c_uint64 * len(words))(*words), 8 * len(words))
        self.block.call("admit", len(batch))
        for place, (step, _) in enumerate(batch):
            (number,) = buffer.words(place * (self.lanes + 1) + self.lanes, 1)
            if number == len(self.starts):
                self.starts.append((number, step))
        batch.clear()

    def _slices(self) -> int | Cut:
        """A level; what ended it before its time."""
        while True:
            self.block["budget"] = SLICE
            status = self.block.call("advance")
            now = time.perf_counter()
            if self.limits.seconds is not None and now - self.began > self.limits.seconds:
                return Cut.SECONDS
            if self._taken() > self.allowed or self.block["steps"] > MOST:
                return Cut.MEMORY
            if self.request.observe is not None and now - self.observed >= 0.1:
                self.observed = now
                queue = self.block["level_end"] - self.block["cursor"]
                seen = Progress(self.block["count"], self.block["steps"], 0, queue, now - self.began, resident())
                self.request.observe(seen)
            if status != loop.AGAIN:
                return status

    def _taken(self) -> int:
        """Bytes in use, with the next doubling of the table if that is near."""
        slots = self.block["mask"] + 1
        ahead = slots if self.block["count"] * 10 > slots * 6 else 0
        return (
            self.block["count"] * (8 * self.lanes + 9)
            + self.block["steps"] * (4 + self.bits // 8)
            + 8 * (slots + ahead)
        )

    def _forget(self, level: int, end: int, steps: int, cut: int) -> None:
        """Undo what was done with a level, which began at state `level` and ended at `end`."""
        self.block["count"], self.block["steps"], self.block["cut"] = end, steps, cut
        offsets = self.regions["offsets"].view("Q", end + 1)
        for number in range(level, end + 1):
            offsets[number] = steps
        ctypes.memset(self.block["expanded"] + level, 0, end - level)

    def _constraint_failed(self) -> bool:
        """Whether a constraint had no value in some state."""
        places = self.module.places
        return any(
            self.block.words[places.failure(kind, position)] != NOTHING
            for position, one in enumerate(self.program.properties)
            if one.kind is PropertyKind.CONSTRAINT
            for kind in Failure
        )

    def _graph(self, cut: Cut | None) -> Graph:
        size, steps = self.block["count"], self.block["steps"]
        for name in ("table", "buffer", "hashes", "slots"):
            self.regions.pop(name).close()
        kept = {name: self.regions[name] for name in ("offsets", "targets", "labels", "expanded")}
        places = {name: region.address for name, region in kept.items()}
        spare = int(self.allowed / SHARE) - self._taken() + 8 * (self.block["mask"] + 1)
        native = NativeArrays(
            size, **places, label_bits=self.bits, kept=kept, spare=spare, predicates=self._predicates(size)
        )
        return Graph(
            PackedStates(self.module.layout, self.regions["states"], size),
            kept["offsets"].view("Q", size + 1),
            kept["targets"].view("I", steps),
            kept["labels"].view({8: "B", 16: "H", 32: "I"}[self.bits], steps),  # type: ignore[arg-type]
            tuple(self.instances),
            tuple(self.starts),
            kept["expanded"].view("B", size),
            cut,
            self.block["cut"],
            native,
        )

    def _predicates(self, size: int) -> dict[Atom, bytes]:
        """Where each predicate of the temporal properties is true. Python says why one has no value."""
        if not self.atoms or not size:
            return {}
        made = Region(size * len(self.atoms))
        self.block["out"], self.block["stride"] = made.address, size
        for first in range(0, size, 1 << 18):
            self.block["first"], self.block["last"] = first, min(size, first + (1 << 18))
            self.block.call("evaluate")
        found = {atom: ctypes.string_at(made.address + number * size, size) for number, atom in enumerate(self.atoms)}
        made.close()
        return {atom: values for atom, values in found.items() if NO_VALUE not in values}


def _atoms(program: Program) -> list[Atom]:
    """The state predicates of all temporal properties."""

    def told() -> Iterator[Atom]:
        for one in program.properties:
            if one.formula is not None:
                yield from atoms(one.formula)

    return list(dict.fromkeys(told()))
