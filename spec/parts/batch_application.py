"""An application that consumes completions in batches."""

from typing import Final

from uringcheck import Fair, action, link, require, toggle
from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.unreleased_queue import UnreleasedQueue


class BatchApplication(KeepsContract, Application):
    """Keeps the contract, and submits from inside its batch when it finds the last completion of its request there.

    That is a loop over io_uring_for_each_cqe with io_uring_cq_advance behind it.
    """

    LATE: Final[bool] = toggle(True, "the head is written at the end of the batch, not with each completion")

    queue: UnreleasedQueue = link()

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """The application consumes the next completion of the batch."""
        Application.reap(self)
        if self.LATE:
            self.queue.unreleased += 1

    @action(fair=Fair.WEAK)
    def end_batch(self) -> None:
        """The application writes the head."""
        require(self.queue.unreleased > 0)
        self.queue.unreleased = 0
