"""Reads, one for each submission, on a socket that the peer may reset."""

from typing import Final

from uringcheck import Model, part, slot, toggle
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.ending_socket import EndingSocket
from uringcheck.spec.parts.failing_read_handler import FailingReadHandler
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.sizes import NB, G


class ReadFailing(Model):
    """As `recv_oneshot`, with IORING_OP_READ and a reset instead of an end."""

    PRESETS = KERNELS

    RESET: Final[bool] = toggle(True, "the peer may reset the connection")

    socket: EndingSocket = part(EOF=False, RESET=RESET)
    poll: PolledRequest = part(file=socket)
    handler: FailingReadHandler = part(ending=socket)
    pool: BufferRing = part()
    cq: CompletionQueue = part(PARKED=G + NB)
    others: OtherRequests = part()
    client: Application = slot("contract")
