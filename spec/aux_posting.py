"""Posting completions beside a request: a preparation of the series, compared with what was before it."""

from typing import Final

from uringcheck import Fair, Model, Queue, action, always, final, ints, one_of, param, queue, require, toggle, var
from uringcheck.spec.sizes import C
from uringcheck.spec.toggles import aux_asks_for_overflow


class AuxPosting(Model):
    """One multishot request that posts completions, the queue with its overflow list, and a drained request behind it.

    Completions are numbered in the order in which the request wants to post them.
    """

    POSTS: Final[int] = param(4, 1, 8, "completions the request wants to post, the last one included")
    REFUSABLE: Final[bool] = toggle(False, "some caller says that its completion may not overflow")

    ring: Queue[int] = queue(C, ints(1, POSTS))
    overflow: Queue[int] = queue(POSTS, ints(1, POSTS))
    #: Completions the request has tried to post.
    tried: int = var(0, POSTS)
    #: Completions posted beside the request.
    beside: int = var(0, POSTS)
    #: ctx->cq_extra.
    extra: int = var(0, POSTS)
    #: ctx->cached_cq_tail: what was ever put into the ring.
    tail: int = var(0, POSTS)
    #: The request has not posted its last completion.
    live: bool = var(True)
    #: The drained request has run.
    drained: bool = var(False)

    @action(fair=Fair.WEAK)
    def post(self, allow_overflow: bool = one_of(bool)) -> None:
        """The request posts a completion and goes on; if it is refused, the completion becomes the last one."""
        # The last number is left for the last completion.
        require(self.live and self.tried + 1 < self.POSTS)
        # Every caller of the time says that it may overflow.
        require(allow_overflow or self.REFUSABLE)
        self.tried += 1
        filled = self.fill_aux(allow_overflow) if aux_asks_for_overflow else self.fill_aux_always()
        if filled:
            self.beside += 1
        else:
            self.end()

    @action
    def finish(self) -> None:
        """The request posts its last completion for a reason of its own."""
        require(self.live)
        self.tried += 1
        self.end()

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """The application consumes the oldest completion."""
        require(not self.ring.empty)
        self.ring.pop()

    @action(fair=Fair.WEAK)
    def flush(self) -> None:
        """The kernel moves the oldest parked completion into the ring."""
        require(not self.overflow.empty and not self.ring.full)
        self.ring.push(self.overflow.pop())
        self.tail += 1

    @action(fair=Fair.WEAK)
    def run_drained(self) -> None:
        """The drained request runs (io_uring/io_uring.c:req_need_defer): one request was before it."""
        require(not self.live and not self.drained and self.tail == 1 + self.extra)
        self.drained = True

    def fill_aux(self, allow_overflow: bool) -> bool:
        """io_fill_cqe_aux with the patch: it is counted before a slot is looked for, and whoever posts is told."""
        self.extra += 1
        if not self.ring.full:
            self.enter_ring()
            return True
        if allow_overflow:
            self.overflow.push(self.tried)
            return True
        return False

    def fill_aux_always(self) -> bool:
        """io_fill_cqe_aux before the patch: nobody is asked."""
        self.extra += 1
        if not self.ring.full:
            self.enter_ring()
        else:
            self.overflow.push(self.tried)
        return True

    def end(self) -> None:
        """The last completion, which is never refused."""
        if not self.ring.full:
            self.enter_ring()
        else:
            self.overflow.push(self.tried)
        self.live = False

    def enter_ring(self) -> None:
        """A completion is put into the ring."""
        self.ring.push(self.tried)
        self.tail += 1


@always
def extra_was_posted(model: AuxPosting) -> bool:
    """Every completion that cq_extra counts was posted: otherwise a drained request waits for it for ever."""
    return model.extra == model.beside


@final
def drained_in_the_end(model: AuxPosting) -> bool:
    """Everything stops only when the drained request has run."""
    return model.drained
