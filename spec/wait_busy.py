"""A call that waits for completions while more are parked than fit: who is ever answered -EBUSY."""

import enum
from typing import Final

from uringcheck import Fair, Model, action, final, implies, param, reachable, require, step, toggle, var
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.sizes import C
from uringcheck.spec.toggles import busy_wait, order_rule


class Place(enum.Enum):
    """Where the thread is that waits."""

    OUTSIDE = "in its own code"
    LOOKING = "in the wait loop, about to move what is parked"
    ANSWERING = "in the kernel, about to return; not all that was parked could be moved"
    ASLEEP = "asleep in the wait loop"
    CLOSED = "it has given the ring up"


class WaitBusy(Model):
    """Completions that others post, a thread that waits for C of them, and perhaps another one that consumes, too.

    A submission is not refused while something is parked: that check is older than the kernels here.
    """

    PRESETS = KERNELS

    POSTED: Final[int] = param(4, 1, 8, "completions that come")
    WANT: Final[int] = param(2, 1, 8, "completions that the caller waits for (min_complete), at most C")
    HELPER: Final[bool] = toggle(False, "another thread consumes completions, too")
    GIVES_UP: Final[bool] = toggle(True, "the application takes -EBUSY for the end of the ring")

    #: Completions posted so far, in the queue, and parked.
    posted: int = var(0, POSTED)
    ring: int = var(0, C)
    parked: int = var(0, POSTED)
    place: Place = var(Place.OUTSIDE)

    @action(lane="kernel")
    def post(self) -> None:
        """A request completes; the caller is woken when it has what it waits for, or when something is parked."""
        require(self.posted < self.POSTED)
        self.posted += 1
        if self.ring < C and not (order_rule and self.parked > 0):
            self.ring += 1
        else:
            self.parked += 1
        if self.place == Place.ASLEEP and (self.ring >= self.WANT or self.parked > 0):
            self.place = Place.LOOKING

    def move(self) -> None:
        """Parked completions go into the queue, as many as there is room for."""
        moved = min(self.parked, C - self.ring)
        self.ring += moved
        self.parked -= moved

    @action(fair=Fair.WEAK)
    def consume(self) -> None:
        """The application consumes a completion: the thread that waits, or the other one meanwhile."""
        require(self.ring > 0 and (self.place == Place.OUTSIDE or self.HELPER))
        self.ring -= 1

    @action(fair=Fair.WEAK)
    def wait(self) -> None:
        """The application waits when there is nothing to consume.

        io_uring/io_uring.c:io_cqring_wait, 6.0: it moves what is parked, and returns at once if that is enough.
        """
        require(self.place == Place.OUTSIDE and self.ring == 0)
        self.move()
        if self.ring < self.WANT:
            self.place = Place.LOOKING

    @action(fair=Fair.WEAK)
    def look(self) -> None:
        """The wait loop moves what is parked; without -EBUSY it goes on even if not all of it could be moved.

        io_uring/io_uring.c:io_cqring_wait and io_cqring_wait_schedule: with something parked it does not sleep.
        """
        require(self.place == Place.LOOKING)
        self.move()
        if busy_wait and self.parked > 0:
            self.place = Place.ANSWERING
        elif self.ring >= self.WANT:
            self.place = Place.OUTSIDE
        elif self.parked == 0:
            self.place = Place.ASLEEP

    @action(fair=Fair.WEAK)
    def answer(self) -> None:
        """The call returns. An error counts only if the queue is empty (the last line of io_cqring_wait, 5.1 on)."""
        require(self.place == Place.ANSWERING)
        self.place = Place.CLOSED if self.ring == 0 and self.GIVES_UP else Place.OUTSIDE


@reachable
def busy_is_answered(model: WaitBusy) -> bool:
    """A caller can be answered -EBUSY."""
    return model.place == Place.ANSWERING and model.ring == 0


@step
def busy_means_full(before: WaitBusy, after: WaitBusy) -> bool:
    """Who is answered -EBUSY finds a full queue."""
    answered = before.place == Place.ANSWERING and after.place != Place.ANSWERING and before.ring == 0
    return implies(answered, before.ring == C)


@final
def waits_in_vain_only(model: WaitBusy) -> bool:
    """Everything stops only when the caller sleeps, nothing is parked, and fewer have come than it waits for."""
    return model.place == Place.ASLEEP and model.parked == 0 and model.ring < model.WANT
