"""Multishot read of one stream socket, with ring-provided buffers."""

from typing import Final

from uringcheck import Model, param, part, slot, toggle
from uringcheck.spec.kernels import V6_6
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.read_handler import ReadHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class ReadMultishot(Model):
    """A peer, a socket, a multishot read that polls it, the completion queue, and the application.

    As `recv_multishot`, with a handler that reads once in each call.
    """

    PRESETS = kernels_since(V6_6, "multishot read (6.7 has, and is as 6.6 otherwise)")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    handler: ReadHandler = part()
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS + NOPS + DRAINS, DRAINS=DRAINS)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: Application = slot("contract", CANCELS=CANCELS)
