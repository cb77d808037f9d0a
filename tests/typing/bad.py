"""Mistakes that both type checkers find, each on a line that ends in `# error`."""

import enum
from typing import Final

from uringcheck import Map, Model, Queue, Record, action, always, field, ints, map_of, one_of, param, queue, var


class Phase(enum.Enum):
    """Where it is."""

    IDLE = 0


class Item(Record):
    """Something queued."""

    number: int = field(0, 3)
    more: bool


class Wrong(Model):
    """One mistake a line."""

    SIZE: Final[int] = param(2, 1, 4, "a size")
    text: str = var(0, 3)  # error
    phase: Phase = var(False)  # error
    items: Queue[int] = queue(2, Item)  # error
    counts: Map[Phase, int] = map_of(ints(0, 1), ints(0, 3))  # error
    number: int = var(0, 3)
    queue_: Queue[Item] = queue(2, Item)

    @action
    def go(self, by: str = one_of(0, 3)) -> None:  # error
        """A step."""
        self.SIZE = 3  # error
        self.number = "three"  # error
        self.queue_.push(3)  # error
        self.queue_.push(Item(number=1))  # error
        self.number = self.numbr  # error
        self.phase = Phase.BUSY  # error


@always  # error
def calm(m: Wrong) -> int:
    """A property that is no boolean."""
    return m.number
