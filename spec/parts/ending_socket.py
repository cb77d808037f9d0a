"""A stream socket whose stream may end in other ways than that the peer closes its side."""

from typing import Final

from uringcheck import action, require, toggle, var
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.sizes import M
from uringcheck.spec.toggles import hint_counts_fin


class EndingSocket(StreamSocket):
    """The peer may reset the connection, and the application may shut down its own receiving side.

    Either leaves what is in the receive queue to be read first. A reset is then told once, as an error, and after that
    the stream is at its end (net/ipv4/tcp.c:tcp_recvmsg_locked, net/unix/af_unix.c:unix_stream_read_generic; seen on
    6.18 with both).
    """

    RESET: Final[bool] = toggle(False, "the peer may reset the connection")
    SHUTDOWN: Final[bool] = toggle(False, "the application may shut down its receiving side (SHUT_RD)")
    REFUSES: Final[bool] = toggle(
        False, "the peer cannot send after that: AF_UNIX answers -EPIPE, TCP takes the data and keeps it to be read"
    )

    #: The connection was reset, and nobody was told (sk->sk_err). `fin` is set with it, as nothing follows.
    reset: bool = var(False)
    #: The application has shut down its receiving side (RCV_SHUTDOWN).
    shut: bool = var(False)

    @action(lane="peer")
    def peer_send(self) -> None:
        """The peer sends one unit."""
        require(not self.fin and not (self.shut and self.REFUSES) and self.sent < M)
        self.sent += 1
        self.poll.wake()

    @action(lane="peer")
    def peer_reset(self) -> None:
        """The peer resets the connection (net/ipv4/tcp_input.c:tcp_reset)."""
        require(self.RESET and not self.fin)
        self.fin = True
        self.reset = True
        self.poll.wake()

    @action(lane="client")
    def shut_down(self) -> None:
        """The application calls shutdown(SHUT_RD), which wakes whoever polls (net/ipv4/af_inet.c:inet_shutdown)."""
        require(self.SHUTDOWN and not self.shut)
        self.shut = True
        self.poll.wake()

    @property
    def readable(self) -> bool:
        """A receive would not block: there is data, an error, or the end of the stream."""
        return self.unread > 0 or self.fin or self.shut

    @property
    def hung_up(self) -> bool:
        """EPOLLRDHUP: either side has closed this direction."""
        return self.fin or self.shut

    @property
    def reports_empty(self) -> bool:
        """The hint that came with the last receive is 0.

        What net/ipv4/tcp.c:tcp_inq_hint counts beside bytes is a FIN (SOCK_DONE). A reset does not set that flag
        (net/ipv4/tcp_input.c:tcp_reset, net/ipv4/tcp.c:tcp_done), nor does a shutdown of this side.
        """
        return self.unread == 0 and not (hint_counts_fin and self.fin and not self.reset)
