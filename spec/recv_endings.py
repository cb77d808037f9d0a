"""Multishot receive on a stream that may end in several ways: closed, reset, shut down here, or cancelled."""

from typing import Final

from uringcheck import Model, param, part, slot, toggle
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.ending_handler import EndingHandler
from uringcheck.spec.parts.ending_socket import EndingSocket
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvEndings(Model):
    """As `recv_multishot`, with a socket that may be reset or shut down."""

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    RESET: Final[bool] = toggle(True, "the peer may reset the connection")
    SHUTDOWN: Final[bool] = toggle(False, "the application may shut down its receiving side (SHUT_RD)")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")

    socket: EndingSocket = part(EOF=EOF, RESET=RESET, SHUTDOWN=SHUTDOWN)
    poll: PolledRequest = part(file=socket)
    handler: EndingHandler = part(ending=socket)
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS + NOPS + DRAINS, DRAINS=DRAINS)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: Application = slot("contract", CANCELS=CANCELS)
