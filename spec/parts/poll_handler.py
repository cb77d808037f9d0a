"""Multishot poll."""

from uringcheck import Fair, action, link, require, var
from uringcheck.spec.parts.cqe import ECANCELED, Cqe, Request
from uringcheck.spec.parts.handler import Handler
from uringcheck.spec.parts.polled_file import PolledFile
from uringcheck.spec.parts.polled_request import Phase
from uringcheck.spec.sizes import M
from uringcheck.spec.toggles import all_masks, result_on_stop


class PollHandler(Handler):
    """IORING_OP_POLL_ADD with IORING_POLL_ADD_MULTI.

    There is no handler to run when the file is ready: task work itself posts the mask.
    """

    #: req->cqe.res: the mask that came with the wake which queued task work; 0 is none, or none that still counts.
    mask: int = var(0, 3)

    file: PolledFile = link()

    def submit(self, gen: int) -> None:
        """A poll is prepared (io_uring/poll.c:io_poll_add_prep, 6.0)."""
        self.mask = 0
        self.poll.submit(gen)

    def wake(self, mask: int) -> None:
        """The file wakes the request with a mask, of which only that of the first reference is stored.

        io_uring/poll.c:io_poll_wake and __io_poll_execute, 5.17 and later.
        """
        if self.poll.armed and self.poll.refs == 0:
            self.mask = mask
        self.poll.wake()

    @action(fair=Fair.WEAK)
    def add(self) -> None:
        """Submission puts the poll into the wait queue, and asks what the file is ready for already.

        io_uring/poll.c:__io_arm_poll_handler, 6.0: a multishot that is ready queues task work with that mask.
        """
        require(self.poll.phase == Phase.ISSUING)
        self.mask = self.file.mask
        self.poll.wait()

    @action(fair=Fair.WEAK)
    def report(self) -> None:
        """Task work posts the mask; if it cannot, the poll ends and its last completion carries it.

        io_uring/poll.c:io_poll_check_events, 6.0.
        """
        require(self.poll.phase == Phase.RUNNING)
        # 6.1 asks the file again when wakes were merged, and in every further round.
        stale = self.mask == 0 or (all_masks and self.poll.seen > 1)
        mask = self.file.mask if stale else self.mask
        if all_masks:
            self.mask = 0
        if self.cq.takes_aux:
            self.cq.post(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=M + mask, bid=None, more=True))
            self.poll.wait()
        else:
            self.cq.refuse()
            self.poll.complete(M + mask if result_on_stop else -ECANCELED, None)
