"""How a property tells that the application has just seen a completion.

What an application may rely on is judged on the step in which it consumes a completion, because that is when it acts
on it. `before.cq.ring.head` is then the completion that was consumed.
"""

from uringcheck.spec.parts.application import Application


def consumed(before: Application, after: Application) -> bool:
    """Whether the step consumed a completion: nothing else makes the completion queue shorter."""
    return len(after.cq.ring) < len(before.cq.ring)
