"""A property that looks at the head of an empty queue: it has no value there, so it does not hold."""

from uringcheck import Model, Queue, action, always, ints, queue, require


class PropertyWithoutValue(Model):
    """A queue of one that is filled and emptied."""

    waiting: Queue[int] = queue(1, ints(0, 1))

    @action
    def put(self) -> None:
        """A one is queued."""
        require(self.waiting.empty)
        self.waiting.push(1)

    @action
    def take(self) -> None:
        """The head leaves."""
        require(not self.waiting.empty)
        self.waiting.pop()


# Never "holds": in the first state there is no head to look at.
@always
def head_is_one(m: PropertyWithoutValue) -> bool:
    """The head of the queue is a one."""
    return m.waiting.head == 1
