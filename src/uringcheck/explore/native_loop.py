"""The native search loop, written in `native_language`.

A state of up to 63 bits is kept as it is, in one word. A wider one is kept as the numbers of its two halves, again in
one word: a half is some of the lanes, and each half that occurs is kept once, in a table of its own. Most states differ
from the one they were reached from in a few variables, so there are far fewer halves than states (a hundredth to a
tenth of them), and a state of many lanes costs hardly more than one of two. Halves are compared as a whole, so no two
states are ever taken for one.

The words stand in the order in which the states were found: that array is also the queue of the breadth-first search.
Beside it stand the index of each state's parent, and a hash table of the words themselves: a lookup touches a single
line of memory, and has its answer there.

A miss in a large table takes longer than anything else here, so steps are worked on `BATCH` at a time, and what a batch
needs is asked for long before it is used: the slots of changed halves while its sources are expanded, the halves
themselves while the batch before is taken in, and the slots of its states while the next one is expanded. Steps are
taken in in the order in which they were found, so the first parent of a state is the least one and the outcome does not
depend on the batches.

An entry of the buffer is what `expand` made of a step, the target's lanes and its origin, and then the target's word.

Everything grows within memory reserved in advance, in place, so nothing that was found ever moves.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_language import (
    at,
    at8,
    clear,
    copy,
    expand,
    fetch,
    fold,
    inside,
    judge,
    judge_left,
    judge_right,
    put,
    put8,
    put32,
    shared_add,
    shared_at,
    shared_put,
    shared_swap,
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

#: The words of a block, from 0 on; `lower.llvm` fixes `events` and where the counters begin. Blocks of halves have the
#: words `entries`, `most`, `table`, `mask`, `most_slots`, `count`, `clean` and `spares` of these.
FIELDS = (
    "events", "events_seen", "states", "parents", "table", "mask", "count", "most_slots", "bytes", "left", "right",
    "current", "buffer", "aside", "pending", "lefts", "rights", "left_made", "right_made", "most_steps", "cursor",
    "level_end", "budget", "limit", "sizes", "sizes_done", "sizes_room", "committed", "cut_seen", "looking", "beyond",
    "pairs", "counter_bytes", "new_from", "entries", "clean", "spares", "most", "owner", "shared", "peers",
    "batches", "batch_bytes", "batches_taken", "seen", "sources", "most_sources", "free", "yield_function",
)  # fmt: skip

LOW = 0xFFFFFFFF
HIGH = 0xFFFFFFFF00000000
NO_PARENT = 0xFFFFFFFF

#: Set in the word of a state that is kept as it is: an empty slot is zero.
THERE = 1 << 63

#: A table of states doubles at this load in hundredths. Where memory does not allow that, it is filled to `PACKED`:
#: slower, but nothing is given up before the limit is reached.
LOADED = 75
PACKED = 93

#: The same for halves, whose tables are small.
LOADED_HALVES = 60

#: Bytes of a state beside the table: its word and its parent.
PER_STATE = 12

# Known when the loop is compiled; the numbers here are for the checkers of Python only. `ASIDE` is how many bytes a
# step has that was put aside, and the others are where its name and its origin are.
LANES = NAME = STRIDE = LEFT = RIGHT = WORKERS = 1
ASIDE = ASIDE_NAME = ASIDE_ORIGIN = 1
JUDGE_LEFT = JUDGE_RIGHT = 0
WHOLE = CUT = TERMINAL = LOOPS = EDGES = FIRED = COUNTERS = 0
CONSTRAINED = COUNT = 0
SEED = 0x9E3779B97F4A7C15
STIR = 0xA0761D6478BD642F
MIX = 0xE7037ED1A0B428DB


# --- halves -----------------------------------------------------------------------------------------------------------


def hashed(lanes: int, size: int) -> int:
    """64 bits of hash over some lanes, never zero. Pairs of lanes are mixed apart, so that no one waits for another."""
    h = SEED
    lane = 0
    while lane + 1 < size:
        h ^= fold(at(lanes, lane) ^ MIX * (2 * lane + 1), at(lanes, lane + 1) ^ STIR * (2 * lane + 1))
        lane += 2
    if lane < size:
        h ^= fold(at(lanes, lane) ^ MIX * (2 * lane + 1), STIR * (2 * lane + 1))
    return fold(h, MIX) | THERE


def same(left: int, right: int, size: int) -> int:
    """1 where lanes are equal, else 0."""
    difference = 0
    lane = 0
    while lane < size:
        difference |= at(left, lane) ^ at(right, lane)
        lane += 1
    return difference == 0


def write(to: int, lanes: int, size: int) -> int:
    """Copy some lanes."""
    lane = 0
    while lane < size:
        put(to, lane, at(lanes, lane))
        lane += 1
    return 0


def interned(w: Any, half: Any, h: int, lanes: int, size: int) -> Any:
    """The number of a half with this hash, from 1 on; one that was not there is added.

    Where several threads add the same half at the same time, one of them is first, and the others keep the place they
    had taken for the next one.
    """
    table = half.table
    mask = half.mask
    slot = h & mask
    fresh = 0
    while 1:
        word = shared_at(table, slot)
        if word == 0:
            if WORKERS == 1:
                fresh = half.count + 1
                half.count = fresh
                write(half.entries + fresh * size * 8, lanes, size)
                put(table, slot, (h & HIGH) | fresh)
                return fresh
            if fresh == 0:
                fresh = at(half.spares, w.owner)
                put(half.spares, w.owner, 0)
                if fresh == 0:
                    fresh = shared_add(half, COUNT, 1) + 1
                write(half.entries + fresh * size * 8, lanes, size)
            if shared_swap(table, slot, 0, (h & HIGH) | fresh):
                return fresh
            word = shared_at(table, slot)
        if (word ^ h) >> 32 == 0:
            number = word & LOW
            if same(half.entries + number * size * 8, lanes, size):
                if WORKERS > 1:
                    if fresh != 0:
                        put(half.spares, w.owner, fresh)
                return number
        slot = (slot + 1) & mask


def grow_half(half: Any, size: int) -> int:
    """Fill a table of halves of twice the size."""
    table = half.table
    clear(table, (half.mask + 1) * 8)
    mask = half.mask * 2 + 1
    half.mask = mask
    number = 1
    while number <= half.count:
        used = 1
        worker = 0
        while worker < WORKERS:
            if at(half.spares, worker) == number:
                used = 0
            worker += 1
        if used:
            h = hashed(half.entries + number * size * 8, size)
            slot = h & mask
            while at(table, slot) != 0:
                slot = (slot + 1) & mask
            put(table, slot, (h & HIGH) | number)
        number += 1
    return 0


def roomy(w: Any, half: Any, size: int, more: int) -> Any:
    """See that `more` halves fit; 0 where they do not within the memory limit."""
    slots = half.mask + 1
    wanted = (half.count + more) * 100
    if wanted <= slots * LOADED_HALVES:
        return 1
    if slots * 2 <= half.most_slots and taken(w, w.count) + slots * 8 + more * size * 8 <= w.bytes:
        grow_half(half, size)
        return 1
    if half.count + more > half.most:
        return 0
    return wanted <= slots * PACKED


# --- states -----------------------------------------------------------------------------------------------------------


def opened(w: Any, word: int, lanes: int) -> int:
    """Write the lanes of the state of a word."""
    if WHOLE == 1:
        put(lanes, 0, word ^ THERE)
    else:
        write(lanes, w.left.entries + (word & LOW) * (LEFT * 8), LEFT)
        write(lanes + LEFT * 8, w.right.entries + (word >> 32) * (RIGHT * 8), RIGHT)
    return 0


def stirred(word: int) -> int:
    """64 bits of hash of a state's word."""
    return fold(word ^ MIX, STIR)


def steps_of(w: Any, source: int, filled: int) -> int:
    """Write the steps of a state behind others in the buffer; how many there are."""
    state = w.current
    opened(w, at(w.states, source), state)
    if CONSTRAINED == 1:
        if inside(state) == 0:
            return 0
    made = expand(state, w.buffer + filled * STRIDE, w, source)
    if made == 0:
        put(w, TERMINAL, at(w, TERMINAL) + 1)
        stuck(state, w, source)
    return made & LOW


def left_made(w: Any, entry: int) -> int:
    """A step may have changed the left half. Called by the code of the model."""
    half_made(w.left, w.lefts + (w.left_made << 4), entry, entry, LEFT)
    w.left_made += 1
    return 0


def right_made(w: Any, entry: int) -> int:
    """The same for the right half."""
    half_made(w.right, w.rights + (w.right_made << 4), entry, entry + LEFT * 8, RIGHT)
    w.right_made += 1
    return 0


def half_made(half: Any, made: int, entry: int, lanes: int, size: int) -> int:
    """Note the entry and the hash of a half, and ask for its slot."""
    h = hashed(lanes, size)
    fetch(half.table + ((h & half.mask) << 3))
    put(made, 0, entry)
    put(made, 1, h)
    return 0


def name_all(w: Any, count: int) -> int:
    """Give the targets of all steps in the buffer their words."""
    states = w.states
    entry = w.buffer
    end = entry + count * STRIDE
    while entry < end:
        origin = at(entry, LANES)
        name = 0
        if origin != NO_PARENT:
            name = at(states, origin & LOW)
            fired = w + (FIRED + (origin >> 32)) * 8
            put(fired, 0, at(fired, 0) + 1)
        if WHOLE == 1:
            name = at(entry, 0) | THERE
        put(entry, NAME, name)
        entry += STRIDE
    if WHOLE == 0:
        name_halves(w, w.left, w.lefts, w.left_made, 0, LEFT, 0)
        name_halves(w, w.right, w.rights, w.right_made, LEFT * 8, RIGHT, 1)
        w.left_made = 0
        w.right_made = 0
    looping = NO_PARENT
    entry = w.buffer
    while entry < end:
        source = at(entry, LANES) & LOW
        if source != looping:
            if at(entry, NAME) == at(states, source):
                put(w, LOOPS, at(w, LOOPS) + 1)
                looping = source
        entry += STRIDE
    return 0


def approach_states(w: Any) -> int:
    """Ask for the slots of the steps that were put aside."""
    table = w.table
    mask = w.mask
    entry = w.aside
    end = entry + w.pending * ASIDE
    while entry < end:
        fetch(table + ((stirred(at(entry, ASIDE_NAME)) & mask) << 3))
        entry += ASIDE
    return 0


def approach_all(w: Any) -> int:
    """Ask for the halves that the steps in the buffer may have."""
    if WHOLE == 0:
        approach(w.left, w.lefts, w.left_made, LEFT)
        approach(w.right, w.rights, w.right_made, RIGHT)
    return 0


def put_aside(w: Any, count: int) -> int:
    """The named steps in the buffer are taken in later; the next ones go to the other buffer."""
    buffer = w.buffer
    w.buffer = w.aside
    w.aside = buffer
    w.pending = count
    approach_states(w)
    return 0


def approach(half: Any, made: int, count: int, size: int) -> int:
    """Ask for the halves that the slots of hashes lead to."""
    table = half.table
    mask = half.mask
    entries = half.entries
    end = made + (count << 4)
    while made < end:
        fetch(entries + (at(table, at(made, 1) & mask) & LOW) * size * 8)
        made += 16
    return 0


def name_halves(w: Any, half: Any, made: int, count: int, offset: int, size: int, place: int) -> int:
    """Put the numbers of changed halves into the names of states."""
    end = made + (count << 4)
    while made < end:
        entry = at(made, 0)
        put32(entry + NAME * 8, place, interned(w, half, at(made, 1), entry + offset, size))
        made += 16
    return 0


def count_pairs(w: Any, count: int) -> int:
    """Count the targets that no earlier step of the same source has."""
    entry = w.buffer
    i = 0
    while i < count:
        source = at(entry, LANES) & LOW
        fresh = 1
        back = 1
        while back <= i and fresh == 1 and at(entry - back * STRIDE, LANES) & LOW == source:
            if at(entry - back * STRIDE, NAME) == at(entry, NAME):
                fresh = 0
            back += 1
        put(w, EDGES, at(w, EDGES) + fresh)
        entry += STRIDE
        i += 1
    return 0


def added(w: Any, number: int, name: int, origin: int, lanes: int) -> int:
    """Write down a new state under a number, and judge it; a half that was found clean before is not judged again."""
    put(w.states, number, name)
    put32(w.parents, number, origin & LOW)
    place = w.new_from + (origin >> 32)
    put(w, place, at(w, place) + 1)
    judge(lanes, w, number)
    if JUDGE_LEFT == 1:
        clean = w.left.clean
        if at8(clean, name & LOW) == 0:
            if judge_left(lanes, w, number) == 0:
                put8(clean, name & LOW, 1)
    if JUDGE_RIGHT == 1:
        clean = w.right.clean
        if at8(clean, name >> 32) == 0:
            if judge_right(lanes, w, number) == 0:
                put8(clean, name >> 32, 1)
    return 0


def absorb(w: Any) -> int:
    """Take in the steps that were put aside: those to new states add a state, which is judged at once."""
    table = w.table
    mask = w.mask
    number = w.count
    entry = w.aside
    end = entry + w.pending * ASIDE
    while entry < end:
        name = at(entry, ASIDE_NAME)
        slot = stirred(name) & mask
        word = at(table, slot)
        while word != 0 and word != name:
            slot = (slot + 1) & mask
            word = at(table, slot)
        if word == 0:
            if w.looking:
                w.beyond = 1
            else:
                shared_put(table, slot, name)
                lanes = entry
                if WORKERS > 1:
                    lanes = w.current
                    opened(w, name, lanes)
                added(w, number, name, at(entry, ASIDE_ORIGIN), lanes)
                number += 1
        entry += ASIDE
    w.count = number
    w.pending = 0
    return 0


# --- memory -----------------------------------------------------------------------------------------------------------


def taken(w: Any, states: int) -> Any:
    """Bytes that so many states take, with the tables as they are."""
    left = w.left
    right = w.right
    halves = shared_at(left, COUNT) * (LEFT * 8 + 1) + shared_at(right, COUNT) * (RIGHT * 8 + 1)
    halves += (left.mask + right.mask) * 8
    return states * PER_STATE + (w.mask + 1) * 8 + halves


def make_room(w: Any, more: int) -> Any:
    """See that `more` states fit; 0 where they do not within the memory limit."""
    slots = w.mask + 1
    wanted = w.count + more
    need = taken(w, wanted)
    if wanted * 100 > slots * LOADED:
        if slots * 2 <= w.most_slots and need + slots * 8 <= w.bytes:
            return 2
        if wanted * 100 > slots * PACKED:
            return 0
    return need <= w.bytes


def spread(w: Any) -> int:
    """Spread the table over twice its slots, in place: it needs no second table, and memory is gone through in order.

    Slot by slot, from behind a free one on, words are taken out and put where they belong now. That is at most as far
    from the start as it was, in either half of the new table, so no word is met twice, and what it is put behind stays.
    """
    table = w.table
    old = w.mask
    mask = old * 2 + 1
    w.mask = mask
    here = 0
    while at(table, here) != 0:
        here += 1
    ahead = old
    while ahead != 0:
        ahead -= 1
        here = (here + 1) & old
        word = at(table, here)
        if word != 0:
            shared_put(table, here, 0)
            slot = stirred(word) & mask
            while at(table, slot) != 0:
                slot = (slot + 1) & mask
            shared_put(table, slot, word)
    return 0


def room_for_halves(w: Any, more: int) -> Any:
    """See that `more` of either half fit; 0 where they do not."""
    if WHOLE == 1:
        return 1
    if roomy(w, w.left, LEFT, more) == 0:
        return 0
    return roomy(w, w.right, RIGHT, more)


# --- the search -------------------------------------------------------------------------------------------------------


def grow(w: Any) -> int:
    """Give the table of states more slots. The loop for several threads has a function of this name, too."""
    return spread(w)


def level_done(w: Any) -> int:
    """Count a complete level; what to do now, or AGAIN for the next one."""
    if w.looking:
        return LEVEL
    events = 0
    worker = 0
    while worker < WORKERS:
        peer = at(w.peers, worker)
        copy(peer.committed, peer + COUNTERS * 8, w.counter_bytes)
        events += peer.events
        worker += 1
    fresh = w.count - w.level_end
    cut = at(w, CUT) - w.cut_seen
    w.cut_seen = at(w, CUT)
    w.level_end = w.count
    if fresh != 0:
        put(w.sizes, w.sizes_done, fresh)
        w.sizes_done += 1
    if fresh == cut:
        return DONE
    if events != w.events_seen or w.sizes_done >= w.sizes_room:
        return LEVEL
    return AGAIN


def taken_in(w: Any) -> int:
    """Absorb the steps that were put aside if they fit: AGAIN, FULL or OVER."""
    if w.looking == 0:
        room = make_room(w, w.pending)
        if room == 0:
            return FULL
        if room == 2:
            grow(w)
    absorb(w)
    if w.count > w.limit:
        return OVER
    return AGAIN


def advance(w: Any) -> int:
    """Search on for `budget` batches, or until something is to be decided."""
    while w.budget != 0:
        w.budget -= 1
        if room_for_halves(w, w.most_steps) == 0:
            return FULL
        filled = 0
        cursor = w.cursor
        while cursor < w.level_end and filled < BATCH:
            filled += steps_of(w, cursor, filled)
            cursor += 1
        w.cursor = cursor
        approach_all(w)
        status = taken_in(w)
        if status != AGAIN:
            return status
        name_all(w, filled)
        if w.pairs:
            count_pairs(w, filled)
        put_aside(w, filled)
        if cursor == w.level_end:
            status = taken_in(w)
            if status != AGAIN:
                return status
            status = level_done(w)
            if status != AGAIN:
                return status
    return AGAIN


def prepare_initial(w: Any, count: int) -> int:
    """Name initial states in the buffer; 0 where there is no room for their halves."""
    if room_for_halves(w, count) == 0:
        return 0
    i = 0
    while i < count:
        entry = w.buffer + i * STRIDE
        if WHOLE == 0:
            left_made(w, entry)
            right_made(w, entry)
        i += 1
    name_all(w, count)
    return 1


def admit(w: Any, count: int) -> int:
    """Take in initial states from the buffer."""
    if prepare_initial(w, count) == 0:
        return FULL
    put_aside(w, count)
    status = taken_in(w)
    if status == FULL:
        return FULL
    return AGAIN


COMMON = (
    hashed, same, write, interned, grow_half, roomy, opened, stirred, steps_of, left_made, right_made, half_made,
    name_all, approach_states, approach_all, put_aside, approach, name_halves, count_pairs, added, absorb, taken,
    make_room, spread, room_for_halves, taken_in, level_done, prepare_initial,
)  # fmt: skip
FUNCTIONS = (*COMMON, grow, advance, admit)
EXPORTED = ("left_made", "right_made", "advance", "admit", "level_done")

#: What is small and on the way of every step, so that a call would cost more than the work.
INLINED = (
    "hashed", "same", "write", "opened", "stirred", "steps_of", "half_made", "name_all", "approach_states",
    "approach_all", "approach", "put_aside", "name_halves", "added", "absorb",
)  # fmt: skip
