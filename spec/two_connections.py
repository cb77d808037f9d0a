"""Two connections with a multishot receive each, which share a buffer ring, a completion queue and an application."""

from typing import Final

from uringcheck import (
    Fair,
    Map,
    Model,
    Parts,
    SetOf,
    action,
    ints,
    map_of,
    one_of,
    param,
    part,
    parts,
    require,
    set_of,
    slot,
    toggle,
)
from uringcheck.spec.kernels import V6_0
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.connection import Connection
from uringcheck.spec.parts.cqe import ENOBUFS
from uringcheck.spec.parts.sharing_policy import SharingPolicy
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, M


class TwoConnections(Model):
    """Two peers, the kernel, and an application that keeps the contract: it arms a connection when its last completion
    was consumed, and flushes when the flag is set.

    So a connection has one request at a time, and its number is the generation of all of them.
    """

    PRESETS = kernels_since(V6_0, "multishot receive")

    # Two streams multiply the states: what becomes of the end of one is asked with EOF=true.
    EOF: Final[bool] = toggle(False, "the peers may close their sides")
    UNITS: Final[int] = param(2, 1, 8, "units that each peer may send, at most M")

    connection: Parts[Connection] = parts(ints(0, 1), EOF=EOF, UNITS=UNITS)
    pool: BufferRing = part()
    # Two terminal completions, and each other completion carries one of the buffers.
    cq: CompletionQueue = part(PARKED=2 + NB, DRAINS=0)
    client: SharingPolicy = slot("contract")

    #: Connections whose request's last completion was not consumed yet.
    outstanding: SetOf[int] = set_of(ints(0, 1))
    #: The buffers that the application has, by the connection whose data is in them.
    held: Map[int, SetOf[int]] = map_of(ints(0, 1), set_of(ints(0, NB - 1)))
    #: How many completions with data of each connection were consumed.
    delivered: Map[int, int] = map_of(ints(0, 1), ints(0, M))
    #: A completion with `res` 0 was consumed.
    eof_seen: Map[int, bool] = map_of(ints(0, 1), bool)

    @action(fair=Fair.WEAK_EACH, lane="client")
    def arm(self, number: int = one_of(0, 1)) -> None:
        """The application submits the receive of a connection."""
        require(number not in self.outstanding and not self.eof_seen[number] and self.client.may_try(number))
        self.outstanding.add(number)
        self.connection[number].handler.submit(number)

    @action(fair=Fair.WEAK, lane="client")
    def reap(self) -> None:
        """The application consumes the oldest completion in the queue."""
        require(not self.cq.ring.empty)
        cqe = self.cq.ring.pop()
        if not cqe.more:
            self.outstanding.discard(cqe.gen)
        if cqe.res > 0:
            self.delivered[cqe.gen] += 1
        if cqe.res == 0:
            self.eof_seen[cqe.gen] = True
        if cqe.bid is not None:
            self.pool.read(cqe.bid)
            self.held[cqe.gen].add(cqe.bid)
        if cqe.res == -ENOBUFS:
            self.client.starved(cqe.gen)

    @action(fair=Fair.WEAK_EACH, lane="client")
    def provide(self, number: int = one_of(0, 1), bid: int = one_of(0, NB - 1)) -> None:
        """The reader of a connection gives a buffer back."""
        require(bid in self.held[number])
        self.held[number].remove(bid)
        self.pool.provide(bid)
        self.client.recycled(number)

    @action(fair=Fair.WEAK, lane="client")
    def flush(self) -> None:
        """The application enters the kernel, which moves parked completions into the queue."""
        require(self.cq.flag and not self.cq.ring.full)
        self.cq.flush()
