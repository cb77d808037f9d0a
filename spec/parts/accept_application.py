"""What every application does that accepts connections, apart from its policy."""

from uringcheck import link, var
from uringcheck.spec.parts.cqe import Cqe
from uringcheck.spec.parts.event_loop import EventLoop
from uringcheck.spec.parts.listening_socket import ListeningSocket
from uringcheck.spec.sizes import M


class AcceptApplication(EventLoop):
    """An event loop around one multishot accept on one listening socket."""

    #: How many connections it was told of. A poll mask, which looks like a file descriptor, is none.
    delivered: int = var(0, M)

    socket: ListeningSocket = link()

    def consume(self, cqe: Cqe) -> None:
        """Serve the connection."""
        if 0 < cqe.res <= M:
            self.delivered += 1
