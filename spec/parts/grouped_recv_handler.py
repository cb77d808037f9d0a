"""The handler of multishot receive where there is more than one group."""

from typing import Final

from uringcheck import Fair, Model, action, link, param, require, toggle, var
from uringcheck.spec.buffer_toggles import cache_bgid
from uringcheck.spec.parts.cqe import ENOBUFS
from uringcheck.spec.parts.polled_request import Phase
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.sizes import NB
from uringcheck.spec.toggles import bgid, task_context


class OtherGroup(Model):
    """Another group of the same ring, which no request of the model names. Its buffers are numbered from 0, too."""

    NUMBER: Final[int] = param(0, 0, 8, "the group's number, which the id of a buffer may equal")
    SIZE: Final[int] = param(2, 0, 8, "buffers in it")

    #: Buffers of it that the kernel has selected, which is those with the lowest ids.
    used: int = var(0, SIZE)


class GroupedRecvHandler(RecvHandler):
    """As `RecvHandler`; where the group's number is gone, the kernel looks for a group with a buffer's id for number.

    With IOSQE_ASYNC an io-wq worker runs the handler first, without uring_lock. It cannot put off moving the head of
    the ring, so selecting commits, and the request does not remember the list it took the buffer from
    (io_uring/kbuf.c:io_ring_buffer_select with IO_URING_F_UNLOCKED, 6.0). When nothing is there to receive it keeps
    that buffer until something is.
    """

    ASYNC: Final[bool] = toggle(False, "the application sets IOSQE_ASYNC")

    #: req->buf_index, where it is the id of a buffer; 0 where it is the number of the group.
    index: int = var(0, NB - 1)
    #: One more than the id of a buffer that was selected by io-wq and not used yet; 0 is none.
    pinned: int = var(0, NB)

    other: OtherGroup = link()

    def submit(self, gen: int) -> None:
        """A receive is prepared: the field holds the group's number."""
        RecvHandler.submit(self, gen)
        self.index = 0
        self.pinned = 0

    def keeps(self, bid: int) -> bool:
        """A worker has selected it."""
        return self.pinned == bid + 1

    @property
    def by_worker(self) -> bool:
        """An io-wq worker runs the handler."""
        return self.ASYNC and self.poll.phase == Phase.ISSUING

    @property
    def looks_elsewhere(self) -> bool:
        """Selection goes by the id of a buffer."""
        return self.index_is_bid and not cache_bgid

    @property
    def selects_other(self) -> bool:
        """Selection finds the other group."""
        return self.looks_elsewhere and self.index == self.other.NUMBER and self.other.used < self.other.SIZE

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The kernel selects a buffer, unless it has one already, receives once and posts what came of it."""
        require(self.poll.runs_handler)
        if self.by_worker and task_context:
            # 6.10: a worker only arms the request.
            self.poll.wait()
        elif self.pinned == 0 and not self.selects_other and (self.looks_elsewhere or self.pool.ring.empty):
            self.poll.complete(-ENOBUFS, None)
        else:
            if self.by_worker and self.pinned == 0 and not self.selects_other:
                self.pinned = self.pool.ring.head + 1
                self.pool.commit()
            if not self.socket.readable:
                self.poll.wait()
            elif self.socket.unread > 0:
                self.receive_unit()
            elif self.pinned > 0:
                # io_uring/net.c:io_recv, 6.0: there is no list to recycle it to, so it is put, and named.
                bid = self.pinned - 1
                self.pinned = 0
                self.finish(0, bid)
            else:
                self.finish(0, None)

    def receive_unit(self) -> None:
        """The receive returned data."""
        unit = self.socket.taken + 1
        self.socket.take()
        if self.pinned > 0:
            bid = self.pinned - 1
            self.pinned = 0
            self.pool.write(bid, unit)
            # io_uring/kbuf.h:io_put_kbuf, 6.0: without the list there is no number to restore.
            self.put(bid, False)
            self.report(unit, bid)
        elif self.selects_other:
            elsewhere = self.other.used
            self.other.used += 1
            self.put(elsewhere, bgid)
            self.report(unit, elsewhere)
        else:
            bid = self.pool.ring.head
            self.pool.commit()
            self.pool.write(bid, unit)
            self.put(bid, bgid)
            self.report(unit, bid)

    def put(self, bid: int, restored: bool) -> None:
        """The buffer was put, and the field restored or not."""
        self.index_is_bid = not restored
        self.index = 0 if restored else bid
