from typing import ClassVar

from uringcheck import Ghost, Model, action, naturals, pushed, require, var


class Counter(Model):
    """A counter."""

    n: int = var(0, 3)

    @action
    def up(self) -> None:
        """One more."""
        require(self.n < 3)
        self.n += 1


class Watcher(Ghost):
    """What is noted beside it."""

    FOR: ClassVar[type[Model]] = Counter

    seen: int = var(naturals())

    @pushed(Counter.up)  # <-
    def counts(self) -> None:
        """An action is no queue."""
        self.seen += 1
