"""The application that looks after its buffers only when the kernel has run out of them."""

from uringcheck import Fair, action, one_of, require, var
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.sized_application import SizedApplication
from uringcheck.spec.sizes import NB, G


class RefillsOnEnobufs(SizedApplication):
    """Takes -ENOBUFS for the one way in which a request ends before the stream does.

    Then it gives all buffers back and submits the request again. As described in liburing#1320, 2025-01.
    """

    #: The request was submitted.
    submitted: bool = var(False)
    #: -ENOBUFS was consumed, and the request was not submitted since.
    starved: bool = var(False)

    @property
    def wants_arm(self) -> bool:
        """At first, and when the pool is full again after -ENOBUFS."""
        return not self.done and (not self.submitted or (self.starved and self.held.empty))

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag

    def consume(self, cqe: Cqe) -> None:
        """Take the data, and notice -ENOBUFS."""
        SizedApplication.consume(self, cqe)
        if cqe.res == -ENOBUFS:
            self.starved = True

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits the request."""
        EventLoop.arm(self, gen)
        self.submitted = True
        self.starved = False

    @action(fair=Fair.WEAK_EACH)
    def provide(self, bid: int = one_of(0, NB - 1)) -> None:
        """The application gives a buffer back, now that it is wanted."""
        require(bid in self.held and self.starved)
        self.held.remove(bid)
        self.given.push(bid)
        self.pool.provide(bid)
