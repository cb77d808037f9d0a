"""Why a multishot receive is in order for every size: a ledger beside the model, and what it says.

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
    implies,
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
from uringcheck.invariants.recv_proof import has_data, is_final, reports_eof
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.recv_multishot import RecvMultishot
from uringcheck.spec.sizes import NB, C, G


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
    return all(
        slot + 1 >= len(ledger.queued)
        or slot + 1 >= len(ledger.cq.ring)
        or (
            ledger.queued[slot + 1].units == units_after(ledger.queued[slot], ledger.cq.ring[slot])
            and ledger.queued[slot + 1].ends == ends_after(ledger.queued[slot], ledger.cq.ring[slot])
        )
        for slot in range(C)
    )


@lemma
def ends_at_the_end(ledger: RecvLedger) -> bool:
    """What is seen after the last completion in the queue is what is seen at its end."""
    if ledger.queued.empty or ledger.cq.ring.empty:
        return ledger.units == ledger.client.delivered and ledger.ends == ledger.ends_seen
    return ledger.units == units_after(ledger.queued.last, ledger.cq.ring.last) and ledger.ends == ends_after(
        ledger.queued.last, ledger.cq.ring.last
    )


@lemma
def queued_units_are_next(ledger: RecvLedger) -> bool:
    """A queued completion with data reports the next unit."""
    return all(
        slot >= len(ledger.queued)
        or ledger.cq.ring[slot].request != Request.SUBJECT
        or is_next_unit(ledger, ledger.cq.ring[slot], ledger.queued[slot])
        for slot in range(len(ledger.cq.ring))
    )


@lemma
def parked_units_are_next(ledger: RecvLedger) -> bool:
    """So does a parked one."""
    return all(
        slot >= len(ledger.parked)
        or ledger.cq.overflow[slot].request != Request.SUBJECT
        or is_next_unit(ledger, ledger.cq.overflow[slot], ledger.parked[slot])
        for slot in range(len(ledger.cq.overflow))
    )


def is_next_unit(ledger: RecvLedger, cqe: Cqe, seen: Seen) -> bool:
    """Whether a completion reports the unit that is due after what is seen before it, if it reports one."""
    return not has_data(cqe) or cqe.res == seen.units + 1


@lemma
def queued_turns_are_next(ledger: RecvLedger) -> bool:
    """A queued completion is of the generation that is next to end, which the application waits for."""
    return all(
        slot >= len(ledger.queued)
        or ledger.cq.ring[slot].request != Request.SUBJECT
        or is_next_turn(ledger, ledger.cq.ring[slot], ledger.queued[slot])
        for slot in range(len(ledger.cq.ring))
    )


@lemma
def parked_turns_are_next(ledger: RecvLedger) -> bool:
    """So does a parked one."""
    return all(
        slot >= len(ledger.parked)
        or ledger.cq.overflow[slot].request != Request.SUBJECT
        or is_next_turn(ledger, ledger.cq.overflow[slot], ledger.parked[slot])
        for slot in range(len(ledger.cq.overflow))
    )


def is_next_turn(ledger: RecvLedger, cqe: Cqe, seen: Seen) -> bool:
    """Whether a completion belongs to the generation that ends next after what is seen before it."""
    return (
        ledger.turn[cqe.gen] == seen.ends + 1 and seen.ends < ledger.submitted and cqe.gen in ledger.client.outstanding
    )


@lemma
def queued_data_has_a_buffer(ledger: RecvLedger) -> bool:
    """A queued completion names a buffer exactly when it has data, and says F_MORE only then."""
    return all(
        slot >= len(ledger.queued)
        or ledger.cq.ring[slot].request != Request.SUBJECT
        or has_buffer_for_data(ledger, ledger.cq.ring[slot], ledger.queued[slot])
        for slot in range(len(ledger.cq.ring))
    )


@lemma
def parked_data_has_a_buffer(ledger: RecvLedger) -> bool:
    """So does a parked one."""
    return all(
        slot >= len(ledger.parked)
        or ledger.cq.overflow[slot].request != Request.SUBJECT
        or has_buffer_for_data(ledger, ledger.cq.overflow[slot], ledger.parked[slot])
        for slot in range(len(ledger.cq.overflow))
    )


def has_buffer_for_data(ledger: RecvLedger, cqe: Cqe, seen: Seen) -> bool:
    """Whether a completion names a buffer exactly when it has data, and says F_MORE only then."""
    return has_data(cqe) == (cqe.bid is not None) and (has_data(cqe) or not cqe.more)


@lemma
def queued_end_is_last(ledger: RecvLedger) -> bool:
    """A queued end of the stream is one: the peer has closed, and every unit is seen before it."""
    return all(
        slot >= len(ledger.queued)
        or ledger.cq.ring[slot].request != Request.SUBJECT
        or is_last(ledger, ledger.cq.ring[slot], ledger.queued[slot])
        for slot in range(len(ledger.cq.ring))
    )


@lemma
def parked_end_is_last(ledger: RecvLedger) -> bool:
    """So is a parked one."""
    return all(
        slot >= len(ledger.parked)
        or ledger.cq.overflow[slot].request != Request.SUBJECT
        or is_last(ledger, ledger.cq.overflow[slot], ledger.parked[slot])
        for slot in range(len(ledger.cq.overflow))
    )


def is_last(ledger: RecvLedger, cqe: Cqe, seen: Seen) -> bool:
    """Whether a completion that reports the end of the stream is right to do so."""
    return implies(
        reports_eof(cqe),
        ledger.socket.fin and ledger.socket.taken == ledger.socket.sent and seen.units == ledger.socket.sent,
    )


@lemma
def nothing_else(ledger: RecvLedger) -> bool:
    """Without other requests and cancellations every completion is one of the request."""
    return (
        all(cqe.request == Request.SUBJECT for cqe in ledger.cq.ring)
        and all(cqe.request == Request.SUBJECT for cqe in ledger.cq.overflow)
        and not ledger.others.draining
    )


@lemma
def never_goes_back(ledger: RecvLedger) -> bool:
    """What is seen grows along the queue."""
    return (
        all(
            slot >= len(ledger.queued)
            or (
                ledger.client.delivered <= ledger.queued[slot].units
                and units_after(ledger.queued[slot], ledger.cq.ring[slot]) <= ledger.units
                and ledger.ends_seen <= ledger.queued[slot].ends
                and ends_after(ledger.queued[slot], ledger.cq.ring[slot]) <= ledger.ends
            )
            for slot in range(len(ledger.cq.ring))
        )
        and ledger.client.delivered <= ledger.units
        and ledger.ends_seen <= ledger.ends
    )


@lemma
def grows_in_the_queue(ledger: RecvLedger) -> bool:
    """What is seen after a completion in the queue is seen before every later one."""
    return all(
        all(
            first >= later
            or later >= len(ledger.queued)
            or (
                ends_after(ledger.queued[first], ledger.cq.ring[first]) <= ledger.queued[later].ends
                and units_after(ledger.queued[first], ledger.cq.ring[first]) <= ledger.queued[later].units
            )
            for later in range(len(ledger.cq.ring))
        )
        for first in range(len(ledger.cq.ring))
    )


@lemma
def kernel_is_ahead(ledger: RecvLedger) -> bool:
    """The kernel took at least the units, and ended at least the generations, that the queue will tell of."""
    return (
        ledger.units <= ledger.socket.taken
        and ledger.ends <= ledger.ended
        and ledger.socket.taken <= ledger.socket.sent
        and ledger.submitted >= (1 if ledger.poll.live else 0)
    )


@lemma
def parked_lie_between(ledger: RecvLedger) -> bool:
    """What is seen before and after a parked completion lies between the end of the queue and what the kernel did."""
    return all(
        slot >= len(ledger.parked)
        or (
            ledger.units <= ledger.parked[slot].units
            and units_after(ledger.parked[slot], ledger.cq.overflow[slot]) <= ledger.socket.taken
            and ledger.ends <= ledger.parked[slot].ends
            and ends_after(ledger.parked[slot], ledger.cq.overflow[slot]) <= ledger.ended
        )
        for slot in range(len(ledger.cq.overflow))
    )


@lemma
def grows_in_the_list(ledger: RecvLedger) -> bool:
    """What is seen after a parked completion is seen before every later one."""
    return all(
        all(
            first >= later
            or later >= len(ledger.parked)
            or (
                ends_after(ledger.parked[first], ledger.cq.overflow[first]) <= ledger.parked[later].ends
                and units_after(ledger.parked[first], ledger.cq.overflow[first]) <= ledger.parked[later].units
            )
            for later in range(len(ledger.cq.overflow))
        )
        for first in range(len(ledger.cq.overflow))
    )


@lemma
def joins_the_kernel(ledger: RecvLedger) -> bool:
    """With nothing parked, what is seen at the end of the queue is what the kernel did."""
    return not ledger.cq.overflow.empty or (ledger.units == ledger.socket.taken and ledger.ends == ledger.ended)


@lemma
def joins_the_list(ledger: RecvLedger) -> bool:
    """What is seen before the first parked completion is what is seen at the end of the queue."""
    return ledger.parked.empty or (ledger.parked.head.units == ledger.units and ledger.parked.head.ends == ledger.ends)


@lemma
def joins_in_the_list(ledger: RecvLedger) -> bool:
    """What is seen after a parked completion is what is seen before the next."""
    return all(
        slot + 1 >= len(ledger.parked)
        or slot + 1 >= len(ledger.cq.overflow)
        or (
            ledger.parked[slot + 1].units == units_after(ledger.parked[slot], ledger.cq.overflow[slot])
            and ledger.parked[slot + 1].ends == ends_after(ledger.parked[slot], ledger.cq.overflow[slot])
        )
        for slot in range(len(ledger.cq.overflow))
    )


@lemma
def ends_at_the_kernel(ledger: RecvLedger) -> bool:
    """What is seen after the last parked completion is what the kernel did."""
    if ledger.parked.empty or ledger.cq.overflow.empty:
        return True
    return ledger.socket.taken == units_after(ledger.parked.last, ledger.cq.overflow.last) and ledger.ended == (
        ends_after(ledger.parked.last, ledger.cq.overflow.last)
    )


@lemma
def parked_is_the_last(ledger: RecvLedger) -> bool:
    """An application that waits for the end of a generation leaves one parked completion at most: that end."""
    return ledger.cq.overflow.empty or (
        len(ledger.cq.overflow) == 1 and is_final(ledger.cq.overflow.head) and not ledger.poll.live
    )


@lemma
def turns_are_taken(ledger: RecvLedger) -> bool:
    """A generation that the application waits for was submitted after those whose end it has seen."""
    return all(
        ledger.ends_seen < ledger.turn[gen] and ledger.turn[gen] <= ledger.submitted
        for gen in ledger.client.outstanding
    )


@lemma
def turns_differ(ledger: RecvLedger) -> bool:
    """No two of them are the same submission."""
    return all(
        all(first == other or ledger.turn[first] != ledger.turn[other] for other in ledger.client.outstanding)
        for first in ledger.client.outstanding
    )


@lemma
def request_is_the_last(ledger: RecvLedger) -> bool:
    """The request in the kernel is the last submission, and the application waits for it."""
    return not ledger.poll.live or (
        ledger.turn[ledger.poll.gen] == ledger.submitted and ledger.poll.gen in ledger.client.outstanding
    )


@lemma
def waits_for_what_is_left(ledger: RecvLedger) -> bool:
    """The application waits for all submissions whose end it has not seen."""
    return len(ledger.client.outstanding) == ledger.submitted - ledger.ends_seen
