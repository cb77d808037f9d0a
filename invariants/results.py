"""That a completion says why the request ended."""

from uringcheck import implies, step
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import ECANCELED
from uringcheck.spec.parts.polled_request import PolledRequest


@step
def ecanceled_means_cancelled(before: PolledRequest, after: PolledRequest) -> bool:
    """The kernel answers -ECANCELED only to a request that the application has cancelled."""
    return implies(ecanceled_count(after.cq) > ecanceled_count(before.cq), before.cancelled)


def ecanceled_count(cq: CompletionQueue) -> int:
    """How many completions with -ECANCELED are queued or parked."""
    return sum(1 for cqe in cq.ring if cqe.res == -ECANCELED) + sum(1 for cqe in cq.overflow if cqe.res == -ECANCELED)
