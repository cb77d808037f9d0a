"""Requests beside the one that the model is about."""

from typing import Final

from uringcheck import Fair, Model, action, link, param, require, var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.polled_request import PolledRequest


class OtherRequests(Model):
    """What else the application does with the same ring."""

    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")

    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")

    #: Other requests submitted so far.
    nops: int = var(0, NOPS)
    #: Drained requests submitted so far.
    drains: int = var(0, DRAINS)
    #: A drained request waits, and with it whatever is submitted after it.
    draining: bool = var(False)

    cq: CompletionQueue = link()
    poll: PolledRequest = link()

    @action(lane="client")
    def nop(self) -> None:
        """The application submits a request that completes at once.

        io_uring/nop.c:io_nop, under uring_lock, which task work holds while a handler runs.
        """
        require(self.nops < self.NOPS and not self.poll.runs_handler and not self.draining)
        self.nops += 1
        self.cq.post(Cqe(request=Request.NOP, gen=0, res=0, bid=None, more=False))

    @action(lane="client")
    def drain(self) -> None:
        """The application submits a request with IOSQE_IO_DRAIN: it has to wait for all that was submitted before."""
        require(self.drains < self.DRAINS and not self.poll.runs_handler and not self.draining)
        self.drains += 1
        self.draining = True

    @action(fair=Fair.WEAK)
    def run_drained(self) -> None:
        """The drained request runs when the completions of all requests before it are in the queue.

        io_uring/io_uring.c:req_need_defer, 6.0: the number of requests before it plus cq_extra, the completions they
        had beyond one each, has to be equal to the number of completions posted. Equal, not at most: one completion
        counted and never posted makes it wait for ever.
        """
        require(self.draining and not self.poll.live and not self.cq.flag and not self.cq.extra)
        self.draining = False
        self.cq.post(Cqe(request=Request.NOP, gen=0, res=0, bid=None, more=False))
