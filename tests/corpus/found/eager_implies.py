"""Found by plain run and generated Python: `implies` is a function, whose right side is evaluated in any case."""

from uringcheck import Model, Queue, action, always, implies, ints, queue, require


class EagerImplies(Model):
    """A queue that is looked into though it may be empty."""

    q: Queue[int] = queue(2, ints(0, 1))

    @action
    def push(self) -> None:
        """An item comes."""
        require(not self.q.full)
        self.q.push(1)


@always
def the_head_is_one(m: EagerImplies) -> bool:
    """It has no value in the empty queue: CPython asks for the head before `implies` is called."""
    return implies(not m.q.empty, m.q.head == 1)
