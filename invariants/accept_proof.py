"""What holds between the parts of a multishot accept and a multishot poll, so that the properties can be proved.

What they have in common with receive stands in `recv_proof`. Nothing here is promised to an application.
"""

from uringcheck import lemma
from uringcheck.invariants.recv_proof import before_place, before_slot, has_data, in_list, in_queue
from uringcheck.spec.parts.accept_application import AcceptApplication
from uringcheck.spec.parts.poll_application import PollApplication
from uringcheck.spec.sizes import C, M


@lemma
def connections_told_in_order(client: AcceptApplication) -> bool:
    """The connections in the queue follow those that the application was told of, one by one."""
    return all(
        slot >= len(client.cq.ring)
        or not has_data(client.cq.ring[slot])
        or client.cq.ring[slot].res == client.delivered + before_slot(client.cq, slot) + 1
        for slot in range(C)
    )


@lemma
def connections_parked_in_order(client: AcceptApplication) -> bool:
    """The parked connections follow those in the queue, one by one."""
    return all(
        place >= len(client.cq.overflow)
        or not has_data(client.cq.overflow[place])
        or client.cq.overflow[place].res == client.delivered + in_queue(client.cq) + before_place(client.cq, place) + 1
        for place in range(client.cq.PARKED)
    )


@lemma
def connections_accounted(client: AcceptApplication) -> bool:
    """Every connection that was accepted is delivered or on its way, and no completion has a poll mask for one."""
    accepted = client.socket.accepted
    return (
        client.delivered + in_queue(client.cq) + in_list(client.cq) == accepted
        and accepted <= client.socket.connected
        and all(cqe.res <= M for cqe in client.cq.ring)
        and all(cqe.res <= M for cqe in client.cq.overflow)
    )


@lemma
def accept_refs_bounded(client: AcceptApplication) -> bool:
    """There are no more poll references than connections and cancellations, and one from arming."""
    return client.poll.refs <= client.socket.connected + client.cancels + 1


@lemma
def poll_refs_bounded(client: PollApplication) -> bool:
    """There are no more poll references than writes, a hangup and cancellations, and one from arming."""
    return client.poll.refs <= client.file.events + (1 if client.file.closed else 0) + client.cancels + 1
