"""A request that is linked behind the receive."""

from typing import Final

from uringcheck import Fair, Model, action, link, param, require, var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.polled_request import PolledRequest


class LinkedRequest(Model):
    """The successor of the first submissions (IOSQE_IO_LINK on the receive, and a request behind it).

    Whether it runs, or is cancelled because the receive has failed, only changes its result, which is not kept.
    """

    LINKS: Final[int] = param(1, 0, 3, "submissions that have a successor")

    #: Successors submitted so far.
    linked: int = var(0, LINKS)
    #: A successor waits for the receive to end.
    waits: bool = var(False)
    #: It has ended, and the application has submitted another one since.
    free: bool = var(False)

    cq: CompletionQueue = link()
    poll: PolledRequest = link()

    def submit(self) -> None:
        """A receive is submitted: with a successor if there is one left, and the one before it has ended."""
        if self.waits:
            self.free = True
        elif self.linked < self.LINKS:
            self.linked += 1
            self.waits = True

    @action(fair=Fair.WEAK)
    def run_linked(self) -> None:
        """The receive has ended, and the kernel takes up what is linked behind it.

        io_uring/io_uring.c:io_req_find_next, after the last completion was posted or parked; not before, however often
        the receive posts with F_MORE.
        """
        require(self.waits and (self.free or not self.poll.live))
        self.waits = False
        self.free = False
        self.cq.post(Cqe(request=Request.NOP, gen=0, res=0, bid=None, more=False))
