"""What must happen in the end, if the kernel and the application go on and whatever the peer does.

That F_MORE is cleared some day is no property of the interface: a request may stay armed for ever. It is one under a
cause that ends the request.
"""

from uringcheck import always_eventually, leads_to, temporal
from uringcheck.spec.parts.accept_application import AcceptApplication
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.linked_request import LinkedRequest
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.poll_application import PollApplication
from uringcheck.spec.sizes import NB, G, M


@temporal
def more_eventually_clears(client: Application) -> bool:
    """When the peer has closed its side, the application eventually consumes a completion without F_MORE."""
    return leads_to(client.socket.fin and not client.outstanding.empty, client.outstanding.empty)


@temporal
def cancel_eventually_ends(client: EventLoop) -> bool:
    """When a request was cancelled, the application eventually consumes its completion without F_MORE."""
    return all(
        leads_to(client.poll.cancelled and client.poll.gen == gen, gen not in client.outstanding) for gen in range(G)
    )


@temporal
def data_eventually_delivered(client: Application) -> bool:
    """Every unit that the peer sends is eventually received."""
    return all(leads_to(client.socket.sent >= unit, client.delivered >= unit) for unit in range(1, M + 1))


@temporal
def connections_eventually_delivered(client: AcceptApplication) -> bool:
    """The application is eventually told of every connection."""
    return all(leads_to(client.socket.connected >= fd, client.delivered >= fd) for fd in range(1, M + 1))


@temporal
def parked_eventually_seen(client: EventLoop) -> bool:
    """The overflow list does not stay occupied: what is parked is eventually in the queue."""
    return leads_to(not client.cq.overflow.empty, client.cq.overflow.empty)


@temporal
def successor_runs(others: OtherRequests) -> bool:
    """A drained request runs some time after the request before it has ended."""
    return leads_to(others.draining and not others.poll.live, not others.draining)


@temporal
def buffers_come_back(client: Application) -> bool:
    """Every buffer is in the ring again and again."""
    return all(always_eventually(any(entry == bid for entry in client.pool.ring)) for bid in range(NB))


@temporal
def linked_successor_runs(successor: LinkedRequest) -> bool:
    """A linked request is taken up some time after the request before it has ended."""
    return leads_to(successor.waits and (successor.free or not successor.poll.live), not successor.waits)


@temporal
def events_eventually_told(client: PollApplication) -> bool:
    """The application is eventually told of data, and of the hangup."""
    return leads_to(client.file.events > 0, client.data_seen) and leads_to(client.file.closed, client.hangup_seen)
