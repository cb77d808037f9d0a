"""An application that cannot tell the generations of its request apart."""

from uringcheck import Fair, action, one_of, var
from uringcheck.spec.parts.cancelling_application import CancellingApplication
from uringcheck.spec.parts.tracking_application import TrackingApplication
from uringcheck.spec.sizes import G


class SharedUserDataApplication(CancellingApplication):
    """Submits the request with the same `user_data` each time, and takes each completion for one of the newest.

    The completions carry their generation all the same, so that a property can say whether it was right to.
    """

    #: The generation that was submitted last.
    current: int = var(0, G - 1)

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits the request, and what it knew of the one before is forgotten."""
        TrackingApplication.arm(self, gen)
        self.current = gen
