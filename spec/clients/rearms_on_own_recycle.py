"""The application that arms a connection again when that connection's reader has given a buffer back."""

from uringcheck import Map, ints, map_of
from uringcheck.spec.parts.sharing_policy import SharingPolicy


class RearmsOnOwnRecycle(SharingPolicy):
    """Each connection keeps its own account of buffers. One that has none in use waits for nobody."""

    #: The receive ended with -ENOBUFS, and the connection has given no buffer back since.
    waiting: Map[int, bool] = map_of(ints(0, 1), bool)

    def may_try(self, connection: int) -> bool:
        """It has given a buffer back since."""
        return not self.waiting[connection]

    def starved(self, connection: int) -> None:
        """Wait."""
        self.waiting[connection] = True

    def recycled(self, connection: int) -> None:
        """The connection whose buffer it was may go on."""
        self.waiting[connection] = False
