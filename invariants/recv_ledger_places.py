"""The rest of what the ledger of a multishot receive says: where each buffer is, and what parts keep to themselves."""

from uringcheck import Queue, lemma
from uringcheck.invariants.recv_ledger import Place, RecvLedger
from uringcheck.invariants.recv_proof import refs_bounded, refs_fit_phase
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.sizes import NB


@lemma
def buffers_add_up(ledger: RecvLedger) -> bool:
    """A buffer is in the ring, with the application, or holds a unit that was taken and not yet delivered."""
    unread = ledger.socket.taken - ledger.client.delivered
    return len(ledger.pool.ring) + len(ledger.client.held) + unread == NB


@lemma
def places_are_numbered(ledger: RecvLedger) -> bool:
    """What came to a queue and did not leave it is there."""
    return (
        ledger.queue_in - ledger.queue_out == len(ledger.cq.ring)
        and ledger.list_in - ledger.list_out == len(ledger.cq.overflow)
        and ledger.ring_in - ledger.ring_out == len(ledger.pool.ring)
    )


@lemma
def ring_is_known(ledger: RecvLedger) -> bool:
    """The ledger knows the place of every buffer in the ring."""
    return all(
        ledger.place[ledger.pool.ring[slot]] == Place.RING
        and ledger.number[ledger.pool.ring[slot]] == ledger.ring_out + slot
        for slot in range(len(ledger.pool.ring))
    )


@lemma
def queue_is_known(ledger: RecvLedger) -> bool:
    """The ledger knows the place of every buffer of a queued completion."""
    return are_known(ledger, ledger.cq.ring, Place.QUEUED, ledger.queue_out)


@lemma
def list_is_known(ledger: RecvLedger) -> bool:
    """The ledger knows the place of every buffer of a parked completion."""
    return are_known(ledger, ledger.cq.overflow, Place.PARKED, ledger.list_out)


def are_known(ledger: RecvLedger, completions: Queue[Cqe], place: Place, out: int) -> bool:
    """Whether the ledger knows the place of every buffer of some completions."""
    return all(is_at(ledger, completions[slot], place, out + slot) for slot in range(len(completions)))


def is_at(ledger: RecvLedger, cqe: Cqe, place: Place, number: int) -> bool:
    """Whether the buffer that a completion ends, if it names one, is at a place."""
    if cqe.bid is None:
        return True
    return ledger.place[cqe.bid] == place and ledger.number[cqe.bid] == number and not cqe.buf_more


@lemma
def held_are_held(ledger: RecvLedger) -> bool:
    """A buffer is with the application when the ledger says so, and none is lost."""
    return all(
        (ledger.place[bid] == Place.HELD) == (bid in ledger.client.held) and ledger.place[bid] != Place.LOST
        for bid in range(NB)
    )


@lemma
def ring_has_its_buffers(ledger: RecvLedger) -> bool:
    """A buffer stands in the ring where the ledger says."""
    return all(
        bid in ledger.client.held
        or ledger.place[bid] != Place.RING
        or (
            0 <= ledger.number[bid] - ledger.ring_out < len(ledger.pool.ring)
            and ledger.pool.ring[ledger.number[bid] - ledger.ring_out] == bid
        )
        for bid in range(NB)
    )


@lemma
def queue_has_its_buffers(ledger: RecvLedger) -> bool:
    """A queued completion names a buffer where the ledger says."""
    return are_there(ledger, ledger.cq.ring, Place.QUEUED, ledger.queue_out)


@lemma
def list_has_its_buffers(ledger: RecvLedger) -> bool:
    """A parked completion names a buffer where the ledger says."""
    return are_there(ledger, ledger.cq.overflow, Place.PARKED, ledger.list_out)


def are_there(ledger: RecvLedger, completions: Queue[Cqe], place: Place, out: int) -> bool:
    """Whether the completions name the buffers that the ledger puts among them."""
    return all(
        bid in ledger.client.held
        or ledger.place[bid] != place
        or (0 <= ledger.number[bid] - out < len(completions) and completions[ledger.number[bid] - out].bid == bid)
        for bid in range(NB)
    )


@lemma
def refs_are_sound(ledger: RecvLedger) -> bool:
    """Poll references fit the phase of the request, and come from wakes, cancellations and arming."""
    return refs_fit_phase(ledger.poll) and refs_bounded(ledger.client)


@lemma
def nobody_cancels(ledger: RecvLedger) -> bool:
    """Without cancellations none is pending."""
    return ledger.client.cancels > 0 or not ledger.poll.cancelled


@lemma
def group_is_named(ledger: RecvLedger) -> bool:
    """Between two turns of the handler its field names the group of buffers."""
    return not ledger.handler.index_is_bid


@lemma
def nothing_is_cached(ledger: RecvLedger) -> bool:
    """No flush has left free slots cached."""
    return ledger.cq.cached == 0
