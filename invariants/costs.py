"""What behaviours cost: submissions, arming, completions, and what is left behind.

Only `uringcheck cost` and suites ask for these.
"""

from uringcheck import cost, measure
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.polled_request import Phase, PolledRequest


@cost
def submits(before: PolledRequest, after: PolledRequest) -> int:
    """Requests that are submitted."""
    return 1 if after.phase == Phase.ISSUING and before.phase != Phase.ISSUING else 0


@cost
def poll_arms(before: PolledRequest, after: PolledRequest) -> int:
    """Times that a request is put into the wait queue of the file."""
    return 1 if before.phase == Phase.ISSUING and after.armed else 0


@cost
def task_works(before: PolledRequest, after: PolledRequest) -> int:
    """Times that task work is queued."""
    return 1 if before.phase not in (Phase.QUEUED, Phase.DROPPING) and after.phase == Phase.QUEUED else 0


@cost
def completions(before: CompletionQueue, after: CompletionQueue) -> int:
    """Completions that are posted, into the queue or onto the overflow list."""
    return max(0, len(after.ring) + len(after.overflow) - len(before.ring) - len(before.overflow))


@cost
def posted_in_batch(before: PolledRequest, after: PolledRequest) -> int:
    """Completions that task work posts."""
    return completions(before.cq, after.cq) if before.phase == Phase.RUNNING else 0


@cost
def flushes(before: CompletionQueue, after: CompletionQueue) -> int:
    """Times that the application enters the kernel for parked completions."""
    return 1 if len(after.overflow) < len(before.overflow) else 0


@measure
def parked(cq: CompletionQueue) -> int:
    """Completions in the overflow list."""
    return len(cq.overflow)


@measure
def received(client: Application) -> int:
    """Units that the application has received."""
    return client.delivered


@measure
def left_behind(client: Application) -> int:
    """Units that wait in the socket while the request sleeps and a buffer is there."""
    return client.socket.unread if client.poll.phase == Phase.WAITING and not client.pool.ring.empty else 0
