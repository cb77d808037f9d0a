"""Multishot receive with either kind of buffer group, and with buffers that have no room."""

from typing import Final

from uringcheck import Model, param, part, slot, toggle
from uringcheck.spec.kernels import POSTED_V1
from uringcheck.spec.parts.application import Application
from uringcheck.spec.parts.completion_queue import CompletionQueue
from uringcheck.spec.parts.other_requests import OtherRequests
from uringcheck.spec.parts.polled_request import PolledRequest
from uringcheck.spec.parts.provided_buffers import ProvidedBuffers
from uringcheck.spec.parts.recv_handler import RecvHandler
from uringcheck.spec.parts.stream_socket import StreamSocket
from uringcheck.spec.since import kernels_since
from uringcheck.spec.sizes import NB, G


class RecvProvided(Model):
    """As `recv_multishot`, with the kind of group as a choice: `--param pool=ring` or `pool=legacy`."""

    PRESETS = kernels_since(POSTED_V1, "multishot receive")

    EOF: Final[bool] = toggle(True, "the peer may close its side")
    CANCELS: Final[int] = param(0, 0, 2, "cancellations the application may ask for")
    EMPTY: Final[int] = param(0, 0, 8, "buffers, from the first on, of length 0")

    socket: StreamSocket = part(EOF=EOF)
    poll: PolledRequest = part(file=socket)
    handler: RecvHandler = part()
    pool: ProvidedBuffers = slot("ring", EMPTY=EMPTY)
    # As for `recv_multishot`, and one for each buffer that is given.
    cq: CompletionQueue = part(PARKED=G + 2 * NB + CANCELS)
    others: OtherRequests = part()
    client: Application = slot("contract", CANCELS=CANCELS)
