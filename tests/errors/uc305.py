from typing import Final

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, eventually, field, final, init, ints, link, map_of, maybe,
    one_of, param, part, parts, queue, replace, require, set_of, step, temporal, var, weak,
)

class Broken(Model):
    """A queue of queues."""

    q: Queue[int] = queue(2, maybe(map_of(ints(0, 1), bool)))  # <-

    @action
    def go(self) -> None:
        """A step."""
        self.q.clear()
