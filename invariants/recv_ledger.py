"""Why a multishot receive is in order for every size: a ledger beside the model, and how it joins.

The ledger notes with every completion what the application will have seen before it: how many units, and the ends of
how many generations. A completion leads from what was seen before it to what will have been seen after it, and in the
queue these join without a gap: from what the application has seen to the end of the queue, and through the overflow
list to what the kernel has done. Nothing here is promised to an application, and no action reads the ledger.
"""

import enum
from typing import ClassVar

from uringcheck import (
    Ghost,
    Map,
    Model,
    Queue,
    Record,
    called,
    field,
    ints,
    lemma,
    link,
    log,
    map_of,
    naturals,
    popped,
    pushed,
    var,
)
from uringcheck.invariants.recv_proof import has_data, is_final
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.recv_multishot import RecvMultishot
from uringcheck.spec.sizes import NB, G


class Seen(Record):
    """What is seen of the stream up to some place: units, and ends of generations."""

    units: int = field(naturals())
    ends: int = field(naturals())


class Place(enum.Enum):
    """Where a buffer is."""

    RING = "in the ring of buffers"
    HELD = "with the application"
    QUEUED = "in the completion queue"
    PARKED = "in the overflow list"
    LOST = "nowhere"


class RecvLedger(Ghost):
    """What is noted beside a multishot receive."""

    FOR: ClassVar[type[Model]] = RecvMultishot

    #: For each completion in the queue, and for each that is parked, what is seen before it.
    queued: Queue[Seen] = log(Seen)
    parked: Queue[Seen] = log(Seen)
    #: What is seen at the end of the queue.
    units: int = var(naturals())
    ends: int = var(naturals())
    #: Ends of generations that the application has consumed.
    ends_seen: int = var(naturals())
    #: Submissions so far, and which of them each generation is.
    submitted: int = var(naturals())
    turn: Map[int, int] = map_of(ints(0, G - 1), naturals())

    #: Where each buffer is, and which of all that ever came to that queue.
    place: Map[int, Place] = map_of(ints(0, NB - 1), Place)
    number: Map[int, int] = map_of(ints(0, NB - 1), naturals())
    #: How many ever came to the ring of buffers, the queue and the list, and how many ever left them.
    ring_in: int = var(naturals())
    ring_out: int = var(naturals())
    queue_in: int = var(naturals())
    queue_out: int = var(naturals())
    list_in: int = var(naturals())
    list_out: int = var(naturals())

    cq: CompletionQueue = link()
    pool: BufferRing = link()
    poll: PolledRequest = link()
    others: OtherRequests = link()
    socket: StreamSocket = link()
    handler: RecvHandler = link()
    client: Application = link()

    @property
    def ended(self) -> int:
        """Generations that the kernel has ended."""
        return self.submitted - (1 if self.poll.live else 0)

    def begin(self) -> None:
        """Every buffer is in the ring, in order."""
        self.ring_in = NB
        for bid in range(NB):
            self.number[bid] = bid

    @called(PolledRequest.submit)
    def submits(self, gen: int) -> None:
        """Another submission."""
        self.submitted += 1
        self.turn[gen] = self.submitted

    @pushed(CompletionQueue.ring)
    def queues(self, cqe: Cqe) -> None:
        """A completion comes to the queue."""
        self.queued.push(Seen(units=self.units, ends=self.ends))
        if has_data(cqe):
            self.units += 1
        if is_final(cqe):
            self.ends += 1
        if cqe.bid is not None:
            self.place[cqe.bid] = Place.QUEUED
            self.number[cqe.bid] = self.queue_in
        self.queue_in += 1

    @popped(CompletionQueue.ring)
    def reaps(self, cqe: Cqe) -> None:
        """The application takes a completion out of the queue."""
        self.queued.pop()
        if is_final(cqe):
            self.ends_seen += 1
        if cqe.bid is not None:
            self.place[cqe.bid] = Place.HELD
        self.queue_out += 1

    @pushed(CompletionQueue.overflow)
    def parks(self, cqe: Cqe) -> None:
        """A completion comes to the overflow list: the kernel has taken its unit and not yet ended its request."""
        self.parked.push(Seen(units=self.socket.taken - (1 if has_data(cqe) else 0), ends=self.ended))
        if cqe.bid is not None:
            self.place[cqe.bid] = Place.PARKED
            self.number[cqe.bid] = self.list_in
        self.list_in += 1

    @popped(CompletionQueue.overflow)
    def unparks(self, cqe: Cqe) -> None:
        """A flush takes a completion out of the overflow list."""
        self.parked.pop()
        if cqe.bid is not None:
            self.place[cqe.bid] = Place.LOST
        self.list_out += 1

    @pushed(BufferRing.ring)
    def provides(self, bid: int) -> None:
        """A buffer comes to the ring."""
        self.place[bid] = Place.RING
        self.number[bid] = self.ring_in
        self.ring_in += 1

    @popped(BufferRing.ring)
    def commits(self, bid: int) -> None:
        """The kernel takes a buffer out of the ring."""
        self.place[bid] = Place.LOST
        self.ring_out += 1


def units_after(seen: Seen, cqe: Cqe) -> int:
    """Units seen after a completion."""
    return seen.units + (1 if has_data(cqe) else 0)


def ends_after(seen: Seen, cqe: Cqe) -> int:
    """Ends of generations seen after a completion."""
    return seen.ends + (1 if is_final(cqe) else 0)


@lemma
def begins_at_the_application(ledger: RecvLedger) -> bool:
    """What is seen before the first completion in the queue is what the application has seen."""
    return ledger.queued.empty or (
        ledger.queued.head.units == ledger.client.delivered and ledger.queued.head.ends == ledger.ends_seen
    )


@lemma
def joins_in_the_queue(ledger: RecvLedger) -> bool:
    """What is seen after a completion in the queue is what is seen before the next."""
    return each_joins(ledger.cq.ring, ledger.queued)


def each_joins(completions: Queue[Cqe], before: Queue[Seen]) -> bool:
    """Whether what is seen after each completion is what is seen before the next."""
    return all(
        slot + 1 >= len(before)
        or slot + 1 >= len(completions)
        or (
            before[slot + 1].units == units_after(before[slot], completions[slot])
            and before[slot + 1].ends == ends_after(before[slot], completions[slot])
        )
        for slot in range(len(completions))
    )


@lemma
def ends_at_the_end(ledger: RecvLedger) -> bool:
    """What is seen after the last completion in the queue is what is seen at its end."""
    if ledger.queued.empty or ledger.cq.ring.empty:
        return ledger.units == ledger.client.delivered and ledger.ends == ledger.ends_seen
    return ledger.units == units_after(ledger.queued.last, ledger.cq.ring.last) and ledger.ends == ends_after(
        ledger.queued.last, ledger.cq.ring.last
    )
