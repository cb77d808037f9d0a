from uringcheck import Model, Queue, action, always, ints, param, queue, require

SIZE = param(2, 1, 4, "items", abstract=True)


class Summed(Model):
    """A queue of a size that is left open."""

    items: Queue[int] = queue(SIZE, ints(0, 3))

    @action
    def add(self) -> None:
        """One more."""
        require(not self.items.full)
        self.items.push(1)


@always
def not_much(m: Summed) -> bool:
    """There is no sum over a size that has no value."""
    return sum(item for item in m.items) <= 9  # <-
