"""The handler of a read that may fail."""

from uringcheck.spec.buffer_toggles import failed_read_recycles
from uringcheck.spec.parts.cqe import ECONNRESET
from uringcheck.spec.parts.recv_oneshot_handler import RecvOneshotHandler
from uringcheck.spec.parts.reset_handler import ResetHandler


class FailingReadHandler(ResetHandler, RecvOneshotHandler):
    """IORING_OP_READ with a provided-buffer group, once for each submission, on a socket that may be reset."""

    def fail(self) -> None:
        """The error ends the request.

        6.12 posts by way of io_uring/rw.c:io_req_rw_complete, which still finds the buffer's flag on the request: the
        completion names a buffer that was not taken out of the ring (liburing#1530).
        """
        self.poll.complete(-ECONNRESET, None if failed_read_recycles else self.pool.ring.head)
