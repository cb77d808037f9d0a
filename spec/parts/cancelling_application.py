"""An application that looks at what became of its cancellations."""

from uringcheck import Fair, action, require
from uringcheck.spec.parts.cqe import Cqe, Request
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.tracking_application import TrackingApplication


class CancellingApplication(TrackingApplication):
    """Consumes the completions of cancellations, too. The policies over it differ in what they take them for.

    Each cancellation answers 0 or -ENOENT for itself; the request that was cancelled completes in its own time.
    """

    def unused(self, gen: int) -> bool:
        """As for every application; and no answer to a cancellation of this generation is on its way, either."""
        return EventLoop.unused(self, gen) and not (
            any(cqe.request == Request.CANCEL and cqe.gen == gen for cqe in self.cq.ring)
            or any(cqe.request == Request.CANCEL and cqe.gen == gen for cqe in self.cq.overflow)
        )

    def answered(self, cqe: Cqe) -> None:
        """What the application does with the completion of a cancellation."""

    @action(fair=Fair.WEAK)
    def reap(self) -> None:
        """The application consumes the oldest completion in the queue."""
        require(not self.cq.ring.empty)
        cqe = self.cq.ring.head
        EventLoop.reap(self)
        if cqe.request == Request.CANCEL:
            self.answered(cqe)
