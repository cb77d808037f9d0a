"""What every application does that receives a stream into provided buffers, apart from its policy."""

from uringcheck import Fair, SetOf, action, ints, link, one_of, require, set_of, var
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.sizes import NB, M


class Application(EventLoop):
    """An event loop around one receive on one socket.

    A policy is a subclass that says when to arm and when to flush; it may override the actions, too. Providing buffers,
    like consuming completions, only touches shared memory and may happen at any time.
    """

    #: Buffers the application has and will give back.
    held: SetOf[int] = set_of(ints(0, NB - 1))
    #: How many completions with data were consumed.
    delivered: int = var(0, M)
    #: A completion was consumed that it takes for the end of the stream.
    eof_seen: bool = var(False)

    socket: StreamSocket = link()
    pool: BufferRing = link()

    @property
    def done(self) -> bool:
        """The end of the stream was seen."""
        return self.eof_seen

    def consume(self, cqe: Cqe) -> None:
        """Take the data out of the buffer, which now has to be given back."""
        if cqe.res > 0:
            self.delivered += 1
        if self.takes_for_end(cqe):
            self.eof_seen = True
        if cqe.bid is not None:
            self.pool.read(cqe.bid)
            self.held.add(cqe.bid)

    @action(fair=Fair.WEAK_EACH)
    def provide(self, bid: int = one_of(0, NB - 1)) -> None:
        """The application gives a buffer back."""
        require(bid in self.held and self.pool.takes(bid))
        self.held.remove(bid)
        self.pool.provide(bid)

    def takes_for_end(self, cqe: Cqe) -> bool:
        """Whether it takes a completion for the end of the stream."""
        return cqe.res == 0
