"""The application that enters the kernel for parked completions only when it has none left to consume."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application


class FlushesWhenEmpty(KeepsContract, Application):
    """Keeps the contract, and flushes as io_uring_peek_cqe of liburing 2.15 does."""

    @property
    def wants_flush(self) -> bool:
        """When the flag is set and the queue is empty."""
        return self.cq.flag and self.cq.ring.empty
