"""The handler of multishot receive into buffers of several bytes."""

from typing import Final

from uringcheck import Fair, action, link, param, replace, require, toggle, var
from uringcheck.spec.buffer_sizes import SIZE
from uringcheck.spec.buffer_toggles import bundle_appends, bundle_whole, len_reset
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe, Request
from uringcheck.spec.parts.handler import Handler
from uringcheck.spec.parts.sized_pool import SizedPool
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.sizes import NB, M
from uringcheck.spec.toggles import hint_counts_fin, hint_stop


class SizedRecvHandler(Handler):
    """IORING_OP_RECV with IORING_RECV_MULTISHOT, where the bytes of a stream and the buffers do not fit each other.

    One step is one turn of the loop, as in `RecvHandler`. With IORING_RECVSEND_BUNDLE (6.10) a turn maps several
    entries and receives into all of them: the completion names the first, and its result says how far it goes. How many
    are mapped depends on what the socket reported before; without a report, on how many the request has vectors for.

    A submission may limit how much one completion carries, and how much all of them do (6.17). That task work queues
    again after each of them is left out, and bundles with a limit of their length.
    """

    BUNDLE: Final[bool] = toggle(False, "the application sets IORING_RECVSEND_BUNDLE")
    LIMITS: Final[bool] = toggle(False, "the submission has limits, of a completion and of the request")
    LENGTH: Final[int] = param(1, 1, 8, "bytes of one completion (sqe->len), where there are limits")
    BUDGET: Final[int] = param(3, 1, 15, "bytes with which the request ends (sqe->optlen), where there are limits")

    #: The length that the last turn of this run has left behind; 0 is none.
    length: int = var(0, SIZE)
    #: What the socket reported to a bundle in this run (msg_inq); 0 is nothing, or no report.
    reported: int = var(0, M + 1)
    #: The entries that a bundle can map without knowing how much there is: those it has vectors for (free_iov_nr).
    vectors: int = var(1, NB)
    #: Bytes that this request has received, where there are limits; more than there are in all are not told apart.
    spent: int = var(0, M)

    socket: StreamSocket = link()
    pool: SizedPool = link()

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The kernel maps entries of the ring, receives into them and posts what came of it."""
        require(self.poll.runs_handler)
        if self.pool.ring.empty:
            self.end(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=-ENOBUFS, bid=None, more=False))
        elif not self.socket.readable:
            self.wait()
        elif self.socket.unread == 0:
            self.receive_nothing()
        else:
            self.receive_bytes()

    def receive_nothing(self) -> None:
        """The receive returned 0, and the buffer is recycled: its entry stays as it is."""
        self.end(Cqe(request=Request.SUBJECT, gen=self.poll.gen, res=0, bid=None, more=False))

    def receive_bytes(self) -> None:
        """The receive returned data: post it, and go on if it can be posted and there are buffers left.

        io_uring/net.c:io_recv_finish, 6.0 and 6.10.
        """
        first = self.pool.ring.head
        mapped = self.entries_for(self.reported)
        asked = self.length_of(mapped)
        full = self.socket.unread >= asked and not self.maps_in_part(mapped)
        last = self.is_last(mapped, self.reported)
        amount = self.transfer(asked)
        if self.LIMITS:
            # It ends with the completion that reaches the number, which may go beyond.
            self.spent += amount
            last = last or self.spent >= self.BUDGET
        if self.BUNDLE and bundle_appends and full and not last and self.report() > 1:
            reported = self.report()
            more = self.entries_for(reported)
            last = self.is_last(more, reported)
            amount += self.transfer(min(reported, self.pool.room_in(more)))
        if self.BUNDLE:
            self.reported = self.report()
        elif not len_reset:
            self.length = asked
        cqe = Cqe(
            request=Request.SUBJECT,
            gen=self.poll.gen,
            res=amount,
            bid=first,
            more=True,
            buf_more=self.pool.unfinished,
        )
        if last:
            self.end(replace(cqe, more=False))
        elif self.cq.takes_aux:
            self.cq.post(cqe)
            if hint_stop and self.socket.reports_empty:
                self.wait()
        else:
            self.cq.refuse()
            self.end(replace(cqe, more=False))

    def counts(self, reported: int) -> bool:
        """Whether a report decides how much is mapped."""
        return reported > (1 if bundle_whole else 0)

    def entries_for(self, reported: int) -> int:
        """How many entries are mapped (io_uring/kbuf.c:io_ring_buffers_peek, 6.10 and 6.16)."""
        if not self.BUNDLE:
            return 1
        wanted = self.vectors
        if self.counts(reported):
            # As many as would be enough if all were like the first, and no more than it takes.
            room = self.pool.room_in(1)
            wanted = sum(1 for entry in range(NB) if entry * room < reported)
            if bundle_whole and not self.pool.INC:
                whole = sum(1 for entry in range(1, NB + 1) if self.pool.room_in(entry) <= reported)
                wanted = min(wanted, max(1, whole))
            else:
                wanted = min(wanted, sum(1 for entry in range(NB) if self.pool.room_in(entry) < reported))
        mapped = min(wanted, len(self.pool.ring))
        self.vectors = max(self.vectors, mapped)
        return mapped

    def maps_in_part(self, mapped: int) -> bool:
        """An entry is mapped in part or left out because the report ends in it: then nothing is appended."""
        room = self.pool.room_in(mapped)
        return (
            self.counts(self.reported)
            and not self.pool.INC
            and (room > self.reported or (room < self.reported and mapped < len(self.pool.ring)))
        )

    def is_last(self, mapped: int, reported: int) -> bool:
        """A bundle has gone past the last entry of the ring, so the request ends (REQ_F_BL_EMPTY, 6.10).

        One that stops in the last entry, or exactly at its end, because no more was reported, has not.
        """
        ends_before = self.counts(reported) and self.pool.room_in(mapped) >= reported
        return self.BUNDLE and mapped >= len(self.pool.ring) and not ends_before

    def length_of(self, mapped: int) -> int:
        """How many bytes this turn asks for.

        io_uring/net.c:io_recv, 6.0: selecting shortens a local variable to what the buffer holds, and no turn makes it
        longer again. A bundle asks for no more than was reported.
        """
        room = self.pool.room_in(mapped)
        if self.BUNDLE:
            return min(room, self.reported) if self.counts(self.reported) else room
        if self.LIMITS:
            room = min(room, self.LENGTH)
        return room if self.length == 0 else min(room, self.length)

    def report(self) -> int:
        """What the socket reports after a receive (msg_inq); 0 is nothing, or no report."""
        fin = 1 if hint_counts_fin and self.socket.fin else 0
        return self.socket.unread + fin if hint_stop else 0

    def transfer(self, asked: int) -> int:
        """Receive at most that many bytes into the first entries, and commit them."""
        amount = min(asked, self.socket.unread)
        self.pool.write(self.socket.taken + 1, amount)
        self.pool.commit(amount)
        self.socket.taken += amount
        return amount

    def wait(self) -> None:
        """This run is over."""
        self.length = 0
        self.reported = 0
        self.poll.wait()

    def end(self, cqe: Cqe) -> None:
        """The request is over."""
        self.length = 0
        self.reported = 0
        self.spent = 0
        self.poll.end(cqe)
