"""The handler of a read that may fail."""

from uringcheck import link
from uringcheck.spec.buffer_toggles import failed_read_recycles
from uringcheck.spec.parts.cqe import ECONNRESET
from uringcheck.spec.parts.ending_socket import EndingSocket
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.recv_oneshot_handler import RecvOneshotHandler


class FailingReadHandler(RecvOneshotHandler):
    """IORING_OP_READ with a provided-buffer group, once for each submission, on a socket that may be reset."""

    ending: EndingSocket = link()

    def turn(self) -> None:
        """Read once; the error that a reset has left comes after all data."""
        if self.pool.ring.empty or self.socket.unread > 0 or not self.ending.reset:
            RecvHandler.turn(self)
        else:
            self.ending.reset = False
            # 6.12 posts by way of io_uring/rw.c:io_req_rw_complete, which still finds the buffer's flag on the request:
            # the completion names a buffer that was not taken out of the ring (liburing#1530).
            self.poll.complete(-ECONNRESET, None if failed_read_recycles else self.pool.ring.head)
