"""The handlers of a multishot receive and of the one-shot receive that stands in for it."""

from uringcheck import Fair, action, require, var
from uringcheck.spec.parts.recv_handler import RecvHandler


class RecvFallbackHandler(RecvHandler):
    """IORING_OP_RECV, either with IORING_RECV_MULTISHOT and a provided-buffer group, or with neither.

    Without a group the request has a buffer of its own, so nothing is selected and -ENOBUFS cannot come.
    """

    #: The request has a buffer of its own.
    private: bool = var(False)

    def submit(self, gen: int) -> None:
        """A multishot receive is submitted."""
        RecvHandler.submit(self, gen)
        self.private = False

    @property
    def own_buffer(self) -> bool:
        """As submitted last."""
        return self.private

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The kernel selects a buffer, receives once and posts what came of it."""
        require(not self.private)
        RecvHandler.receive(self)

    @action(fair=Fair.WEAK)
    def receive_privately(self) -> None:
        """The kernel receives once into the request's own buffer, which ends it (io_uring/net.c:io_recv, 6.0)."""
        require(self.private and self.poll.runs_handler)
        if not self.socket.readable:
            self.poll.wait()
        elif self.socket.unread == 0:
            self.poll.complete(0, None)
        else:
            self.socket.take()
            self.poll.complete(self.socket.taken, None)
