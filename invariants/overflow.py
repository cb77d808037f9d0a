"""What may stand in the overflow list."""

from uringcheck import always, implies, step
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.linked_request import LinkedRequest
from uringcheck.spec.parts.messages import Messages
from uringcheck.spec.sizes import G


@always
def overflow_bounded(cq: CompletionQueue) -> bool:
    """The overflow list holds at most one completion of each generation, and none with F_MORE."""
    return not any(cqe.more for cqe in cq.overflow) and all(
        sum(1 for cqe in cq.overflow if cqe.of(gen)) <= 1 for gen in range(G)
    )


@always
def no_slots_while_parked(cq: CompletionQueue) -> bool:
    """While a completion is parked, no slot of the queue is cached for another one."""
    return implies(cq.flag, cq.cached == 0)


@step
def messages_in_order(before: Messages, after: Messages) -> bool:
    """The application finds the messages of other rings in the order in which they were posted."""
    if before.cq.ring.empty or len(after.cq.ring) >= len(before.cq.ring):
        return True
    return implies(
        number(before.cq.ring.head) > 0,
        not any(0 < number(cqe) < number(before.cq.ring.head) for cqe in before.cq.ring)
        and not any(0 < number(cqe) < number(before.cq.ring.head) for cqe in before.cq.overflow),
    )


def number(cqe: Cqe) -> int:
    """The number of a message, 0 for other completions."""
    return cqe.res if cqe.request == Request.NOP else 0


@step
def successor_behind_last(before: LinkedRequest, after: LinkedRequest) -> bool:
    """The completion of a linked request does not get ahead of the last one of the request before it."""
    ran = before.waits and not after.waits and not before.free
    parked = any(cqe.request == Request.SUBJECT and not cqe.more for cqe in before.cq.overflow)
    return implies(ran and parked, len(after.cq.ring) == len(before.cq.ring))
