"""The native search loop for several threads, written in `native_language`: one graph, the same outcome.

The states of a level are expanded in batches. Whoever is free claims the next batch, expands and names its steps, and
writes them to the batch's place in a ring. The first thread takes the batches in, in order, with the functions of
`native_loop`: it alone adds states, judges them and counts levels. So steps are taken in in the order of one thread,
whoever found them and when, and with the order every number, parent, count and trace is the same. Only the numbers of
halves depend on who was first, and nobody sees them.

What there is to do finds the thread that has time for it. The first one expands, too, where no batch is ready to be
taken in. Where many are, the others look targets up themselves and hand over only those that are not in the table: it
loses no state, so what they find there is no news, even if it is growing meanwhile. And they touch memory before the
first thread needs it, which takes the system longer than filling it takes the search.

The next level begins when all of this one is taken in, so a limit or a finding ends as complete a level as with one
thread. Tables of halves grow while nobody works on them: a thread without room says so, and the loop comes back.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_halves import write
from uringcheck.explore.native_language import at, give_way, put, shared_at, shared_put, shared_swap
from uringcheck.explore.native_loop import (
    COMMON,
    approach_all,
    count_pairs,
    level_done,
    name_all,
    room_for_halves,
    steps_of,
    taken,
    taken_in,
)
from uringcheck.explore.native_loop import INLINED as SMALL
from uringcheck.explore.native_table import approach_states, note_fresh, sift, spread
from uringcheck.explore.native_words import (
    AGAIN,
    ASIDE,
    ASIDE_LANES,
    ASIDE_NAME,
    CHUNK,
    COUNT,
    FULL,
    HALVES,
    KEPT,
    LANES,
    LOADED_HALVES,
    LOW,
    NAME,
    PACKED,
    PRINTS,
    WORKERS,
)

#: Places for batches, a power of two: about half a millisecond of work.
BATCHES = 256

#: Steps that a batch should have, by those of the thread's last one, and the most that it may have.
STEPS = 64
MOST_STEPS = 2048

#: Where more batches than this wait to be taken in, those who make more look up what is known. What is not is looked up
#: twice then, so it pays only where the thread that takes in has no time for anything else. Measured with two threads:
#: at 16 they took 7 % more CPU than at 250.
AHEAD = 192

#: Looks at what other threads do before one that has nothing to do sleeps: somewhat less than a millisecond, which is
#: what the shortest sleep takes where idle cores halt. Where there are fewer cores than threads, waiting must not keep
#: the one that is waited for from running.
PATIENCE = 200_000

#: Microseconds of such a sleep.
NAP = 50

#: Bytes between two places that are touched, of the smallest pages there are, and bytes of the table touched at once.
PAGE = 1 << 12
PIECE = 1 << 21

# Words that all threads share, those that different threads write in different lines of memory: whether to stop; the
# end of the level; the next batch (high half) and its first state (low half); how many batches were taken in; whether a
# thread has no room for halves; up to which state memory was provided; what of the table is to be touched.
PAUSED = 0
GOAL = 8
NEXT = 16
TAKEN = 24
SHORT = 32
PROVIDED = 40
FLOOR = 48
TOP = 49
SHARED = 56

# Words in front of the steps of a batch: one more than its number, when it is made; how many steps there are; the first
# state behind it.
MADE = 0
COUNTED = 1
END = 2
HEAD = 8


def waited(w: Any, looks: int) -> int:
    """Wait a little, after so many looks; how many looks it is now."""
    if looks > PATIENCE:
        give_way(w.yield_function, NAP)
    return looks + 1


def place_of(w: Any, number: int) -> Any:
    """Where the batch of a number stands."""
    return w.batches + (number & (BATCHES - 1)) * w.batch_bytes


# --- memory -----------------------------------------------------------------------------------------------------------


def touch(address: int, size: int) -> int:
    """Let the system provide memory. What another thread writes there meanwhile stays."""
    end = address + size
    while address < end:
        shared_swap(address, 0, 0, 0)
        address += PAGE
    return 0


def provided(w: Any) -> Any:
    """Up to which state memory was provided."""
    return shared_at(w.shared, PROVIDED)


def provide(w: Any, before: int, now: int) -> int:
    """Say that it is provided up to another state; 0 where another thread said so meanwhile."""
    return shared_swap(w.shared, PROVIDED, before, now)


def touch_states(w: Any) -> int:
    """Touch what the next chunk of states will be written to, if it is half a chunk away."""
    first = at(w.peers, 0)
    ahead = provided(w)
    if shared_at(first, COUNT) + CHUNK // 2 > ahead and first.cursor < first.given_to + CHUNK:
        if taken(first, ahead + CHUNK) <= w.bytes:
            if provide(w, ahead, ahead + CHUNK):
                touch(w.states + ahead * (KEPT * 8), CHUNK * (KEPT * 8))
    return 0


def touch_table(w: Any) -> Any:
    """Touch a chunk of the table that the first thread is growing, from the end on; 0 if it is not."""
    top = shared_at(w.shared, TOP)
    if top <= shared_at(w.shared, FLOOR):
        return 0
    if shared_swap(w.shared, TOP, top, top - PIECE):
        touch(top - PIECE, PIECE)
    return 1


def grow(w: Any) -> int:
    """Give the table of states more slots, and let others touch them meanwhile."""
    size = (w.mask + 1) * 8
    if size >= PIECE:
        shared_put(w.shared, FLOOR, w.table + size)
        shared_put(w.shared, TOP, w.table + size * 2)
    spread(w)
    shared_put(w.shared, TOP, 0)
    return 0


# --- expanding --------------------------------------------------------------------------------------------------------


def write_fresh(w: Any, aside: int) -> int:
    """Write what is to be known about the fresh steps in the buffer: name, origin and, for a fingerprint, lanes."""
    fresh = w.fresh
    end = fresh + w.pending * 8
    while fresh < end:
        entry = at(fresh, 0)
        put(aside, 0, at(entry, NAME))
        put(aside, 1, at(entry, LANES))
        if PRINTS == 1:
            write(aside + ASIDE_LANES * 8, entry, LANES)
        fresh += 8
        aside += ASIDE
    return 0


def note_aside(w: Any, aside: int, count: int) -> int:
    """The fresh steps are so many that were written."""
    fresh = w.fresh
    end = fresh + count * 8
    while fresh < end:
        put(fresh, 0, aside)
        fresh += 8
        aside += ASIDE
    w.pending = count
    return 0


def make_batch(w: Any, number: int, first: int, end: int) -> int:
    """Expand some states, and hand their named steps over."""
    cursor = first
    filled = 0
    while cursor < end:
        filled += steps_of(w, cursor, filled)
        cursor += 1
    approach_all(w)
    name_all(w, filled)
    if w.pairs:
        count_pairs(w, filled)
    w.sources = (end - first) * STEPS // (filled + 1) + 1
    if w.sources > w.most_sources:
        w.sources = w.most_sources
    w.pending = note_fresh(w, filled)
    if number - w.seen > AHEAD:
        mask = at(w.peers, 0).mask
        approach_states(w, w.table, mask, NAME)
        w.pending = sift(w, w.table, mask, NAME)
    batch = place_of(w, number)
    write_fresh(w, batch + HEAD * 8)
    put(batch, COUNTED, w.pending)
    put(batch, END, end)
    shared_put(batch, MADE, number + 1)
    return 0


def cramped(w: Any, half: Any) -> Any:
    """1 where the next batches of all threads may not fit a table of halves as it is."""
    return shared_at(half, COUNT) + w.most_steps * WORKERS > half.free


def helped(w: Any) -> Any:
    """Make the next batch, or touch memory; 0 where there is nothing to do.

    The end of the level is read before the next batch is, so a batch that begins in front of it is one of this level.
    """
    shared = w.shared
    goal = shared_at(shared, GOAL)
    next = shared_at(shared, NEXT)
    first = next & LOW
    number = next >> 32
    if first >= goal:
        return 0
    if number - w.seen > AHEAD:
        w.seen = shared_at(shared, TAKEN)
        if number - w.seen >= BATCHES:
            return touch_table(w)
    if w.owner != 0:
        touch_states(w)
    if HALVES == 1:
        if cramped(w, w.left) or cramped(w, w.right):
            shared_put(shared, SHORT, 1)
            return 0
    end = first + w.sources
    if end > goal:
        end = goal
    if shared_swap(shared, NEXT, next, ((number + 1) << 32) | end):
        make_batch(w, number, first, end)
    return 1


def help_on(w: Any) -> int:
    """Help until the first thread says that it pauses."""
    looks = 0
    while shared_at(w.shared, PAUSED) == 0:
        if helped(w):
            looks = 0
        else:
            looks = waited(w, looks)
    return 0


# --- taking in --------------------------------------------------------------------------------------------------------


def take_batch(w: Any, batch: int) -> int:
    """Take a batch in: AGAIN, FULL or OVER."""
    note_aside(w, batch + HEAD * 8, at(batch, COUNTED))
    approach_states(w, w.table, w.mask, ASIDE_NAME)
    status = taken_in(w)
    w.cursor = at(batch, END)
    w.batches_taken += 1
    shared_put(w.shared, TAKEN, w.batches_taken)
    return status


def advance(w: Any) -> int:
    """Search on for `budget` batches, or until something is to be decided. The others `help_on` meanwhile."""
    shared = w.shared
    shared_put(shared, GOAL, w.level_end)
    status = AGAIN
    looks = 0
    while w.budget != 0 and status == AGAIN:
        batch = place_of(w, w.batches_taken)
        if shared_at(batch, MADE) == w.batches_taken + 1:
            looks = 0
            w.budget -= 1
            status = take_batch(w, batch)
            if status == AGAIN and w.cursor == w.level_end:
                status = level_done(w)
                if status == AGAIN:
                    shared_put(shared, GOAL, w.level_end)
        elif helped(w):
            looks = 0
        else:
            if shared_at(shared, SHORT):
                break
            looks = waited(w, looks)
    shared_put(shared, PAUSED, 1)
    return status


# --- between ----------------------------------------------------------------------------------------------------------


def set_free(half: Any, more: int) -> Any:
    """Note how many halves a table may hold before it should grow; 0 where not even `more` fit."""
    slots = half.mask + 1
    free = slots * LOADED_HALVES // 100
    if free < half.count + more:
        free = slots * PACKED // 100
    if free > half.most:
        free = half.most
    half.free = free
    return free >= half.count + more


def prepare(w: Any) -> int:
    """Before the threads go on: see that there is room for halves; AGAIN or FULL."""
    more = w.most_steps * WORKERS
    if HALVES == 1:
        if room_for_halves(w, more) == 0:
            return FULL
        if set_free(w.left, more) == 0 or set_free(w.right, more) == 0:
            return FULL
    shared_put(w.shared, SHORT, 0)
    shared_put(w.shared, PAUSED, 0)
    return AGAIN


FUNCTIONS = (
    *COMMON, waited, place_of, touch, provided, provide, touch_states, touch_table, grow, write_fresh, note_aside,
    make_batch, cramped, helped, help_on, take_batch, advance, set_free, prepare,
)  # fmt: skip
EXPORTED = ("advance", "help_on", "prepare")
INLINED = (*SMALL, "waited", "place_of", "write_fresh", "note_aside", "cramped", "take_batch")
