"""Multishot receive on one datagram socket, with ring-provided buffers."""

from typing import Final

from uringcheck import Model, param, part, slot
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.datagram_socket import DatagramSocket
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recv_datagram_handler import RecvDatagramHandler
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvDatagrams(Model):
    """As `recv_multishot`, with a socket that keeps datagrams apart, some of which are empty."""

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")
    EMPTY: Final[int] = param(1, 0, 4, "empty datagrams that the peer may send")

    socket: DatagramSocket = part(EOF=False, EMPTY=EMPTY)
    poll: PolledRequest = part(file=socket)
    handler: RecvDatagramHandler = part(datagrams=socket)
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS + NOPS + DRAINS, DRAINS=DRAINS)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: Application = slot("expects_empty_datagrams", CANCELS=CANCELS)
