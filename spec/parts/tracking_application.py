"""An application that remembers whether its request is armed, and learns of the end from completions."""

from uringcheck import Fair, action, one_of, var
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.sizes import G


class TrackingApplication(Application):
    """Sets a variable when it submits the request, clears it on the completion that it takes for the last one.

    The policies over it differ in which completion that is.
    """

    #: The application believes that its request is armed.
    believed: bool = var(False)

    def takes_for_last(self, cqe: Cqe) -> bool:
        """The policy: this completion is the last one of the request."""
        return not cqe.more

    @property
    def wants_arm(self) -> bool:
        """It believes that no request is armed, and there is something to expect."""
        return not self.believed and not self.done

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag

    def consume(self, cqe: Cqe) -> None:
        """Look whether the request has ended, and take the data."""
        if self.takes_for_last(cqe):
            self.believed = False
        Application.consume(self, cqe)

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits the request and remembers that it did."""
        EventLoop.arm(self, gen)
        self.believed = True
