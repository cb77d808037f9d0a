"""Multishot receive that is armed before it is tried."""

from typing import Final

from uringcheck import Model, param, part, slot, toggle
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.ending_socket import EndingSocket
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.poll_first_handler import PollFirstHandler
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvPollFirst(Model):
    """As `recv_multishot`, with IORING_RECVSEND_POLL_FIRST: data and the end of the stream may both be there before.

    They are then one wake with one reference, where those of a request that is armed already are two. A reset is like
    the end of the stream, but for TCP, which counts a FIN in its report and no reset.
    """

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    RESET: Final[bool] = toggle(False, "the peer may reset the connection")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")

    socket: EndingSocket = part(EOF=EOF, RESET=RESET)
    poll: PolledRequest = part(file=socket)
    handler: PollFirstHandler = part(ending=socket)
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS)
    others: OtherRequests = part()
    client: Application = slot("contract", CANCELS=CANCELS)
