"""An application that submits again whatever has completed, and whether each of its requests gets its turn."""

import enum
from typing import Final

from uringcheck import (
    Fair,
    Map,
    Model,
    Queue,
    action,
    always,
    init,
    ints,
    leads_to,
    map_of,
    param,
    queue,
    require,
    strong,
    temporal,
    toggle,
    var,
    weak,
)
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.sizes import C
from uringcheck.spec.toggles import order_rule

#: One more than a queue of two holds, so that one is always parked.
REQUESTS = param(3, 2, 6, "requests that are submitted again and again")


class Turn(enum.Enum):
    """Where the application is in its loop."""

    CONSUMING = "it consumes what is in the completion queue"
    SUBMITTING = "io_uring_enter submits what has completed"
    FLUSHING = "the same io_uring_enter looks at the overflow list"


class Resubmission(Model):
    """A loop that consumes all completions and then enters once, to submit those requests again and to wait.

    Every request completes as it is submitted. Within one io_uring_enter submission comes first and the flush after it
    (io_uring/io_uring.c:io_uring_enter), so what is submitted competes with what is parked for the slots that the
    application has just made free. That is liburing#705, and the test cq-overflow with NODROP.
    """

    PRESETS = KERNELS

    FLUSH_FIRST: Final[bool] = toggle(False, "the application enters for parked completions before it submits")

    turn: Turn = var(Turn.SUBMITTING)
    #: The completion queue, by request.
    ring: Queue[int] = queue(C, ints(0, REQUESTS - 1))
    #: The overflow list.
    parked: Queue[int] = queue(REQUESTS, ints(0, REQUESTS - 1))
    #: What is to be submitted, oldest first.
    idle: Queue[int] = queue(REQUESTS, ints(0, REQUESTS - 1))
    #: How often each request has completed, less what all of them have in common; more than 2 is not told apart.
    share: Map[int, int] = map_of(ints(0, REQUESTS - 1), ints(0, 2))

    @init
    def all_new(self) -> None:
        """Nothing was submitted yet."""
        for request in range(REQUESTS):
            self.idle.push(request)

    @action(fair=Fair.WEAK)
    def consume(self) -> None:
        """The application consumes the oldest completion in the queue."""
        require(self.turn == Turn.CONSUMING and not self.ring.empty)
        request = self.ring.pop()
        self.idle.push(request)
        if all(self.share[other] > 0 or other == request for other in range(REQUESTS)):
            for other in range(REQUESTS):
                if other != request:
                    self.share[other] -= 1
        elif self.share[request] < 2:
            self.share[request] += 1

    @action(fair=Fair.WEAK)
    def enter(self) -> None:
        """The application enters, when it has consumed everything."""
        require(self.turn == Turn.CONSUMING and self.ring.empty)
        self.turn = Turn.FLUSHING if self.FLUSH_FIRST and not self.parked.empty else Turn.SUBMITTING

    @action(fair=Fair.WEAK)
    def submit(self) -> None:
        """The kernel takes the oldest submission, which completes at once.

        io_uring/io_uring.c:__io_fill_cqe_req, 6.0: it looks for a free slot, and from 6.1 at the overflow list first.
        """
        require(self.turn == Turn.SUBMITTING and not self.idle.empty)
        request = self.idle.pop()
        if self.ring.full or (order_rule and not self.parked.empty):
            self.parked.push(request)
        else:
            self.ring.push(request)

    @action(fair=Fair.WEAK)
    def wait(self) -> None:
        """All is submitted: the kernel turns to the overflow list before it waits."""
        require(self.turn == Turn.SUBMITTING and self.idle.empty)
        self.turn = Turn.FLUSHING

    @action(fair=Fair.WEAK)
    def flush(self) -> None:
        """The kernel moves a parked completion into the queue, if there is room."""
        require(self.turn == Turn.FLUSHING and not self.parked.empty and not self.ring.full)
        self.ring.push(self.parked.pop())

    @action(fair=Fair.WEAK)
    def leave(self) -> None:
        """The call returns: there are completions in the queue."""
        require(self.turn == Turn.FLUSHING and (self.parked.empty or self.ring.full))
        self.turn = Turn.CONSUMING


@always
def no_request_lost(loop: Resubmission) -> bool:
    """Every request is to be submitted, or has exactly one completion, queued or parked."""
    return all(
        sum(1 for other in loop.idle if other == request)
        + sum(1 for other in loop.ring if other == request)
        + sum(1 for other in loop.parked if other == request)
        == 1
        for request in range(REQUESTS)
    )


@always
def shares_even(loop: Resubmission) -> bool:
    """No request completes twice more often than another one."""
    return all(loop.share[request] <= 1 for request in range(REQUESTS))


@temporal
def each_parked_seen(loop: Resubmission) -> bool:
    """Every parked completion is eventually in the queue."""
    return all(
        leads_to(
            any(other == request for other in loop.parked),
            not any(other == request for other in loop.parked),
        )
        for request in range(REQUESTS)
    )


@temporal(
    weak(Resubmission.consume),
    weak(Resubmission.enter),
    weak(Resubmission.submit),
    weak(Resubmission.wait),
    weak(Resubmission.leave),
    strong(Resubmission.flush),
)
def each_parked_seen_if_flush_is_strong(loop: Resubmission) -> bool:
    """The same if a flush that is possible again and again takes place: it never is possible."""
    return all(
        leads_to(
            any(other == request for other in loop.parked),
            not any(other == request for other in loop.parked),
        )
        for request in range(REQUESTS)
    )
