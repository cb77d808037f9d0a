"""The handler of the receive that multishot is compared with."""

from uringcheck.spec.parts.recv_handler import RecvHandler


class RecvOneshotHandler(RecvHandler):
    """IORING_OP_RECV with a provided-buffer group and without IORING_RECV_MULTISHOT.

    It polls once for each request: io_uring/poll.c:io_arm_poll_handler adds EPOLLONESHOT, and task work runs the
    receive a second time (io_uring/poll.c:io_apoll_task_func, 6.0). Whatever comes of that is its last completion.
    """

    def receive_unit(self) -> None:
        """The receive returned data, which ends the request (io_uring/net.c:io_recv, 5.19 and later)."""
        bid = self.pool.ring.head
        self.socket.take()
        self.pool.commit()
        self.pool.write(bid, self.socket.taken)
        self.poll.complete(self.socket.taken, bid)

    def finish(self, res: int, bid: int | None) -> None:
        """There is no multishot to end: the result is returned like that of any request."""
        self.poll.complete(res, bid)
