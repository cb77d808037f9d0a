"""The application that looks for a buffer only in a completion that reports data."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import Cqe


class ForgetsFailedBuffer(KeepsContract, Application):
    """Keeps the contract, and tests `res > 0` where it should test IORING_CQE_F_BUFFER.

    As described in frevib/io_uring-echo-server#11, 2026-08.
    """

    def consume(self, cqe: Cqe) -> None:
        """Take the data; of an error or the end of the stream, no buffer is remembered."""
        Application.consume(self, cqe)
        if cqe.bid is not None and cqe.res <= 0:
            self.held.discard(cqe.bid)
