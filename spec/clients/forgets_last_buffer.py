"""The application that forgets the buffer of the completion that ends the request."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import Cqe


class ForgetsLastBuffer(KeepsContract, Application):
    """Keeps the contract, and branches to arming again before it has given the last buffer back."""

    def consume(self, cqe: Cqe) -> None:
        """Take the data; without F_MORE, nothing remembers the buffer."""
        Application.consume(self, cqe)
        if cqe.bid is not None and not cqe.more:
            self.held.discard(cqe.bid)
