from typing import Final

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, eventually, field, final, init, ints, link, map_of, maybe,
    one_of, param, part, parts, queue, replace, require, set_of, step, temporal, var, weak,
)

class Other(Model):
    """Has a size of its own."""

    SIZE: Final[int] = param(2, 1, 8, "a size")  # <-


class UC104(Model):
    """Uses the size of a class it does not contain."""

    n: int = var(0, Other.SIZE)

    @action
    def go(self) -> None:
        """A step."""
        self.n = 0
