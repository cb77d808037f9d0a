"""An application that looks whether a completion was dropped."""

from typing import Final

from uringcheck import Fair, action, link, require, toggle
from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.fallible_queue import FallibleQueue


class DroppedApplication(KeepsContract, Application):
    """As the client `contract`, and it waits in the kernel when there is nothing to consume.

    The kernel's answer -EBADR says that a completion is gone, not which. All there is to do is to give the connection
    up; without the check the application waits for a completion that does not exist.
    """

    CHECKS: Final[bool] = toggle(True, "the application gives up when a waiting call is answered -EBADR")

    queue: FallibleQueue = link()

    @property
    def done(self) -> bool:
        """The end of the stream was seen, or the connection given up."""
        return self.eof_seen or (self.CHECKS and self.queue.told)

    @action(fair=Fair.WEAK)
    def wait_and_fail(self) -> None:
        """The application waits for completions, and the kernel answers -EBADR, once for all that was dropped."""
        require(self.queue.dropped and self.cq.ring.empty and not self.poll.runs_handler)
        self.queue.dropped = False
        self.queue.told = True
