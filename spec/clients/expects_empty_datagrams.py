"""The application that knows that a datagram may be empty."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import Cqe


class ExpectsEmptyDatagrams(KeepsContract, Application):
    """Keeps the contract, and takes a result of 0 for a datagram like any other, after which it has to arm again."""

    def takes_for_end(self, cqe: Cqe) -> bool:
        """A datagram socket has no end."""
        return False

    def consume(self, cqe: Cqe) -> None:
        """Take the data, or that there was none."""
        Application.consume(self, cqe)
        if cqe.res == 0:
            self.delivered += 1
