"""What holds between the parts of a multishot accept and a multishot poll, so that the properties can be proved.

What they have in common with receive stands in `recv_proof`. Nothing here is promised to an application.
"""

from uringcheck import lemma
from uringcheck.invariants.recv_proof import in_list, in_queue, parked_follow, queued_follow
from uringcheck.spec.parts.accept_application import AcceptApplication
from uringcheck.spec.parts.poll_application import PollApplication
from uringcheck.spec.sizes import M


@lemma
def connections_told_in_order(client: AcceptApplication) -> bool:
    """The connections in the queue follow those that the application was told of, one by one."""
    return queued_follow(client.cq, client.delivered)


@lemma
def connections_parked_in_order(client: AcceptApplication) -> bool:
    """The parked connections follow those in the queue, one by one."""
    return parked_follow(client.cq, client.delivered)


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
