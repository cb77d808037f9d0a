"""That the last completion of a receive says why it ended."""

from uringcheck import implies, leads_to, step, temporal
from uringcheck.invariants.observation import consumed
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import ECONNRESET, Request
from uringcheck.spec.parts.ending_handler import EndingHandler
from uringcheck.spec.recv_endings import RecvEndings


def results(cq: CompletionQueue, res: int) -> int:
    """How many completions with this result are queued or parked."""
    return sum(1 for cqe in cq.ring if cqe.request == Request.SUBJECT and cqe.res == res) + sum(
        1 for cqe in cq.overflow if cqe.request == Request.SUBJECT and cqe.res == res
    )


def last_with_data(cq: CompletionQueue) -> int:
    """How many last completions with data are queued or parked."""
    return sum(1 for cqe in cq.ring if cqe.request == Request.SUBJECT and cqe.res > 0 and not cqe.more) + sum(
        1 for cqe in cq.overflow if cqe.request == Request.SUBJECT and cqe.res > 0 and not cqe.more
    )


@step
def zero_means_ended(before: EndingHandler, after: EndingHandler) -> bool:
    """The kernel answers 0 only when nothing is left to read, one side has closed, and no error waits."""
    socket_ended = before.ending.fin or before.ending.shut
    return implies(
        results(after.cq, 0) > results(before.cq, 0),
        socket_ended and before.socket.unread == 0 and not before.ending.reset,
    )


@step
def reset_means_reset(before: EndingHandler, after: EndingHandler) -> bool:
    """The kernel answers -ECONNRESET only to a reset, when everything before it was read, and once."""
    return implies(
        results(after.cq, -ECONNRESET) > results(before.cq, -ECONNRESET),
        before.ending.reset and before.socket.unread == 0 and not after.ending.reset,
    )


@step
def data_ends_when_refused(before: EndingHandler, after: EndingHandler) -> bool:
    """A completion with data ends the request only when the queue would not take one with F_MORE."""
    return implies(last_with_data(after.cq) > last_with_data(before.cq), not before.cq.takes_aux)


@step
def end_after_all_data(before: RecvEndings, after: RecvEndings) -> bool:
    """The application is told that the stream was closed or reset only when it has received every unit sent."""
    if not consumed(before.client, after.client):
        return True
    res = before.cq.ring.head.res
    return implies(res == 0 or res == -ECONNRESET, before.client.delivered == before.socket.sent)


@temporal
def ending_is_told(model: RecvEndings) -> bool:
    """When the stream was closed, reset or shut down, the request that is out eventually ends."""
    return leads_to(model.socket.hung_up and not model.client.outstanding.empty, model.client.outstanding.empty)
