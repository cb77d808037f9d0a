"""The handler of a read into buffers of several bytes."""

from uringcheck.spec.buffer_toggles import empty_commit_keeps
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.sized_recv_handler import SizedRecvHandler


class SizedReadHandler(SizedRecvHandler):
    """IORING_OP_READ with a provided-buffer group, once for each submission.

    Unlike a receive, a read that ends with 0 puts its buffer: it commits nothing, and the completion names the buffer
    (io_uring/rw.c:kiocb_done, seen on 6.18).
    """

    def receive_bytes(self) -> None:
        """The read returned data, which ends the request."""
        first = self.pool.ring.head
        self.end_with(self.transfer(self.pool.room_in(1)), first)

    def receive_nothing(self) -> None:
        """The read returned 0.

        io_uring/kbuf.c:io_kbuf_inc_commit: before 2026 the answer to committing nothing was that the buffer is used up.
        """
        self.poll.end(self.cqe(0, self.pool.ring.head, empty_commit_keeps))

    def end_with(self, amount: int, bid: int) -> None:
        """Post the completion of that many bytes, which is the last."""
        self.poll.end(self.cqe(amount, bid, self.pool.unfinished))

    def cqe(self, amount: int, bid: int, buf_more: bool) -> Cqe:
        """A completion without F_MORE."""
        return Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=amount, bid=bid, more=False, buf_more=buf_more)
