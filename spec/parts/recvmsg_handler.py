"""The handler of multishot recvmsg."""

from typing import Final

from uringcheck import Fair, action, param, require
from uringcheck.spec.parts.cqe import EFAULT, ENOBUFS
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.toggles import len0


class RecvmsgHandler(RecvHandler):
    """IORING_OP_RECVMSG with IORING_RECV_MULTISHOT and a provided-buffer group.

    The kernel puts a struct io_uring_recvmsg_out in front of the name, the control data and the payload
    (io_uring/net.c:io_recvmsg_multishot, 6.0), and `res` counts it. So even the end of the stream uses up a buffer.
    """

    SHORT: Final[int] = param(0, 0, 8, "buffers, from the first on, that are too small for the header")

    @property
    def writes_header(self) -> bool:
        """Every message has a header."""
        return True

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The kernel selects a buffer, makes room for the header, receives once and posts what came of it."""
        require(self.poll.runs_handler)
        if self.index_is_bid or self.pool.ring.empty:
            self.poll.complete(-ENOBUFS, None)
        elif self.pool.ring.head < self.SHORT:
            # io_uring/net.c:io_recvmsg_prep_multishot, 6.0, before the socket is asked; the buffer is recycled.
            self.poll.complete(-EFAULT, None)
        elif not self.socket.readable:
            self.poll.wait()
        elif self.socket.unread == 0 or not len0:
            self.receive_nothing()
        else:
            self.receive_unit()

    def receive_nothing(self) -> None:
        """The receive returned 0: the completion has a header without a payload, and the buffer it is in.

        io_uring/net.c:io_recvmsg, 6.0: what counts for recycling is the payload's length with the header's.
        """
        bid = self.pool.ring.head
        self.pool.commit()
        self.finish(0, bid)
