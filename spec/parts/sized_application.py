"""What every application does that receives bytes into buffers of several, apart from its policy."""

from uringcheck import Fair, Map, Queue, SetOf, action, init, ints, link, map_of, one_of, queue, require, set_of, var
from uringcheck.spec.buffer_sizes import SIZE
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.sized_pool import SizedPool
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.sizes import NB, M


class SizedApplication(EventLoop):
    """An event loop around one receive on one socket, which counts bytes.

    It knows in which order it gave the buffers, and finds by that those that a completion goes on to. A completion with
    F_BUF_MORE leaves the last of them to the kernel.
    """

    #: Buffers given to the kernel, oldest first, of which no completion has told yet that they are used up.
    given: Queue[int] = queue(NB, ints(0, NB - 1))
    #: How far the application has read in each of them.
    read_to: Map[int, int] = map_of(ints(0, NB - 1), ints(0, SIZE))
    #: Buffers the application has and will give back.
    held: SetOf[int] = set_of(ints(0, NB - 1))
    #: Bytes received so far.
    delivered: int = var(0, M)
    #: A byte that was read was not the next one of the stream.
    misread: bool = var(False)
    #: A completion with `res` 0 was consumed.
    eof_seen: bool = var(False)

    socket: StreamSocket = link()
    pool: SizedPool = link()

    @init
    def fill_ring(self) -> None:
        """The application has given every buffer before it submits anything."""
        for bid in range(NB):
            self.given.push(bid)
            self.pool.provide(bid)

    @property
    def done(self) -> bool:
        """The end of the stream was seen."""
        return self.eof_seen

    def consume(self, cqe: Cqe) -> None:
        """Take the data out of the buffers, and keep those that the kernel says are used up."""
        if cqe.res == 0:
            self.eof_seen = True
        left = max(0, cqe.res)
        for _ in range(NB):
            if left > 0 and not self.given.empty:
                bid = self.given.head
                amount = min(left, self.pool.size_of(bid) - self.read_to[bid])
                self.read(bid, amount)
                left -= amount
                if left == 0 and cqe.buf_more:
                    self.read_to[bid] += amount
                else:
                    self.take_back(bid)
        if cqe.res == 0 and cqe.bid is not None and not cqe.buf_more:
            self.take_back(cqe.bid)

    def read(self, bid: int, amount: int) -> None:
        """Read that many bytes of the buffer, from where the application stopped."""
        for offset in range(SIZE):
            if self.read_to[bid] <= offset and offset < self.read_to[bid] + amount:
                self.delivered += 1
                if self.pool.content[bid * SIZE + offset] != self.delivered:
                    self.misread = True
                self.pool.content[bid * SIZE + offset] = 0

    def take_back(self, bid: int) -> None:
        """The oldest buffer is used up and belongs to the application again."""
        self.given.pop()
        self.read_to[bid] = 0
        self.held.add(bid)

    @action(fair=Fair.WEAK_EACH)
    def provide(self, bid: int = one_of(0, NB - 1)) -> None:
        """The application gives a buffer back."""
        require(bid in self.held)
        self.held.remove(bid)
        self.given.push(bid)
        self.pool.provide(bid)
