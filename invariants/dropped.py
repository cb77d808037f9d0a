"""What is left to rely on when a completion may be dropped: what the ring's overflow counter does not say is true."""

from uringcheck import always, leads_to, temporal
from uringcheck.spec.parts.dropped_application import DroppedApplication
from uringcheck.spec.sizes import NB, G


@always
def lost_only_if_counted(client: DroppedApplication) -> bool:
    """While the counter is 0, every request that the application waits for is alive or has its last completion."""
    return client.queue.counted or all(
        gen not in client.outstanding
        or (client.poll.live and client.poll.gen == gen)
        or any(cqe.of(gen) and not cqe.more for cqe in client.cq.ring)
        or any(cqe.of(gen) and not cqe.more for cqe in client.cq.overflow)
        for gen in range(G)
    )


@always
def buffers_missed_only_if_counted(client: DroppedApplication) -> bool:
    """While the counter is 0, every buffer is in the ring, with the application, or in one completion."""
    return client.queue.counted or all(
        sum(1 for entry in client.pool.ring if entry == bid)
        + (1 if bid in client.held else 0)
        + sum(1 for cqe in client.cq.ring if cqe.bid == bid)
        + sum(1 for cqe in client.cq.overflow if cqe.bid == bid)
        == 1
        for bid in range(NB)
    )


@temporal
def drop_is_told(client: DroppedApplication) -> bool:
    """When a completion was dropped, a waiting call is eventually answered -EBADR."""
    return leads_to(client.queue.dropped, client.queue.told)


@temporal
def ends_or_gives_up(client: DroppedApplication) -> bool:
    """When the peer has closed its side, the application eventually knows, or has given the connection up."""
    return leads_to(client.socket.fin, client.done)
