"""What holds between the parts of a multishot receive, so that the properties can be proved by induction.

None of this is promised to an application. Each sentence is about the completions on their way to it: those in the
queue, oldest first, then those that are parked.
"""

from uringcheck import implies, lemma
from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.polled_request import Phase, PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.recv_multishot import RecvMultishot
from uringcheck.spec.sizes import C, G
from uringcheck.spec.toggles import bgid


def has_data(cqe: Cqe) -> bool:
    """Whether the completion reports a unit."""
    return cqe.request == Request.SUBJECT and cqe.res > 0


def reports_eof(cqe: Cqe) -> bool:
    """Whether the completion reports the end of the stream."""
    return cqe.request == Request.SUBJECT and cqe.res == 0


def is_final(cqe: Cqe) -> bool:
    """Whether the completion is the last of its generation."""
    return cqe.request == Request.SUBJECT and not cqe.more


def in_queue(cq: CompletionQueue) -> int:
    """How many completions in the queue report a unit."""
    return sum(1 for cqe in cq.ring if has_data(cqe))


def in_list(cq: CompletionQueue) -> int:
    """How many parked completions report a unit."""
    return sum(1 for cqe in cq.overflow if has_data(cqe))


def before_slot(cq: CompletionQueue, slot: int) -> int:
    """How many completions before this one in the queue report a unit."""
    return sum(1 for other in range(C) if other < slot and other < len(cq.ring) and has_data(cq.ring[other]))


def before_place(cq: CompletionQueue, place: int) -> int:
    """How many completions before this one in the overflow list report a unit."""
    return sum(
        1 for other in range(cq.PARKED) if other < place and other < len(cq.overflow) and has_data(cq.overflow[other])
    )


def queued_follow(cq: CompletionQueue, delivered: int) -> bool:
    """Whether what the queue reports follows what was delivered, one by one."""
    return all(
        slot >= len(cq.ring)
        or not has_data(cq.ring[slot])
        or cq.ring[slot].res == delivered + before_slot(cq, slot) + 1
        for slot in range(C)
    )


def parked_follow(cq: CompletionQueue, delivered: int) -> bool:
    """Whether what the overflow list reports follows what the queue does, one by one."""
    return all(
        place >= len(cq.overflow)
        or not has_data(cq.overflow[place])
        or cq.overflow[place].res == delivered + in_queue(cq) + before_place(cq, place) + 1
        for place in range(cq.PARKED)
    )


@lemma
def queue_in_order(client: Application) -> bool:
    """The units in the queue follow what was delivered, one by one."""
    return queued_follow(client.cq, client.delivered)


@lemma
def parked_in_order(client: Application) -> bool:
    """The parked units follow those in the queue, one by one."""
    return parked_follow(client.cq, client.delivered)


@lemma
def units_accounted(client: Application) -> bool:
    """Every unit taken out of the socket is delivered or on its way, and none was taken that was not sent."""
    taken = client.socket.taken
    return client.delivered + in_queue(client.cq) + in_list(client.cq) == taken and taken <= client.socket.sent


@lemma
def parked_ends_the_request(client: KeepsContract) -> bool:
    """While a completion of the request is parked there is no request: it was the last one."""
    parked = any(cqe.request == Request.SUBJECT for cqe in client.cq.overflow)
    return implies(parked, not client.poll.live)


@lemma
def eof_is_last(client: Application) -> bool:
    """The end of the stream is on its way, or was seen, only when the peer has closed and every unit was taken."""
    reported = any(reports_eof(cqe) for cqe in client.cq.ring) or any(reports_eof(cqe) for cqe in client.cq.overflow)
    return implies(reported or client.eof_seen, client.socket.fin and client.socket.taken == client.socket.sent)


@lemma
def no_data_behind_queued_eof(cq: CompletionQueue) -> bool:
    """No unit stands in the queue behind the end of the stream, and none is parked then."""
    return all(
        slot >= len(cq.ring)
        or not reports_eof(cq.ring[slot])
        or (before_slot(cq, slot) == in_queue(cq) and in_list(cq) == 0)
        for slot in range(C)
    )


@lemma
def no_data_behind_parked_eof(cq: CompletionQueue) -> bool:
    """No unit stands in the overflow list behind the end of the stream."""
    return all(
        place >= len(cq.overflow) or not reports_eof(cq.overflow[place]) or before_place(cq, place) == in_list(cq)
        for place in range(cq.PARKED)
    )


@lemma
def no_data_after_eof_seen(client: Application) -> bool:
    """When the application has seen the end of the stream, no unit is on its way."""
    return implies(client.eof_seen, in_queue(client.cq) == 0 and in_list(client.cq) == 0)


@lemma
def finals_accounted(client: EventLoop) -> bool:
    """Of each generation that waits for its end there is either the request or one completion without F_MORE."""
    return all(
        sum(1 for cqe in client.cq.ring if cqe.gen == gen and is_final(cqe))
        + sum(1 for cqe in client.cq.overflow if cqe.gen == gen and is_final(cqe))
        + (1 if client.poll.live and client.poll.gen == gen else 0)
        == (1 if gen in client.outstanding else 0)
        for gen in range(G)
    )


@lemma
def pending_is_outstanding(client: EventLoop) -> bool:
    """Every completion of the request belongs to a generation that waits for its end."""
    return all(cqe.request != Request.SUBJECT or cqe.gen in client.outstanding for cqe in client.cq.ring) and all(
        cqe.request != Request.SUBJECT or cqe.gen in client.outstanding for cqe in client.cq.overflow
    )


@lemma
def queued_final_is_last(cq: CompletionQueue) -> bool:
    """Nothing of a generation stands in the queue behind its completion without F_MORE, and nothing of it is parked."""
    return all(
        slot >= len(cq.ring)
        or not is_final(cq.ring[slot])
        or not (
            any(later > slot and later < len(cq.ring) and cq.ring[later].of(cq.ring[slot].gen) for later in range(C))
            or any(cqe.of(cq.ring[slot].gen) for cqe in cq.overflow)
        )
        for slot in range(C)
    )


@lemma
def parked_final_is_last(cq: CompletionQueue) -> bool:
    """Nothing of a generation stands in the overflow list behind its completion without F_MORE."""
    return all(
        place >= len(cq.overflow)
        or not is_final(cq.overflow[place])
        or not any(
            later > place and later < len(cq.overflow) and cq.overflow[later].of(cq.overflow[place].gen)
            for later in range(cq.PARKED)
        )
        for place in range(cq.PARKED)
    )


@lemma
def buffer_means_data(model: RecvMultishot) -> bool:
    """A completion names a buffer exactly when it reports a unit, and says F_MORE only then."""
    return all(
        has_data(cqe) == (cqe.bid is not None) and implies(cqe.more, has_data(cqe)) for cqe in model.cq.ring
    ) and all(has_data(cqe) == (cqe.bid is not None) and implies(cqe.more, has_data(cqe)) for cqe in model.cq.overflow)


@lemma
def buffers_used_up(model: RecvMultishot) -> bool:
    """No completion says F_BUF_MORE: what it names is the application's."""
    return not any(cqe.buf_more for cqe in model.cq.ring) and not any(cqe.buf_more for cqe in model.cq.overflow)


@lemma
def content_waits(client: Application) -> bool:
    """The buffer that a completion names holds the unit that it speaks of."""
    return all(cqe.bid is None or client.pool.content[cqe.bid] == cqe.res for cqe in client.cq.ring) and all(
        cqe.bid is None or client.pool.content[cqe.bid] == cqe.res for cqe in client.cq.overflow
    )


@lemma
def others_accounted(client: EventLoop) -> bool:
    """There are no more completions of other requests than were submitted and have run."""
    nops = sum(1 for cqe in client.cq.ring if cqe.request == Request.NOP)
    nops += sum(1 for cqe in client.cq.overflow if cqe.request == Request.NOP)
    cancellations = sum(1 for cqe in client.cq.ring if cqe.request == Request.CANCEL)
    cancellations += sum(1 for cqe in client.cq.overflow if cqe.request == Request.CANCEL)
    waiting = 1 if client.others.draining else 0
    return nops + waiting <= client.others.nops + client.others.drains and cancellations <= client.cancels


@lemma
def one_unit_a_request(model: RecvMultishot) -> bool:
    """Where req->buf_index stays a buffer's id, a request reports one unit and ends: with two entries none is parked.

    Only without other requests and cancellations, and only where the queue has two entries.
    """
    others = model.others.nops + model.others.drains + model.client.cancels
    if bgid or C < 2 or others > 0:
        return True
    waiting = len(model.cq.ring)
    if model.poll.live:
        fits = waiting <= 1 and all(cqe.more and model.handler.index_is_bid for cqe in model.cq.ring)
    else:
        last_ends = all(is_final(model.cq.ring[slot]) == (slot + 1 == waiting) for slot in range(waiting))
        fits = waiting <= 2 and last_ends
    return fits and model.cq.overflow.empty


@lemma
def no_slot_cached(cq: CompletionQueue) -> bool:
    """No flush has left free slots cached."""
    return cq.cached == 0


@lemma
def index_names_group(handler: RecvHandler) -> bool:
    """Between two turns of the handler req->buf_index names the group."""
    return not handler.index_is_bid


@lemma
def refs_fit_phase(poll: PolledRequest) -> bool:
    """Poll references exist exactly while task work owns the request; it saw no more of them, and no cancellation."""
    owned = poll.phase in (Phase.QUEUED, Phase.RUNNING, Phase.DROPPING)
    return (poll.refs > 0) == owned and poll.seen <= poll.refs and implies(poll.cancelled, poll.seen < poll.refs)


@lemma
def asleep_means_idle(poll: PolledRequest) -> bool:
    """A request that waits, or is about to, has nothing to wait for."""
    asleep = poll.phase == Phase.WAITING or (poll.phase == Phase.DROPPING and poll.refs == poll.seen)
    return implies(asleep, not poll.file.readable)


@lemma
def refs_bounded(client: Application) -> bool:
    """There are no more poll references than wakes and cancellations, and one from arming."""
    return client.poll.refs <= client.socket.sent + (1 if client.socket.fin else 0) + client.cancels + 1
