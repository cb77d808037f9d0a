"""What every application does, apart from its policy."""

from uringcheck import Fair, Model, SetOf, action, implies, ints, link, one_of, require, set_of, var
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.sizes import NB, G, M


class Application(Model):
    """An event loop around one multishot request on one socket.

    A policy is a subclass that says when to arm and when to flush; it may override the actions, too.

    Consuming completions and providing buffers only touch shared memory, so they may happen at any time, also while
    the kernel works on the request: another thread may do them.
    """

    #: Generations that were submitted and whose terminal completion was not consumed yet.
    outstanding: SetOf[int] = set_of(ints(0, G - 1))
    #: Buffers the application has and will give back.
    held: SetOf[int] = set_of(ints(0, NB - 1))
    #: How many completions with data were consumed.
    delivered: int = var(0, M)
    #: A completion with `res` 0 was consumed.
    eof_seen: bool = var(False)

    socket: StreamSocket = link()
    cq: CompletionQueue = link()
    pool: BufferRing = link()
    poll: PolledRequest = link()

    @property
    def wants_arm(self) -> bool:
        """The policy: submit the request (again) now."""
        return False

    @property
    def wants_flush(self) -> bool:
        """The policy: enter the kernel for parked completions now."""
        return False

    def unused(self, gen: int) -> bool:
        """Whether nobody holds this generation: no completion of it exists, nor does either side wait for one."""
        return not (gen in self.outstanding or (self.poll.live and self.poll.gen == gen) or self.cq.holds(gen))

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits a multishot receive."""
        # Two requests on one socket at a time are not modelled.
        require(self.wants_arm and not self.poll.live)
        # Which of the unused numbers is taken makes no difference, so it is the first.
        require(self.unused(gen) and all(implies(other < gen, not self.unused(other)) for other in range(G)))
        self.outstanding.add(gen)
        self.poll.submit(gen)

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """The application consumes the oldest completion in the queue."""
        require(not self.cq.ring.empty)
        cqe = self.cq.ring.pop()
        if not cqe.more:
            self.outstanding.discard(cqe.gen)
        if cqe.res > 0:
            self.delivered += 1
        if cqe.res == 0:
            self.eof_seen = True
        if cqe.bid is not None:
            self.pool.read(cqe.bid)
            self.held.add(cqe.bid)

    @action(fair=Fair.WEAK_EACH)
    def provide(self, bid: int = one_of(0, NB - 1)) -> None:
        """The application gives a buffer back."""
        require(bid in self.held)
        self.held.remove(bid)
        self.pool.provide(bid)

    @action(fair=Fair.WEAK)
    def flush(self) -> None:
        """The application enters the kernel, which moves parked completions into the queue.

        io_uring_enter with IORING_ENTER_GETEVENTS (io_uring/io_uring.c:io_cqring_overflow_flush, 6.0): a submission
        without that flag does not flush. It may come between two turns of the receive loop, because 6.0 takes
        uring_lock there for IORING_SETUP_IOPOLL only. With a full queue nothing would move.
        """
        require(self.wants_flush and self.cq.flag and not self.cq.ring.full)
        self.cq.flush()
