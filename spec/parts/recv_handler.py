"""The handler of multishot receive."""

from uringcheck import Fair, action, link, require, var
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.cqe import ECANCELED, ENOBUFS, Cqe, Request
from uringcheck.spec.parts.handler import Handler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.toggles import bgid, hint_stop, len0, recycle, result_on_stop


class RecvHandler(Handler):
    """IORING_OP_RECV with IORING_RECV_MULTISHOT and a provided-buffer group.

    One step is one turn of the retry loop in io_uring/net.c:io_recv (6.0): select, receive, put, post. It reads three
    shared things once each (the tail of the buffer ring, the socket, the head of the completion queue), each of which
    others only add to, and writes under uring_lock and completion_lock; so nothing can be seen half done.
    """

    #: req->buf_index still holds the id of the last buffer instead of the group's number.
    index_is_bid: bool = var(False)

    socket: StreamSocket = link()
    pool: BufferRing = link()

    def submit(self, gen: int) -> None:
        """A receive is prepared: the field holds the group's number (io_uring/net.c:io_recvmsg_prep, 6.0)."""
        self.index_is_bid = False
        self.poll.submit(gen)

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The kernel selects a buffer, receives once and posts what came of it."""
        require(self.poll.runs_handler)
        self.turn()

    def turn(self) -> None:
        """One turn of the loop."""
        # io_uring/kbuf.c:io_buffer_select, 6.0: no such group, or an empty one. The buffer comes before the socket.
        if self.index_is_bid or self.pool.ring.empty:
            self.poll.complete(-ENOBUFS, None)
        elif not self.socket.readable:
            # -EAGAIN: the buffer is recycled, which here is to leave it in the ring.
            self.poll.wait()
        elif self.socket.unread == 0 or not len0 or self.pool.head_has_no_room:
            # Without patch 1 the kernel asks for 0 bytes, and a socket with data answers 0.
            self.receive_nothing()
        else:
            self.receive_unit()

    def receive_nothing(self) -> None:
        """The receive returned 0: the end of the stream, as far as the kernel can tell."""
        if recycle:
            self.finish(0, None)
        else:
            bid = self.pool.ring.head
            self.pool.commit()
            self.finish(0, bid)

    def receive_unit(self) -> None:
        """The receive returned data."""
        bid = self.pool.ring.head
        unit = self.socket.taken + 1
        self.socket.take()
        self.pool.commit()
        self.pool.write(bid, unit)
        self.index_is_bid = not bgid
        self.report(unit, bid)

    def report(self, unit: int, bid: int) -> None:
        """Post what was received, and go on if it can be posted (io_uring/net.c:io_recv_finish, 6.0)."""
        if self.cq.takes_aux:
            self.cq.post(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=unit, bid=bid, more=True))
            # 6.5 and later stop here when the socket says that it is empty.
            if hint_stop and self.socket.reports_empty:
                self.poll.wait()
        else:
            self.cq.refuse()
            if result_on_stop:
                self.finish(unit, bid)
            else:
                self.finish(-ECANCELED, None)
