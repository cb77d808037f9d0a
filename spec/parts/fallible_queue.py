"""A completion queue whose overflow list needs memory that may be missing."""

from typing import Final

from uringcheck import action, link, param, require, var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.toggles import allow_overflow


class FallibleQueue(CompletionQueue):
    """An entry of the overflow list is allocated without waiting, so while memory is short there is none.

    The completion is then dropped, the ring's overflow counter goes up, and the next call that waits is answered
    -EBADR, once (io_uring/io_uring.c:io_cqring_event_overflow and io_cqring_wait, 6.0).
    """

    SHORTAGES: Final[int] = param(1, 0, 3, "times that memory may become short")

    #: Times that memory became short.
    shortages: int = var(0, SHORTAGES)
    #: Memory is short now.
    short: bool = var(False)
    #: The counter in shared memory is not 0.
    counted: bool = var(False)
    #: IO_CHECK_CQ_DROPPED_BIT: nobody was told yet.
    dropped: bool = var(False)
    #: A call was answered -EBADR.
    told: bool = var(False)

    poll: PolledRequest = link()

    @property
    def takes_aux(self) -> bool:
        """A completion that may overflow and cannot is refused."""
        return self.has_slot or (allow_overflow and not self.short)

    def post(self, cqe: Cqe) -> None:
        """Post a completion: to the ring, to the overflow list, or nowhere."""
        if self.has_slot:
            self.ring.push(cqe)
            if self.cached > 0:
                self.cached -= 1
        elif self.short:
            self.counted = True
            self.dropped = True
        else:
            self.overflow.push(cqe)

    @action(lane="kernel")
    def memory_runs_short(self) -> None:
        """There is no memory for an entry of the overflow list."""
        require(not self.short and self.shortages < self.SHORTAGES)
        self.short = True
        self.shortages += 1

    @action(lane="kernel")
    def memory_is_back(self) -> None:
        """There is memory again."""
        require(self.short)
        self.short = False
