"""The search for fair cycles on large graphs, in `native_language`: what `temporal_cycles` does, on flat memory.

A truth is a pair of addresses: a byte for each state, and a byte for each step or 0 where no step matters.

Components are those of Pearce (A space-efficient algorithm for finding strongly connected components, Information
Processing Letters 116, 2016): one index per state, and a stack from below for the path and one from above for what is
left of finished parts of it. Call stacks would be as deep as the graph, so there is no recursion along edges.

Components that strong fairness decomposes again are decomposed all at once, in the next pass over the states: `zone`
says which component a state was in, and steps between zones do not count. Each pass takes a strong condition away from
every component that is still open, so there are at most as many passes as conditions, and one.
"""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_language import at, at8, at16, at32, put, put8, put32

# Why a pass came back.
AGAIN = 0  # its time is over; call it again
DONE = 1
FOUND = 2  # there is a fair component, and nobody asked for more

#: How a node was reached, in `how`. An event of `once` is counted on a step, or by stuttering; its bit is added.
UNSEEN, START, STEP, EVENT, STUTTER = 0, 1, 2, 8, 16

#: Zones from the floor on are fair components; this would be the one before the first.
NO_ZONE = 0xFFFFFFFF

FIELDS = (
    "size", "offsets", "targets", "labels", "expanded", "enabled", "taken", "budget",
    "full", "once", "may", "events", "how", "by", "queue", "queue_head", "queue_end", "order", "reached",
    "round", "often", "often_count", "weak", "strong",
    "zone", "index", "path", "cursor", "stack", "root", "path_top", "stack_top", "number", "component",
    "next_zone", "floor", "open", "eager", "looked", "wanted_zone", "bytes_by_label", "bytes_by_state", "made",
)  # fmt: skip

ALL = 0xFFFFFFFFFFFFFFFF

# Known when this is compiled; the number here is for the checkers of Python only.
LABEL_BITS = 8


def label_of(w: Any, step: int) -> int:
    """The instance of a step."""
    if LABEL_BITS == 8:
        return at8(w.labels, step)
    if LABEL_BITS == 16:
        return at16(w.labels, step)
    return at32(w.labels, step)


def true_at(truth: int, state: int, step: int) -> int:
    """The value of a truth where a step is taken from a state."""
    if at(truth, 1):
        return at8(at(truth, 1), step)
    return at8(at(truth, 0), state)


# --- tables ---------------------------------------------------------------------------------------------------------


def masks(w: Any) -> int:
    """The conditions that are enabled in each state."""
    step = 0
    state = 0
    while state < w.size:
        end = at(w.offsets, state + 1)
        mask = 0
        while step < end:
            mask |= at(w.taken, label_of(w, step))
            step += 1
        put(w.enabled, state, mask)
        state += 1
    return 0


def spread_labels(w: Any) -> int:
    """A byte for each step, by its label."""
    step = 0
    end = at(w.offsets, w.size)
    while step < end:
        put8(w.made, step, at8(w.bytes_by_label, label_of(w, step)))
        step += 1
    return 0


def spread_states(w: Any) -> int:
    """A byte for each step, by the state it is taken from."""
    step = 0
    state = 0
    while state < w.size:
        end = at(w.offsets, state + 1)
        byte = at8(w.bytes_by_state, state)
        while step < end:
            put8(w.made, step, byte)
            step += 1
        state += 1
    return 0


def seen_labels(w: Any) -> int:
    """1 for each label that some step has."""
    step = 0
    end = at(w.offsets, w.size)
    while step < end:
        put8(w.made, label_of(w, step), 1)
        step += 1
    return 0


# --- the way into a cycle -------------------------------------------------------------------------------------------


def arrive(w: Any, state: int, done: int, how: int, by: int) -> int:
    """Note a node that may still satisfy the case, and those that stuttering there leads to."""
    may = w.may + done * 16
    if at(may, 1) == 0:
        if at8(at(may, 0), state) == 0:
            return 0
    node = done * w.size + state
    if at8(w.how, node) != UNSEEN:
        return 0
    put8(w.how, node, how)
    put32(w.by, node, by)
    put32(w.queue, w.queue_end, node)
    w.queue_end += 1
    bit = 0
    while bit < w.once:
        more = done | (1 << bit)
        if more != done:
            if at8(at(w.events + bit * 16, 0), state) != 0 and at8(at(w.may + more * 16, 0), state) != 0:
                arrive(w, state, more, STUTTER + bit, 0)
        bit += 1
    return 0


def reach(w: Any) -> int:
    """Go on through the queue; those that have everything behind them are the states to look for cycles in."""
    last = w.full * w.size
    while w.queue_head < w.queue_end:
        if w.budget == 0:
            return AGAIN
        w.budget -= 1
        node = at32(w.queue, w.queue_head)
        w.queue_head += 1
        done = node // w.size
        state = node - done * w.size
        if node >= last:
            put32(w.order, w.reached, state)
            w.reached += 1
        step = at(w.offsets, state)
        end = at(w.offsets, state + 1)
        while step < end:
            target = at32(w.targets, step)
            if true_at(w.may + done * 16, state, step):
                arrive(w, target, done, STEP, step)
            bit = 0
            while bit < w.once:
                more = done | (1 << bit)
                if more != done:
                    event = w.events + bit * 16
                    after = w.may + more * 16
                    if at(event, 1) != 0 or at(after, 1) != 0:
                        if true_at(event, state, step) != 0 and true_at(after, state, step) != 0:
                            arrive(w, target, more, EVENT + bit, step)
                bit += 1
            step += 1
    return DONE


# --- cycles ---------------------------------------------------------------------------------------------------------


def rest(w: Any) -> int:
    """The next state, plus one, in which a behaviour may stutter for ever and satisfy the case; 0 for none."""
    asked = w.weak | w.strong
    while w.looked < w.reached:
        state = at32(w.order, w.looked)
        w.looked += 1
        if at8(at(w.round, 0), state) != 0 and at8(w.expanded, state) != 0 and at(w.enabled, state) & asked == 0:
            met = 0
            while met < w.often_count and at8(at(w.often + met * 16, 0), state) != 0:
                met += 1
            if met == w.often_count:
                return state + 1
    return 0


def admit(w: Any) -> int:
    """Every state that may be on a cycle goes into one zone."""
    place = 0
    while place < w.reached:
        state = at32(w.order, place)
        if at8(w.expanded, state) != 0:
            if at(w.round, 1) != 0 or at8(at(w.round, 0), state) != 0:
                put32(w.zone, state, 1)
        place += 1
    return 0


def stays_in(w: Any, zone: int, step: int) -> int:
    """Whether a step stays in a zone and may be part of a cycle."""
    if at32(w.zone, at32(w.targets, step)) != zone:
        return 0
    if at(w.round, 1):
        return at8(at(w.round, 1), step)
    return 1


def judge_component(w: Any, first: int, last: int) -> int:
    """Judge the component that stands in `stack[first:last]`: fair, without hope, or to be decomposed again."""
    zone = w.next_zone
    w.next_zone += 1
    place = first
    while place < last:
        put32(w.zone, at32(w.stack, place), zone)
        place += 1
    always = ALL
    ever = 0
    taken = 0
    met = 0
    place = first
    while place < last:
        state = at32(w.stack, place)
        always &= at(w.enabled, state)
        ever |= at(w.enabled, state)
        stays = at8(at(w.round, 0), state)
        wish = 0
        while wish < w.often_count:
            truth = w.often + wish * 16
            if at8(at(truth, 0), state) != 0:
                if stays != 0 or at(truth, 1) == 0:
                    met |= 1 << wish
            wish += 1
        step = at(w.offsets, state)
        end = at(w.offsets, state + 1)
        while step < end:
            if stays_in(w, zone, step):
                taken |= at(w.taken, label_of(w, step))
                wish = 0
                while wish < w.often_count:
                    truth = w.often + wish * 16
                    if at(truth, 1) != 0:
                        if at8(at(truth, 1), step) != 0:
                            met |= 1 << wish
                    wish += 1
            step += 1
        place += 1
    if always & w.weak & (taken ^ ALL) != 0 or met != (1 << w.often_count) - 1:
        return settle(w, first, last, 0, 0)
    remove = ever & w.strong & (taken ^ ALL)
    if remove == 0:
        w.floor -= 1
        return settle(w, first, last, w.floor, 0)
    w.open = 1
    return settle(w, first, last, zone, remove)


def settle(w: Any, first: int, last: int, zone: int, remove: int) -> int:
    """Put the states of a component into a zone, or into none where they enable what is to be removed."""
    place = first
    while place < last:
        state = at32(w.stack, place)
        if at(w.enabled, state) & remove != 0:
            put32(w.zone, state, 0)
        else:
            put32(w.zone, state, zone)
        place += 1
    return 0


def next_root(w: Any) -> int:
    """The next state, plus one, from which nothing was searched in this pass; 0 for none."""
    while w.root < w.reached:
        state = at32(w.order, w.root)
        w.root += 1
        zone = at32(w.zone, state)
        if zone != 0 and zone < w.floor and at32(w.index, state) == 0:
            return state + 1
    return 0


def enter(w: Any, state: int) -> int:
    """Put a state on the path."""
    put32(w.path, w.path_top, state)
    put32(w.cursor, w.path_top, 1)
    w.path_top += 1
    put32(w.index, state, w.number)
    w.number += 1
    return 0


def leave(w: Any, state: int, low: int, is_root: int) -> int:
    """Take a finished state off the path; a root takes its component with it."""
    w.path_top -= 1
    if is_root == 0:
        w.stack_top -= 1
        put32(w.stack, w.stack_top, state)
        return 0
    first = w.stack_top
    w.number -= 1
    while w.stack_top < w.size and low <= at32(w.index, at32(w.stack, w.stack_top)):
        put32(w.index, at32(w.stack, w.stack_top), w.component)
        w.number -= 1
        w.stack_top += 1
    put32(w.index, state, w.component)
    w.component -= 1
    if w.stack_top == first:
        put32(w.zone, state, 0)
        return 0
    put32(w.stack, first - 1, state)
    judge_component(w, first - 1, w.stack_top)
    return 0


def decompose(w: Any) -> int:
    """One pass: every component of every zone is found and judged."""
    while 1 == 1:
        if w.budget == 0:
            return AGAIN
        w.budget -= 1
        if w.path_top == 0:
            if w.eager != 0 and w.floor != NO_ZONE:
                return FOUND
            root = next_root(w)
            if root == 0:
                return DONE
            enter(w, root - 1)
        state = at32(w.path, w.path_top - 1)
        word = at32(w.cursor, w.path_top - 1)
        is_root = word & 1
        low = at32(w.index, state)
        zone = at32(w.zone, state)
        step = at(w.offsets, state) + (word >> 1)
        end = at(w.offsets, state + 1)
        if word >> 1 != 0:
            # Back from the state that the step before leads to.
            seen = at32(w.index, at32(w.targets, step - 1))
            if seen < low:
                low = seen
                is_root = 0
        below = 0
        while step < end and below == 0:
            if stays_in(w, zone, step):
                target = at32(w.targets, step)
                seen = at32(w.index, target)
                if seen == 0:
                    below = target + 1
                elif seen < low:
                    low = seen
                    is_root = 0
            step += 1
        put32(w.index, state, low)
        if below != 0:
            put32(w.cursor, w.path_top - 1, (step - at(w.offsets, state)) << 1 | is_root)
            enter(w, below - 1)
        else:
            leave(w, state, low, is_root)
    return DONE


def next_fair(w: Any) -> int:
    """The nearest state, plus one, of the next fair component; 0 for none. `index` notes which were told."""
    while w.looked < w.reached:
        state = at32(w.order, w.looked)
        w.looked += 1
        zone = at32(w.zone, state)
        if zone >= w.floor:
            if at32(w.index, NO_ZONE - 1 - zone) == 0:
                put32(w.index, NO_ZONE - 1 - zone, 1)
                return state + 1
    return 0


def next_member(w: Any) -> int:
    """The next state, plus one, of `wanted_zone`; 0 for none."""
    while w.looked < w.reached:
        state = at32(w.order, w.looked)
        w.looked += 1
        if at32(w.zone, state) == w.wanted_zone:
            return state + 1
    return 0


def members(w: Any) -> int:
    """How many states are in `wanted_zone`."""
    count = 0
    place = 0
    while place < w.reached:
        if at32(w.zone, at32(w.order, place)) == w.wanted_zone:
            count += 1
        place += 1
    return count


EXPORTED = (
    "masks", "spread_labels", "spread_states", "seen_labels", "begin", "reach", "rest", "admit", "decompose",
    "next_fair", "next_member", "members",
)  # fmt: skip


def begin(w: Any, state: int) -> int:
    """Begin in a state."""
    return arrive(w, state, 0, START, 0)


FUNCTIONS = (
    label_of, true_at, masks, spread_labels, spread_states, seen_labels, arrive, begin, reach, rest, admit, stays_in,
    judge_component, settle, next_root, enter, leave, decompose, next_fair, next_member, members,
)  # fmt: skip
