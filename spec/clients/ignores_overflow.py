"""The application that never looks at IORING_SQ_CQ_OVERFLOW."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application


class IgnoresOverflow(KeepsContract, Application):
    """Keeps the contract otherwise, and reads the completion queue without ever entering the kernel for it.

    An application that looks at the queue's `overflow` counter instead does the same: it counts completions that were
    dropped, and stays 0 while they are parked (io_uring/io_uring.c:io_cqring_event_overflow, 6.0).
    As described in tokio-rs/io-uring#302, 2024-08.
    """

    @property
    def wants_flush(self) -> bool:
        """Never."""
        return False
