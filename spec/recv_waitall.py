"""Two receives that wait for full buffers, with one group between them."""

from uringcheck import (
    Fair,
    Map,
    Model,
    Queue,
    SetOf,
    action,
    always,
    final,
    init,
    ints,
    map_of,
    maybe,
    one_of,
    queue,
    require,
    set_of,
)
from uringcheck.spec.buffer_sizes import SIZE
from uringcheck.spec.buffer_toggles import partial_commit
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.sizes import NB

#: Connections, each with one request.
CONNECTIONS = 2


class RecvWaitall(Model):
    """Two connections, one IORING_OP_RECV with MSG_WAITALL on each, and a ring of buffers that both select from.

    Polling and the completion queue are left out: what matters is when the head of the ring moves. One step is one
    attempt (io_uring/net.c:io_recv). One that receives too little keeps its buffer for the rest.
    """

    PRESETS = KERNELS

    #: The entries between head and tail, by buffer id.
    ring: Queue[int] = queue(NB, ints(0, NB - 1))
    #: Whose byte was last written to each place of each buffer; 0 is nobody's, then the connections.
    content: Map[int, int] = map_of(ints(0, NB * SIZE - 1), ints(0, CONNECTIONS))
    #: Bytes that each peer has sent, and that were received.
    sent: Map[int, int] = map_of(ints(0, CONNECTIONS - 1), ints(0, SIZE))
    taken: Map[int, int] = map_of(ints(0, CONNECTIONS - 1), ints(0, SIZE))
    #: The buffer that each request has selected, and that its completion names.
    bid: Map[int, int | None] = map_of(ints(0, CONNECTIONS - 1), maybe(ints(0, NB - 1)))
    #: Connections whose buffer the application has read.
    read: SetOf[int] = set_of(ints(0, CONNECTIONS - 1))

    @init
    def provide_all(self) -> None:
        """The application has filled the ring."""
        for bid in range(NB):
            self.ring.push(bid)

    @action(lane="peer")
    def peer_send(self, connection: int = one_of(0, CONNECTIONS - 1)) -> None:
        """A peer sends one byte."""
        require(self.sent[connection] < SIZE)
        self.sent[connection] += 1

    @action(fair=Fair.WEAK_EACH)
    def receive(self, connection: int = one_of(0, CONNECTIONS - 1)) -> None:
        """The kernel selects a buffer, unless the request has one, and receives what is there.

        The ring's head moves when a receive is complete (io_uring/kbuf.h:io_put_kbuf, 6.0). Since 6.17 it also moves
        when one keeps its buffer.
        """
        kept = self.bid[connection]
        require(self.taken[connection] < self.sent[connection] and (kept is not None or not self.ring.empty))
        bid = self.ring.head if kept is None else kept
        for place in range(SIZE):
            if self.taken[connection] <= place and place < self.sent[connection]:
                self.content[bid * SIZE + place] = connection + 1
        self.taken[connection] = self.sent[connection]
        self.bid[connection] = bid
        if (kept is None) if partial_commit else self.taken[connection] == SIZE:
            self.ring.pop()

    @action(fair=Fair.WEAK_EACH, lane="client")
    def reap(self, connection: int = one_of(0, CONNECTIONS - 1)) -> None:
        """The application consumes the completion and reads the buffer."""
        require(self.taken[connection] == SIZE and connection not in self.read)
        self.read.add(connection)


@always
def buffers_not_shared(model: RecvWaitall) -> bool:
    """No two requests receive into the same buffer."""
    return model.bid[0] is None or model.bid[0] != model.bid[1]


@always
def received_intact(model: RecvWaitall) -> bool:
    """What was received for a connection is in its buffer until the application has read it."""
    return all(connection in model.read or intact(model, connection) for connection in range(CONNECTIONS))


def intact(model: RecvWaitall, connection: int) -> bool:
    """Whether what was received for the connection is in its buffer."""
    bid = model.bid[connection]
    if bid is None:
        return True
    return all(
        place >= model.taken[connection] or model.content[bid * SIZE + place] == connection + 1 for place in range(SIZE)
    )


@final
def all_received(model: RecvWaitall) -> bool:
    """Everything stops only when all was sent, received and read."""
    return len(model.read) == CONNECTIONS
