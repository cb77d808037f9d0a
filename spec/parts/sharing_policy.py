"""When an application with several connections arms the receive of one of them again."""

from uringcheck import Model, link
from uringcheck.spec.parts.buffer_ring import BufferRing


class SharingPolicy(Model):
    """Is told what happens to the connections, and says which of them may be armed. This one arms at once."""

    pool: BufferRing = link()

    def may_try(self, connection: int) -> bool:
        """A receive that is armed on this connection now may find a buffer."""
        return True

    def starved(self, connection: int) -> None:
        """The receive of this connection ended with -ENOBUFS."""

    def recycled(self, connection: int) -> None:
        """A buffer that this connection's data was in is back in the ring."""
