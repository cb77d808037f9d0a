"""The handler of multishot recvmsg into buffers that are consumed incrementally."""

from typing import Final

from uringcheck import Fair, action, require, toggle, var
from uringcheck.spec.buffer_toggles import min_left
from uringcheck.spec.parts.cqe import EFAULT, ENOBUFS, Cqe, Request
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.toggles import hint_stop


class RecvmsgTailHandler(RecvHandler):
    """IORING_OP_RECVMSG with IORING_RECV_MULTISHOT and IOU_PBUF_RING_INC.

    One message leaves less of a buffer than struct io_uring_recvmsg_out takes. That rest is the next buffer
    (io_uring/net.c:io_recvmsg_prep_multishot, 6.12).
    """

    NAMED: Final[bool] = toggle(
        False, "the application names the length of the header when it registers the ring (min_left)"
    )

    #: Of the buffer in front only a rest is left.
    rest: bool = var(False)

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The kernel selects a buffer, makes room for the header, receives once and posts what came of it."""
        require(self.poll.runs_handler)
        if self.pool.ring.empty:
            self.poll.complete(-ENOBUFS, None)
        elif self.rest:
            self.poll.complete(-EFAULT, None)
        elif not self.socket.readable:
            self.poll.wait()
        else:
            self.receive_message()

    def receive_message(self) -> None:
        """A header and one unit were received; the buffer is used up, or its rest stays in front."""
        bid = self.pool.ring.head
        retired = min_left and self.NAMED
        self.socket.take()
        self.pool.write(bid, self.socket.taken)
        self.rest = not retired
        if retired:
            self.pool.commit()
        cqe = Cqe(
            request=Request.SUBJECT,
            gen=self.poll.gen,
            res=self.socket.taken,
            bid=bid,
            more=self.cq.takes_aux,
            buf_more=self.rest,
        )
        if not cqe.more:
            self.cq.refuse()
            self.poll.end(cqe)
        else:
            self.cq.post(cqe)
            if hint_stop and self.socket.reports_empty:
                self.poll.wait()
