"""One end of a connected stream socket, and the peer at the other."""

from typing import Final

from uringcheck import action, link, require, toggle, var
from uringcheck.spec.parts.polled_file import PolledFile
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.sizes import M
from uringcheck.spec.toggles import hint_counts_fin


class StreamSocket(PolledFile):
    """The receive queue of the socket. The peer sends numbered units and may close its side at any time."""

    EOF: Final[bool] = toggle(True, "the peer may close its side")

    #: Units the peer has sent so far.
    sent: int = var(0, M)
    #: Units taken out of the receive queue so far.
    taken: int = var(0, M)
    #: The peer has closed its side.
    fin: bool = var(False)

    poll: PolledRequest = link()

    @action(lane="peer")
    def peer_send(self) -> None:
        """The peer sends one unit."""
        require(not self.fin and self.sent < M)
        self.sent += 1
        self.poll.wake()

    @action(lane="peer")
    def peer_eof(self) -> None:
        """The peer closes its side."""
        require(self.EOF and not self.fin)
        self.fin = True
        self.poll.wake()

    @property
    def unread(self) -> int:
        """Units in the receive queue."""
        return self.sent - self.taken

    @property
    def readable(self) -> bool:
        """A receive would not block: there is data, or the end of the stream."""
        return self.unread > 0 or self.fin

    @property
    def hung_up(self) -> bool:
        """The peer's side is closed (net/unix/af_unix.c:unix_poll, net/ipv4/tcp.c:tcp_poll)."""
        return self.fin

    @property
    def reports_empty(self) -> bool:
        """The hint that came with the last receive (msg_inq) is 0.

        net/ipv4/tcp.c:tcp_inq_hint counts a queued FIN as one byte; AF_UNIX (6.17) reports its bytes only.
        """
        return self.unread == 0 and not (hint_counts_fin and self.fin)

    def take(self) -> None:
        """A receive takes the oldest unit out of the queue."""
        self.taken += 1
