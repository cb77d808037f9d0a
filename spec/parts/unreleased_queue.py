"""A completion queue whose head the application writes only at the end of a batch."""

from uringcheck import var
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.sizes import C


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
