"""Multishot receive in a ring that has two groups of buffers."""

from typing import Final

from uringcheck import Model, param, part, slot, toggle
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.grouped_recv_handler import GroupedRecvHandler, OtherGroup
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvGroups(Model):
    """As `recv_multishot`, with a second group that has the number of a buffer of the first, and with io-wq."""

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    other: OtherGroup = part()
    handler: GroupedRecvHandler = part()
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS)
    others: OtherRequests = part()
    client: Application = slot("contract", CANCELS=CANCELS)
