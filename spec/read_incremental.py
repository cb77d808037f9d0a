"""Reads, one for each submission, into buffers that are consumed incrementally."""

from typing import Final

from uringcheck import Model, part, slot, toggle
from uringcheck.spec.kernels import V6_12
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.sized_application import SizedApplication
from uringcheck.spec.parts.sized_pool import SizedPool
from uringcheck.spec.parts.sized_read_handler import SizedReadHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class ReadIncremental(Model):
    """As `recv_sized` with IOU_PBUF_RING_INC, and with IORING_OP_READ instead of a multishot receive."""

    PRESETS = kernels_since(V6_12, "incremental consumption of buffers")

    EOF: Final[bool] = toggle(True, "the peer may close its side")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    handler: SizedReadHandler = part()
    pool: SizedPool = part(INC=True)
    cq: CompletionQueue = part(PARKED=G + NB)
    others: OtherRequests = part()
    client: SizedApplication = slot("contract")
