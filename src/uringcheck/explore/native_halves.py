"""Halves of states in the native search, each kept once; see `native_loop`. Written in `native_language`."""

from __future__ import annotations

from typing import Any

from uringcheck.explore.native_language import at, clear, fetch, fold, put, put32, shared_add, shared_at, shared_swap
from uringcheck.explore.native_words import (
    COUNT,
    HIGH,
    LEFT,
    LOW,
    MIX,
    NAME,
    PRINTS,
    RIGHT,
    SEED,
    STIR,
    THERE,
    WHOLE,
    WORKERS,
)


def mixed(lanes: int, size: int) -> int:
    """64 bits of hash over some lanes. Pairs of lanes are mixed apart, so that no one waits for another."""
    h = SEED
    lane = 0
    while lane + 1 < size:
        h ^= fold(at(lanes, lane) ^ MIX * (2 * lane + 1), at(lanes, lane + 1) ^ STIR * (2 * lane + 1))
        lane += 2
    if lane < size:
        h ^= fold(at(lanes, lane) ^ MIX * (2 * lane + 1), STIR * (2 * lane + 1))
    return fold(h, MIX)


def hashed(lanes: int, size: int) -> int:
    """A hash of a half, never zero."""
    return mixed(lanes, size) | THERE


def difference(left: int, right: int, size: int) -> int:
    """Zero where lanes are equal."""
    found = 0
    lane = 0
    while lane < size:
        found |= at(left, lane) ^ at(right, lane)
        lane += 1
    return found


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
            if difference(half.entries + number * size * 8, lanes, size) == 0:
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


def left_made(w: Any, entry: int) -> int:
    """A step may have changed the left half. Called by the code of the model."""
    made = w.lefts + (w.left_made << 4)
    if PRINTS == 1:
        note_made(made, entry, left_print(entry) ^ w.left_print)
    else:
        half_made(w.left, made, entry, entry, LEFT)
    w.left_made += 1
    return 0


def right_made(w: Any, entry: int) -> int:
    """The same for the right half."""
    made = w.rights + (w.right_made << 4)
    if PRINTS == 1:
        note_made(made, entry, right_print(entry) ^ w.right_print)
    else:
        half_made(w.right, made, entry, entry + LEFT * 8, RIGHT)
    w.right_made += 1
    return 0


def half_made(half: Any, made: int, entry: int, lanes: int, size: int) -> int:
    """Note the entry and the hash of a half, and ask for its slot."""
    h = hashed(lanes, size)
    fetch(half.table + ((h & half.mask) << 3))
    note_made(made, entry, h)
    return 0


def note_made(made: int, entry: int, h: int) -> int:
    """Note the entry of a step, and the hash that its half has or what the half does to the fingerprint."""
    put(made, 0, entry)
    put(made, 1, h)
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
    """Put the numbers of changed halves into the names of states. Most are in the first slot that they may be in."""
    table = half.table
    mask = half.mask
    entries = half.entries
    end = made + (count << 4)
    while made < end:
        entry = at(made, 0)
        h = at(made, 1)
        word = shared_at(table, h & mask)
        number = word & LOW
        if ((word ^ h) >> 32) | difference(entries + number * size * 8, entry + offset, size) != 0:
            number = interned(w, half, h, entry + offset, size)
        put32(entry + NAME * 8, place, number)
        made += 16
    return 0


def left_print(lanes: int) -> int:
    """What the left half of a state adds to its fingerprint, which is the exclusive or of both."""
    return mixed(lanes, LEFT)


def right_print(lanes: int) -> int:
    """What the right half adds: hashed once more, since where halves were exchanged the fingerprint is another one."""
    return fold(mixed(lanes + LEFT * 8, RIGHT) ^ STIR, SEED)


def print_halves(made: int, count: int) -> int:
    """Put into the names of states what changed halves add, in the place of what they added before."""
    end = made + (count << 4)
    while made < end:
        entry = at(made, 0)
        put(entry, NAME, at(entry, NAME) ^ at(made, 1))
        made += 16
    return 0


def opened(w: Any, word: int, lanes: int) -> int:
    """Write the lanes of the state of a word."""
    if WHOLE == 1:
        put(lanes, 0, word ^ THERE)
    else:
        write(lanes, w.left.entries + (word & LOW) * (LEFT * 8), LEFT)
        write(lanes + LEFT * 8, w.right.entries + (word >> 32) * (RIGHT * 8), RIGHT)
    return 0


FUNCTIONS = (
    mixed, hashed, difference, write, interned, grow_half, left_made, right_made, half_made, note_made, approach,
    name_halves, left_print, right_print, print_halves, opened,
)  # fmt: skip
INLINED = (
    "mixed", "hashed", "difference", "write", "half_made", "note_made", "approach", "name_halves", "left_print",
    "right_print", "print_halves", "opened",
)  # fmt: skip
