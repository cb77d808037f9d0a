"""What a native search keeps in memory: states, parents and tables, and a block of words for each worker."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from uringcheck.explore import native_workers as workers
from uringcheck.explore.native_keeping import Keeping
from uringcheck.explore.native_memory import Region, system_function
from uringcheck.explore.native_words import (
    BATCH,
    FIELDS,
    FIRST_SLOTS,
    GROUP,
    LINE,
    LOW,
    NO_PARENT,
    RECENT,
    THERE,
)
from uringcheck.explore.outcome import State
from uringcheck.lower.llvm import Module
from uringcheck.lower.llvm_words import NOTHING

#: Indices of states are 32 bits wide, and the last few are taken. A search that has more states ends with
#: "not decided: memory" although memory may be left.
MOST_STATES = (1 << 32) - 4096

#: Level sizes that the loop can note before it comes back.
SIZES = 1 << 12

#: Initial states that are handed over at once.
ADMITTED = 1 << 12

#: Threads beyond this many would wait for memory together.
MOST_THREADS = 64


def _most_slots(allowed: int) -> int:
    """Slots of the largest table in so many bytes; tables double."""
    slots = FIRST_SLOTS
    while slots * 2 * 8 <= allowed:
        slots *= 2
    return slots


class Half:
    """The memory of one table of halves, which all workers share."""

    def __init__(self, store: Store, lanes: int, allowed: int) -> None:
        self.array = (ctypes.c_uint64 * len(FIELDS))()
        self.address, self._size = ctypes.addressof(self.array), lanes
        room, slots = min(MOST_STATES, allowed // (8 * max(1, lanes)) + ADMITTED), _most_slots(allowed)
        self.entries = store.region(8 * lanes * (room + 2))
        for name, value in {
            "entries": self.entries.address,
            "most": room,
            "table": store.region(slots * 8).address,
            "mask": FIRST_SLOTS - 1,
            "most_slots": slots,
            "clean": store.region(room + 2).address,
            "spares": store.region(8 * MOST_THREADS).address,
        }.items():
            self.array[_INDEX[name]] = value

    def lanes(self, number: int) -> tuple[int, ...]:
        """The half of this number."""
        return self.entries.words(number * self._size, self._size)


class Worker:
    """The memory of one worker."""

    def __init__(self, store: Store, number: int, like: Worker | None = None) -> None:
        """One that is `like` another knows what that one knows, and has counted nothing."""
        module = store.module
        places, lanes = module.places, module.layout.lanes
        known: list[int] = [] if like is None else like.array[: len(FIELDS)]
        self.array: ctypes.Array[ctypes.c_uint64] = (ctypes.c_uint64 * places.end)(*known)
        self.address = ctypes.addressof(self.array)
        self["events"] = 0
        self.committed = (ctypes.c_uint64 * (places.findings - places.cut))()
        self.sizes = (ctypes.c_uint64 * SIZES)()
        for position in range(places.findings, places.end):
            self.array[position] = NOTHING if like is None else like.array[position]
        steps = max(ADMITTED, workers.MOST_STEPS, BATCH + places.instances)
        self["buffer"] = store.region(steps * 8 * module.entry).address
        self["aside"] = store.region(steps * 8 * module.entry).address
        self["lefts"] = store.region(16 * steps).address
        self["rights"] = store.region(16 * steps).address
        self["fresh"] = store.region(8 * steps).address
        self["recent"] = store.region(8 << RECENT).address
        self["current"] = store.region(8 * max(lanes, LINE)).address
        self["most_steps"] = BATCH + places.instances
        self["sizes"] = ctypes.addressof(self.sizes)
        self["committed"] = ctypes.addressof(self.committed)
        self["counter_bytes"] = 8 * (places.findings - places.cut)
        self["new_from"] = places.new
        self["owner"] = number

    def __getitem__(self, name: str) -> int:
        return int(self.array[_INDEX[name]])

    def __setitem__(self, name: str, value: int) -> None:
        self.array[_INDEX[name]] = value


_INDEX = {name: index for index, name in enumerate(FIELDS)}


class Store:
    """The memory of one search."""

    def __init__(self, module: Module, allowed: int, prints: bool = False) -> None:
        """`allowed` is how many bytes states, parents and tables may take together; raises MemoryError.

        With `prints`, fingerprints stand for states.
        """
        self.module = module
        self.keeping = Keeping(module, prints)
        self.initial = 0  # states without a parent, once they are known
        self._regions: list[Region] = []
        self._shared: Region | None = None  # the words that several workers share
        try:
            self.first = Worker(self, 0)
            self.workers = [self.first]
            self._share(allowed)
            self._connect(self.workers)
        except MemoryError:
            self.close()
            raise

    def _share(self, allowed: int) -> None:
        """What all workers share: states, parents and the tables."""
        layout, places = self.module.layout, self.module.places
        left, right = layout.left, layout.lanes - layout.left
        keeping = self.keeping
        # What cannot be given back is a slot of the table and how the state was reached.
        least = 8 + keeping.noted / GROUP
        room = min(MOST_STATES, int(allowed / least) + ADMITTED + BATCH + places.instances)
        slots = _most_slots(allowed)
        # Memory is provided up to one and a half chunks ahead.
        self.states = self.region((room + 2 * keeping.chunk) * 8 * keeping.words, in_order=True)
        # A bit for each state, and one for each that was expanded.
        self.parents = self.region(room // 4 + 8, in_order=True)
        self.landmarks = self.region(room // GROUP * 4 + 4, in_order=True)
        self.instances = self.region(room * keeping.instance_bytes, in_order=True)
        for_halves = 0 if keeping.prints else allowed
        self.left, self.right = Half(self, left, for_halves), Half(self, right, for_halves)
        for name, value in {
            "states": self.states.address,
            "parents": self.parents.address,
            "landmarks": self.landmarks.address,
            "instances": self.instances.address,
            "table": self.region(slots * 8).address,
            "mask": FIRST_SLOTS - 1,
            "most_slots": slots,
            "bytes": allowed,
            "left": self.left.address,
            "right": self.right.address,
            "give_back_function": system_function("madvise"),
            "move_function": system_function("mremap"),
        }.items():
            self.set(name, value)

    def _connect(self, crew: Sequence[Worker]) -> None:
        peers = self.region(8 * len(crew))
        for number, worker in enumerate(crew):
            peers.put(number, worker.address)
            worker["peers"] = peers.address

    def employ(self, threads: int) -> None:
        """Between two levels: from now on so many workers search. Raises MemoryError, and then nothing has changed."""
        first, instances = self.first, self.module.places.instances
        most_sources = max(1, workers.MOST_STEPS // max(1, instances))
        # Whole lines of memory, and an odd number of them, so that batches do not all contend for the same places.
        size = 64 * ((8 * workers.HEAD + self.keeping.aside * most_sources * instances) // 64 + 1 | 1)
        shared, batches = self.region(8 * workers.SHARED), self.region(workers.BATCHES * size)
        crew = [first, *(Worker(self, number, like=first) for number in range(1, threads))]
        self._connect(crew)
        self.workers, self._shared = crew, shared
        shared.put(workers.NEXT, first["cursor"])
        chunk = self.keeping.chunk
        shared.put(workers.PROVIDED, max(first["provided_to"], (first["count"] // chunk + 1) * chunk))
        for name, value in {
            "shared": shared.address,
            "batches": batches.address,
            "batch_bytes": size,
            "batches_taken": 0,
            "sources": 1,
            "most_sources": most_sources,
            "most_steps": most_sources * instances,
            "yield_function": _yield_function(),
        }.items():
            self.set(name, value)

    def pause(self) -> None:
        """Let all threads come back soon."""
        if self._shared is not None:
            self._shared.put(workers.PAUSED, 1)

    def region(self, size: int, in_order: bool = False) -> Region:
        """Memory that lives as long as the store."""
        region = Region(size, in_order)
        self._regions.append(region)
        return region

    def close(self) -> None:
        """Give the memory back."""
        for region in self._regions:
            region.close()
        self._regions.clear()

    # --- states -------------------------------------------------------------------------------------------------------

    def put_initial(self, lanes: Sequence[Sequence[int]]) -> None:
        """Write packed initial states into the first buffer."""
        words = [word for state in lanes for word in (*state, NO_PARENT, 0)]
        ctypes.memmove(self.first["buffer"], (ctypes.c_uint64 * len(words))(*words), 8 * len(words))

    def know_initial(self, count: int) -> None:
        """So many states have no parent. They are always kept, so that there is something to walk from."""
        self.initial = count
        behind = -(-count // self.keeping.chunk) * self.keeping.chunk
        for name in ("given_from", "given_to", "provided_to"):
            self.set(name, behind)

    def keeps(self, number: int) -> bool:
        """Whether the memory of a state is still its own."""
        return not self.first["given_from"] <= number < self.first["given_to"]

    def state(self, number: int) -> State:
        """The state of a number, which must still be kept."""
        if self.keeping.prints:
            return self.module.layout.unpack(self.states.words(number * self.keeping.words, self.module.layout.lanes))
        (word,) = self.states.words(number, 1)
        if self.module.layout.whole:
            return self.module.layout.unpack((word ^ THERE,))
        return self.module.layout.unpack(self.left.lanes(word & LOW) + self.right.lanes(word >> 32))

    def parent(self, number: int) -> int | None:
        """The state from which a state was first reached; None for an initial one."""
        if number < self.initial:
            return None
        after = number % GROUP
        landmark = number - after
        place, bit = divmod(landmark + self.landmarks.word32(landmark // GROUP), 64)
        (bits,) = self.parents.words(place, 1)
        bits = bits >> bit << bit
        while bits.bit_count() <= after:
            after -= bits.bit_count()
            place += 1
            (bits,) = self.parents.words(place, 1)
        for _ in range(after):
            bits &= bits - 1
        return place * 64 + (bits & -bits).bit_length() - 1 - number

    def instance(self, number: int) -> int:
        """The instance by which a state was first reached; of an initial one this says nothing."""
        size = self.keeping.instance_bytes
        return sum(self.instances.byte(number * size + place) << 8 * place for place in range(size))

    # --- words that every worker has ----------------------------------------------------------------------------------

    def set(self, name: str, value: int) -> None:
        """Give a word the same value for every worker."""
        for worker in self.workers:
            worker[name] = value

    def total(self, name: str) -> int:
        """The sum of a word over all workers."""
        return sum(worker[name] for worker in self.workers)

    def counted(self, start: int, stop: int) -> list[int]:
        """The sums of some counters, up to now."""
        return [sum(words) for words in zip(*(worker.array[start:stop] for worker in self.workers), strict=True)]

    def committed(self) -> list[int]:
        """The sums of all counters up to the last complete level."""
        return [sum(words) for words in zip(*(list(worker.committed) for worker in self.workers), strict=True)]

    def commit(self) -> None:
        """Take what is counted now for the counters of a complete level."""
        places = self.module.places
        for worker in self.workers:
            ctypes.memmove(worker.committed, worker.address + 8 * places.cut, 8 * (places.findings - places.cut))

    def findings(self, place: int) -> Iterator[tuple[int, int, int]]:
        """What the workers found at a place: source, instance, check."""
        for worker in self.workers:
            if worker.array[place] != NOTHING:
                yield worker.array[place], worker.array[place + 1], worker.array[place + 2]

    def agree(self, place: int, finding: tuple[int, int, int] | None) -> None:
        """Let every worker know what was found at a place, or that nothing was."""
        for worker in self.workers:
            for offset, word in enumerate(finding or (NOTHING, 0, 0)):
                worker.array[place + offset] = word


def _yield_function() -> int:
    """The address of the C function that lets another thread have the processor for some microseconds."""
    library: Any = ctypes.WinDLL("kernel32") if sys.platform == "win32" else ctypes.CDLL(None)  # type: ignore[attr-defined,unused-ignore]
    function = library.SwitchToThread if sys.platform == "win32" else library.usleep
    return ctypes.cast(function, ctypes.c_void_p).value or 0
