"""The application that adds every buffer to the ring when the kernel has run out of them."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe
from uringcheck.spec.sizes import NB


class RefillsWholePool(KeepsContract, Application):
    """Keeps the contract, and takes -ENOBUFS for a sign that no buffer is in use any more.

    Nobody checks what is added: neither that there is room, nor that a buffer is not in the ring already
    (io_uring/kbuf.c:io_ring_buffer_select, 6.0).
    """

    def consume(self, cqe: Cqe) -> None:
        """Take the data; on -ENOBUFS, add all buffers, also those that are still being read."""
        Application.consume(self, cqe)
        if cqe.res == -ENOBUFS:
            for bid in range(NB):
                self.pool.provide(bid)
