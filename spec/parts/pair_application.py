"""An application that keeps two receives armed on one socket."""

from uringcheck import Fair, action, link, one_of, require
from uringcheck.spec.clients.contract import KeepsContract
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.handler import Handler
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.sizes import G


class PairApplication(KeepsContract, Application):
    """Arms a receive when it has consumed the last completion of one, as the contract says, and keeps two of them.

    It takes what it finds in the queue for the stream, whichever request a completion is of: receiving and posting are
    one step under uring_lock, so the kernel posts in the order of the stream.
    """

    second: PolledRequest = link()
    second_handler: Handler = link()

    @property
    def wants_arm(self) -> bool:
        """Fewer than two generations are left whose last completion was not consumed."""
        return len(self.outstanding) < 2 and not self.done

    def unused(self, gen: int) -> bool:
        """Whether nobody holds this generation, the second request included."""
        return Application.unused(self, gen) and not (self.second.live and self.second.gen == gen)

    @action(fair=Fair.WEAK)
    def arm(self, gen: int = one_of(0, G - 1)) -> None:
        """The application submits the request that is not armed, the first if neither is."""
        require(self.wants_arm and not (self.poll.live and self.second.live))
        require(not self.poll.runs_handler and not self.second.runs_handler)
        require(self.is_next(gen))
        self.outstanding.add(gen)
        if self.poll.live:
            self.second_handler.submit(gen)
        else:
            self.handler.submit(gen)
