"""The handler of a receive that has a successor."""

from uringcheck import link
from uringcheck.spec.parts.linked_request import LinkedRequest
from uringcheck.spec.parts.recv_handler import RecvHandler


class LinkedHandler(RecvHandler):
    """As `RecvHandler`; submission takes the successor along."""

    successor: LinkedRequest = link()

    def submit(self, gen: int) -> None:
        """A receive is prepared, and what is linked behind it."""
        self.index_is_bid = False
        self.successor.submit()
        self.poll.submit(gen)
