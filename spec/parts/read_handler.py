"""The handler of multishot read."""

from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.toggles import read_retry


class ReadHandler(RecvHandler):
    """IORING_OP_READ_MULTISHOT with a provided-buffer group (io_uring/rw.c:io_read_mshot, 6.7).

    It reads once in each call. What is left is for the next call: from submission that comes by way of -EAGAIN and the
    question that arming asks of the file; under the poll runner only if something makes the runner go round once more.
    """

    def report(self, unit: int, bid: int) -> None:
        """Post what was read and wait; if it cannot be posted, the request ends with it."""
        if self.cq.takes_aux:
            self.cq.post(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=unit, bid=bid, more=True))
            if self.poll.polled and read_retry:
                # io_uring/poll.h:io_poll_multishot_retry, 6.8.
                self.poll.refs += 1
            self.poll.wait()
        else:
            self.cq.refuse()
            self.finish(unit, bid)
