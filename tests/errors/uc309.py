from typing import Final

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, eventually, field, final, init, ints, link, map_of, maybe,
    one_of, param, part, parts, queue, replace, require, set_of, step, temporal, var, weak,
)

class Ring(Model):
    """A part that is not there."""

    n: int = var(0, 1)


class Broken(Model):
    """Uses a part that nothing contains."""

    ring: Ring = link()  # <-

    @action
    def go(self) -> None:
        """A step."""
        self.ring.n = 0
