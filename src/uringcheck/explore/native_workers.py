"""The native search loop for several threads, written in `native_language`: one graph, the same outcome.

Each worker owns the states whose hash falls in its share, with a table and an array of its own, so no two threads ever
write to the same place and nothing is locked. A level is worked off in rounds. In a round each worker

    expands a stretch of the level, and puts each step into a bucket for the owner of its target;
    meets the others;
    absorbs the buckets meant for it, in the order of the stretches, and marks the steps that led to new states;
    meets the others;
    goes through its steps in the order in which it made them, and writes the new states down for the next level.

So states are found in the order in which one thread would have found them, each with the same parent. That is why
counts, coverage and traces do not depend on the number of threads, at the price of writing each step down once.

A state is named by `index in its owner's array * WORKERS + owner`. Each worker keeps a copy of where the search is and
comes to the same decisions as the others, from what cannot change between two meetings.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_language import at, at32, copy, give_way, put, put32, shared_add, shared_at, shared_put
from uringcheck.explore.native_loop import (
    AGAIN,
    BATCH,
    BYTES,
    COMMON,
    COUNTERS,
    CUT,
    DONE,
    FULL,
    LANES,
    LEVEL,
    OVER,
    STRIDE,
    WORKERS,
    absorb,
    hashed,
    make_room,
    steps_of,
)

#: Sources that a worker expands in a round. The buckets of a round stay in the second-level cache, and the meetings
#: are paid for by some hundred microseconds of work.
ROUND = 1024

#: Looks at a word that another thread will change before this one sleeps: some 50 microseconds, more than rounds
#: differ by while every worker has a core of its own. Where there are fewer cores than workers, waiting must not keep
#: the one that is waited for from running.
PATIENCE = 40_000

#: Microseconds of such a sleep.
NAP = 50

# Words shared by all workers: arrivals at the meeting, its number, and whether memory ran out.
ARRIVED = 0
MEETING = 1
NO_ROOM = 2


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


def scatter(w: Any, entries: int, count: int, emitted: int) -> int:
    """Put steps into the buckets of the owners of their targets; how many were emitted in this round by now."""
    i = 0
    entry = entries
    while i < count:
        owner = ((hashed(entry) >> 32) * WORKERS) >> 32
        fill = at(w.fills, owner)
        to = w.buckets + owner * w.bucket_bytes + fill * STRIDE
        for lane in range(LANES):
            put(to, lane, at(entry, lane))
        put(to, LANES, at(entry, LANES))
        put(w.fills, owner, fill + 1)
        put(w.log, emitted, to)
        emitted += 1
        entry += STRIDE
        i += 1
    return emitted


def gather(w: Any, worker: int) -> int:
    """Absorb what one worker has put into the bucket for this one."""
    peer = at(w.peers, worker)
    entries = peer.buckets + w.owner * peer.bucket_bytes
    count = at(peer.fills, w.owner)
    before = w.count
    if w.looking == 0:
        if make_room(w, count) == 0:
            shared_put(w.shared, NO_ROOM, 1)
            return 0
    done = 0
    while done < count:
        size = count - done
        if size > BATCH:
            size = BATCH
        absorb(w, entries + done * STRIDE, size)
        done += size
    put(w.fresh, worker, w.count - before)
    return 0


def line_up(w: Any, emitted: int) -> int:
    """Write the new states that this worker's steps led to down for the next level, in the order of the steps."""
    place = w.next_count
    total = 0
    worker = 0
    while worker < WORKERS:
        owner = 0
        while owner < WORKERS:
            fresh = at(at(w.peers, owner).fresh, worker)
            total += fresh
            if worker < w.owner:
                place += fresh
            owner += 1
        worker += 1
    i = 0
    while i < emitted:
        mark = at(at(w.log, i), LANES)
        if mark != 0:
            put32(w.following, place, mark - 1)
            place += 1
        i += 1
    w.next_count += total
    return 0


def level_over(w: Any) -> int:
    """Count a complete level; what to do now, or AGAIN for the next one. Every worker comes to the same answer."""
    if w.looking:
        return LEVEL
    fresh = w.next_count
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
    before = w.order
    w.order = w.following
    w.following = before
    w.cursor = 0
    w.level_end = fresh
    w.next_count = 0
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


def expand_share(w: Any, first: int, last: int) -> int:
    """Expand a stretch of the level into buckets; how many steps there were."""
    for owner in range(WORKERS):
        put(w.fills, owner, 0)
    emitted = 0
    while first < last:
        source = at32(w.order, first)
        peer = at(w.peers, source % WORKERS)
        state = peer.states + source // WORKERS * BYTES
        emitted = scatter(w, w.buffer, steps_of(w, state, source, w.buffer), emitted)
        first += 1
    return emitted


def advance(w: Any) -> int:
    """Search on for `budget` rounds, or until something is to be decided. Every worker calls it at the same time."""
    while w.budget != 0:
        w.budget -= 1
        start = w.cursor
        share = (w.level_end - start + WORKERS - 1) // WORKERS
        if share > ROUND:
            share = ROUND
        first = start + w.owner * share
        last = first + share
        if first > w.level_end:
            first = w.level_end
        if last > w.level_end:
            last = w.level_end
        emitted = expand_share(w, first, last)
        meet(w)
        for worker in range(WORKERS):
            gather(w, worker)
        meet(w)
        if shared_at(w.shared, NO_ROOM):
            return FULL
        line_up(w, emitted)
        count = 0
        worker = 0
        while worker < WORKERS:
            count += at(w.peers, worker).count
            worker += 1
        if count > w.limit:
            return OVER
        w.cursor = start + share * WORKERS
        if w.cursor >= w.level_end:
            w.cursor = w.level_end
            settle_level(w)
            meet(w)
            status = level_over(w)
            if status != AGAIN:
                return status
    return AGAIN


def admit(w: Any, count: int) -> int:
    """Take in initial states from the first worker's buffer, for all workers."""
    for owner in range(WORKERS):
        put(w.fills, owner, 0)
    emitted = scatter(w, w.buffer, count, 0)
    for owner in range(WORKERS):
        peer = at(w.peers, owner)
        for worker in range(WORKERS):
            put(peer.fresh, worker, 0)
        gather(peer, 0)
    if shared_at(w.shared, NO_ROOM):
        return FULL
    line_up(w, emitted)
    return AGAIN


def level_done(w: Any) -> int:
    """The level of the initial states is complete."""
    for worker in range(WORKERS):
        peer = at(w.peers, worker)
        peer.next_count = w.next_count
        settle_level(peer)
    status = 0
    for worker in range(WORKERS):
        status = level_over(at(w.peers, worker))
    return status


FUNCTIONS = (
    *COMMON, meet, scatter, gather, line_up, level_over, settle_level, expand_share, advance, admit, level_done,
)  # fmt: skip
