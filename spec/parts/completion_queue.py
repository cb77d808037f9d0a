"""The completion queue and the overflow list behind it."""

from typing import Final

from uringcheck import Model, Queue, param, queue, var
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.sizes import C
from uringcheck.spec.toggles import (
    allow_overflow,
    cq_extra_leak,
    flush_drops_cache,
    order_rule,
    split_flush,
    trace_once,
)


class CompletionQueue(Model):
    """The completions an application can see, and those parked until it asks for them.

    Posting holds completion_lock, so each of these methods is part of one step. An allocation for the overflow list
    always succeeds here; dropped completions are not modelled. What is kept about trace events and drained requests
    changes nothing that the application sees of completions.
    """

    #: The kernel's list has no bound of its own. Each model gives it room for every completion that can exist, so that
    #: a run in which the list grows is judged by what stands in it and not ended by its size.
    PARKED: Final[int] = param(6, 1, 40, "completions the overflow list has room for", unlimited=True)

    DRAINS: Final[int] = param(0, 0, 2, "drained requests there may be; without any, what they compare is not kept")

    #: The ring in shared memory, oldest first.
    ring: Queue[Cqe] = queue(C, Cqe)

    #: The overflow list.
    overflow: Queue[Cqe] = queue(PARKED, Cqe)

    #: Free slots that an interrupted flush has left cached (ctx->cqe_cached up to ctx->cqe_sentinel). Otherwise the
    #: cache needs no variable: it is empty when the first completion is parked.
    cached: int = var(0, C)
    #: A refused completion is still counted in ctx->cq_extra.
    extra: bool = var(False)
    #: A completion was traced both as complete and as overflowed.
    traced_twice: bool = var(False)
    #: A completion was traced and then refused.
    traced_for_nothing: bool = var(False)

    @property
    def flag(self) -> bool:
        """IORING_SQ_CQ_OVERFLOW: set by the first parked completion, cleared when the list is empty again.

        io_uring/io_uring.c:io_cqring_event_overflow and __io_cqring_overflow_flush, 6.0.
        """
        return not self.overflow.empty

    @property
    def has_slot(self) -> bool:
        """Whether the next completion goes into the ring.

        io_uring/io_uring.c:__io_get_cqe: 6.0 only looks for room; 6.1 and later also at the check bit, but only when
        the run of cached slots is used up.
        """
        if order_rule and not self.overflow.empty and self.cached == 0:
            return False
        return self.room > 0

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
            if self.cached > 0:
                self.cached -= 1
        else:
            self.overflow.push(cqe)
            if not trace_once:
                self.traced_twice = True

    def refuse(self) -> None:
        """A completion that does not end its request was not posted.

        io_uring/io_uring.c:io_post_aux_cqe, 6.0: it counts, and before 6.0 traced, before it looks for a slot.
        """
        if not trace_once:
            self.traced_for_nothing = True
        if cq_extra_leak and self.DRAINS > 0:
            self.extra = True

    def flush(self) -> None:
        """Move parked completions into the ring, oldest first, until it is full.

        io_uring/io_uring.c:__io_cqring_overflow_flush, 6.0: one step under completion_lock. Where it may let go of its
        locks, one completion is moved in a step, and the rest is another flush: nothing says when it goes on.
        """
        if split_flush:
            self.ring.push(self.overflow.pop())
            self.cached = 0 if flush_drops_cache or self.overflow.empty else self.room
        else:
            for _ in range(C):
                if not self.overflow.empty and self.room > 0:
                    self.ring.push(self.overflow.pop())

    def holds(self, gen: int) -> bool:
        """Whether a completion of this generation is queued or parked."""
        return any(cqe.of(gen) for cqe in self.ring) or any(cqe.of(gen) for cqe in self.overflow)

    @property
    def room(self) -> int:
        """Slots that are free to the kernel."""
        return C - len(self.ring)
