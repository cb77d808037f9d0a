"""What holds between the parts of a multishot receive, so that the properties can be proved by induction.

None of this is promised to an application. Each sentence is about the completions on their way to it: those in the
queue, oldest first, then those that are parked.
"""

from uringcheck import implies, lemma
from uringcheck.spec.clients.contract import Contract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.polled_request import Phase, PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.sizes import NB, C, G


def data_in_queue(cq: CompletionQueue) -> int:
    """How many completions in the queue carry data."""
    return sum(1 for cqe in cq.ring if cqe.res > 0)


def data_parked(cq: CompletionQueue) -> int:
    """How many parked completions carry data."""
    return sum(1 for cqe in cq.overflow if cqe.res > 0)


def data_before_slot(cq: CompletionQueue, slot: int) -> int:
    """How many completions with data stand before this one in the queue."""
    return sum(1 for other in range(C) if other < slot and other < len(cq.ring) and cq.ring[other].res > 0)


def data_before_parked(cq: CompletionQueue, place: int) -> int:
    """How many completions with data stand before this one in the overflow list."""
    return sum(
        1 for other in range(G + NB) if other < place and other < len(cq.overflow) and cq.overflow[other].res > 0
    )


@lemma
def queue_in_order(client: Application) -> bool:
    """The data in the queue follows what was delivered, unit by unit."""
    return all(
        implies(
            slot < len(client.cq.ring) and client.cq.ring[slot].res > 0,
            client.cq.ring[slot].res == client.delivered + data_before_slot(client.cq, slot) + 1,
        )
        for slot in range(C)
    )


@lemma
def parked_in_order(client: Application) -> bool:
    """The parked data follows the data in the queue, unit by unit."""
    return all(
        implies(
            place < len(client.cq.overflow) and client.cq.overflow[place].res > 0,
            client.cq.overflow[place].res
            == client.delivered + data_in_queue(client.cq) + data_before_parked(client.cq, place) + 1,
        )
        for place in range(G + NB)
    )


@lemma
def units_accounted(client: Application) -> bool:
    """Every unit taken out of the socket is delivered or on its way, and none was taken that was not sent."""
    taken = client.socket.taken
    return client.delivered + data_in_queue(client.cq) + data_parked(client.cq) == taken and taken <= client.socket.sent


@lemma
def parked_ends_the_request(client: Contract) -> bool:
    """While a completion is parked there is no request: the parked one was its last."""
    return implies(not client.cq.overflow.empty, not client.poll.live)


@lemma
def eof_is_last(client: Application) -> bool:
    """The end of the stream is on its way, or was seen, only when the peer has closed and every unit was taken."""
    reported = any(cqe.res == 0 for cqe in client.cq.ring) or any(cqe.res == 0 for cqe in client.cq.overflow)
    return implies(reported or client.eof_seen, client.socket.fin and client.socket.taken == client.socket.sent)


@lemma
def queue_has_no_data_after_eof(cq: CompletionQueue) -> bool:
    """In the queue no data stands behind the end of the stream, and none is parked behind it."""
    return all(
        implies(
            slot < len(cq.ring) and cq.ring[slot].res == 0,
            data_before_slot(cq, slot) == data_in_queue(cq) and data_parked(cq) == 0,
        )
        for slot in range(C)
    )


@lemma
def parked_has_no_data_after_eof(cq: CompletionQueue) -> bool:
    """In the overflow list no data stands behind the end of the stream."""
    return all(
        implies(
            place < len(cq.overflow) and cq.overflow[place].res == 0,
            data_before_parked(cq, place) == data_parked(cq),
        )
        for place in range(G + NB)
    )


@lemma
def delivered_before_eof(client: Application) -> bool:
    """When the end of the stream was seen, no data is on its way."""
    return implies(client.eof_seen, data_in_queue(client.cq) == 0 and data_parked(client.cq) == 0)


@lemma
def finals_accounted(client: Application) -> bool:
    """Of each generation that waits for its end there is either the request or one completion without F_MORE."""
    return all(
        sum(1 for cqe in client.cq.ring if cqe.gen == gen and not cqe.more)
        + sum(1 for cqe in client.cq.overflow if cqe.gen == gen and not cqe.more)
        + (1 if client.poll.live and client.poll.gen == gen else 0)
        == (1 if gen in client.outstanding else 0)
        for gen in range(G)
    )


@lemma
def pending_is_outstanding(client: Application) -> bool:
    """Every completion on its way belongs to a generation that waits for its end."""
    return all(cqe.gen in client.outstanding for cqe in client.cq.ring) and all(
        cqe.gen in client.outstanding for cqe in client.cq.overflow
    )


@lemma
def queue_ends_with_final(cq: CompletionQueue) -> bool:
    """In the queue nothing of a generation stands behind its completion without F_MORE, and nothing of it is parked."""
    return all(
        implies(
            slot < len(cq.ring) and not cq.ring[slot].more,
            not any(
                later > slot and later < len(cq.ring) and cq.ring[later].gen == cq.ring[slot].gen for later in range(C)
            )
            and not any(cqe.gen == cq.ring[slot].gen for cqe in cq.overflow),
        )
        for slot in range(C)
    )


@lemma
def parked_ends_with_final(cq: CompletionQueue) -> bool:
    """In the overflow list nothing of a generation stands behind its completion without F_MORE."""
    return all(
        implies(
            place < len(cq.overflow) and not cq.overflow[place].more,
            not any(
                later > place and later < len(cq.overflow) and cq.overflow[later].gen == cq.overflow[place].gen
                for later in range(G + NB)
            ),
        )
        for place in range(G + NB)
    )


@lemma
def buffers_carry_data(cq: CompletionQueue) -> bool:
    """A completion on its way names a buffer exactly when it carries data, and says F_MORE only then."""
    return all((cqe.res > 0) == (cqe.bid is not None) and implies(cqe.more, cqe.res > 0) for cqe in cq.ring) and all(
        (cqe.res > 0) == (cqe.bid is not None) and implies(cqe.more, cqe.res > 0) for cqe in cq.overflow
    )


@lemma
def content_waits(client: Application) -> bool:
    """The buffer that a completion on its way names holds the unit that it speaks of."""
    return all(cqe.bid is None or client.pool.content[cqe.bid] == cqe.res for cqe in client.cq.ring) and all(
        cqe.bid is None or client.pool.content[cqe.bid] == cqe.res for cqe in client.cq.overflow
    )


@lemma
def index_names_group(handler: RecvHandler) -> bool:
    """Between two turns of the handler req->buf_index names the group."""
    return not handler.index_is_bid


@lemma
def refs_fit_phase(poll: PolledRequest) -> bool:
    """Poll references exist exactly while task work owns the request, and those it saw are among them."""
    owned = poll.phase in (Phase.QUEUED, Phase.RUNNING, Phase.DROPPING)
    return (poll.refs > 0) == owned and poll.seen <= poll.refs


@lemma
def refs_bounded(client: Application) -> bool:
    """There are no more poll references than wakes, and one from arming."""
    return client.poll.refs <= client.socket.sent + (1 if client.socket.fin else 0) + 1
