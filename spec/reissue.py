"""A multishot receive whose handler is not called by the poll runner: from a worker, or submitted again."""

import enum
from typing import Final

from uringcheck import Fair, Model, action, always, final, implies, one_of, param, require, step, var
from uringcheck.spec.kernels import V6_0
from uringcheck.spec.since import kernels_since
from uringcheck.spec.toggles import issue_flag, task_context


class Place(enum.Enum):
    """Who works on the request, or will be told to."""

    NEW = "it was not submitted yet"
    SUBMISSION = "io_uring_enter runs the handler"
    WORKER = "an io-wq worker runs the handler"
    ARMING = "the handler found nothing, and the request is about to be armed"
    ARMED = "it is in the socket's wait queue"
    RUNNER = "the poll runner runs the handler"
    AGAIN = "task work submits it again, as it could not be armed and the socket was ready"
    NOWHERE = "nobody has the request"


class Reissue(Model):
    """One request, the peer that sends, and another receive on the same socket that may be faster.

    With IOSQE_ASYNC a worker issues the request first. The completion queue has always room and the group always a
    buffer; the number of units received stands for the completions.
    """

    PRESETS = kernels_since(V6_0, "multishot receive")

    UNITS: Final[int] = param(2, 1, 6, "units that the peer may send")

    place: Place = var(Place.NEW)
    #: REQ_F_POLLED: the request was armed once. Nothing takes it back.
    polled: bool = var(False)
    #: Units sent and received, the latter by this request.
    sent: int = var(0, UNITS)
    received: int = var(0, UNITS)
    #: Units that the other receive took.
    taken: int = var(0, UNITS)

    @property
    def unread(self) -> int:
        """Units in the receive queue."""
        return self.sent - self.received - self.taken

    @property
    def runs_handler(self) -> bool:
        """Whether the handler is running."""
        return self.place in (Place.SUBMISSION, Place.WORKER, Place.RUNNER, Place.AGAIN)

    @action(lane="peer")
    def peer_send(self) -> None:
        """The peer sends one unit, and whoever is armed is woken."""
        require(self.sent < self.UNITS)
        self.sent += 1
        if self.place == Place.ARMED:
            self.place = Place.RUNNER

    @action(lane="peer")
    def other_receives(self) -> None:
        """The other receive takes a unit."""
        require(self.unread > 0)
        self.taken += 1

    @action
    def submit(self, to_worker: bool = one_of(bool)) -> None:
        """The application submits the request, with or without IOSQE_ASYNC."""
        require(self.place == Place.NEW)
        self.place = Place.WORKER if to_worker else Place.SUBMISSION

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The handler receives once and posts, or finds nothing.

        io_uring/net.c:io_recv, 6.0: where nothing is left, a call by the poll runner is answered with
        IOU_ISSUE_SKIP_COMPLETE, which means that the runner keeps the request; any other with -EAGAIN, which arms it.
        """
        require(self.runs_handler)
        by_runner = self.place == Place.RUNNER if issue_flag else self.polled
        if self.place == Place.WORKER and task_context:
            self.place = Place.ARMING
        elif self.unread > 0:
            self.received += 1
        elif not by_runner:
            self.place = Place.ARMING
        elif self.place == Place.RUNNER:
            self.place = Place.ARMED
        else:
            self.place = Place.NOWHERE

    @action(fair=Fair.WEAK)
    def arm(self, fails: bool = one_of(bool)) -> None:
        """The request is armed, and the socket asked; where that fails for lack of memory, what is there is taken.

        io_uring/poll.c:io_arm_poll_handler sets REQ_F_POLLED before it tries, and __io_arm_poll_handler makes such a
        request one-shot ("can't multishot if failed", 6.0) or reports IO_APOLL_READY (6.1): either way task work
        submits it again (io_uring/io_uring.c:io_req_task_submit). A failure with nothing to take sends the request to
        a worker that blocks, which is left out.
        """
        require(self.place == Place.ARMING and (not fails or self.unread > 0))
        self.polled = True
        if fails:
            self.place = Place.AGAIN
        else:
            self.place = Place.RUNNER if self.unread > 0 else Place.ARMED


@always
def request_has_owner(request: Reissue) -> bool:
    """A request that was submitted is armed, or somebody runs it."""
    return request.place != Place.NOWHERE


@step
def workers_do_not_post(before: Reissue, after: Reissue) -> bool:
    """A completion of a multishot is posted by its task, never by a worker."""
    return implies(after.received > before.received, before.place != Place.WORKER)


@always
def armed_means_empty(request: Reissue) -> bool:
    """An armed request sleeps only where nothing is left to receive."""
    return implies(request.place == Place.ARMED, request.unread == 0)


@final
def sleeps_armed(request: Reissue) -> bool:
    """Everything stops only while the request is armed."""
    return request.place == Place.ARMED
