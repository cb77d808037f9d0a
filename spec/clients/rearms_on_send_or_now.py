"""The echo server that arms its receive again when a send is complete, or at once when there is no send to wait for."""

from uringcheck.spec.clients.rearms_on_send import RearmsOnSend
from uringcheck.spec.parts.cqe import Cqe


class RearmsOnSendOrNow(RearmsOnSend):
    """Leaves it to its sends to arm the receive only if there is one on its way."""

    def consume(self, cqe: Cqe) -> None:
        """Submit a send; where the receive has ended and nothing is being sent, arm again."""
        RearmsOnSend.consume(self, cqe)
        if not cqe.more and self.sending.empty:
            self.asked = True
