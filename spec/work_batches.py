"""Task work of a deferred ring, which one call runs so much of, and an application that is told when some waits."""

from typing import Final

from uringcheck import (
    Fair,
    Map,
    Model,
    Queue,
    action,
    final,
    ints,
    leads_to,
    map_of,
    one_of,
    param,
    queue,
    require,
    step,
    temporal,
    toggle,
    var,
)
from uringcheck.spec.kernels import V6_1
from uringcheck.spec.since import kernels_since
from uringcheck.spec.toggles import local_limit


class WorkBatches(Model):
    """Several armed requests of a ring with IORING_SETUP_DEFER_TASKRUN, each woken by a peer of its own.

    The application enters for what is there already (IORING_ENTER_GETEVENTS with min_complete 0). What one step is: one
    item of task work, which here is one receive.
    """

    PRESETS = kernels_since(V6_1, "IORING_SETUP_DEFER_TASKRUN")

    REQUESTS: Final[int] = param(3, 2, 6, "requests that are armed")
    LIMIT: Final[int] = param(2, 1, 6, "items of task work that one call runs; IO_LOCAL_TW_DEFAULT_MAX is 20")
    LOOKS: Final[bool] = toggle(True, "the application looks at IORING_SQ_TASKRUN again after each call")

    #: Data waits for the request.
    unread: Map[int, bool] = map_of(ints(0, REQUESTS - 1), bool)
    #: Task work that was queued since a call has taken it (ctx->work_llist), by request.
    work: Queue[int] = queue(REQUESTS, ints(0, REQUESTS - 1))
    #: What a call has taken and not run yet (ctx->retry_llist between calls).
    rest: Queue[int] = queue(REQUESTS, ints(0, REQUESTS - 1))
    #: The application is in the kernel.
    inside: bool = var(False)
    #: This call has taken what was queued.
    taken: bool = var(False)
    #: Items that this call may still run.
    left: int = var(0, LIMIT)
    #: IORING_SQ_TASKRUN was set, and the application has not entered since.
    told: bool = var(False)

    @action(lane="peer")
    def peer_send(self, request: int = one_of(0, REQUESTS - 1)) -> None:
        """A peer sends, which queues task work for the request (io_uring/io_uring.c:io_req_local_work_add, 6.1)."""
        require(not self.unread[request])
        self.unread[request] = True
        if self.work.empty:
            self.told = True
        self.work.push(request)

    @action(fair=Fair.WEAK)
    def enter(self) -> None:
        """The application enters: the flag is set, or it was when the application last looked."""
        require(not self.inside)
        require(not (self.work.empty and self.rest.empty) if self.LOOKS else self.told)
        self.inside = True
        self.told = False
        self.left = self.LIMIT

    @action(fair=Fair.WEAK)
    def take(self) -> None:
        """The call takes all that is queued, once (llist_del_all in io_uring/io_uring.c:__io_run_local_work, 6.1).

        What comes later is left to the next call, as this one waits for nothing.
        """
        require(self.inside and not self.taken and self.rest.empty and self.left > 0)
        self.taken = True
        for request in self.work:
            self.rest.push(request)
        self.work.clear()

    @action(fair=Fair.WEAK)
    def run(self) -> None:
        """The oldest item runs: its request receives."""
        require(self.inside and self.left > 0 and not self.rest.empty)
        self.unread[self.rest.pop()] = False
        if local_limit:
            self.left -= 1

    @action(fair=Fair.WEAK)
    def leave(self) -> None:
        """The call returns when it has run what it took, or as much as it may."""
        require(self.inside and (self.left == 0 or (self.taken and self.rest.empty)))
        self.inside = False
        self.taken = False
        self.left = 0


@step
def one_call_runs_all(before: WorkBatches, after: WorkBatches) -> bool:
    """A call leaves no task work that it has taken."""
    return not (before.inside and not after.inside) or after.rest.empty


@temporal
def each_request_served(model: WorkBatches) -> bool:
    """Whatever is sent is eventually received."""
    return all(leads_to(model.unread[request], not model.unread[request]) for request in range(model.REQUESTS))


@final
def stops_with_all_served(model: WorkBatches) -> bool:
    """Everything stops only when everything sent was received."""
    return not any(model.unread[request] for request in range(model.REQUESTS))
