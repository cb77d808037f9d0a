"""One connection of several that share a ring: a peer, a socket, and the multishot receive that polls it."""

from typing import Final

from uringcheck import Model, action, link, param, part, require, toggle
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket


class BriefSocket(StreamSocket):
    """A stream whose peer sends less than the largest number that a completion can carry."""

    UNITS: Final[int] = param(2, 1, 8, "units that the peer may send, at most M")

    @action(lane="peer")
    def peer_send(self) -> None:
        """The peer sends one unit."""
        require(self.sent < self.UNITS)
        StreamSocket.peer_send(self)


class Connection(Model):
    """What the kernel and the peer have of a connection. Buffers and completions are in the model around it."""

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    UNITS: Final[int] = param(2, 1, 8, "units that the peer may send, at most M")

    socket: BriefSocket = part(EOF=EOF, UNITS=UNITS)
    poll: PolledRequest = part(file=socket)
    handler: RecvHandler = part()

    # Where its parts find them, too.
    pool: BufferRing = link()
    cq: CompletionQueue = link()
