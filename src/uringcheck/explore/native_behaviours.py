"""Fair behaviours of large graphs: `temporal_cycles` over memory that native code works on.

The arrays of a graph are worked on where they are. Everything that a search needs beside them is given back with it.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from uringcheck.explore import native_cycles
from uringcheck.explore.graph import Graph
from uringcheck.explore.native_compile import Compiled, compiled
from uringcheck.explore.native_memory import Region
from uringcheck.explore.native_parts import Block, written
from uringcheck.explore.temporal_cases import Case
from uringcheck.explore.temporal_cycles import Obligations
from uringcheck.explore.temporal_truth import Truth, Valuation
from uringcheck.ir.program import Atom

#: Masks are one word, and nodes 32 bits. What has more conditions, or more nodes, is left to Python.
MOST_CONDITIONS = 64
MOST_NODES = (1 << 32) - 2

#: Rounds of a loop between two looks at the clock: some hundredths of a second.
SLICE = 1 << 20


class LendingBlock(Block):
    """A block that keeps alive what native code is to see of Python's memory."""

    def __init__(self, code: Compiled) -> None:
        super().__init__(code, native_cycles.FIELDS)
        self._kept: list[object] = []

    def lend(self, name: str, data: bytes | bytearray) -> None:
        """Let native code see bytes, which stay alive with the block."""
        self[name] = self.address_of(data)

    def address_of(self, data: bytes | bytearray) -> int:
        """Where bytes begin; they stay alive with the block."""
        self._kept.append(data)
        if isinstance(data, bytearray):
            return ctypes.addressof(ctypes.c_char.from_buffer(data)) if data else 0
        return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0

    def room(self, name: str, size: int) -> Region:
        """Zeroed memory under a name."""
        region = Region(size)
        self[name] = region.address
        self._kept.append(region)
        return region

    def run(self, function: str) -> int:
        """Calls until it is done; Ctrl-C ends it between two."""
        status = native_cycles.AGAIN
        while status == native_cycles.AGAIN:
            self["budget"] = SLICE
            status = self.call(function)
        return status


@functools.cache
def _code(label_bits: int) -> Compiled:
    """The machine code for labels of so many bits; raises EngineUnavailable."""
    known = {"LABEL_BITS": label_bits}
    functions, exported, fields = native_cycles.FUNCTIONS, native_cycles.EXPORTED, native_cycles.FIELDS
    return compiled(written((native_cycles,), functions, exported, fields, known))


class NativeArrays:
    """Where the arrays of a graph are.

    `offsets` are 64-bit words, `targets` 32-bit, `labels` of `label_bits`, `expanded` bytes. `kept` keeps them alive.
    A search may take `spare` bytes. `predicates` are bytes for each state, 0 or 1.
    """

    def __init__(
        self,
        size: int,
        offsets: int,
        targets: int,
        labels: int,
        expanded: int,
        label_bits: int,
        kept: object,
        spare: int | None = None,
        predicates: Mapping[Atom, bytes] = {},
    ) -> None:
        self.size, self.label_bits, self.spare, self.predicates = size, label_bits, spare, predicates
        self._places = {"offsets": offsets, "targets": targets, "labels": labels, "expanded": expanded}
        self._kept = kept

    def block(self) -> LendingBlock:
        """Words for a call about this graph."""
        block = LendingBlock(_code(self.label_bits))
        block["size"] = self.size
        for name, place in self._places.items():
            block[name] = place
        return block

    def spread_labels(self, wanted: bytes, steps: int) -> bytes:
        """A byte for each step, by its label."""
        block = self.block()
        block.lend("bytes_by_label", wanted)
        return _made(block, "spread_labels", steps)

    def spread_states(self, stutter: bytes, steps: int) -> bytes:
        """A byte for each step, by the state it is taken from."""
        block = self.block()
        block.lend("bytes_by_state", stutter)
        return _made(block, "spread_states", steps)

    def seen_labels(self, instances: int) -> list[int]:
        """The labels that some step has."""
        return [label for label, seen in enumerate(_made(self.block(), "seen_labels", instances)) if seen]


def _made(block: LendingBlock, function: str, size: int) -> bytes:
    made = bytearray(size)
    block.lend("made", made)
    block.call(function)
    return bytes(made)


class NativeObligations(Obligations):
    """`Obligations` with the masks of all states in native memory."""

    region: Region

    def _enabled(self) -> Sequence[int]:
        assert self.graph.native is not None
        if self.count > MOST_CONDITIONS:
            return super()._enabled()
        self.region = Region(8 * max(1, self.graph.size))
        block = self.graph.native.block()
        block["enabled"] = self.region.address
        taken = _words(self.taken)
        block["taken"] = ctypes.addressof(taken)
        block.call("masks")
        return self.region.view("Q", self.graph.size)


def _words(values: Sequence[int]) -> ctypes.Array[ctypes.c_uint64]:
    return (ctypes.c_uint64 * max(1, len(values)))(*values)


class NativeComponent:
    """A fair component: what has its number as a zone."""

    def __init__(self, search: NativeCaseSearch, zone: int) -> None:
        self._search, self._zone = search, zone

    @property
    def size(self) -> int:
        """The number of states."""
        return self._search.size_of(self._zone)

    def nearest(self, count: int) -> Sequence[int]:
        """So many of the states, or all, in the order of the search."""
        return self._search.members(self._zone, count)

    def edges_of(self, state: int) -> Sequence[int]:
        """The edges from one of the states that stay inside."""
        return self._search.edges_inside(self._zone, state)


class NativeCaseSearch:
    """`Cycles` for graphs in native memory. Raises MemoryError where a region cannot be had."""

    def __init__(self, graph: Graph, valuation: Valuation, obligations: NativeObligations, case: Case) -> None:
        assert graph.native is not None
        self.graph, self.obligations = graph, obligations
        once = [(valuation.truth(p), valuation.truth(q) if q else None) for p, q in case.once]
        self._layers = 1 << len(case.once)
        may = [
            valuation.both([*case.forever, *(q for i, (_, q) in enumerate(case.once) if q and done >> i & 1)])
            for done in range(self._layers)
        ]
        self._first = valuation.both(case.start)
        self.round = valuation.both([*case.forever, *(q for _, q in case.once if q), *case.lasting])
        self.often = [valuation.truth(formula) for formula in case.often]
        self._taken = _words(obligations.taken)
        block = self._block = graph.native.block()
        block["enabled"], block["taken"] = obligations.region.address, ctypes.addressof(self._taken)
        block["full"], block["once"] = self._layers - 1, len(case.once)
        block["weak"], block["strong"] = obligations.weak, obligations.strong
        block["often_count"] = len(self.often)
        self._pairs = {
            name: self._lent(truths)
            for name, truths in (("may", may), ("events", [p for p, _ in once]), ("round", [self.round]),
                                 ("often", self.often))
        }  # fmt: skip
        self._decomposed = False

    def _lent(self, truths: Sequence[Truth]) -> ctypes.Array[ctypes.c_uint64]:
        places: list[int] = []
        for truth in truths:
            edge = 0 if truth.edge is None else self._block.address_of(truth.edge)
            places += [self._block.address_of(truth.stutter), edge]
        return _words(places)

    def reach(self, starts: Iterable[int]) -> None:
        """Find the states in which everything that must happen once has happened, in order of distance."""
        block, size = self._block, self.graph.size
        for name, pairs in self._pairs.items():
            block[name] = ctypes.addressof(pairs)
        nodes = size * self._layers
        self._spare(nodes * 9 + size * 32)
        self._how = block.room("how", nodes)
        self._by = block.room("by", 4 * nodes)
        self._order = block.room("order", 4 * size)
        queue = Region(4 * nodes)
        block["queue"] = queue.address
        for state in starts:
            if self._first.stutter[state]:
                block.call("begin", state)
        block.run("reach")
        queue.close()

    def _spare(self, wanted: int) -> None:
        """See that there is memory for everything that the search may need."""
        assert self.graph.native is not None
        spare = self.graph.native.spare
        if spare is not None and wanted > spare:
            raise MemoryError(f"the search for cycles needs {wanted >> 20} MiB, and {spare >> 20} are left")

    def way(self, state: int) -> list[int]:
        """The edges of the path to a state of the search; the first is taken in an initial state."""
        return self._back(state)[1]

    def origin(self, state: int) -> int:
        """The initial state of the path to a state of the search."""
        return self._back(state)[0]

    def _back(self, state: int) -> tuple[int, list[int]]:
        edges: list[int] = []
        done = self._layers - 1
        while True:
            node = done * self.graph.size + state
            how, by = self._how.byte(node), self._by.word32(node)
            if how == native_cycles.START:
                return state, edges[::-1]
            if how >= native_cycles.STUTTER:
                done ^= 1 << how - native_cycles.STUTTER
                continue
            if how >= native_cycles.EVENT:
                done ^= 1 << how - native_cycles.EVENT
            edges.append(by)
            state = bisect_right(self.graph.offsets, by) - 1

    def satisfiable(self) -> bool:
        """Whether some fair behaviour from the states given to `reach` satisfies the case."""
        if next(self._resting_states(), None) is not None:
            return True
        return self._decompose(eager=True)

    def resting(self) -> Iterator[tuple[int, int]]:
        """The states, and their distances, where a behaviour may stutter for ever and satisfy the case."""
        for state in self._resting_states():
            yield state, len(self.way(state))

    def _resting_states(self) -> Iterator[int]:
        yield from self._told("rest")

    def _told(self, function: str, zone: int = 0) -> Iterator[int]:
        """The states that native code tells one by one, in the order of the search."""
        looked = 0
        while True:
            self._block["looked"], self._block["wanted_zone"] = looked, zone
            told = self._block.call(function)
            looked = self._block["looked"]
            if told == 0:
                return
            yield told - 1

    def fair_components(self) -> Iterator[NativeComponent]:
        """The largest sets of states that a fair behaviour of more than stuttering can go round in, nearest first."""
        if not self._decompose(eager=False):
            return
        self._index.clear()
        for state in self._told("next_fair"):
            yield NativeComponent(self, self._zone.word32(state))

    def _decompose(self, eager: bool) -> bool:
        """Find the fair components, or one if `eager`; whether there are any."""
        block, size = self._block, self.graph.size
        if not self._decomposed:
            self._zone, self._index = block.room("zone", 4 * size), block.room("index", 4 * size)
            work = [Region(4 * size) for _ in range(3)]
            block["path"], block["cursor"], block["stack"] = (region.address for region in work)
            block["next_zone"], block["floor"], block["eager"] = 2, native_cycles.NO_ZONE, int(eager)
            block.call("admit")
            block["open"] = 1
            while block["open"]:
                block["open"] = block["root"] = block["path_top"] = 0
                block["number"], block["component"], block["stack_top"] = 1, native_cycles.NO_ZONE, size
                if block.run("decompose") == native_cycles.FOUND:
                    break
                self._index.clear()
            for region in work:
                region.close()
            self._decomposed = not eager
        return block["floor"] != native_cycles.NO_ZONE

    # --- what a component asks ----------------------------------------------------------------------------------------

    def size_of(self, zone: int) -> int:
        """How many states are in a zone."""
        self._block["wanted_zone"] = zone
        return self._block.call("members")

    def members(self, zone: int, count: int) -> list[int]:
        """So many of the states of a zone, in the order of the search."""
        return list(itertools.islice(self._told("next_member", zone), count))

    def edges_inside(self, zone: int, state: int) -> list[int]:
        """The edges from a state that stay in its zone and may be part of a cycle."""
        graph, may = self.graph, self.round.edge
        return [
            edge
            for edge in range(graph.offsets[state], graph.offsets[state + 1])
            if self._zone.word32(graph.targets[edge]) == zone and (may is None or may[edge])
        ]


def searches(graph: Graph, conditions: int, case: Case) -> bool:
    """Whether this searches a case on a graph; the rest is left to Python."""
    nodes = graph.size << len(case.once)
    return graph.native is not None and conditions <= MOST_CONDITIONS and nodes <= MOST_NODES and len(case.often) < 64
