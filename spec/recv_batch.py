"""Multishot receive, and an application that writes the head of the completion queue late."""

from typing import Final

from uringcheck import Model, part, toggle
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.batch_application import BatchApplication
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.parts.unreleased_queue import UnreleasedQueue
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvBatch(Model):
    """As `recv_multishot`, with completions that are consumed in batches."""

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    LATE: Final[bool] = toggle(True, "the head is written at the end of the batch, not with each completion")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    handler: RecvHandler = part()
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: UnreleasedQueue = part(PARKED=G + NB)
    others: OtherRequests = part()
    client: BatchApplication = part(LATE=LATE, CANCELS=0, queue=cq)
