from typing import Final

from uringcheck import (
    Map, Model, Queue, Record, SetOf, action, always, eventually, field, final, init, ints, link, map_of, maybe,
    one_of, param, part, parts, queue, replace, require, set_of, step, temporal, var, weak,
)

class Broken(Model):
    """A model with one mistake."""

    n: int = var(0, 3)
    flag: bool = var(False)
    maybe_n: int | None = var(maybe(ints(0, 3)))
    q: Queue[int] = queue(2, ints(0, 3))
    s: SetOf[int] = set_of(ints(0, 3))
    def bump(self) -> bool:
        """Changes something."""
        self.n = 1  # <-
        return True

    @action
    def go(self) -> None:
        """A step."""
        self.n = 0


@always
def calm(m: Broken) -> bool:
    """Nothing happens."""
    return m.bump()
