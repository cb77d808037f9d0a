"""Multishot receive when there is no memory to park a completion."""

from typing import Final

from uringcheck import Model, param, part, toggle
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.dropped_application import DroppedApplication
from uringcheck.spec.parts.fallible_queue import FallibleQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvDropped(Model):
    """As `recv_multishot`, with an overflow list that may be out of memory, and an application that may notice."""

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    SHORTAGES: Final[int] = param(1, 0, 3, "times that memory may become short")
    CHECKS: Final[bool] = toggle(True, "the application gives up when a waiting call is answered -EBADR")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    handler: RecvHandler = part()
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: FallibleQueue = part(PARKED=G + NB + CANCELS + NOPS + DRAINS, DRAINS=DRAINS, SHORTAGES=SHORTAGES)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: DroppedApplication = part(CANCELS=CANCELS, CHECKS=CHECKS, queue=cq)
