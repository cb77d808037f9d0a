"""What two connections may rely on that share a buffer ring and a completion queue."""

from uringcheck import always, always_eventually, final, happens, implies, leads_to, step, temporal
from uringcheck.spec.parts.cqe import ENOBUFS
from uringcheck.spec.sizes import NB, M
from uringcheck.spec.two_connections import TwoConnections


def reaped(before: TwoConnections, after: TwoConnections) -> bool:
    """Whether the step consumed a completion: nothing else makes the completion queue shorter."""
    return len(after.cq.ring) < len(before.cq.ring)


@step
def each_in_order(before: TwoConnections, after: TwoConnections) -> bool:
    """Of each connection the units are received in order, without a gap and without a duplicate."""
    if not reaped(before, after):
        return True
    cqe = before.cq.ring.head
    return implies(cqe.res > 0, cqe.res == before.delivered[cqe.gen] + 1)


@step
def each_eof_after_all_data(before: TwoConnections, after: TwoConnections) -> bool:
    """The end of a stream is told when the peer has closed and every unit of that stream was received."""
    if not reaped(before, after):
        return True
    cqe = before.cq.ring.head
    return implies(
        cqe.res == 0,
        before.connection[cqe.gen].socket.fin and before.delivered[cqe.gen] == before.connection[cqe.gen].socket.sent,
    )


@step
def each_content_intact(before: TwoConnections, after: TwoConnections) -> bool:
    """A buffer that the application reads holds the unit that the completion speaks of."""
    if not reaped(before, after):
        return True
    cqe = before.cq.ring.head
    return cqe.bid is None or before.pool.content[cqe.bid] == cqe.res


@always
def shared_buffers_conserved(model: TwoConnections) -> bool:
    """Every buffer is in exactly one place: the ring, one connection's hands, or one completion."""
    return all(
        sum(1 for entry in model.pool.ring if entry == bid)
        + sum(1 for number in range(2) if bid in model.held[number])
        + sum(1 for cqe in model.cq.ring if cqe.bid == bid)
        + sum(1 for cqe in model.cq.overflow if cqe.bid == bid)
        == 1
        for bid in range(NB)
    )


@step
def neighbour_leaves_a_buffer(before: TwoConnections, after: TwoConnections) -> bool:
    """A connection that has no buffer in use finds one: it is not answered -ENOBUFS."""
    return all(
        implies(starved(after, number) > starved(before, number), buffers_in_use(before, number)) for number in range(2)
    )


def starved(model: TwoConnections, number: int) -> int:
    """How many completions with -ENOBUFS of this connection are queued or parked."""
    return sum(1 for cqe in model.cq.ring if cqe.gen == number and cqe.res == -ENOBUFS) + sum(
        1 for cqe in model.cq.overflow if cqe.gen == number and cqe.res == -ENOBUFS
    )


def buffers_in_use(model: TwoConnections, number: int) -> bool:
    """Whether this connection's data is in a buffer, with the application or on its way there."""
    return (
        not model.held[number].empty
        or any(cqe.gen == number and cqe.bid is not None for cqe in model.cq.ring)
        or any(cqe.gen == number and cqe.bid is not None for cqe in model.cq.overflow)
    )


@temporal
def each_delivered(model: TwoConnections) -> bool:
    """Every unit that either peer sends is eventually received."""
    return all(
        leads_to(model.connection[number].socket.sent >= unit, model.delivered[number] >= unit)
        for number in range(2)
        for unit in range(1, M + 1)
    )


@temporal
def each_eof_delivered(model: TwoConnections) -> bool:
    """When a peer has closed its side, the application is eventually told."""
    return all(leads_to(model.connection[number].socket.fin, model.eof_seen[number]) for number in range(2))


@temporal
def shared_buffers_come_back(model: TwoConnections) -> bool:
    """Every buffer is in the ring again and again."""
    return all(always_eventually(any(entry == bid for entry in model.pool.ring)) for bid in range(NB))


@temporal()
def sharing_never_spins(model: TwoConnections) -> bool:
    """The application does not submit receives again and again while nothing comes of it, however long readers take."""
    return not always_eventually(happens(TwoConnections.arm))


@final
def never_stuck_sharing(model: TwoConnections) -> bool:
    """Everything stops only when all units of both streams were received, and their ends, if there are any, seen."""
    return all(
        model.delivered[number] == model.connection[number].socket.sent
        and implies(model.connection[number].socket.fin, model.eof_seen[number])
        for number in range(2)
    )
