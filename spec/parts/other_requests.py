"""Requests that only fill the completion queue."""

from typing import Final

from uringcheck import Model, action, link, param, require, var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.polled_request import PolledRequest


class OtherRequests(Model):
    """What else the application does with the same ring."""

    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")

    #: Other requests submitted so far.
    nops: int = var(0, NOPS)

    cq: CompletionQueue = link()
    poll: PolledRequest = link()

    @action(lane="client")
    def nop(self) -> None:
        """The application submits a request that completes at once.

        io_uring/nop.c:io_nop, under uring_lock, which task work holds while a handler runs.
        """
        require(self.nops < self.NOPS and not self.poll.runs_handler)
        self.nops += 1
        self.cq.post(Cqe(request=Request.NOP, gen=0, res=0, bid=None, more=False))
