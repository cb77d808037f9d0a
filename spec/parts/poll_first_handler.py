"""The handler of a multishot receive that is armed before it is tried."""

from uringcheck import Fair, action, require
from uringcheck.spec.parts.reset_handler import ResetHandler


class PollFirstHandler(ResetHandler):
    """IORING_OP_RECV with IORING_RECV_MULTISHOT and IORING_RECVSEND_POLL_FIRST."""

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """From submission: only arm. Under task work: as every multishot receive."""
        require(self.poll.runs_handler)
        if self.poll.polled:
            self.turn()
        else:
            # io_uring/net.c:io_recv, 5.19 and later: -EAGAIN before a buffer is selected.
            self.poll.wait()
