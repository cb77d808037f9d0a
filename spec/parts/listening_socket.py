"""A listening socket and the peers that connect to it."""

from uringcheck import action, link, require, var
from uringcheck.spec.parts.polled_file import PolledFile
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.sizes import M


class ListeningSocket(PolledFile):
    """The queue of connections that were established and not accepted yet, numbered in the order of the queue."""

    #: Connections established so far.
    connected: int = var(0, M)
    #: Connections accepted so far: the kernel has installed a file descriptor for each.
    accepted: int = var(0, M)

    poll: PolledRequest = link()

    @action(lane="peer")
    def peer_connect(self) -> None:
        """A peer connects."""
        require(self.connected < M)
        self.connected += 1
        self.poll.wake()

    @property
    def readable(self) -> bool:
        """An accept would not block."""
        return self.accepted < self.connected

    def accept(self) -> None:
        """The oldest connection is accepted and its file descriptor installed."""
        self.accepted += 1
