"""A group that the kernel keeps as a list."""

from typing import Final

from uringcheck import init, link, toggle
from uringcheck.spec.buffer_toggles import rejects_empty
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.provided_buffers import ProvidedBuffers
from uringcheck.spec.sizes import NB


class Legacy(ProvidedBuffers):
    """IORING_OP_PROVIDE_BUFFERS: giving a buffer is a request.

    It adds at the end of the list (io_uring/kbuf.c:io_add_buffers, 5.19), selecting takes the first one off, and
    recycling puts it back in front (io_provided_buffer_select and io_kbuf_recycle_legacy). One turn of the receive loop
    does both or neither under uring_lock, so between two turns the list looks like a ring whose head has not moved.

    The request takes that lock, too, so it cannot come between two turns; here it may, as a store to a ring does. That
    adds behaviours and loses none, and an application that waits with the request until the lock is free need not be
    told from one that waits for ever.
    """

    ANSWERS: Final[bool] = toggle(
        True, "giving a buffer posts a completion: the application does not set IOSQE_CQE_SKIP_SUCCESS"
    )

    cq: CompletionQueue = link()
    client: Application = link()

    @init
    def provide_all(self) -> None:
        """The application has given every buffer that the kernel takes, and consumed what it posted for that."""
        for bid in range(NB):
            if self.accepted(bid):
                self.ring.push(bid)
            else:
                self.client.held.add(bid)

    def accepted(self, bid: int) -> bool:
        """Whether the kernel takes the buffer; one that it refuses stays with the application."""
        return not (rejects_empty and bid < self.EMPTY)

    def takes(self, bid: int) -> bool:
        """A request that is refused changes nothing."""
        return self.accepted(bid)

    def provide(self, bid: int) -> None:
        """The kernel adds the buffer, and says so if it is asked to (io_uring/kbuf.c:io_provide_buffers, 5.19)."""
        self.ring.push(bid)
        if self.ANSWERS:
            self.cq.post(Cqe(request=Request.NOP, gen=0, res=0, bid=None, more=False))
