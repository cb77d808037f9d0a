"""The application that looks for a buffer first and then says that it waits for one."""

import enum

from uringcheck import Fair, action, one_of, require, var
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe
from uringcheck.spec.parts.pool_aware_application import PoolAwareApplication
from uringcheck.spec.sizes import NB


class Waiting(enum.Enum):
    """How far it is with waiting for a buffer."""

    NO = "a request may be armed"
    LOOKING = "-ENOBUFS was consumed"
    ABOUT_TO_MARK = "there was no buffer when it looked"
    MARKED = "readers know that it waits"


class RechecksThenMarks(PoolAwareApplication):
    """Looks on -ENOBUFS whether a buffer has come back meanwhile, and if not, asks the readers to wake it.

    A reader that gives back the last buffer between the two finds nobody to wake.
    """

    waiting: Waiting = var(Waiting.NO)

    @property
    def may_try(self) -> bool:
        """It does not wait for a buffer."""
        return self.waiting == Waiting.NO

    def consume(self, cqe: Cqe) -> None:
        """Take the data; on -ENOBUFS, look for a buffer."""
        Application.consume(self, cqe)
        if cqe.res == -ENOBUFS:
            self.waiting = Waiting.LOOKING

    @action(fair=Fair.WEAK)
    def recheck(self) -> None:
        """The application looks whether a buffer is in the ring."""
        require(self.waiting == Waiting.LOOKING)
        self.waiting = Waiting.ABOUT_TO_MARK if self.pool.ring.empty else Waiting.NO

    @action(fair=Fair.WEAK)
    def mark(self) -> None:
        """The application lets the readers know that it waits."""
        require(self.waiting == Waiting.ABOUT_TO_MARK)
        self.waiting = Waiting.MARKED

    @action(fair=Fair.WEAK_EACH)
    def provide(self, bid: int = one_of(0, NB - 1)) -> None:
        """A reader gives a buffer back, and wakes who has said that it waits."""
        Application.provide(self, bid)
        if self.waiting == Waiting.MARKED:
            self.waiting = Waiting.NO
