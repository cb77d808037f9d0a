"""An application that keeps something for each request and frees it."""

from uringcheck import Fair, SetOf, action, ints, one_of, set_of
from uringcheck.spec.parts.cancelling_application import CancellingApplication
from uringcheck.spec.parts.tracking_application import TrackingApplication
from uringcheck.spec.sizes import G


class FreeingApplication(CancellingApplication):
    """Has the address of what it keeps for a request in `user_data`: each generation has an address of its own.

    The policies over it differ in what makes them free it early; after the last completion nothing would notice.
    """

    #: Generations whose state was freed before their last completion was consumed.
    freed: SetOf[int] = set_of(ints(0, G - 1))

    def free(self, gen: int) -> None:
        """Free the state of this generation, if that was not done at its end, and with it that it was armed."""
        if gen in self.outstanding:
            self.freed.add(gen)
            self.believed = False

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits the request with new state."""
        TrackingApplication.arm(self, gen)
        self.freed.discard(gen)
