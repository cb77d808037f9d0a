"""The application that arms again when the next buffer is given back."""

from uringcheck import Fair, action, one_of, var
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe
from uringcheck.spec.parts.pool_aware_application import PoolAwareApplication
from uringcheck.spec.sizes import NB


class RearmsOnRecycle(PoolAwareApplication):
    """Notes on -ENOBUFS that it needs a buffer; whoever gives one back arms the request.

    What the readers gave back before the completion was consumed wakes nobody. As described in PADL/IORingSwift#10,
    2026-06, for what might be done instead of waiting some time.
    """

    #: -ENOBUFS was consumed, and no buffer has been given back since.
    waiting: bool = var(False)

    @property
    def may_try(self) -> bool:
        """A buffer was given back since."""
        return not self.waiting

    def consume(self, cqe: Cqe) -> None:
        """Take the data; on -ENOBUFS wait."""
        Application.consume(self, cqe)
        if cqe.res == -ENOBUFS:
            self.waiting = True

    @action(fair=Fair.WEAK_EACH)
    def provide(self, bid: int = one_of(0, NB - 1)) -> None:
        """A reader gives a buffer back, and wakes who waits for one."""
        Application.provide(self, bid)
        self.waiting = False
