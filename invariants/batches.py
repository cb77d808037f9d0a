"""What an application that consumes in batches costs itself."""

from uringcheck import implies, step
from uringcheck.invariants.endings import last_with_data
from uringcheck.spec.parts.unreleased_queue import UnreleasedQueue


@step
def full_means_unread(before: UnreleasedQueue, after: UnreleasedQueue) -> bool:
    """A full queue ends a receive only while it is full of completions that were not consumed."""
    ended = last_with_data(after) > last_with_data(before)
    return implies(ended, before.ring.full or not before.overflow.empty)
