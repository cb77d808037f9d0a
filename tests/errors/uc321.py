from typing import Final

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, eventually, field, final, init, ints, link, map_of, maybe,
    one_of, param, part, parts, queue, replace, require, set_of, step, temporal, var, weak,
)

class Broken(Model):
    """A variable with an argument that is only there for type checkers."""

    x: int = var(0, 3, init=2)  # <-

    @action
    def go(self) -> None:
        """A step."""
        self.x = 1
