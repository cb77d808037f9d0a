"""One breadth-first pass that writes down every step it sees, in `native_language`; see `graph` for what it makes.

States are whole, in the order in which they are found. A slot of the table has 32 bits of hash and the state's number
plus one; what is found there is compared as a whole.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_halves import difference, hashed, mixed
from uringcheck.explore.native_language import (
    at,
    clear,
    expand,
    fetch,
    inside,
    judge,
    put,
    put8,
    put16,
    put32,
    truths,
)
from uringcheck.explore.native_words import AGAIN, BATCH, DONE, FIRST_SLOTS, HIGH, LEVEL, LOW

__all__ = ["AGAIN", "BATCH", "DONE", "EXPORTED", "FIELDS", "FIRST_SLOTS", "FUNCTIONS", "LEVEL"]

FIELDS = (
    "events", "states", "table", "mask", "count", "hashes", "slots", "buffer",
    "cursor", "level_end", "budget", "offsets", "offset_next", "targets", "labels", "steps", "expanded", "failing",
    "cut", "first", "last", "out", "stride",
)  # fmt: skip

# Known when this is compiled; the numbers here are for the checkers of Python only.
LANES = STRIDE = BYTES = 1
CONSTRAINED = 0
LABEL_BITS = 8


def make_room(w: Any, more: int) -> int:
    """Double the table as often as a load of 0.7 asks for, and fill it anew from the states."""
    slots = w.mask + 1
    while slots * 7 // 10 < w.count + more:
        slots = slots * 2
    if slots == w.mask + 1:
        return 0
    w.mask = slots - 1
    clear(w.table, slots * 8)
    number = 0
    while number < w.count:
        h = hashed(w.states + number * BYTES, LANES)
        slot = h & w.mask
        while at(w.table, slot) != 0:
            slot = (slot + 1) & w.mask
        number += 1
        put(w.table, slot, (h & HIGH) | number)
    return 0


def steps_from(w: Any, state: int, source: int, out: int) -> int:
    """Write the steps of a state at `out`; how many there are."""
    if CONSTRAINED == 1:
        if inside(state) == 0:
            judge(state, w, source)
            w.cut += 1
            return 0
    made = expand(state, out, w, source)
    if made >> 32 == 0:
        put8(w.expanded, source, 1)
    else:
        w.failing = 1
    return made & LOW


def note(w: Any, source: int, target: int, label: int) -> int:
    """Write a step down, unless it changes nothing."""
    while w.offset_next <= source:
        put(w.offsets, w.offset_next, w.steps)
        w.offset_next += 1
    if target == source:
        return 0
    put32(w.targets, w.steps, target)
    if LABEL_BITS == 8:
        put8(w.labels, w.steps, label)
    if LABEL_BITS == 16:
        put16(w.labels, w.steps, label)
    if LABEL_BITS == 32:
        put32(w.labels, w.steps, label)
    w.steps += 1
    return 0


def take(w: Any, entries: int, count: int, starting: int) -> int:
    """Take in steps, or initial states if `starting`; the index of each state replaces its place in the queue."""
    i = 0
    entry = entries
    while i < count:
        h = hashed(entry, LANES)
        put(w.hashes, i, h)
        fetch(w.table + ((h & w.mask) << 3))
        entry += STRIDE
        i += 1
    i = 0
    while i < count:
        h = at(w.hashes, i)
        slot = h & w.mask
        word = at(w.table, slot)
        while word != 0 and (word ^ h) >> 32 != 0:
            slot = (slot + 1) & w.mask
            word = at(w.table, slot)
        put(w.slots, i, slot)
        if word != 0:
            near = w.states + ((word & LOW) - 1) * BYTES
            fetch(near)
            if LANES > 1:
                fetch(near + BYTES - 8)
        i += 1
    i = 0
    entry = entries
    while i < count:
        h = at(w.hashes, i)
        slot = at(w.slots, i)
        word = at(w.table, slot)
        while word != 0:
            if (word ^ h) >> 32 == 0:
                if difference(w.states + ((word & LOW) - 1) * BYTES, entry, LANES) == 0:
                    break
            slot = (slot + 1) & w.mask
            word = at(w.table, slot)
        index = (word & LOW) - 1
        if word == 0:
            index = w.count
            for lane in range(LANES):
                put(w.states + index * BYTES, lane, at(entry, lane))
            put(w.table, slot, (h & HIGH) | (index + 1))
            w.count += 1
        origin = at(entry, LANES)
        if starting == 0:
            note(w, origin & LOW, index, origin >> 32)
        put(entry, LANES, index)
        entry += STRIDE
        i += 1
    return 0


def advance(w: Any) -> int:
    """Go on for `budget` batches, or to the end of the level."""
    while w.cursor < w.level_end:
        if w.budget == 0:
            return AGAIN
        w.budget -= 1
        filled = 0
        cursor = w.cursor
        while cursor < w.level_end and filled < BATCH:
            filled += steps_from(w, w.states + cursor * BYTES, cursor, w.buffer + filled * STRIDE)
            cursor += 1
        w.cursor = cursor
        make_room(w, filled)
        take(w, w.buffer, filled, 0)
        while w.offset_next <= cursor:
            put(w.offsets, w.offset_next, w.steps)
            w.offset_next += 1
    if w.count == w.level_end:
        return DONE
    w.level_end = w.count
    return LEVEL


def admit(w: Any, count: int) -> int:
    """Take in initial states from the buffer; each entry's last word becomes the state's index."""
    make_room(w, count)
    return take(w, w.buffer, count, 1)


def evaluate(w: Any) -> int:
    """The predicates in the states from `first` to `last`."""
    state = w.first
    while state < w.last:
        truths(w.states + state * BYTES, w.out + state, w.stride)
        state += 1
    return 0


FUNCTIONS = (mixed, hashed, difference, make_room, steps_from, note, take, advance, admit, evaluate)
EXPORTED = ("advance", "admit", "evaluate")
