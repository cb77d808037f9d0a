"""The application that arms all connections again that lack a buffer, whoever has given one back."""

from uringcheck.spec.clients.rearms_on_own_recycle import RearmsOnOwnRecycle


class RearmsOnAnyRecycle(RearmsOnOwnRecycle):
    """Waits for a buffer only where the ring is empty, and wakes every connection that waits when one comes back."""

    def starved(self, connection: int) -> None:
        """Wait, unless a buffer has come back meanwhile."""
        self.waiting[connection] = self.pool.ring.empty

    def recycled(self, connection: int) -> None:
        """Whoever waits may go on."""
        for other in range(2):
            self.waiting[other] = False
