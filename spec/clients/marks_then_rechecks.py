"""The application that says that it waits for a buffer and then looks for one."""

from uringcheck import Fair, action, require, var
from uringcheck.spec.clients.rearms_on_recycle import RearmsOnRecycle
from uringcheck.spec.parts.cqe import ENOBUFS, Cqe


class MarksThenRechecks(RearmsOnRecycle):
    """Notes on -ENOBUFS that it needs a buffer, and then looks whether one has come back meanwhile.

    A reader that gives one back before the note is seen by the look, and one that does after it sees the note.
    """

    #: It has yet to look.
    looking: bool = var(False)

    def consume(self, cqe: Cqe) -> None:
        """Take the data; on -ENOBUFS wait, and look once more."""
        RearmsOnRecycle.consume(self, cqe)
        if cqe.res == -ENOBUFS:
            self.looking = True

    @action(fair=Fair.WEAK)
    def recheck(self) -> None:
        """The application looks whether a buffer is in the ring."""
        require(self.looking)
        self.looking = False
        if not self.pool.ring.empty:
            self.waiting = False
