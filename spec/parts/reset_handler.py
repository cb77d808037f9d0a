"""What every handler of a receive does on a socket that may be reset."""

from uringcheck import link
from uringcheck.spec.parts.cqe import ECONNRESET
from uringcheck.spec.parts.ending_socket import EndingSocket
from uringcheck.spec.parts.recv_handler import RecvHandler


class ResetHandler(RecvHandler):
    """As `RecvHandler`, with the error that a reset leaves in the socket."""

    ending: EndingSocket = link()

    def turn(self) -> None:
        """One turn of the loop; the error comes after all data, and a buffer before either."""
        if self.index_is_bid or self.pool.ring.empty or self.socket.unread > 0 or not self.ending.reset:
            RecvHandler.turn(self)
        else:
            # sock_error takes the error out of the socket.
            self.ending.reset = False
            self.fail()

    def fail(self) -> None:
        """The error ends the request; the buffer is recycled as for any error."""
        self.poll.complete(-ECONNRESET, None)
