"""What an application may rely on when bytes and buffers do not fit each other."""

from uringcheck import always, always_eventually, final, implies, leads_to, step, temporal
from uringcheck.invariants.buffers import enobufs_count
from uringcheck.invariants.observation import consumed
from uringcheck.spec.parts.sized_application import SizedApplication
from uringcheck.spec.parts.sized_pool import SizedPool
from uringcheck.spec.parts.sized_recv_handler import SizedRecvHandler
from uringcheck.spec.sizes import NB, M


@always
def bytes_in_order(client: SizedApplication) -> bool:
    """Where the application reads its buffers, it finds the bytes of the stream in order."""
    return not client.misread


@always
def owned_once(client: SizedApplication) -> bool:
    """A buffer is in the ring once at most, and not while the application has it."""
    return all(
        sum(1 for entry in client.pool.ring if entry == bid) + (1 if bid in client.held else 0) <= 1
        for bid in range(NB)
    )


@always
def ring_not_overfull(pool: SizedPool) -> bool:
    """There are no more entries between the head and the tail of the ring than the ring has."""
    return len(pool.ring) <= NB


@always
def none_lost(client: SizedApplication) -> bool:
    """When no completion is on its way, the kernel has the buffers that the application thinks it has."""
    return implies(client.cq.ring.empty and client.cq.overflow.empty, len(client.given) == len(client.pool.ring))


@step
def next_buffer_named(before: SizedApplication, after: SizedApplication) -> bool:
    """A completion with data names the buffer that comes next; one without data names none, or says that it stays."""
    if not consumed(before, after):
        return True
    cqe = before.cq.ring.head
    if cqe.bid is None:
        return cqe.res <= 0
    return cqe.bid == before.given.head and (cqe.res > 0 or cqe.buf_more)


@step
def end_after_all_bytes(before: SizedApplication, after: SizedApplication) -> bool:
    """The application is told of the end of the stream only when there is one and it has received every byte."""
    if not consumed(before, after):
        return True
    return implies(
        before.cq.ring.head.res == 0,
        before.socket.fin and before.delivered == before.socket.sent,
    )


@step
def enobufs_means_none_left(before: SizedRecvHandler, after: SizedRecvHandler) -> bool:
    """The kernel answers -ENOBUFS only when the ring has no entry."""
    return implies(enobufs_count(after.cq) > enobufs_count(before.cq), before.pool.ring.empty)


@step
def short_means_drained(before: SizedRecvHandler, after: SizedRecvHandler) -> bool:
    """A receive that leaves room in its buffer has left nothing in the socket.

    A bundle asks for what was reported before, so more may have come since.
    """
    received = after.socket.taken - before.socket.taken
    short = received > 0 and received < before.pool.room_in(1)
    return implies(short and not before.BUNDLE, after.socket.unread == 0)


@final
def never_stuck_reading(client: SizedApplication) -> bool:
    """Everything stops only when all bytes sent were received and the end of the stream, if there is one, was seen."""
    return client.delivered == client.socket.sent and implies(client.socket.fin, client.eof_seen)


@temporal
def bytes_eventually_delivered(client: SizedApplication) -> bool:
    """Every byte that the peer sends is eventually received."""
    return all(leads_to(client.socket.sent >= byte, client.delivered >= byte) for byte in range(1, M + 1))


@temporal
def end_eventually_told(client: SizedApplication) -> bool:
    """When the peer has closed its side, the application is eventually told."""
    return leads_to(client.socket.fin, client.eof_seen)


@temporal
def entries_come_back(client: SizedApplication) -> bool:
    """Every buffer is in the ring again and again."""
    return all(always_eventually(any(entry == bid for entry in client.pool.ring)) for bid in range(NB))
