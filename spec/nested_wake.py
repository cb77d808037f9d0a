"""A multishot poll of the eventfd that the ring itself signals when it posts a completion."""

import enum

from uringcheck import Fair, Model, action, always, final, implies, require, var
from uringcheck.spec.kernels import V6_8
from uringcheck.spec.since import kernels_since
from uringcheck.spec.toggles import wake_oneshot


class Last(enum.Enum):
    """The latest completion of the poll."""

    NONE = "there is none yet"
    MORE = "with F_MORE"
    FINAL = "without F_MORE"


class NestedWake(Model):
    """The poll's completion signals the eventfd, which wakes the poll: a circle that the kernel has to break.

    It does so at a wake that carries EPOLL_URING_WAKE (io_uring/poll.c:io_poll_wake): the wait queue entry becomes
    one-shot and is taken out. The eventfd is signalled at the end of a batch of task work, when the references of the
    poll were dropped, as 6.8 and later do it.
    """

    PRESETS = kernels_since(V6_8, "signal of the eventfd after the batch")

    #: The request exists.
    live: bool = var(False)
    #: Its entry is in the eventfd's wait queue.
    in_queue: bool = var(False)
    #: req->apoll_events has EPOLLONESHOT.
    oneshot: bool = var(False)
    #: Task work of the poll is queued.
    woken: bool = var(False)
    #: Completions were posted, and the eventfd was not signalled for them yet.
    signal_due: bool = var(False)
    #: The application has written to the eventfd.
    written: bool = var(False)
    last: Last = var(Last.NONE)

    def wake(self, nested: bool) -> None:
        """The eventfd wakes whoever is in its queue; `nested` is EPOLL_URING_WAKE."""
        if self.in_queue and not self.woken:
            self.woken = True
            if nested:
                self.in_queue = False
                if wake_oneshot:
                    self.oneshot = True

    @action
    def arm(self) -> None:
        """The application submits the poll, once."""
        require(not self.live and self.last == Last.NONE)
        self.live = True
        self.in_queue = True

    @action(lane="peer")
    def write(self) -> None:
        """The application writes to the eventfd."""
        require(not self.written and self.live)
        self.written = True
        self.wake(False)

    @action(fair=Fair.WEAK)
    def report(self) -> None:
        """Task work posts the mask: as the last completion if the request is one-shot, else with F_MORE.

        io_uring/poll.c:io_poll_check_events.
        """
        require(self.woken)
        self.woken = False
        if self.oneshot:
            self.last = Last.FINAL
            self.live = False
            self.in_queue = False
        else:
            self.last = Last.MORE
        self.signal_due = True

    @action(fair=Fair.WEAK)
    def signal(self) -> None:
        """The end of the batch signals the eventfd (io_uring/io_uring.c:io_cq_unlock_post and io_eventfd_signal)."""
        require(self.signal_due and not self.woken)
        self.signal_due = False
        self.wake(True)


@always
def more_means_armed(poll: NestedWake) -> bool:
    """After a completion with F_MORE the poll is in the wait queue, or task work of it is queued."""
    return implies(poll.last == Last.MORE, poll.live and (poll.in_queue or poll.woken))


@final
def circle_ends(poll: NestedWake) -> bool:
    """Everything stops only when the poll has told the application that it has ended."""
    return poll.last == Last.FINAL
