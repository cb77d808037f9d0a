"""What every application does, whatever it asks the kernel for."""

from typing import Final

from uringcheck import Fair, Model, SetOf, action, implies, ints, link, one_of, param, require, set_of, var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import ENOENT, Cqe, Request
from uringcheck.spec.parts.handler import Handler
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.sizes import G


class EventLoop(Model):
    """An event loop around one request on one file.

    A kind of application says what it does with a completion (`consume`), a policy when to arm, to cancel and to flush;
    either may override the actions, too.

    Consuming completions only touches shared memory, so it may happen at any time, also while the kernel works on the
    request: another thread may do it.
    """

    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")

    #: Generations that were submitted and whose terminal completion was not consumed yet.
    outstanding: SetOf[int] = set_of(ints(0, G - 1))
    #: Cancellations asked for so far.
    cancels: int = var(0, CANCELS)

    cq: CompletionQueue = link()
    handler: Handler = link()
    poll: PolledRequest = link()
    others: OtherRequests = link()

    @property
    def done(self) -> bool:
        """Nothing more is to be expected of the file."""
        return False

    @property
    def wants_arm(self) -> bool:
        """The policy: submit the request (again) now."""
        return False

    @property
    def wants_flush(self) -> bool:
        """The policy: enter the kernel for parked completions now."""
        return False

    @property
    def wants_cancel(self) -> bool:
        """The policy: cancel the request now, if there are cancellations left."""
        return not self.outstanding.empty

    def unused(self, gen: int) -> bool:
        """Whether nobody holds this generation: no completion of it exists, nor does either side wait for one."""
        return not (gen in self.outstanding or (self.poll.live and self.poll.gen == gen) or self.cq.holds(gen))

    def consume(self, cqe: Cqe) -> None:
        """What the application does with a completion of the request."""

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits the request."""
        # Two requests on one file at a time are what `two_receives` is about.
        require(self.wants_arm and not self.poll.live)
        # What is submitted behind a drained request waits for it: as if it had not been submitted yet.
        require(not self.others.draining)
        # Which of the unused numbers is taken makes no difference, so it is the first.
        require(self.is_next(gen))
        self.outstanding.add(gen)
        self.handler.submit(gen)

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """The application consumes the oldest completion in the queue."""
        require(not self.cq.ring.empty)
        cqe = self.cq.ring.pop()
        if cqe.request == Request.SUBJECT:
            if not cqe.more:
                self.outstanding.discard(cqe.gen)
            self.consume(cqe)

    @action
    def cancel(self, gen: int = one_of(0, G - 1)) -> None:
        """The application cancels the request (IORING_OP_ASYNC_CANCEL or IORING_OP_POLL_REMOVE).

        io_uring/poll.c:io_poll_cancel, 6.0, under uring_lock, which task work holds while a handler runs. The
        completion of the cancellation is posted before that of the request, which task work ends later; a request that
        has ended is not found, wherever its last completion is.
        """
        require(self.cancels < self.CANCELS and gen in self.outstanding and self.wants_cancel)
        require(not self.poll.runs_handler and not self.others.draining)
        self.cancels += 1
        if self.poll.live and self.poll.gen == gen:
            self.poll.cancel()
            self.cq.post(Cqe(request=Request.CANCEL, gen=gen, res=0, bid=None, more=False))
        else:
            self.cq.post(Cqe(request=Request.CANCEL, gen=gen, res=-ENOENT, bid=None, more=False))

    @action(fair=Fair.WEAK)
    def flush(self) -> None:
        """The application enters the kernel, which moves parked completions into the queue.

        io_uring_enter with IORING_ENTER_GETEVENTS (io_uring/io_uring.c:io_cqring_overflow_flush, 6.0): a submission
        without that flag does not flush. It may come between two turns of the receive loop, because 6.0 takes
        uring_lock there for IORING_SETUP_IOPOLL only. With a full queue nothing would move.
        """
        require(self.wants_flush and self.cq.flag and self.cq.room > 0)
        self.cq.flush()

    def is_next(self, gen: int) -> bool:
        """Whether this is the first generation that nobody holds."""
        return self.unused(gen) and all(implies(other < gen, not self.unused(other)) for other in range(G))
