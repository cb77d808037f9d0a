"""What may stand in the overflow list."""

from uringcheck import always, implies
from uringcheck.spec.parts.completion_queue import CompletionQueue
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
