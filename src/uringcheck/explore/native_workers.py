"""The native search loop for several threads, written in `native_language`: one graph, the same outcome.

There is one table of states and one of each half, and states get the numbers that they would have with one thread. A
level is worked off in rounds. In a round each worker

    expands a stretch of the level, and keeps the steps whose target is not in the table as candidates;
    meets the others: nothing is searched now, so tables can grow;
    enters the candidates whose hash falls in its share, those of the first stretch first, and marks the new states;
    meets the others;
    goes through its candidates in the order in which it found them, and writes down and judges the new states.

Which of several steps to the same state is the first does not depend on which thread was faster, so counts, coverage
and traces do not depend on the number of threads. Only the numbers of halves do, and nobody sees them.

Each worker keeps a copy of where the search is and comes to the same decisions as the others, from what cannot change
between two meetings.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_language import (
    at,
    clear,
    copy,
    fetch,
    give_way,
    put,
    shared_add,
    shared_at,
    shared_put,
    shared_swap,
)
from uringcheck.explore.native_loop import (
    AGAIN,
    BATCH,
    COMMON,
    COUNTERS,
    CUT,
    DONE,
    FULL,
    LANES,
    LEVEL,
    NAME,
    OVER,
    STRIDE,
    WHOLE,
    WORKERS,
    added,
    approach_all,
    count_pairs,
    make_room,
    name_all,
    opened,
    prepare_initial,
    put_aside,
    rebuild,
    room_for_halves,
    steps_of,
    stirred,
)
from uringcheck.explore.native_loop import INLINED as SMALL

#: Sources that a worker expands in a round, at most. Meetings are then paid for by about a millisecond of work, and
#: the candidates of a round stay in the second-level cache.
ROUND = 4096

#: A round shorter than this is worth a larger table of halves, whose free places bound the length of a round.
SHORTEST = 256

#: Looks at a word that another thread will change before this one sleeps: some 50 microseconds, more than rounds
#: differ by while every worker has a core of its own. Where there are fewer cores than workers, waiting must not keep
#: the one that is waited for from running.
PATIENCE = 40_000

#: Microseconds of such a sleep.
NAP = 50

#: Marks the candidate of a new state, beside its source and instance.
NEW = 1 << 63

# Words shared by all workers: arrivals at the meeting, and its number.
ARRIVED = 0
MEETING = 1


def meet(w: Any) -> int:
    """Wait until every worker has come here."""
    shared = w.shared
    meeting = shared_at(shared, MEETING)
    if shared_add(shared, ARRIVED, 1) == WORKERS - 1:
        shared_put(shared, ARRIVED, 0)
        shared_put(shared, MEETING, meeting + 1)
    else:
        looks = 0
        while shared_at(shared, MEETING) == meeting:
            looks += 1
            if looks > PATIENCE:
                give_way(w.yield_function, NAP)
    return 0


def sift(w: Any) -> int:
    """Keep those of the steps put aside whose target is not in the table."""
    table = w.table
    mask = w.mask
    entry = w.aside
    found = w.found
    end = entry + w.pending * STRIDE
    while entry < end:
        name = at(entry, NAME)
        slot = stirred(name) & mask
        word = at(table, slot)
        while word != 0 and word != name:
            slot = (slot + 1) & mask
            word = at(table, slot)
        if word == 0:
            candidate = w.candidates + found * 16
            put(candidate, 0, name)
            put(candidate, 1, at(entry, LANES))
            found += 1
        entry += STRIDE
    w.found = found
    w.pending = 0
    return 0


def search_stretch(w: Any) -> int:
    """Expand this worker's stretch of the level."""
    first = w.cursor + w.owner * w.stretch
    last = first + w.stretch
    if last > w.level_end:
        last = w.level_end
    w.found = 0
    while first < last:
        filled = 0
        while first < last and filled < BATCH:
            filled += steps_of(w, first, filled)
            first += 1
        approach_all(w)
        sift(w)
        name_all(w, filled)
        if w.pairs:
            count_pairs(w, filled)
        put_aside(w, filled)
    sift(w)
    return 0


def entered(w: Any, name: int) -> Any:
    """1 where a word was not in the table, and is now; else 0. No other worker enters the same word."""
    table = w.table
    mask = w.mask
    slot = stirred(name) & mask
    while 1:
        word = shared_at(table, slot)
        if word == 0:
            if shared_swap(table, slot, 0, name):
                return 1
            word = shared_at(table, slot)
        if word == name:
            return 0
        slot = (slot + 1) & mask


def enter_share(w: Any) -> int:
    """Enter the candidates in this worker's share."""
    table = w.table
    mask = w.mask
    mine = w.mine
    worker = 0
    while worker < WORKERS:
        peer = at(w.peers, worker)
        candidates = peer.candidates
        count = peer.found
        fresh = 0
        i = 0
        while i < count:
            kept = 0
            while i < count and kept < BATCH:
                h = stirred(at(candidates, i * 2))
                if ((h >> 32) * WORKERS) >> 32 == w.owner:
                    fetch(table + ((h & mask) << 3))
                    put(mine, kept, i)
                    kept += 1
                i += 1
            k = 0
            while k < kept:
                candidate = candidates + at(mine, k) * 16
                if entered(w, at(candidate, 0)):
                    put(candidate, 1, at(candidate, 1) | NEW)
                    fresh += 1
                k += 1
        put(w.fresh, worker, fresh)
        worker += 1
    return 0


def line_up(w: Any) -> int:
    """Write down the new states among this worker's candidates, where one thread would have them."""
    number = w.count
    total = 0
    worker = 0
    while worker < WORKERS:
        owner = 0
        while owner < WORKERS:
            fresh = at(at(w.peers, owner).fresh, worker)
            total += fresh
            if worker < w.owner:
                number += fresh
            owner += 1
        worker += 1
    i = 0
    candidate = w.candidates
    while i < w.found:
        origin = at(candidate, 1)
        if origin & NEW:
            name = at(candidate, 0)
            opened(w, name, w.current)
            added(w, number, name, origin ^ NEW, w.current)
            number += 1
        candidate += 16
        i += 1
    w.count += total
    return 0


def fill(w: Any, first: int, last: int) -> int:
    """Enter known states into a table that has none of them yet, together with the other workers."""
    table = w.table
    mask = w.mask
    states = w.states
    while first < last:
        end = first + BATCH
        if end > last:
            end = last
        i = first
        while i < end:
            fetch(table + ((stirred(at(states, i)) & mask) << 3))
            i += 1
        while first < end:
            entered(w, at(states, first))
            first += 1
    return 0


def share_of(w: Any, whole: int) -> Any:
    """Where this worker's share of so many things begins."""
    return whole * w.owner // WORKERS


def rebuild_together(w: Any) -> int:
    """Fill a table of twice the size."""
    first = share_of(w, w.mask + 1)
    last = (w.mask + 1) * (w.owner + 1) // WORKERS
    clear(w.table + first * 8, (last - first) * 8)
    w.mask = w.mask * 2 + 1
    meet(w)
    fill(w, share_of(w, w.count), w.count * (w.owner + 1) // WORKERS)
    meet(w)
    return 0


def stretches(w: Any) -> Any:
    """How long the stretches of the next round may be by the free places for halves; 0 if there are too few."""
    most = ROUND
    if WHOLE == 0:
        free = room_left(w.left)
        other = room_left(w.right)
        if other < free:
            free = other
        free = free // (w.most_steps * WORKERS)
        if free < most:
            most = free
    return most


def room_left(half: Any) -> Any:
    """Free places in a table of halves, before it gets slow."""
    most = (half.mask + 1) // 5 * 4
    if half.most < most:
        most = half.most
    if most < half.count:
        return 0
    return most - half.count


def prepare(w: Any, found: int) -> int:
    """Between the meetings of a round: make room, and fix the length of the next stretches; FULL or AGAIN.

    Every worker comes to the same conclusions before anything grows.
    """
    room = make_room(w, found)
    short = stretches(w) < SHORTEST
    if room == 0:
        return FULL
    if short:
        meet(w)
        if w.owner == 0:
            if WHOLE == 0:
                room_for_halves(w, SHORTEST * w.most_steps * WORKERS)
        meet(w)
    if room == 2:
        meet(w)
        rebuild_together(w)
    w.stretch = stretches(w)
    if w.stretch == 0:
        return FULL
    return AGAIN


def level_over(w: Any) -> int:
    """Count a complete level; what to do now, or AGAIN for the next one. Every worker comes to the same answer."""
    if w.looking:
        return LEVEL
    cut = 0
    events = 0
    worker = 0
    while worker < WORKERS:
        peer = at(w.peers, worker)
        cut += at(peer, CUT)
        events += peer.told_events
        worker += 1
    cut_here = cut - w.cut_seen
    w.cut_seen = cut
    fresh = w.count - w.level_end
    w.cursor = w.level_end
    w.level_end = w.count
    if fresh != 0:
        put(w.sizes, w.sizes_done, fresh)
        w.sizes_done += 1
    if fresh == cut_here:
        return DONE
    if events != w.events_seen or w.sizes_done >= w.sizes_room:
        return LEVEL
    return AGAIN


def settle_level(w: Any) -> int:
    """What each worker does at the end of a level before it meets the others."""
    w.told_events = w.events
    if w.looking == 0:
        copy(w.committed, w + COUNTERS * 8, w.counter_bytes)
    return 0


def end_round(w: Any) -> int:
    """Enter and write down what was found; AGAIN, FULL or OVER."""
    found = 0
    worker = 0
    while worker < WORKERS:
        found += at(w.peers, worker).found
        worker += 1
    status = prepare(w, found)
    if status == FULL:
        return FULL
    enter_share(w)
    meet(w)
    line_up(w)
    if w.count > w.limit:
        return OVER
    return AGAIN


def look_round(w: Any) -> int:
    """Note whether anything new was found; AGAIN or FULL."""
    if w.found != 0:
        w.beyond = 1
    status = prepare(w, 0)
    meet(w)
    return status


def advance(w: Any) -> int:
    """Search on for `budget` rounds, or until something is to be decided. Every worker calls it at the same time."""
    while w.budget != 0:
        w.budget -= 1
        left = w.level_end - w.cursor
        share = (left + WORKERS - 1) // WORKERS
        if share < w.stretch:
            w.stretch = share
        search_stretch(w)
        step = w.stretch * WORKERS
        meet(w)
        status = AGAIN
        if w.looking:
            status = look_round(w)
        else:
            status = end_round(w)
        if status != AGAIN:
            return status
        w.cursor += step
        if w.cursor >= w.level_end:
            w.cursor = w.level_end
            settle_level(w)
            meet(w)
            status = level_over(w)
            if status != AGAIN:
                return status
    return AGAIN


def admit(w: Any, count: int) -> int:
    """Take in initial states from the first worker's buffer. Called by one thread, for the first worker."""
    if prepare_initial(w, count) == 0:
        return FULL
    room = make_room(w, count)
    if room == 0:
        return FULL
    if room == 2:
        rebuild(w)
    i = 0
    while i < count:
        entry = w.buffer + i * STRIDE
        name = at(entry, NAME)
        if entered(w, name):
            added(w, w.count, name, at(entry, LANES), entry)
            w.count += 1
        i += 1
    return AGAIN


def level_done(w: Any) -> int:
    """The level of the initial states is complete."""
    for worker in range(WORKERS):
        peer = at(w.peers, worker)
        peer.count = w.count
        peer.mask = w.mask
        settle_level(peer)
    status = 0
    for worker in range(WORKERS):
        peer = at(w.peers, worker)
        peer.stretch = stretches(peer)
        status = level_over(peer)
    return status


FUNCTIONS = (
    *COMMON, rebuild, meet, sift, search_stretch, entered, enter_share, line_up, fill, share_of, rebuild_together,
    stretches, room_left, prepare, level_over, settle_level, end_round, look_round, advance, admit, level_done,
)  # fmt: skip
INLINED = (*SMALL, "sift", "entered")
