"""The table of states in the native search, and their parents; see `native_loop`. Written in `native_language`.

States are reached again more often than found, and mostly soon after. So each thread remembers the target that it met
last in each of some places, and looks up only what is not that. What is then left waits for memory, and for nothing
else: no lookup depends on how another one ends.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_language import (
    at,
    clear,
    copy,
    fetch,
    fold,
    lowest,
    matches,
    put,
    put8,
    put16,
    put32,
    shared_at,
    shared_put,
)
from uringcheck.explore.native_words import GROUP, LINE, LOW, MIX, NAME, NO_PARENT, RECENT_SHIFT, STIR, STRIDE, WIDE


def stirred(word: int) -> int:
    """64 bits of hash of a state's word."""
    return fold(word ^ MIX, STIR)


def line_of(mask: int, name: int) -> int:
    """The first slot of the line of a word."""
    return stirred(name) & (mask - (LINE - 1))


def known(table: int, mask: int, name: int) -> Any:
    """1 where the table holds a word. All of a line is looked at: whether to go on would have to be guessed."""
    first = line_of(mask, name)
    while 1:
        line = table + first * 8
        found = matches(line, name) != 0
        if found | (shared_at(line, LINE - 1) == 0):
            return found
        first = (first + LINE) & mask


def free_slot(table: int, mask: int, name: int) -> int:
    """The address of the slot for a word that is not in the table, 0 where it is."""
    first = line_of(mask, name)
    while 1:
        line = table + first * 8
        if matches(line, name):
            return 0
        free = matches(line, 0)
        if free != 0:
            return line + lowest(free) * 8
        first = (first + LINE) & mask


def note_fresh(w: Any, count: int) -> Any:
    """Note the steps in the buffer, but for those whose target was the last one of its place in the filter.

    Every target that is in the filter is in the table, or will be when this step is taken in. No step is skipped: what
    is noted of one that is dropped is written over by the next, so that nothing has to be guessed.
    """
    recent = w.recent
    fresh = w.fresh
    entry = w.buffer
    end = entry + count * STRIDE
    while entry < end:
        name = at(entry, NAME)
        place = recent + (stirred(name) >> RECENT_SHIFT) * 8
        put(fresh, 0, entry)
        fresh += (at(place, 0) != name) * 8
        put(place, 0, name)
        entry += STRIDE
    return (fresh - w.fresh) // 8


def approach_states(w: Any, table: int, mask: int, name: int) -> int:
    """Ask for the slots of the fresh steps, whose target's word is the one at index `name`."""
    fresh = w.fresh
    end = fresh + w.pending * 8
    while fresh < end:
        fetch(table + line_of(mask, at(at(fresh, 0), name)) * 8)
        fresh += 8
    return 0


def sift(w: Any, table: int, mask: int, name: int) -> Any:
    """Drop the fresh steps to states that are in the table; how many are left."""
    fresh = w.fresh
    end = fresh + w.pending * 8
    kept = fresh
    while fresh < end:
        entry = at(fresh, 0)
        put(kept, 0, entry)
        kept += (1 - known(table, mask, at(entry, name))) * 8
        fresh += 8
    return (kept - w.fresh) // 8


def spread(w: Any) -> int:
    """Spread the table over twice its slots, in place: it needs no second table, and memory is gone through in order.

    Line by line, from behind one that is not full on, words are taken out and put where they belong now. That is at
    most as far from the start as it was, in either half of the new table, so no word is met twice, and what it is put
    behind stays.
    """
    table = w.table
    old = w.mask
    mask = old * 2 + 1
    w.mask = mask
    here = 0
    while at(table, here + LINE - 1) != 0:
        here += LINE
    ahead = old + 1
    while ahead != 0:
        ahead -= LINE
        here = (here + LINE) & old
        line = table + here * 8
        copy(w.current, line, LINE * 8)
        clear(line, LINE * 8)
        taken_out = 0
        while taken_out < LINE:
            name = at(w.current, taken_out)
            if name == 0:
                break
            shared_put(free_slot(table, mask, name), 0, name)
            taken_out += 1
    return 0


def note_parent(w: Any, number: int, origin: int) -> int:
    """Write down how a state was first reached. One that is initial counts as reached from the first."""
    if WIDE == 1:
        put8(w.instances, number, origin >> 32)
    else:
        put16(w.instances, number, origin >> 32)
    parent = origin & LOW
    if parent == NO_PARENT:
        parent = 0
    place = number + parent
    put(w.parents, place >> 6, at(w.parents, place >> 6) | 1 << (place & 63))
    if number & (GROUP - 1) == 0:
        put32(w.landmarks, number // GROUP, parent)
    return 0


FUNCTIONS = (stirred, line_of, known, free_slot, note_fresh, approach_states, sift, spread, note_parent)
INLINED = ("stirred", "line_of", "known", "note_fresh", "approach_states", "sift", "note_parent")
