"""Two multishot receives on one socket, and completions that are kept until the end of a batch of task work."""

from typing import Final

from uringcheck import (
    Fair,
    Map,
    Model,
    Queue,
    action,
    final,
    implies,
    ints,
    leads_to,
    map_of,
    param,
    queue,
    require,
    step,
    temporal,
    toggle,
    var,
)
from uringcheck.spec.kernels import V6_0
from uringcheck.spec.since import kernels_since
from uringcheck.spec.toggles import aux_flushes, deferred_terminal, sqpoll_flushes


class DeferredCompletions(Model):
    """Both requests are armed, and each ends by itself with its second unit, as a bundle that has mapped every buffer
    does, or a receive with a byte limit.

    The completion queue has room for everything: this is about the order in which completions get there. Units are
    received under uring_lock in the order of the stream, so an application may take the order of the queue for it,
    whichever of its requests a unit came to.
    """

    PRESETS = kernels_since(V6_0, "multishot receive")

    UNITS: Final[int] = param(3, 2, 6, "units that the peer may send")
    SQPOLL: Final[bool] = toggle(False, "a submission thread runs the task work (IORING_SETUP_SQPOLL)")

    #: Units sent, taken out of the socket, and consumed by the application.
    sent: int = var(0, UNITS)
    taken: int = var(0, UNITS)
    consumed: int = var(0, UNITS)
    #: Units that each request still receives; with 0 it has ended.
    left: Map[int, int] = map_of(ints(0, 1), ints(0, 2), start=2)
    #: The batch of task work, by request.
    batch: Queue[int] = queue(2, ints(0, 1))
    #: Last completions that were kept (ctx->submit_state.compl_reqs), by unit.
    kept: Queue[int] = queue(2, ints(1, UNITS))
    #: The completion queue, by unit.
    ring: Queue[int] = queue(UNITS, ints(1, UNITS))

    @action(lane="peer")
    def peer_send(self) -> None:
        """The peer sends one unit, which wakes every request that is armed."""
        require(self.sent < self.UNITS)
        self.sent += 1
        for request in range(2):
            if self.left[request] > 0 and request not in self.batch:
                self.batch.push(request)

    @action(fair=Fair.WEAK)
    def receive(self) -> None:
        """The handler of the oldest task work receives once.

        A completion with F_MORE goes into the queue (io_uring/io_uring.c:io_req_post_cqe); the last one is kept, where
        kernels do that (io_req_complete_defer).
        """
        require(not self.batch.empty)
        request = self.batch.head
        if self.taken == self.sent:
            self.batch.pop()
        else:
            self.taken += 1
            self.left[request] -= 1
            if self.left[request] > 0:
                if aux_flushes:
                    self.post_kept()
                self.ring.push(self.taken)
            elif deferred_terminal:
                self.kept.push(self.taken)
                self.batch.pop()
            else:
                self.ring.push(self.taken)
                self.batch.pop()

    def post_kept(self) -> None:
        """What was kept is posted (io_uring/io_uring.c:__io_submit_flush_completions)."""
        for unit in self.kept:
            self.ring.push(unit)
        self.kept.clear()

    @action(fair=Fair.WEAK)
    def end_batch(self) -> None:
        """Task work is done, and what was kept is posted; by the submission thread of 6.1 only with a submission."""
        require(self.batch.empty and not self.kept.empty and (sqpoll_flushes or not self.SQPOLL))
        self.post_kept()

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """The application consumes the oldest completion."""
        require(not self.ring.empty)
        self.ring.pop()
        self.consumed += 1


@step
def stream_order(before: DeferredCompletions, after: DeferredCompletions) -> bool:
    """The completions of both requests together are in the order of the stream."""
    if before.ring.empty or len(after.ring) >= len(before.ring):
        return True
    return before.ring.head == before.consumed + 1


@temporal
def kept_is_posted(model: DeferredCompletions) -> bool:
    """A completion that was kept is eventually in the queue."""
    return leads_to(not model.kept.empty, model.kept.empty)


@final
def all_told(model: DeferredCompletions) -> bool:
    """Everything stops only when the application was told of every unit that was received."""
    return implies(model.batch.empty, model.consumed == model.taken)
