"""Where the provided buffers are, and what the completions say about them."""

from uringcheck import always, implies, step
from uringcheck.invariants.observation import consumed
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import ENOBUFS
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.sizes import NB


@always
def buffers_conserved(client: Application) -> bool:
    """Every buffer is in exactly one place: the ring, the application, one completion, or a request that keeps it.

    A completion with F_BUF_MORE names a buffer that stays in the ring.
    """
    return all(
        sum(1 for entry in client.pool.ring if entry == bid)
        + (1 if bid in client.held else 0)
        + (1 if client.handler.keeps(bid) else 0)
        + sum(1 for cqe in client.cq.ring if cqe.bid == bid and not cqe.buf_more)
        + sum(1 for cqe in client.cq.overflow if cqe.bid == bid and not cqe.buf_more)
        == 1
        for bid in range(NB)
    )


@step
def content_intact(before: Application, after: Application) -> bool:
    """When the application reads a buffer, it holds the unit that the completion speaks of."""
    if not consumed(before, after):
        return True
    cqe = before.cq.ring.head
    if cqe.res <= 0 or cqe.bid is None:
        return True
    return before.pool.content[cqe.bid] == cqe.res


@step
def data_has_buffer(before: Application, after: Application) -> bool:
    """A completion that reports data names the buffer that holds it, unless the request has one of its own."""
    if not consumed(before, after):
        return True
    return implies(before.cq.ring.head.res > 0, before.cq.ring.head.bid is not None or before.handler.own_buffer)


@step
def no_buffer_without_data(before: Application, after: Application) -> bool:
    """A completion that reports an error or the end of the stream names no buffer, unless there is a header in it."""
    if not consumed(before, after):
        return True
    cqe = before.cq.ring.head
    return implies(cqe.res <= 0, cqe.bid is None or (cqe.res == 0 and before.handler.writes_header))


@step
def enobufs_means_empty(before: RecvHandler, after: RecvHandler) -> bool:
    """The kernel answers -ENOBUFS only when the group has no buffer."""
    return implies(enobufs_count(after.cq) > enobufs_count(before.cq), before.pool.ring.empty)


def enobufs_count(cq: CompletionQueue) -> int:
    """How many completions with -ENOBUFS are queued or parked."""
    return sum(1 for cqe in cq.ring if cqe.res == -ENOBUFS) + sum(1 for cqe in cq.overflow if cqe.res == -ENOBUFS)
