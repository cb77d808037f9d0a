"""A request that waits by polling: its life, its poll references and its task work."""

import enum

from uringcheck import Fair, Model, action, link, require, var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import ECANCELED, Cqe, Request
from uringcheck.spec.parts.polled_file import PolledFile
from uringcheck.spec.sizes import G, M
from uringcheck.spec.toggles import hup_ref


class Phase(enum.Enum):
    """Where the kernel is with the request."""

    NONE = "there is no request"
    ISSUING = "submission runs the handler"
    WAITING = "armed, and nothing has woken it"
    QUEUED = "task work owns it and has yet to look at the events"
    RUNNING = "task work runs the handler"
    DROPPING = "task work is about to drop the references it saw"


class PolledRequest(Model):
    """One request in the kernel that waits by polling (struct io_kiocb with its struct async_poll or io_poll).

    Task work may run at any time: that covers rings with and without IORING_SETUP_COOP_TASKRUN, and every order that
    IORING_SETUP_DEFER_TASKRUN can produce.
    """

    phase: Phase = var(Phase.NONE)
    #: The generation of the request; 0 while there is none.
    gen: int = var(0, G - 1)
    #: req->poll_refs: one for each unit and the end of the stream, one for arming, one for each of two cancellations. A
    #: smaller range would make wakes disappear.
    refs: int = var(0, M + 4)
    #: The references that this round of task work will drop.
    seen: int = var(0, M + 4)
    #: IO_POLL_CANCEL_FLAG.
    cancelled: bool = var(False)

    file: PolledFile = link()
    cq: CompletionQueue = link()

    @property
    def live(self) -> bool:
        """Whether the kernel has a request."""
        return self.phase != Phase.NONE

    @property
    def armed(self) -> bool:
        """Whether it is in the file's wait queue."""
        return self.live and self.phase != Phase.ISSUING

    @property
    def runs_handler(self) -> bool:
        """Whether the request's handler is running."""
        return self.phase == Phase.ISSUING or self.phase == Phase.RUNNING

    @property
    def polled(self) -> bool:
        """Whether it is the poll runner that called the handler (REQ_F_POLLED, later IO_URING_F_MULTISHOT)."""
        return self.phase == Phase.RUNNING

    def submit(self, gen: int) -> None:
        """A request is submitted; its handler runs before io_uring_enter returns.

        io_uring/io_uring.c:io_queue_sqe, 6.0, under uring_lock.
        """
        self.gen = gen
        self.phase = Phase.ISSUING

    def wake(self) -> None:
        """The file's wait queue wakes the request, if it is armed.

        io_uring/poll.c:io_poll_wake and io_poll_get_ownership, 5.17 and later: only the first reference queues task
        work. Its mask needs no variable: a wake is always for data or the end of the stream, either makes the runner
        call the handler, and neither can have gone away before task work first looks.
        """
        if self.armed:
            self.refs += 1
            if self.refs == 1:
                self.phase = Phase.QUEUED

    def wait(self) -> None:
        """The handler found nothing more to do: stay armed, or arm.

        Under the runner that is IOU_ISSUE_SKIP_COMPLETE. From submission it is -EAGAIN, and
        io_uring/poll.c:__io_arm_poll_handler (6.0) adds the wait queue entry and then asks vfs_poll, so nothing that
        came in before is missed.
        """
        if self.polled:
            self.phase = Phase.DROPPING
        elif self.file.readable:
            self.refs = 1
            self.phase = Phase.QUEUED
        else:
            self.phase = Phase.WAITING

    def cancel(self) -> None:
        """The request is marked as cancelled, and task work is told.

        io_uring/poll.c:io_poll_cancel_req, 6.0.
        """
        self.cancelled = True
        self.wake()

    def complete(self, res: int, bid: int | None) -> None:
        """The request ends with this result."""
        self.end(Cqe(request=Request.SUBJECT, gen=self.gen, res=res, bid=bid, more=False))

    def end(self, cqe: Cqe) -> None:
        """The terminal completion is posted, the request leaves the wait queue and the kernel forgets it.

        io_uring/poll.c:io_apoll_task_func with io_poll_remove_entries, 6.0.
        """
        self.cq.post(cqe)
        self.phase = Phase.NONE
        self.gen = 0
        self.refs = 0
        self.seen = 0
        self.cancelled = False

    @action(fair=Fair.WEAK)
    def check_events(self) -> None:
        """Task work reads the poll references and asks what the file is ready for.

        The head of the loop in io_uring/poll.c:io_poll_check_events, 6.0: a cancelled request ends there; a multishot
        with nothing ready goes on to drop the references.
        """
        require(self.phase == Phase.QUEUED and self.may_run)
        # WARN_ON_ONCE in the same place: task work owns the request by a reference.
        assert self.refs > 0
        if self.cancelled:
            self.complete(-ECANCELED, None)
        else:
            # 2026 (and 6.12.y, 6.18.y): merged wakes with a hangup among them keep one reference for another round.
            self.seen = self.refs - 1 if hup_ref and self.refs > 1 and self.file.hung_up else self.refs
            self.phase = Phase.RUNNING if self.file.readable else Phase.DROPPING

    @action(fair=Fair.WEAK)
    def drop_refs(self) -> None:
        """Task work drops the references it saw, and starts over if more have come in.

        atomic_sub_return at the end of the loop in io_uring/poll.c:io_poll_check_events, 6.0.
        """
        require(self.phase == Phase.DROPPING)
        self.refs -= self.seen
        self.seen = 0
        self.phase = Phase.QUEUED if self.refs > 0 else Phase.WAITING

    @property
    def may_run(self) -> bool:
        """Task work that is queued may begin."""
        return True
