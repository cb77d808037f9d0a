"""The application that keeps to the interface's contract."""

from uringcheck.spec.parts.accept_application import AcceptApplication
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.poll_application import PollApplication
from uringcheck.spec.parts.sharing_policy import SharingPolicy
from uringcheck.spec.parts.sized_application import SizedApplication


class KeepsContract(EventLoop):
    """Arms again only when it has consumed a completion without F_MORE, and never when there is nothing more to expect.

    It enters the kernel whenever IORING_SQ_CQ_OVERFLOW is set. Callers of liburing get that from io_uring_peek_cqe on
    an empty queue and from io_uring_submit.
    """

    @property
    def wants_arm(self) -> bool:
        """No generation is left whose last completion was not consumed."""
        return self.outstanding.empty and not self.done

    @property
    def wants_flush(self) -> bool:
        """Whenever the flag is set."""
        return self.cq.flag


class Contract(KeepsContract, Application):
    """Receives, and gives every buffer back."""


class ContractPoll(KeepsContract, PollApplication):
    """Polls."""


class ContractAccept(KeepsContract, AcceptApplication):
    """Accepts connections."""


class ContractSharing(SharingPolicy):
    """Receives on several connections; each is armed again as soon as its request has ended."""


class ContractSized(KeepsContract, SizedApplication):
    """Receives bytes, and gives every buffer back."""
