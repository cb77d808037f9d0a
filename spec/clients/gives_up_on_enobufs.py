"""The application that takes -ENOBUFS for an error of the connection."""

from uringcheck import var
from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe


class GivesUpOnEnobufs(KeepsContract, Application):
    """Keeps the contract otherwise; after -ENOBUFS it closes the connection, as after any other error.

    As described in PADL/IORingSwift#9, 2026-06, for an earlier state of that code.
    """

    #: -ENOBUFS was consumed.
    closed: bool = var(False)

    @property
    def done(self) -> bool:
        """The end of the stream was seen, or the connection given up."""
        return self.eof_seen or self.closed

    def consume(self, cqe: Cqe) -> None:
        """Take the data, or close."""
        if cqe.res == -ENOBUFS:
            self.closed = True
        Application.consume(self, cqe)
