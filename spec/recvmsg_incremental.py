"""Multishot recvmsg into buffers that are consumed incrementally."""

from typing import Final

from uringcheck import Model, param, part, slot
from uringcheck.spec.kernels import V6_12
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recvmsg_tail_handler import RecvmsgTailHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvmsgIncremental(Model):
    """As `recvmsg_multishot`, where a message leaves a rest of its buffer that is too small for another header.

    The stream does not end: a header alone leaves a larger rest.
    """

    PRESETS = kernels_since(V6_12, "incremental consumption of buffers")

    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")

    socket: StreamSocket = part(EOF=False)
    poll: PolledRequest = part(file=socket)
    handler: RecvmsgTailHandler = part()
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS)
    others: OtherRequests = part()
    client: Application = slot("keeps_unfinished", CANCELS=CANCELS)
