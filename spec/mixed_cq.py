"""A completion queue with entries of two sizes, and a caller that waits until all of its slots are in use.

What this model says about waiting is a prediction from reading the source. It was not tried: a kernel that does it
does not come back from the call.
"""

import enum
from typing import Final

from uringcheck import (
    Fair,
    Model,
    Queue,
    action,
    always,
    final,
    leads_to,
    one_of,
    param,
    queue,
    require,
    temporal,
    toggle,
    var,
)


class Entry(enum.Enum):
    """What stands in the queue or in the overflow list."""

    SMALL = "a completion of 16 bytes"
    BIG = "a completion of 32 bytes"
    FILLER = "an entry of 16 bytes to be skipped, where a big one would not fit before the end of the ring"
    STALE = "a slot that was published and not written"


class Place(enum.Enum):
    """Where the application's thread is."""

    CONSUMING = "in its own code"
    LOOKING = "in the kernel's wait loop, about to look at the overflow list"
    JUDGING = "in the kernel's wait loop, about to ask whether it has waited long enough"
    ASLEEP = "asleep in the kernel"


class MixedCq(Model):
    """A ring of SLOTS slots of 16 bytes (IORING_SETUP_CQE_MIXED, 6.18), or of 32 bytes (IORING_SETUP_CQE32).

    A big entry of a mixed ring takes two slots that follow each other. The application is one thread: while it waits
    nobody consumes. Completions are posted by others at any time.
    """

    SLOTS: Final[int] = param(4, 2, 8, "slots of the ring, and what the application waits for")
    PARKED: Final[int] = param(2, 1, 4, "completions that may be parked")
    MIXED: Final[bool] = toggle(True, "entries of both sizes; without, all are of 32 bytes, one to a slot")
    NO_ROOM_RETURNS: Final[bool] = toggle(
        False,
        "the wait ends when a flush found no room for the first parked completion, as if the ring were full "
        "(a line of the wait loop in 6.12.y that later sources do not have)",
    )
    FLUSH_ASKS_ONCE: Final[bool] = toggle(
        True,
        "in a ring of 32-byte slots a flush asks for one slot for each completion, not for two "
        "(io_uring/io_uring.c:__io_cqring_overflow_flush, 6.18-rc8: fix mixed cqe overflow handling)",
    )

    ring: Queue[Entry] = queue(SLOTS, Entry)
    overflow: Queue[Entry] = queue(PARKED, Entry)
    #: The slot that the tail is at.
    tail: int = var(0, SLOTS - 1)
    place: Place = var(Place.CONSUMING)
    #: The last flush found no room for the first parked completion.
    no_room: bool = var(False)

    def width(self, entry: Entry) -> int:
        """How many slots an entry takes."""
        return 2 if self.MIXED and entry == Entry.BIG else 1

    @property
    def used(self) -> int:
        """Slots between head and tail, which is what a waiting caller counts."""
        return sum(2 if self.MIXED and entry == Entry.BIG else 1 for entry in self.ring)

    @property
    def must_fill(self) -> bool:
        """A big entry would be split by the end of the ring, and there is a slot for a filler.

        io_uring/io_uring.c:io_cqe_cache_refill, 6.18.
        """
        return self.MIXED and self.tail == self.SLOTS - 1 and self.used < self.SLOTS

    def fits(self, entry: Entry) -> bool:
        """Whether there are enough free slots, the filler counted."""
        filler = 1 if self.must_fill and self.width(entry) == 2 else 0
        return self.used + filler + self.width(entry) <= self.SLOTS

    def put(self, entry: Entry) -> None:
        """Write an entry at the tail, after a filler if need be."""
        if self.must_fill and self.width(entry) == 2:
            self.ring.push(Entry.FILLER)
            self.tail = 0
        self.ring.push(entry)
        self.tail = (self.tail + self.width(entry)) % self.SLOTS

    @action(lane="kernel")
    def post(self, big: bool = one_of(bool)) -> None:
        """A completion is posted, and parked if it does not fit or if another one is parked."""
        entry = Entry.BIG if big else Entry.SMALL
        require(self.MIXED or big)
        require((self.fits(entry) and self.overflow.empty) or not self.overflow.full)
        if self.fits(entry) and self.overflow.empty:
            self.put(entry)
        else:
            # The filler is written before it is known whether the entry fits behind it.
            if self.overflow.empty and self.must_fill and self.width(entry) == 2:
                self.ring.push(Entry.FILLER)
                self.tail = 0
            self.overflow.push(entry)
        if self.place == Place.ASLEEP:
            self.place = Place.LOOKING

    @action(fair=Fair.WEAK)
    def consume(self) -> None:
        """The application consumes the oldest entry."""
        require(self.place == Place.CONSUMING and not self.ring.empty)
        self.ring.pop()

    @action
    def wait(self) -> None:
        """The application waits until every slot is in use (min_complete is the size of the ring)."""
        require(self.place == Place.CONSUMING)
        self.place = Place.LOOKING

    @action(fair=Fair.WEAK)
    def flush(self) -> None:
        """The wait loop moves what is parked into the ring, oldest first, until one does not fit.

        io_uring/io_uring.c:__io_cqring_overflow_flush; with all slots in use it does not even look.
        """
        require(self.place == Place.LOOKING)
        self.no_room = False
        for _ in range(self.PARKED):
            if not self.overflow.empty and not self.no_room:
                if not self.fits(self.overflow.head) or (not self.asks_once and self.used + 2 > self.SLOTS):
                    if self.must_fill and self.width(self.overflow.head) == 2:
                        self.ring.push(Entry.FILLER)
                        self.tail = 0
                    self.no_room = True
                else:
                    self.put(self.overflow.pop())
                    if not self.asks_once:
                        self.ring.push(Entry.STALE)
                        self.tail = (self.tail + 1) % self.SLOTS
        self.place = Place.JUDGING

    @property
    def asks_once(self) -> bool:
        """A flush takes as many slots as it writes."""
        return self.MIXED or self.FLUSH_ASKS_ONCE

    @action(fair=Fair.WEAK)
    def judge(self) -> None:
        """The wait loop returns when enough slots are in use, sleeps when nothing is parked, else begins again.

        io_uring/io_uring.c:io_cqring_wait and io_cqring_wait_schedule: with the overflow bit set it does not sleep, as
        a flush is thought to get on unless the ring is full.
        """
        require(self.place == Place.JUDGING)
        if self.used == self.SLOTS or (self.NO_ROOM_RETURNS and self.no_room):
            self.place = Place.CONSUMING
        else:
            self.place = Place.ASLEEP if self.overflow.empty else Place.LOOKING
        self.no_room = False


@temporal
def wait_sleeps_or_returns(cq: MixedCq) -> bool:
    """A caller that waits eventually sleeps or returns; it does not go round in the kernel for ever."""
    return leads_to(cq.place == Place.LOOKING, cq.place == Place.ASLEEP or cq.place == Place.CONSUMING)


@always
def nothing_stale(cq: MixedCq) -> bool:
    """Every slot that is published was written."""
    return not any(entry == Entry.STALE for entry in cq.ring)


@final
def may_sleep(cq: MixedCq) -> bool:
    """A caller may sleep for ever if nothing is posted."""
    return cq.place == Place.ASLEEP
