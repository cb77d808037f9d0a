"""What other rings post here."""

from typing import Final

from uringcheck import Model, action, link, param, require, var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe, Request


class Messages(Model):
    """Completions that come with IORING_OP_MSG_RING from another ring, or for a resource with a tag that is gone.

    They may be parked in every version (io_uring/msg_ring.c:io_msg_ring_data and io_uring/rsrc.c:io_rsrc_put_work, both
    with allow_overflow). They are posted under completion_lock, so also between two turns of a handler.
    """

    MESSAGES: Final[int] = param(2, 0, 4, "messages that are sent here")

    #: Messages posted so far. `res` is the number of the message.
    posted: int = var(0, MESSAGES)

    cq: CompletionQueue = link()

    @action(lane="peer")
    def message(self) -> None:
        """Another ring posts a completion here (io_uring/msg_ring.c:io_msg_ring, 5.18 and later)."""
        require(self.posted < self.MESSAGES)
        self.posted += 1
        self.cq.post(Cqe(request=Request.NOP, gen=0, res=self.posted, bid=None, more=False))
