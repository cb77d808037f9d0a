"""The application that takes every completion without F_BUF_MORE for the end of the buffer it is reading."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.sized_application import SizedApplication


class TakesUnfinished(KeepsContract, SizedApplication):
    """Keeps the contract otherwise.

    The completion of a receive that ends with 0 or an error says nothing about buffers, while one that is partly used
    stays in front of the ring. As described in liburing#1545, 2026-08.
    """

    def consume(self, cqe: Cqe) -> None:
        """Take the data; with the end of the request, take the buffer, too."""
        SizedApplication.consume(self, cqe)
        if cqe.bid is None and not self.given.empty:
            bid = self.given.head
            if self.read_to[bid] > 0:
                self.take_back(bid)
