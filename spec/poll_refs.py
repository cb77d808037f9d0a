"""The poll references of one request by themselves: who may work on it when there are very many."""

import enum
from typing import Final

from uringcheck import Fair, Model, action, always, final, implies, param, require, toggle, var
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.toggles import poll_bias, unsigned_refs


class Runner(enum.Enum):
    """Where the task work is that owns the request."""

    NONE = "nobody owns the request"
    QUEUED = "task work is queued"
    SERVING = "task work has read the references and runs the handler"
    DROPPING = "task work is about to drop the references that it read"
    GONE = "the request was cancelled and has ended"


class PollRefs(Model):
    """req->poll_refs says who owns the request, and tells the owner that something happened meanwhile.

    The counter has WIDTH values instead of 2^30 (2^31 before 6.1), and the bias is 2 instead of 128: what matters is
    that one is far below the other. A handler serves everything that has happened before it looks.
    """

    PRESETS = KERNELS

    WIDTH: Final[int] = param(5, 3, 16, "values of the counter; one more wake makes it 0 again")
    BIAS: Final[int] = param(2, 1, 8, "references from which on a wake takes no further one")
    CANCEL: Final[bool] = toggle(False, "the application may cancel the request")
    CMPXCHG: Final[bool] = toggle(
        False,
        "dropping the references succeeds only if nothing has changed since they were read, the retry flag included: "
        "atomic_cmpxchg instead of atomic_sub_return",
    )

    #: IO_POLL_REF_MASK.
    refs: int = var(0, WIDTH - 1)
    #: IO_POLL_RETRY_FLAG.
    retry: bool = var(False)
    #: IO_POLL_CANCEL_FLAG.
    cancelled: bool = var(False)
    #: The references that task work has read.
    seen: int = var(0, WIDTH - 1)
    runner: Runner = var(Runner.NONE)
    #: Something happened that no handler has looked at.
    pending: bool = var(False)
    #: A second task work was queued while the first one owned the request.
    second_owner: bool = var(False)

    @property
    def elevated(self) -> bool:
        """io_poll_get_ownership takes the slow path: the word as a whole is at least the bias.

        The cancel flag is the sign bit. Compared as a signed number, a cancelled request is below every bias.
        """
        if self.cancelled:
            return poll_bias and unsigned_refs
        return poll_bias and (self.refs >= self.BIAS or self.retry)

    def take_ownership(self) -> None:
        """A wake or a cancellation takes a reference, and owns the request if it is the first.

        io_uring/poll.c:io_poll_get_ownership and, from 6.1, io_poll_get_ownership_slowpath.
        """
        if self.elevated:
            self.retry = True
        if self.refs == 0:
            if self.runner == Runner.NONE:
                self.runner = Runner.QUEUED
            else:
                self.second_owner = True
        if self.refs == 0 or not self.elevated:
            self.refs = (self.refs + 1) % self.WIDTH

    @action(lane="peer")
    def wake(self) -> None:
        """The file wakes the request (io_uring/poll.c:io_poll_wake)."""
        require(self.runner != Runner.GONE and not self.second_owner)
        self.pending = True
        self.take_ownership()

    @action
    def cancel(self) -> None:
        """The application cancels the request (io_uring/poll.c:io_poll_cancel_req)."""
        require(self.CANCEL and not self.cancelled and self.runner != Runner.GONE and not self.second_owner)
        self.cancelled = True
        self.take_ownership()

    @action(fair=Fair.WEAK)
    def read_refs(self) -> None:
        """Task work reads the references and forgets the retry flag; a cancelled request ends here.

        The head of the loop in io_uring/poll.c:io_poll_check_events.
        """
        require(self.runner == Runner.QUEUED)
        self.seen = self.refs
        self.retry = False
        self.runner = Runner.GONE if self.cancelled else Runner.SERVING

    @action(fair=Fair.WEAK)
    def serve(self) -> None:
        """The handler takes everything that has happened up to now."""
        require(self.runner == Runner.SERVING)
        self.pending = False
        self.runner = Runner.DROPPING

    @action(fair=Fair.WEAK)
    def drop_refs(self) -> None:
        """Task work drops the references it read, and looks again if there are more.

        The end of the loop: atomic_sub_return(v) & IO_POLL_REF_MASK, in which the retry flag has no part.
        """
        require(self.runner == Runner.DROPPING)
        left = (self.refs + self.WIDTH - self.seen) % self.WIDTH
        again = left > 0 or (self.CMPXCHG and self.retry)
        if not (again and self.CMPXCHG):
            self.refs = left
        self.runner = Runner.QUEUED if again else Runner.NONE
        self.seen = 0


@always
def one_owner(poll: PollRefs) -> bool:
    """One task work at a time owns the request."""
    return not poll.second_owner


@always
def owner_has_refs(poll: PollRefs) -> bool:
    """Task work that owns the request finds a reference."""
    return implies(poll.runner == Runner.QUEUED, poll.refs > 0)


@always
def events_have_owner(poll: PollRefs) -> bool:
    """Whatever has happened, task work will look at it: nobody sleeps on an event."""
    return implies(poll.runner == Runner.NONE, not poll.pending)


@final
def request_ended(poll: PollRefs) -> bool:
    """Everything stops only when the request has ended."""
    return poll.runner == Runner.GONE or poll.second_owner
