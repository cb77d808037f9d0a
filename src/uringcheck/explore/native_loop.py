"""The native search loop, written in `native_language`.

States are kept whole, `LANES` words each, in the order in which they were found: that array is also the queue of the
breadth-first search. Beside it stand the index of each state's parent, and a hash table of 64-bit slots: the upper half
of a state's hash as a tag, and the state's index plus one. A lookup touches the state itself only where the tag agrees,
and then compares all of it, so no two states are ever taken for one.

A miss in a large table takes longer than anything else here, so steps are worked on `BATCH` at a time, in three passes:
ask for each slot; read it and ask for the state it points to; compare and insert. Steps stay in the order in which they
were found, so the first parent of a state is the least one and the outcome does not depend on the batches.

Everything grows within memory reserved in advance, in place, so nothing that was found ever moves.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_language import (
    at,
    clear,
    copy,
    expand,
    fetch,
    fold,
    inside,
    judge,
    judge_step,
    put,
    put32,
    stuck,
)

#: Steps in flight. Measured from 8 to 512: below 32 the processor waits for memory, beyond 128 the first lines asked
#: for are gone again before they are used.
BATCH = 64

#: Slots of the first table: half a megabyte, which is what a core's cache holds without noticing.
FIRST_SLOTS = 1 << 16

# Why the loop came back.
AGAIN = 0  # its time is over; call it again
DONE = 1  # no state is left to expand
LEVEL = 2  # a level is complete, and there is something to settle or to decide
OVER = 3  # more states than the limit
FULL = 4  # no memory left under the limit

#: The words of a worker's block, from 0 on; `lower.llvm` fixes `events` and where the counters begin.
FIELDS = (
    "events", "events_seen", "states", "parents", "table", "mask", "count", "room", "cursor", "level_end", "budget",
    "buffer", "hashes", "slots", "limit", "bytes", "most_slots", "sizes", "sizes_done", "sizes_room", "committed",
    "cut_seen", "looking", "beyond", "pairs", "counter_bytes", "new_from",
    "owner", "shared", "peers", "buckets", "bucket_bytes", "fills", "log", "fresh", "order", "following", "next_count",
    "told_events", "yield_function",
)  # fmt: skip

LOW = 0xFFFFFFFF
HIGH = 0xFFFFFFFF00000000
NO_PARENT = 0xFFFFFFFF

# Known when the loop is compiled; the numbers here are for the checkers of Python only.
LANES = STRIDE = BYTES = PER_STATE = WORKERS = 1
CUT = TERMINAL = LOOPS = EDGES = COUNTERS = 0
CONSTRAINED = STEPS = 0
SEED = 0x9E3779B97F4A7C15
STIR = 0xA0761D6478BD642F
MIX = 0xE7037ED1A0B428DB


def hashed(state: int) -> int:
    """64 bits of hash over all lanes."""
    h = SEED
    for lane in range(LANES):
        h = fold(at(state, lane) ^ MIX, h ^ STIR)
    return h


def same(left: int, right: int) -> int:
    """1 where two states are equal, else 0."""
    difference = 0
    for lane in range(LANES):
        difference |= at(left, lane) ^ at(right, lane)
    return difference == 0


def steps_of(w: Any, state: int, source: int, out: int) -> int:
    """Write the steps of a state at `out`; how many there are."""
    if CONSTRAINED == 1:
        if inside(state) == 0:
            return 0
    made = expand(state, out, w, source)
    if made == 0:
        put(w, TERMINAL, at(w, TERMINAL) + 1)
        stuck(state, w, source)
        return 0
    count = made & LOW
    loop = 0
    i = 0
    while i < count:
        entry = out + i * STRIDE
        loop |= same(state, entry)
        if STEPS == 1:
            judge_step(state, entry, w, source, at(entry, LANES) >> 32)
        i += 1
    put(w, LOOPS, at(w, LOOPS) + loop)
    if w.pairs:
        i = 0
        while i < count:
            j = 0
            while j < i and same(out + i * STRIDE, out + j * STRIDE) == 0:
                j += 1
            if j == i:
                put(w, EDGES, at(w, EDGES) + 1)
            i += 1
    return count


def absorb(w: Any, entries: int, count: int) -> int:
    """Take in steps: those to new states add a state, which is judged at once."""
    hashes = w.hashes
    slots = w.slots
    table = w.table
    states = w.states
    mask = w.mask
    i = 0
    entry = entries
    while i < count:
        h = hashed(entry)
        put(hashes, i, h)
        fetch(table + ((h & mask) << 3))
        entry += STRIDE
        i += 1
    i = 0
    while i < count:
        h = at(hashes, i)
        slot = h & mask
        word = at(table, slot)
        while word != 0 and (word ^ h) >> 32 != 0:
            slot = (slot + 1) & mask
            word = at(table, slot)
        put(slots, i, slot)
        if word != 0:
            near = states + ((word & LOW) - 1) * BYTES
            fetch(near)
            if LANES > 1:
                fetch(near + BYTES - 8)
        i += 1
    i = 0
    entry = entries
    number = w.count
    while i < count:
        h = at(hashes, i)
        slot = at(slots, i)
        word = at(table, slot)
        while word != 0:
            if (word ^ h) >> 32 == 0:
                if same(states + ((word & LOW) - 1) * BYTES, entry):
                    break
            slot = (slot + 1) & mask
            word = at(table, slot)
        mark = 0
        if word == 0:
            if w.looking:
                w.beyond = 1
            else:
                target = states + number * BYTES
                for lane in range(LANES):
                    put(target, lane, at(entry, lane))
                origin = at(entry, LANES)
                put32(w.parents, number, origin & LOW)
                place = w.new_from + (origin >> 32)
                put(w, place, at(w, place) + 1)
                put(table, slot, (h & HIGH) | (number + 1))
                index = number * WORKERS + w.owner
                judge(target, w, index)
                number += 1
                mark = index + 1
        if WORKERS > 1:
            put(entry, LANES, mark)
        entry += STRIDE
        i += 1
    w.count = number
    return 0


def room_in(w: Any, slots: int, hundredths: int) -> Any:
    """How many states may be kept with a table of `slots`, by its load and by the memory that is left."""
    taken = slots * 8
    if taken > w.bytes:
        return 0
    by_memory = (w.bytes - taken) // PER_STATE
    by_load = slots * hundredths // 100
    if by_memory < by_load:
        return by_memory
    return by_load


def make_room(w: Any, more: int) -> Any:
    """See that `more` states fit; 0 where they do not within the memory limit.

    The table doubles at a load of 0.7. Where memory does not allow that, it is filled to 0.92: slower, but nothing is
    given up before the limit is reached.
    """
    wanted = w.count + more
    if wanted <= w.room:
        return 1
    slots = w.mask + 1
    while slots * 7 // 10 < wanted:
        slots = slots * 2
    if slots > w.mask + 1 and slots <= w.most_slots and wanted <= room_in(w, slots, 70):
        w.mask = slots - 1
        w.room = room_in(w, slots, 70)
        return rebuild(w)
    w.room = room_in(w, w.mask + 1, 92)
    return wanted <= w.room


def rebuild(w: Any) -> int:
    """Fill the table anew from the states: it needs no second table meanwhile."""
    table = w.table
    mask = w.mask
    hashes = w.hashes
    clear(table, (mask + 1) * 8)
    start = 0
    while start < w.count:
        size = w.count - start
        if size > BATCH:
            size = BATCH
        i = 0
        while i < size:
            h = hashed(w.states + (start + i) * BYTES)
            put(hashes, i, h)
            fetch(table + ((h & mask) << 3))
            i += 1
        i = 0
        while i < size:
            h = at(hashes, i)
            slot = h & mask
            while at(table, slot) != 0:
                slot = (slot + 1) & mask
            i += 1
            put(table, slot, (h & HIGH) | (start + i))
        start += size
    return 1


def level_done(w: Any) -> int:
    """Count a complete level; what to do now, or AGAIN for the next one."""
    if w.looking:
        return LEVEL
    copy(w.committed, w + COUNTERS * 8, w.counter_bytes)
    fresh = w.count - w.level_end
    cut = at(w, CUT) - w.cut_seen
    w.cut_seen = at(w, CUT)
    w.level_end = w.count
    if fresh != 0:
        put(w.sizes, w.sizes_done, fresh)
        w.sizes_done += 1
    if fresh == cut:
        return DONE
    if w.events != w.events_seen or w.sizes_done >= w.sizes_room:
        return LEVEL
    return AGAIN


def advance(w: Any) -> int:
    """Search on for `budget` batches, or until something is to be decided."""
    while w.budget != 0:
        w.budget -= 1
        filled = 0
        cursor = w.cursor
        while cursor < w.level_end and filled < BATCH:
            filled += steps_of(w, w.states + cursor * BYTES, cursor, w.buffer + filled * STRIDE)
            cursor += 1
        w.cursor = cursor
        if filled != 0:
            if w.looking == 0:
                if make_room(w, filled) == 0:
                    return FULL
            absorb(w, w.buffer, filled)
            if w.count > w.limit:
                return OVER
        if cursor == w.level_end:
            status = level_done(w)
            if status != AGAIN:
                return status
    return AGAIN


def admit(w: Any, count: int) -> int:
    """Take in initial states from the buffer."""
    if make_room(w, count) == 0:
        return FULL
    absorb(w, w.buffer, count)
    return AGAIN


COMMON = (hashed, same, steps_of, absorb, room_in, make_room, rebuild)
FUNCTIONS = (*COMMON, level_done, advance, admit)
EXPORTED = ("advance", "admit", "level_done")
