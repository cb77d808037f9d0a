"""The application that gives each buffer back twice."""

from uringcheck import Fair, SetOf, action, ints, one_of, require, set_of
from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.sizes import NB


class ReturnsTwice(KeepsContract, Application):
    """Keeps the contract, and gives a buffer back when it has read it and once more when it cleans up.

    Nobody checks whether a buffer is in the ring already (io_uring/kbuf.c:io_ring_buffer_select, 6.0).
    """

    #: Buffers given back once.
    once: SetOf[int] = set_of(ints(0, NB - 1))

    @action(fair=Fair.WEAK_EACH)
    def provide(self, bid: int = one_of(0, NB - 1)) -> None:
        """The application gives a buffer back, for the first or for the second time."""
        require(bid in self.held and not self.pool.ring.full)
        self.pool.provide(bid)
        if bid in self.once:
            self.once.remove(bid)
            self.held.remove(bid)
        else:
            self.once.add(bid)
