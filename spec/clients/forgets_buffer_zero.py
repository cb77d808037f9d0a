"""The application that takes buffer 0 for no buffer."""

from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import Cqe


class ForgetsBufferZero(KeepsContract, Application):
    """Keeps the contract, and gives back buffers whose number is positive.

    As described for a network benchmark, 2026-08.
    """

    def consume(self, cqe: Cqe) -> None:
        """Take the data; buffer 0 is not remembered."""
        Application.consume(self, cqe)
        self.held.discard(0)
