"""The completion queue and the overflow list behind it."""

from typing import Final

from uringcheck import Model, Queue, param, queue
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.sizes import C
from uringcheck.spec.toggles import allow_overflow, order_rule


class CompletionQueue(Model):
    """The completions an application can see, and those parked until it asks for them.

    Posting holds completion_lock, so each of these methods is part of one step. An allocation for the overflow list
    always succeeds here; dropped completions are not modelled.
    """

    #: The kernel's list has no bound of its own. Each model gives it room for every completion that can exist, so that
    #: a run in which the list grows is judged by what stands in it and not ended by its size.
    PARKED: Final[int] = param(6, 1, 40, "completions the overflow list has room for")

    #: The ring in shared memory, oldest first.
    ring: Queue[Cqe] = queue(C, Cqe)

    #: The overflow list.
    overflow: Queue[Cqe] = queue(PARKED, Cqe)

    @property
    def flag(self) -> bool:
        """IORING_SQ_CQ_OVERFLOW: set by the first parked completion, cleared when the list is empty again.

        io_uring/io_uring.c:io_cqring_event_overflow and __io_cqring_overflow_flush, 6.0.
        """
        return not self.overflow.empty

    @property
    def has_slot(self) -> bool:
        """Whether the next completion goes into the ring.

        io_uring/io_uring.c:__io_get_cqe: 6.0 only looks for room; 6.1 and later also at the check bit. The kernel
        takes slots from a cached run and looks at the bit when it refills that; the cache is empty whenever the list
        gets its first entry, so the two are the same as long as a flush is one step.
        """
        if order_rule and not self.overflow.empty:
            return False
        return not self.ring.full

    @property
    def takes_aux(self) -> bool:
        """Whether a completion that does not end its request can be posted.

        The return value of io_uring/io_uring.c:io_post_aux_cqe (6.0), io_aux_cqe (6.2), io_req_post_cqe (6.8).
        """
        return self.has_slot or allow_overflow

    def post(self, cqe: Cqe) -> None:
        """Post a completion, to the overflow list if it does not fit: a terminal one never fails.

        io_uring/io_uring.c:io_req_complete_post and io_cqring_event_overflow, 6.0.
        """
        if self.has_slot:
            self.ring.push(cqe)
        else:
            self.overflow.push(cqe)

    def flush(self) -> None:
        """Move parked completions into the ring, oldest first, until it is full.

        io_uring/io_uring.c:__io_cqring_overflow_flush, 6.0. One step under completion_lock; 6.12 to 6.15 may let go
        of the lock in the middle, which is not modelled here.
        """
        for _ in range(C):
            if not self.overflow.empty and not self.ring.full:
                self.ring.push(self.overflow.pop())

    def holds(self, gen: int) -> bool:
        """Whether a completion of this generation is queued or parked."""
        return any(cqe.of(gen) for cqe in self.ring) or any(cqe.of(gen) for cqe in self.overflow)
