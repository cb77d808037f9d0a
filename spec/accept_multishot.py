"""Multishot accept on one listening socket."""

from typing import Final

from uringcheck import Model, param, part, slot
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.parts.accept_application import AcceptApplication
from uringcheck.spec.parts.accept_handler import AcceptHandler
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.listening_socket import ListeningSocket
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.sizes import G, M


class AcceptMultishot(Model):
    """Peers, a listening socket, a multishot accept on it, the completion queue, other requests, and the application.

    Two other requests fill a completion queue of two, so that connections are parked.
    """

    PRESETS = KERNELS

    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(2, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")

    socket: ListeningSocket = part()
    poll: PolledRequest = part(file=socket)
    handler: AcceptHandler = part()
    # Every connection has one completion, every generation at most one more.
    cq: CompletionQueue = part(PARKED=M + G + CANCELS + NOPS + DRAINS, DRAINS=DRAINS)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: AcceptApplication = slot("contract", CANCELS=CANCELS)
