"""An application that looks whether a completion was dropped."""

from typing import Final

from uringcheck import Fair, action, link, require, toggle
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.fallible_queue import FallibleQueue


class DroppedApplication(Application):
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

    @property
    def wants_arm(self) -> bool:
        """No generation is left whose last completion was not consumed."""
        return self.outstanding.empty and not self.done

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag

    @action(fair=Fair.WEAK)
    def wait_and_fail(self) -> None:
        """The application waits for completions, and the kernel answers -EBADR, once for all that was dropped."""
        require(self.queue.dropped and self.cq.ring.empty and not self.poll.runs_handler)
        self.queue.dropped = False
        self.queue.told = True
