"""Multishot receive with a one-shot receive to fall back on while the pool is empty."""

from typing import Final

from uringcheck import Model, leads_to, param, part, slot, temporal, toggle, weak
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recv_fallback_handler import RecvFallbackHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G, M


class RecvFallback(Model):
    """As `recv_multishot`, with an application that may submit a receive with a buffer of its own instead.

    Other applications can be put into it for comparison: they never do.
    """

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    NOPS: Final[int] = param(0, 0, 4, "other requests the application may submit")
    DRAINS: Final[int] = param(0, 0, 2, "drained requests the application may submit")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    handler: RecvFallbackHandler = part()
    pool: BufferRing = part()
    # A generation has one terminal completion, and each other completion of it carries one of the buffers.
    cq: CompletionQueue = part(PARKED=G + NB + CANCELS + NOPS + DRAINS, DRAINS=DRAINS)
    others: OtherRequests = part(NOPS=NOPS, DRAINS=DRAINS)
    client: Application = slot("private_fallback", CANCELS=CANCELS, receives=handler)


@temporal(
    weak(RecvFallback.poll.check_events),
    weak(RecvFallback.poll.drop_refs),
    weak(RecvFallback.handler.receive),
    weak(RecvFallback.handler.receive_privately),
    weak(RecvFallback.client.arm),
    weak(RecvFallback.client.reap),
    weak(RecvFallback.client.flush),
)
def delivered_without_the_pool(model: RecvFallback) -> bool:
    """Every unit is eventually received, also when no reader ever gives a buffer back."""
    return all(leads_to(model.socket.sent >= unit, model.client.delivered >= unit) for unit in range(1, M + 1))
