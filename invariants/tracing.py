"""What the trace events io_uring_complete and io_uring_cqe_overflow say about completions."""

from uringcheck import always
from uringcheck.spec.parts.completion_queue import CompletionQueue


@always
def traced_once(cq: CompletionQueue) -> bool:
    """Every completion is traced once, as complete or as overflowed."""
    return not cq.traced_twice


@always
def traced_exists(cq: CompletionQueue) -> bool:
    """What is traced is a completion that the application will find."""
    return not cq.traced_for_nothing
