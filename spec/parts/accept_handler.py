"""The handler of multishot accept."""

from uringcheck import Fair, action, link, require
from uringcheck.spec.parts.cqe import ECANCELED, EPOLLIN, Cqe, Request
from uringcheck.spec.parts.handler import Handler
from uringcheck.spec.parts.listening_socket import ListeningSocket
from uringcheck.spec.sizes import M
from uringcheck.spec.toggles import accept_result, result_on_stop


class AcceptHandler(Handler):
    """IORING_OP_ACCEPT with IORING_ACCEPT_MULTISHOT. One step is one turn of the loop in io_uring/net.c:io_accept."""

    socket: ListeningSocket = link()

    @action(fair=Fair.WEAK)
    def accept(self) -> None:
        """The kernel accepts one connection and posts its file descriptor, or finds none and waits."""
        require(self.poll.runs_handler)
        if not self.socket.readable:
            self.poll.wait()
        else:
            self.socket.accept()
            if self.cq.takes_aux:
                fd = self.socket.accepted
                self.cq.post(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=fd, bid=None, more=True))
            else:
                self.cq.refuse()
                self.stop()

    def stop(self) -> None:
        """The completion queue refused the connection, which ends the accept."""
        if not result_on_stop:
            self.poll.complete(-ECANCELED, None)
        elif accept_result:
            self.finish(self.socket.accepted, None)
        elif self.poll.polled:
            # -ECANCELED is IOU_STOP_MULTISHOT, and what the runner finds in req->cqe is the mask of the wake.
            self.poll.complete(M + EPOLLIN, None)
        else:
            self.poll.complete(-ECANCELED, None)
