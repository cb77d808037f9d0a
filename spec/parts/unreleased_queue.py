"""A completion queue whose head the application writes only at the end of a batch."""

from uringcheck import var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.sizes import C
from uringcheck.spec.toggles import flush_drops_cache, order_rule, split_flush


class UnreleasedQueue(CompletionQueue):
    """The kernel knows what was consumed by the head in shared memory alone, so what is consumed and not released there
    still takes up a slot (io_uring/io_uring.c:__io_get_cqe and io_cqe_cache_refill, which read it).
    """

    #: Completions that were consumed since the head was written.
    unreleased: int = var(0, C)

    @property
    def room(self) -> int:
        """Slots that are free to the kernel."""
        return C - len(self.ring) - self.unreleased

    @property
    def has_slot(self) -> bool:
        """Whether the next completion goes into the ring."""
        if order_rule and not self.overflow.empty and self.cached == 0:
            return False
        return self.room > 0

    def flush(self) -> None:
        """Move parked completions into the slots that are free to the kernel; nothing moves where there is none."""
        if split_flush:
            self.ring.push(self.overflow.pop())
            self.cached = 0 if flush_drops_cache or self.overflow.empty else self.room
        else:
            for _ in range(C):
                if not self.overflow.empty and self.room > 0:
                    self.ring.push(self.overflow.pop())
