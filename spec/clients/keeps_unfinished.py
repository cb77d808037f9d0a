"""The application that leaves a buffer to the kernel while completions say F_BUF_MORE."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import Cqe


class KeepsUnfinished(KeepsContract, Application):
    """Keeps the contract, with buffers that are consumed incrementally."""

    def consume(self, cqe: Cqe) -> None:
        """Take the data; the buffer has to be given back only when it is used up."""
        Application.consume(self, cqe)
        if cqe.bid is not None and cqe.buf_more:
            self.held.remove(cqe.bid)
