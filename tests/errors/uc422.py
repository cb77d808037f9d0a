from typing import ClassVar

from uringcheck import Ghost, Model, Queue, action, ints, link, pushed, queue, require


class Line(Model):
    """A queue."""

    items: Queue[int] = queue(2, ints(0, 3))

    @action
    def add(self) -> None:
        """One more."""
        require(not self.items.full)
        self.items.push(1)


class Meddler(Ghost):
    """What is noted beside it."""

    FOR: ClassVar[type[Model]] = Line

    line: Line = link()

    @pushed(Line.items)
    def takes_it(self, item: int) -> None:
        """A ghost that takes the item away."""
        self.line.items.pop()  # <-
