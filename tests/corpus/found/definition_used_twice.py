"""Found by TLC, which missed a definition: the export had written it out in one place and dropped it from another."""

from uringcheck import Model, Queue, action, ints, one_of, queue, require, var


class DefinitionUsedTwice(Model):
    """What becomes of one variable says what becomes of the other, which is declared before it."""

    full: bool = var(False)
    q: Queue[int] = queue(2, ints(0, 1))

    @action
    def push(self, item: int = one_of(0, 1)) -> None:
        """An item comes, and whether there is room is noted."""
        require(not self.q.full)
        self.q.push(item)
        self.full = self.q.full

    @action
    def pop(self) -> None:
        """An item goes."""
        require(not self.q.empty)
        self.q.pop()
        self.full = False
