"""How a property tells that the application has just seen a completion.

What an application may rely on is judged on the step in which it consumes a completion, because that is when it acts
on it. `before.cq.ring.head` is then the completion that was consumed.
"""

from uringcheck.spec.parts.cqe import Request
from uringcheck.spec.parts.event_loop import EventLoop


def consumed(before: EventLoop, after: EventLoop) -> bool:
    """Whether the step consumed a completion of the request: nothing else makes the completion queue shorter."""
    return len(after.cq.ring) < len(before.cq.ring) and before.cq.ring.head.request == Request.SUBJECT
