"""Multishot recvmsg on one stream socket, with ring-provided buffers."""

from typing import Final

from uringcheck import Model, param, part, slot, toggle
from uringcheck.spec.kernels import V6_0
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recvmsg_handler import RecvmsgHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvmsgMultishot(Model):
    """A peer, a socket, a multishot recvmsg that polls it, the completion queue, and the application.

    As `recv_multishot`, with a header in front of each payload.
    """

    # The postings wrote through the message header of the submission; the layout with a header came with the release.
    PRESETS = kernels_since(V6_0, "multishot recvmsg")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")
    SHORT: Final[int] = param(0, 0, 8, "buffers, from the first on, that are too small for the header")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    handler: RecvmsgHandler = part(SHORT=SHORT)
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS + NOPS + DRAINS, DRAINS=DRAINS)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: Application = slot("contract", CANCELS=CANCELS)
