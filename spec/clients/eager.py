"""The application that takes the overflow flag for the end of its request."""

from uringcheck.spec.parts.accept_application import AcceptApplication
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.poll_application import PollApplication


class ArmsEarly(EventLoop):
    """Keeps the contract, but also arms again before it has consumed the terminal completion.

    It does so when it sees IORING_SQ_CQ_OVERFLOW: on a kernel that ends a multishot on overflow the request must have
    ended, so submitting at once saves a round trip.
    """

    @property
    def wants_arm(self) -> bool:
        """As the contract allows, or when the flag shows that the kernel's request has ended."""
        overflowed = self.cq.flag and not self.poll.live
        return (self.outstanding.empty or overflowed) and not self.done

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag


class Eager(ArmsEarly, Application):
    """Receives, and gives every buffer back."""


class EagerPoll(ArmsEarly, PollApplication):
    """Polls."""


class EagerAccept(ArmsEarly, AcceptApplication):
    """Accepts connections."""
