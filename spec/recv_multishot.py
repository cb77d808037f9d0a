"""Multishot receive on one stream socket, with ring-provided buffers."""

from uringcheck import Model, part, slot
from uringcheck.spec.kernels import KERNELS
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.buffer_ring import BufferRing
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket


class RecvMultishot(Model):
    """A peer, a socket, a multishot receive that polls it, the completion queue, and the application.

    Left out: cancellation, resets, other requests in the same ring, receives that fill only part of a buffer, failing
    allocations, and flushes that let go of their lock half way.
    """

    PRESETS = KERNELS

    socket: StreamSocket = part()
    poll: PolledRequest = part(file=socket)
    handler: RecvHandler = part()
    pool: BufferRing = part()
    cq: CompletionQueue = part()
    client: Application = slot("contract")
