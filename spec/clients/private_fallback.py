"""The application that receives into a buffer of its own while the pool is empty."""

from uringcheck import Fair, action, link, one_of, var
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.pool_aware_application import PoolAwareApplication
from uringcheck.spec.parts.recv_fallback_handler import RecvFallbackHandler
from uringcheck.spec.sizes import G


class PrivateFallback(PoolAwareApplication):
    """Arms again after -ENOBUFS; while the pool is still empty, that is a one-shot receive with a buffer of its own.

    As described for an asynchronous socket over io_uring, 2026-08. Needs the model `recv_fallback`.
    """

    #: The last completion consumed was -ENOBUFS.
    starved: bool = var(False)

    receives: RecvFallbackHandler = link()

    def consume(self, cqe: Cqe) -> None:
        """Take the data, and remember why the request ended."""
        PoolAwareApplication.consume(self, cqe)
        self.starved = cqe.res == -ENOBUFS

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits the multishot receive, or the one-shot one if there is still no buffer."""
        EventLoop.arm(self, gen)
        self.receives.private = self.starved and self.pool.ring.empty
