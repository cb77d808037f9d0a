"""The words of the native search: where they stand in a block, and the numbers that its loop is compiled with."""

from __future__ import annotations

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
    "batches", "batch_bytes", "batches_taken", "seen", "sources", "most_sources", "free", "yield_function", "fresh",
    "landmarks", "recent", "instances", "given_from", "given_to", "provided_to", "give_back_function", "move_function",
    "left_print", "right_print",
)  # fmt: skip

LOW = 0xFFFFFFFF
HIGH = 0xFFFFFFFF00000000
NO_PARENT = 0xFFFFFFFF

#: Set in the word of a state that is kept as it is: an empty slot is zero.
THERE = 1 << 63

#: Slots of a line of memory. A state is in its line, in the first slot that was free, or in the next line that was not
#: full, so mostly one line answers.
LINE = 8

#: Places of the filter, as a power of two: names of targets that were met lately. On the flagship it knows seven of ten
#: steps to known states. Measured from 13 to 15: fewer places know less, more do not fit the cache of a core.
RECENT = 14
RECENT_SHIFT = 64 - RECENT

#: A table of states doubles at this load in hundredths. Where memory does not allow that, it is filled to `PACKED`:
#: slower, but nothing is given up before the limit is reached.
LOADED = 85
PACKED = 93

#: The same for halves, whose tables are small.
LOADED_HALVES = 60

#: Every so many states, the parent's number itself is written down.
GROUP = 64

#: Bytes of so many states for what is noted of their parents: two bits for each, and the number.
PARENTS = GROUP // 4 + 4

#: States whose memory is provided, reused or given back together: 2 MiB where a state is one word. A search by
#: fingerprints takes an eighth of it.
CHUNK_STATES = 1 << 18

# Known when the loop is compiled; the numbers here are for the checkers of Python only. A step that was put aside has
# its name, its origin and, if at all, its lanes at `ASIDE_NAME`, `ASIDE_ORIGIN` and `ASIDE_LANES`; one that another
# thread put aside takes `ASIDE` bytes.
LANES = NAME = STRIDE = LEFT = RIGHT = WORKERS = 1
ASIDE_NAME = ASIDE_ORIGIN = ASIDE_LANES = ASIDE = 1
JUDGE_LEFT = JUDGE_RIGHT = 0
CUT = TERMINAL = LOOPS = EDGES = FIRED = COUNTERS = 0
CONSTRAINED = COUNT = 0

# Which of three ways a state is kept: as its own word, by the numbers of its halves, or as a fingerprint. Then: words
# that it takes in the array of states, and which of them is its name; bytes of an instance's number; bytes that a group
# of states takes beside these words and the table; states whose memory is provided, reused or given back together.
WHOLE = HALVES = PRINTS = NAMED = 0
KEPT = WIDE = NOTED = CHUNK = 1

# Odd numbers without a pattern, for hashes.
SEED = 0x9E3779B97F4A7C15
STIR = 0xA0761D6478BD642F
MIX = 0xE7037ED1A0B428DB
