"""The native search loop, written in `native_language`.

A state of up to 63 bits is kept as it is, in one word. A wider one is kept as the numbers of its two halves, again in
one word: a half is some of the lanes, and each half that occurs is kept once, in a table of its own. Most states differ
from the one they were reached from in a few variables, so there are far fewer halves than states (a hundredth to a
tenth of them), and a state of many lanes costs hardly more than one of two. Halves are compared as a whole, so no two
states are ever taken for one.

Where it was asked for, a fingerprint stands for a state that is wider than a word, and its lanes are in the queue only.

The words stand in the order in which the states were found: that array is the queue of the breadth-first search. What
was expanded is not read again, and its memory becomes that of states to come. Beside it stands a hash table of the
words themselves: a lookup touches a single line of memory, and has its answer there. A state found later has no earlier
parent, so parents are a sequence that never falls, and take two bits a state: a 1 for each state, after as many 0s as
its parent's number is higher than that of the one before. The instance that led to a state is a byte or two.

A miss in a large table takes longer than anything else here, so steps are worked on `BATCH` at a time, and what a batch
needs is asked for long before it is used: the slots of changed halves while its sources are expanded, the halves
themselves while the batch before is taken in, and the slots of its states while the next one is expanded. Steps are
taken in in the order in which they were found, so the first parent of a state is the least one and the outcome does not
depend on the batches.

An entry of the buffer is what `expand` made of a step, the target's lanes and its origin, and then the target's word.

Everything grows within memory reserved in advance, in place, so nothing that was found ever gets another address.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore import native_halves, native_table
from uringcheck.explore.native_halves import (
    approach,
    grow_half,
    left_made,
    left_print,
    name_halves,
    opened,
    print_halves,
    right_made,
    write,
)
from uringcheck.explore.native_language import (
    at,
    at8,
    copy,
    expand,
    give_back,
    inside,
    judge,
    judge_left,
    judge_right,
    move_pages,
    put,
    put8,
    shared_at,
    shared_put,
    stuck,
)
from uringcheck.explore.native_table import approach_states, free_slot, note_fresh, note_parent, sift, spread
from uringcheck.explore.native_words import (
    AGAIN,
    ASIDE_LANES,
    ASIDE_NAME,
    ASIDE_ORIGIN,
    BATCH,
    CHUNK,
    CONSTRAINED,
    COUNT,
    COUNTERS,
    CUT,
    DONE,
    EDGES,
    FIRED,
    FULL,
    GROUP,
    HALVES,
    JUDGE_LEFT,
    JUDGE_RIGHT,
    KEPT,
    LANES,
    LEFT,
    LEVEL,
    LOADED,
    LOADED_HALVES,
    LOOPS,
    LOW,
    NAME,
    NAMED,
    NO_PARENT,
    NOTED,
    OVER,
    PACKED,
    PRINTS,
    RIGHT,
    STRIDE,
    TERMINAL,
    THERE,
    WHOLE,
    WORKERS,
)


def steps_of(w: Any, source: int, filled: int) -> int:
    """Write the steps of a state behind others in the buffer; how many there are."""
    state = w.current
    if PRINTS == 1:
        state = w.states + source * (KEPT * 8)
        w.left_print = left_print(state)
        w.right_print = at(state, NAMED) ^ w.left_print
    else:
        opened(w, at(w.states, source), state)
    if CONSTRAINED == 1:
        if inside(state) == 0:
            return 0
    made = expand(state, w.buffer + filled * STRIDE, w, source)
    if made == 0:
        put(w, TERMINAL, at(w, TERMINAL) + 1)
        stuck(state, w, source)
    return made & LOW


def name_all(w: Any, count: int) -> int:
    """Give the targets of all steps in the buffer their words."""
    states = w.states
    entry = w.buffer
    end = entry + count * STRIDE
    while entry < end:
        origin = at(entry, LANES)
        name = 0
        if origin != NO_PARENT:
            name = at(states, (origin & LOW) * KEPT + NAMED)
            fired = w + (FIRED + (origin >> 32)) * 8
            put(fired, 0, at(fired, 0) + 1)
        if WHOLE == 1:
            name = at(entry, 0) | THERE
        put(entry, NAME, name)
        entry += STRIDE
    if HALVES == 1:
        name_halves(w, w.left, w.lefts, w.left_made, 0, LEFT, 0)
        name_halves(w, w.right, w.rights, w.right_made, LEFT * 8, RIGHT, 1)
    if PRINTS == 1:
        print_halves(w.lefts, w.left_made)
        print_halves(w.rights, w.right_made)
    w.left_made = 0
    w.right_made = 0
    looping = NO_PARENT
    entry = w.buffer
    while entry < end:
        source = at(entry, LANES) & LOW
        if source != looping:
            if at(entry, NAME) == at(states, source * KEPT + NAMED):
                put(w, LOOPS, at(w, LOOPS) + 1)
                looping = source
        entry += STRIDE
    return 0


def approach_all(w: Any) -> int:
    """Ask for the halves that the steps in the buffer may have."""
    if HALVES == 1:
        approach(w.left, w.lefts, w.left_made, LEFT)
        approach(w.right, w.rights, w.right_made, RIGHT)
    return 0


def put_aside(w: Any, count: int) -> int:
    """The named steps in the buffer are taken in later; the next ones go to the other buffer."""
    w.pending = note_fresh(w, count)
    buffer = w.buffer
    w.buffer = w.aside
    w.aside = buffer
    approach_states(w, w.table, w.mask, ASIDE_NAME)
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
    if PRINTS == 1:
        write(w.states + number * (KEPT * 8), lanes, LANES)
    put(w.states, number * KEPT + NAMED, name)
    note_parent(w, number, origin)
    place = w.new_from + (origin >> 32)
    put(w, place, at(w, place) + 1)
    judge(lanes, w, number)
    if PRINTS == 1:
        if JUDGE_LEFT == 1:
            judge_left(lanes, w, number)
        if JUDGE_RIGHT == 1:
            judge_right(lanes, w, number)
        return 0
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
    """Take in the fresh steps: those to new states add a state, which is judged at once."""
    table = w.table
    mask = w.mask
    number = w.count
    kept = sift(w, table, mask, ASIDE_NAME)
    w.pending = 0
    if w.looking:
        if kept != 0:
            w.beyond = 1
        return 0
    fresh = w.fresh
    end = fresh + kept * 8
    while fresh < end:
        entry = at(fresh, 0)
        name = at(entry, ASIDE_NAME)
        slot = free_slot(table, mask, name)
        if slot != 0:
            shared_put(slot, 0, name)
            lanes = entry + ASIDE_LANES * 8
            if WORKERS > 1 and PRINTS == 0:
                lanes = w.current
                opened(w, name, lanes)
            added(w, number, name, at(entry, ASIDE_ORIGIN), lanes)
            number += 1
        fresh += 8
    w.count = number
    return 0


# --- memory -----------------------------------------------------------------------------------------------------------


def taken(w: Any, states: int) -> Any:
    """Bytes that so many states take, with the tables as they are."""
    halves = 0
    if HALVES == 1:
        left = w.left
        right = w.right
        halves = shared_at(left, COUNT) * (LEFT * 8 + 1) + shared_at(right, COUNT) * (RIGHT * 8 + 1)
        halves += (left.mask + right.mask) * 8
    if states < provided(w):
        states = provided(w)
    words = (states - (w.given_to - w.given_from)) * (KEPT * 8)
    return words + states * NOTED // GROUP + (w.mask + 1) * 8 + halves


def provided(w: Any) -> Any:
    """Up to which state memory was provided. The loop for several threads has functions of these names, too."""
    return w.provided_to


def provide(w: Any, before: int, now: int) -> int:
    """Say that it is provided up to another state; 0 where somebody else said so meanwhile."""
    w.provided_to = now
    return 1


def recycle(w: Any) -> int:
    """Let the memory of states that were expanded be that of states to come: the system takes long to provide more.

    What leads to a state is kept: from where it was reached, and by which instance.
    """
    first = w.given_to
    ahead = provided(w)
    if w.move_function == 0 or w.cursor < first + CHUNK or w.count + CHUNK // 2 <= ahead:
        return 0
    if ahead < w.count:
        provide(w, ahead, (w.count // CHUNK + 1) * CHUNK)
        return 0
    if provide(w, ahead, ahead + CHUNK):
        to = w.states + ahead * (KEPT * 8)
        if move_pages(w.move_function, w.states + first * (KEPT * 8), to, CHUNK * (KEPT * 8)) == to:
            w.given_to = first + CHUNK
        else:
            w.move_function = 0
    return 0


def given_back(w: Any) -> Any:
    """Give the memory of states that were expanded back to the system; 0 where there is none."""
    goal = w.cursor // CHUNK * CHUNK
    first = w.given_to
    if w.give_back_function == 0 or goal <= first:
        return 0
    give_back(w.give_back_function, w.states + first * (KEPT * 8), (goal - first) * (KEPT * 8))
    w.given_to = goal
    return 1


def fits(w: Any, states: int, more: int) -> Any:
    """Whether so many states and `more` bytes fit, if need be without the words of those that were expanded."""
    if taken(w, states) + more <= w.bytes:
        return 1
    if given_back(w) == 0:
        return 0
    return taken(w, states) + more <= w.bytes


def roomy(w: Any, half: Any, size: int, more: int) -> Any:
    """See that `more` halves fit; 0 where they do not within the memory limit."""
    slots = half.mask + 1
    wanted = (half.count + more) * 100
    if wanted <= slots * LOADED_HALVES:
        return 1
    if slots * 2 <= half.most_slots and fits(w, w.count, slots * 8 + more * size * 8):
        grow_half(half, size)
        return 1
    if half.count + more > half.most:
        return 0
    return wanted <= slots * PACKED


def make_room(w: Any, more: int) -> Any:
    """See that `more` states fit; 0 where they do not within the memory limit."""
    slots = w.mask + 1
    wanted = w.count + more
    recycle(w)
    if wanted * 100 > slots * LOADED:
        if slots * 2 <= w.most_slots and fits(w, wanted, slots * 8):
            return 2
        if wanted * 100 > slots * PACKED:
            return 0
    return fits(w, wanted, 0)


def room_for_halves(w: Any, more: int) -> Any:
    """See that `more` of either half fit; 0 where they do not."""
    if HALVES == 0:
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
        approach_all(w)
        status = taken_in(w)
        if status != AGAIN:
            return status
        name_all(w, filled)
        if w.pairs:
            count_pairs(w, filled)
        put_aside(w, filled)
        w.cursor = cursor
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
    w.left_print = 0
    w.right_print = 0
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
    *native_halves.FUNCTIONS, *native_table.FUNCTIONS, steps_of, name_all, approach_all, put_aside, count_pairs, added,
    absorb, taken, recycle, given_back, fits, roomy, make_room, room_for_halves, taken_in, level_done, prepare_initial,
)  # fmt: skip
FUNCTIONS = (*COMMON, grow, provided, provide, advance, admit)
EXPORTED = ("advance", "admit", "level_done")

#: What is small and on the way of every step, so that a call would cost more than the work. What is called once for a
#: batch is not: machine code takes longer to make than to call.
INLINED = (*native_halves.INLINED, *native_table.INLINED, "steps_of", "added", "absorb")
