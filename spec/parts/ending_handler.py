"""The handler of multishot receive on a socket that may be reset."""

from uringcheck import Fair, action, link, require
from uringcheck.spec.parts.cqe import ECONNRESET, ENOBUFS
from uringcheck.spec.parts.ending_socket import EndingSocket
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.toggles import len0


class EndingHandler(RecvHandler):
    """As `RecvHandler`, with the error that a reset leaves in the socket."""

    ending: EndingSocket = link()

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The kernel selects a buffer, receives once and posts what came of it."""
        require(self.poll.runs_handler)
        if self.index_is_bid or self.pool.ring.empty:
            self.poll.complete(-ENOBUFS, None)
        elif not self.socket.readable:
            self.poll.wait()
        elif self.socket.unread == 0 and self.ending.reset:
            # sock_error takes the error out of the socket; the buffer is recycled as for any error.
            self.ending.reset = False
            self.poll.complete(-ECONNRESET, None)
        elif self.socket.unread == 0 or not len0:
            self.receive_nothing()
        else:
            self.receive_unit()
